"""DL320: a menu of which every choice has an `if`: when none holds, it is a prompt with nothing to choose."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.covering import leaves_out
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.rules import State

CODE = "DL320"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """States whose choices can all be hidden at once, and that have nothing else to answer."""
    for state in subject.states:
        conditions = [choice.condition for choice in state.choices if choice.condition is not None]
        if not state.choices or len(conditions) < len(state.choices) or state.rules or state.back is not None:
            continue
        if len(conditions) == 1 or leaves_out(conditions, subject.analysis):
            yield _report(state)


def _report(state: State) -> Diagnostic:
    return Diagnostic(
        CODE,
        state.name.span,
        Wording(f"all choices of `{state.name.text}` can be hidden at once", f"`{state.name.text}` 的选项可能全部隐藏"),
        related=tuple(
            Label(choice.condition.scalar.span, Wording("hidden when this is false", "不成立时隐藏"))
            for choice in state.choices[:3]
            if choice.condition is not None
        ),
        help=Wording("add a choice without `if`, or a `back`", "请加一个没有 `if` 的选项，或加上 `back`"),
    )
