"""DL304: steps that never run: behind one that stops, or in a `give_up` of something that never gives up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import inner_lists
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.steps import (
    AgainStep,
    CallStep,
    CancelStep,
    EndStep,
    GotoStep,
    IfStep,
    PassStep,
    ReturnStep,
    Step,
    Steps,
    WaitStep,
)
from interpreter.source.spans import Span

CODE = "DL304"

_WORDS: dict[type, str] = {
    WaitStep: "wait",
    AgainStep: "again",
    GotoStep: "goto",
    PassStep: "pass",
    EndStep: "end",
    CancelStep: "cancel",
    ReturnStep: "return",
    IfStep: "if",
    CallStep: "call",
}


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The first such step of every list, and every such `give_up`."""
    for steps in subject.routines:
        yield from _behind_stops(steps)
    for state in subject.states:
        if state.tries is None and state.give_up:
            yield _never_gives_up(state.give_up[0].span)
    for question in subject.questions:
        if question.tries is None and question.give_up:
            yield _never_gives_up(question.give_up[0].span)


def _behind_stops(steps: Steps) -> Iterator[Diagnostic]:
    for step, following in pairwise(steps):
        if stops(step):
            yield _never_runs(step, following)
            break
    for step in steps:
        for inner in inner_lists(step):
            yield from _behind_stops(inner)


def stops(step: Step) -> bool:
    """Whether the steps after one never follow."""
    match step:
        case WaitStep() | AgainStep() | GotoStep() | PassStep() | EndStep() | CancelStep() | ReturnStep():
            return True
        case IfStep(branches=branches):
            return any(branch.is_else for branch in branches) and all(
                any(map(stops, branch.steps)) for branch in branches
            )
        case _:
            return False


def _never_runs(stop: Step, step: Step) -> Diagnostic:
    word = _WORDS[type(stop)]
    return Diagnostic(
        CODE,
        step.span,
        Wording("this step never runs", "这一步永远不会执行"),
        related=(_why(stop, word),),
        help=Wording(f"put it before the `{word}`, or remove it", f"请移到 `{word}` 之前，或删去"),
    )


def _why(stop: Step, word: str) -> Label:
    if isinstance(stop, IfStep):
        return Label(stop.span, Wording("every branch of this stops the steps", "这里的每个分支都会结束步骤"))
    return Label(stop.span, Wording(f"`{word}` stops the steps here", f"`{word}` 在这里结束步骤"))


def _never_gives_up(span: Span) -> Diagnostic:
    return Diagnostic(
        CODE,
        span,
        Wording("this `give_up` never runs: nothing counts the tries", "这个 `give_up` 永远不会执行：没有限制次数"),
        help=Wording("say how many answers are taken, e.g. `tries: 3`", "请写明可以答几次，例如 `tries: 3`"),
    )
