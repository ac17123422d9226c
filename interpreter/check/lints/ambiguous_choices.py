"""DL116: two choices that users would answer with the same words, so that the second cannot be chosen by them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from interpreter.check.lints.leaves import Formula
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.replies import ByLocale, Localized, Say
from interpreter.dialog.model.rules import Rule, State
from interpreter.dialog.model.steps import AskStep, FormStep, Question
from interpreter.expr.tree import ListNode, Literal
from interpreter.source.spans import Span
from interpreter.types.answers import offered
from interpreter.types.folding import fold, strip_closing
from interpreter.types.numerals import read_int

CODE = "DL116"

Answer = tuple[str, Span]
"""What a user may write to choose something, and where that stands."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Choices of states, and what questions offer: values of types, items of a list that is written out."""
    for state in subject.states:
        yield from _choices(state)
    if not any(isinstance(step, (AskStep, FormStep)) for step in subject.steps):
        return
    written = {id(formula.leaf): formula for formula in subject.formulas}
    for step in subject.steps:
        questions: Iterable[Question] = ()
        if isinstance(step, AskStep):
            questions = (step.question,)
        elif isinstance(step, FormStep):
            questions = step.fields
        for question in questions:
            # the values of a type stand in one place, of which one finding is enough
            yield from islice(_offered(list(_items(question, subject, written.get(id(question.choices))))), 1)


def _choices(state: State) -> Iterator[Diagnostic]:
    """A choice with a condition of its own may take turns with another, so that both may say the same."""
    taken: dict[tuple[str, str], tuple[str, Span]] = {}
    for choice in state.choices:
        if choice.condition is not None or choice.domain is not None:
            continue
        name = choice.name.text
        said = False
        for locale, text, span in _answers(choice):
            first, place = taken.setdefault((locale, _folded(text)), (name, span))
            if first != name and not said:
                said = True
                yield _same(text, span, place)


def _answers(choice: Rule) -> Iterator[tuple[str, str, Span]]:
    """The key and the label of a choice, with the locale in which they are read; a label with a hole is not known."""
    labels = list(_labels(choice.label))
    for locale in {locale for locale, _, _ in labels} or {""}:
        yield locale, choice.name.text, choice.name.span
    yield from labels


def _labels(label: Localized | None) -> Iterator[tuple[str, str, Span]]:
    match label:
        case Say(text=text) if not text.template.holes:
            yield "", "".join(map(str, text.template.parts)), text.scalar.span
        case ByLocale(replies=replies):
            for locale, reply in replies.items():
                if isinstance(reply, Say) and not reply.text.template.holes:
                    yield locale, "".join(map(str, reply.text.template.parts)), reply.text.scalar.span
        case _:
            pass


def _items(question: Question, subject: Subject, choices: Formula | None) -> Iterator[Answer]:
    if choices is not None and isinstance(choices.node, ListNode):
        literals = [item for item in choices.node.items if isinstance(item, Literal) and isinstance(item.value, str)]
        if len(literals) == len(choices.node.items):
            yield from ((str(item.value), choices.span(item)) for item in literals)
    elif question.choices is None and question.type is not None and question.type_span is not None:
        for value in offered(question.type, subject.analysis.lexicon):
            yield value, question.type_span


def _offered(items: Sequence[Answer]) -> Iterator[Diagnostic]:
    """Numbered choices: those that read alike, and those that read as the number of another."""
    taken: dict[str, int] = {}
    for position, (text, span) in enumerate(items, 1):
        folded = _folded(text)
        first = taken.setdefault(folded, position)
        number = read_int(folded)
        if first != position:
            yield _same(text, span, items[first - 1][1])
        elif number is not None and number != position and 1 <= number <= len(items):
            yield _like_number(text, span, items[number - 1][0])


def _folded(text: str) -> str:
    folded = fold(text)
    return strip_closing(folded) or folded


def _same(text: str, span: Span, first: Span) -> Diagnostic:
    return Diagnostic(
        CODE,
        span,
        Wording(f"`{text}` answers an earlier choice already", f"`{text}` 已是前面一个选项的回答"),
        related=(Label(first, Wording("this one is chosen", "会选中这一个")),) if first is not span else (),
        help=Wording("call one of them something else", "请给其中一个换个叫法"),
    )


def _like_number(text: str, span: Span, other: str) -> Diagnostic:
    return Diagnostic(
        CODE,
        span,
        Wording(f"`{text}` is also the number of `{other}`", f"`{text}` 也是 `{other}` 的编号"),
        label=Wording("choices are numbered from 1", "选项从 1 开始编号"),
        help=Wording(
            "put the values in the order of their numbers, or write them in words", "请让取值与编号顺序一致，或改用文字"
        ),
    )
