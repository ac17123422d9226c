"""DL311: a state whose last try ends without a word: its `again` only says the prompt, and there is no `give_up`."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import nested
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.rules import State
from interpreter.dialog.model.steps import (
    AgainStep,
    AskStep,
    CallStep,
    FormStep,
    GotoStep,
    ReplyStep,
    SendStep,
    SetStep,
    Steps,
    WaitStep,
)

CODE = "DL311"

_SPEAKING = (ReplyStep, AskStep, FormStep, SendStep, CallStep, WaitStep, GotoStep)


def check(subject: Subject) -> Iterator[Diagnostic]:
    """One finding for each state with `tries` that runs out of them in silence."""
    if any(isinstance(step, SetStep) for step in nested(subject.bot.after)):
        return  # `after` may have the last word
    for state in subject.states:
        if state.tries is not None and state.give_up is None:
            silent = next(filter(None, map(_silent_again, _answers(state))), None)
            if silent is not None:
                yield _report(state, silent)


def _answers(state: State) -> Iterator[Steps]:
    for rule in (*state.choices, *state.rules):
        yield rule.steps
    yield state.otherwise or ()


def _silent_again(steps: Steps) -> AgainStep | None:
    """The `again` of steps that say nothing."""
    found: AgainStep | None = None
    for step in nested(steps):
        if isinstance(step, _SPEAKING):
            return None
        if isinstance(step, AgainStep):
            found = step
    return found


def _report(state: State, again: AgainStep) -> Diagnostic:
    return Diagnostic(
        CODE,
        again.span,
        Wording(
            "after the last try the user hears nothing: this `again` only says the prompt again",
            "最后一次机会用完时，用户什么也收不到：这个 `again` 只会重复提示语",
        ),
        related=(
            Label(
                state.name.span,
                Wording("it has `tries`, and no `give_up`", "它有 `tries`，却没有 `give_up`"),
            ),
        ),
        help=Wording(
            "say something then: `give_up: Sorry, that was the last try`",
            "请加上那时要说的话：`give_up: 抱歉，机会用完了`",
        ),
    )
