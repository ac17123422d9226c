"""DL307: waits and time: a `timed_out` without a timeout, a timeout beyond the session, waits that last for days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from msgspec import Struct

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Duration
from interpreter.dialog.model.steps import Steps
from interpreter.source.spans import Span
from interpreter.values import print_value

CODE = "DL307"

LONGEST = timedelta(hours=12)
"""How long a session may last before its waits need a timeout: the next day nobody remembers the question."""


class _Wait(Struct, frozen=True):
    span: Span
    timeout: Duration | None
    timed_out: Steps | None
    stays: bool
    """Whether it is sticky: it waits while other rules answer, so it may last."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """What of the waits of a bot can never be, or never ends."""
    bot = subject.bot
    endless: list[_Wait] = []
    for wait in _waits(subject):
        if wait.timeout is not None and wait.timeout.value > bot.session:
            yield _beyond_session(wait.timeout, bot.session)
        if wait.timeout is None and bot.timeout is None:
            if wait.timed_out:
                yield _never_late(wait.timed_out[0].span)
            elif bot.session > LONGEST and not wait.stays:
                endless.append(wait)
    if endless:
        yield _lasts_for_days(endless, bot.session)


def _waits(subject: Subject) -> Iterator[_Wait]:
    for state in subject.states:
        yield _Wait(state.name.span, state.timeout, state.timed_out, state.sticky)
    for question in subject.questions:
        yield _Wait(question.span, question.timeout, question.timed_out, stays=False)


def _never_late(span: Span) -> Diagnostic:
    return Diagnostic(
        CODE,
        span,
        Wording(
            "this `timed_out` never runs: the wait has no `timeout`",
            "这个 `timed_out` 永远不会执行：这个等待没有 `timeout`",
        ),
        help=Wording(
            "say how long it waits, e.g. `timeout: 10m`, here or for the whole bot",
            "请写明等多久，例如 `timeout: 10m`，写在这里或整个机器人上",
        ),
    )


def _beyond_session(timeout: Duration, session: timedelta) -> Diagnostic:
    length = print_value(session)
    return Diagnostic(
        CODE,
        timeout.span,
        Wording(
            f"the conversation is forgotten after {length} of silence, before this timeout",
            f"沉默 {length} 后对话就被忘记，早于这个超时",
        ),
        help=Wording(
            f"make it shorter than {length}, or make the `session` longer",
            f"请短于 {length}，或延长 `session`",
        ),
    )


def _lasts_for_days(waits: list[_Wait], session: timedelta) -> Diagnostic:
    length = print_value(session)
    return Diagnostic(
        CODE,
        waits[0].span,
        Wording(
            f"this wait has no `timeout`: it takes a message {length} later as its answer",
            f"这个等待没有 `timeout`：{length} 之后的消息仍会当作回答",
        ),
        related=tuple(Label(wait.span, Wording("so does this one", "这个也一样")) for wait in waits[1:4]),
        help=Wording("give the bot a `timeout`, e.g. `timeout: 30m`", "请给机器人加上 `timeout`，例如 `timeout: 30m`"),
    )
