"""DL319: answers that never arrive: a rule with `anywhere` is asked before the wait, and takes them.

What such a rule takes from the rules of a state is a shadow (DL303); here it is about choices and questions.
"""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.check.lints.takers import Takers, literal_label
from interpreter.check.traversal import nested
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import PatternLeaf
from interpreter.dialog.model.replies import Say
from interpreter.dialog.model.rules import Rule, State
from interpreter.dialog.model.steps import CancelStep, EndStep, Question
from interpreter.expr.tree import ListNode, Literal
from interpreter.patterns.tree import Letters, Phrase
from interpreter.source.spans import Span
from interpreter.types.kinds import EntityType, EnumType, TextType

CODE = "DL319"

_SHORT = (3, 6)
"""How long a phrase may be that turns up in other sentences by itself, in Chinese and in other letters."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """One finding for each choice or question, and for each phrase that free texts may hold."""
    rules = [rule for rule in subject.root_rules if rule.anywhere]
    if not rules:
        return
    takers = Takers.of(rules, subject.bot, subject.analysis.lexicon)
    for state in subject.states:
        yield from _check_choices(state, takers)
    for question in subject.questions:
        yield from _check_values(question, takers, subject)
    free = next(filter(_is_free, subject.questions), None)
    if free is not None:
        for index, rule in enumerate(rules):
            if takers.is_sure(index):
                for leaf in rule.trigger.patterns:
                    yield from _check_phrase(leaf, free)


def _check_choices(state: State, takers: Takers) -> Iterator[Diagnostic]:
    for choice in state.choices:
        label = literal_label(choice)
        for answer in (choice.name.text, label):
            index = takers.first_with(answer, len(takers.rules)) if answer else None
            if answer and index is not None and not (_ends(choice) and _ends(takers.rules[index])):
                span = choice.name.span
                if answer == label and isinstance(choice.label, Say):
                    span = choice.label.text.scalar.span
                yield _swallowed(span, answer, Wording("this choice", "这个选项"), takers.rules[index])
                break


def _ends(rule: Rule) -> bool:
    return any(isinstance(step, (CancelStep, EndStep)) for step in nested(rule.steps))


def _check_values(question: Question, takers: Takers, subject: Subject) -> Iterator[Diagnostic]:
    for answer in _answers(question, subject):
        index = takers.first_with(answer, len(takers.rules))
        if index is not None:
            span = question.type_span or (question.choices.scalar.span if question.choices else question.span)
            yield _swallowed(span, answer, Wording("this question", "这个问题"), takers.rules[index])
            return


def _answers(question: Question, subject: Subject) -> Iterator[str]:
    if question.choices is not None:
        node = question.choices.node
        for item in node.items if isinstance(node, ListNode) else ():
            if isinstance(item, Literal) and isinstance(item.value, str):
                yield item.value
        return
    match question.type:
        case EnumType(values=values):
            yield from values
        case EntityType(name=name):
            for thing, synonyms in subject.bot.entities[name].things.items():
                yield thing
                yield from synonyms
        case _:
            pass


def _is_free(question: Question) -> bool:
    return question.choices is None and question.type in (None, TextType())


def _check_phrase(leaf: PatternLeaf, free: Question) -> Iterator[Diagnostic]:
    match leaf.pattern:
        case Phrase(mode="contains", parts=(Letters(text=text),)) if len(text) <= _SHORT[text.isascii()]:
            yield _in_free_text(leaf, text, free)
        case _:
            pass


def _swallowed(span: Span, answer: str, what: Wording, rule: Rule) -> Diagnostic:
    name, line = rule.name.text, rule.span.line
    return Diagnostic(
        CODE,
        span,
        Wording(
            f'the answer "{answer}" never comes to {what.en}: `{name}` takes it anywhere',
            f"回答“{answer}”永远到不了{what.zh}：`{name}` 在任何地方都会接走它",
        ),
        related=(Label(rule.name.span, Wording("asked before every wait", "先于所有等待")),),
        help=Wording(
            f"call the answer something else, or make line {line} narrower",
            f"请换一个答案，或收窄第 {line} 行",
        ),
    )


def _in_free_text(leaf: PatternLeaf, text: str, free: Question) -> Diagnostic:
    exact = f"={leaf.scalar.text}"
    edits = (Edit(leaf.scalar.span, exact),) if leaf.scalar.is_plain else ()
    return Diagnostic(
        CODE,
        leaf.scalar.span,
        Wording(
            f"this takes every answer with `{text}` in it, even from a question that wants free text",
            f"凡是含有 `{text}` 的回答都会被它接走，连自由文本的问题也不例外",
        ),
        related=(Label(free.span, Wording("an answer to this may well hold it", "对它的回答很可能含有这个词")),),
        help=Wording(f"write `{exact}`, so that only the word itself counts", f"请写成 `{exact}`，只认这个词本身"),
        fix=Fix(exact, edits, Applicability.UNSAFE),
    )
