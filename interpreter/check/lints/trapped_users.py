"""DL308, DL313: waits that a user who does not know the answer cannot leave: wrong answers are asked again."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.leaving import (
    ends_anywhere,
    ends_from_root,
    keeps_all,
    question_lets_go,
    state_lets_go,
)
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.rules import State
from interpreter.dialog.model.steps import Question
from interpreter.source.spans import Span

CODES = ("DL308", "DL313")


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Questions and states without tries, when nothing anywhere in the bot ends a wait."""
    if ends_anywhere(subject):
        return
    ends = ends_from_root(subject)
    for question in subject.questions:
        yield from _check_question(question, subject, ends=ends)
    for state in subject.states:
        yield from _check_state(state, subject, ends=ends)


def _check_question(question: Question, subject: Subject, *, ends: bool) -> Iterator[Diagnostic]:
    if question.interrupt == "leave" or question_lets_go(question, subject):
        return
    if question.interrupt == "never":
        yield _never(question.span, Wording("this question", "这个问题"))
    elif not ends:
        yield _again(question.span, Wording("this question is asked again and again", "这个问题会一再重问"))


def _check_state(state: State, subject: Subject, *, ends: bool) -> Iterator[Diagnostic]:
    if state.sticky or state_lets_go(state, subject):
        return
    keeper = keeps_all(state)
    if state.interrupt == "never":
        yield _never(state.name.span, Wording(f"the state `{state.name.text}`", f"状态 `{state.name.text}`"))
    elif keeper is not None:
        yield _again(keeper.name.span, Wording("this rule keeps the user waiting", "这条规则让用户一直等着"))
    elif state.interrupt == "resume" and not ends:
        yield _again(
            state.name.span,
            Wording(
                f"the state `{state.name.text}` comes back again and again", f"状态 `{state.name.text}` 会一再回来"
            ),
        )


_HELP = Wording(
    "limit it with `tries`, or add a rule to leave: {pattern: =cancel, anywhere: true, reply: Cancelled, cancel: true}",
    "请用 `tries` 限制次数，或加一条退出规则：{pattern: =取消, anywhere: true, reply: 已取消, cancel: true}",
)


def _again(span: Span, what: Wording) -> Diagnostic:
    return Diagnostic(
        "DL308",
        span,
        Wording(
            f"{what.en} without end: there are no `tries`, and nothing lets the user out",
            f"{what.zh}，没有尽头：没有 `tries`，用户也无法退出",
        ),
        help=_HELP,
    )


def _never(span: Span, what: Wording) -> Diagnostic:
    return Diagnostic(
        "DL313",
        span,
        Wording(
            f"{what.en} is never interrupted, and there is no way to cancel it",
            f"{what.zh}不可打断，也没有办法取消",
        ),
        help=_HELP,
    )
