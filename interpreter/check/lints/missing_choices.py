"""DL516: a prompt that says `$(choices)` where there are none to be shown."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.speech import texts_of
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.replies import Reply
from interpreter.dialog.model.steps import Question
from interpreter.expr.tree import Name
from interpreter.expr.walk import walk
from interpreter.types.answers import MOST_OFFERED, offered
from interpreter.types.kinds import EntityType, required

CODE = "DL516"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Prompts of states, and of questions whose type offers nothing."""
    for state in subject.states:
        if not state.choices and state.back is None:
            help = Wording(
                "give the state `choices`, or leave `$(choices)` out", "请给状态加上 `choices`，或去掉 `$(choices)`"
            )
            yield from _spoken(state.prompt, help)
    for question in subject.questions:
        if question.choices is None and not _offers(question, subject):
            yield from _spoken(question.prompt, _help(question))


def _offers(question: Question, subject: Subject) -> bool:
    return question.type is not None and bool(offered(question.type, subject.analysis.lexicon))


def _help(question: Question) -> Wording:
    if question.type is not None and isinstance(required(question.type), EntityType):
        return Wording(
            f"at most {MOST_OFFERED} things are offered as choices; offer some of them with `choices`",
            f"最多 {MOST_OFFERED} 个事物会显示为选项；请用 `choices` 列出其中一部分",
        )
    return Wording(
        "offer a list with `choices`, or ask for one of some words: `type: 是 | 否`",
        "请用 `choices` 给出列表，或让用户从几个词里选：`type: 是 | 否`",
    )


def _spoken(prompt: Reply | None, help: Wording) -> Iterator[Diagnostic]:
    for text in texts_of(prompt):
        for hole in text.template.holes:
            if any(isinstance(node, Name) and node.name == "choices" for node in walk(hole.node)):
                yield Diagnostic(
                    CODE,
                    text.scalar.place(hole.start, hole.end),
                    Wording("there are no choices to be shown here", "这里没有可显示的选项"),
                    help=help,
                )
