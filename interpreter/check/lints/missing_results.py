"""DL117: a result that is taken from a flow that gives none."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import nested
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.rules import Flow
from interpreter.dialog.model.steps import CallStep, ReturnStep
from interpreter.expr.tree import Literal

CODE = "DL117"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Calls with `into`. The other way round, a result that nobody takes does no harm."""
    flows = subject.bot.flows
    silent = {name for name, flow in flows.items() if not _gives_result(flow)}
    for step in subject.steps:
        if isinstance(step, CallStep) and step.into is not None and step.flow.text in silent:
            yield _nothing_to_take(step.into, flows[step.flow.text])


def _gives_result(flow: Flow) -> bool:
    """Whether a flow returns anything; `return: null` only leaves it."""
    found = (step.value for step in nested(flow.steps) if isinstance(step, ReturnStep))
    return any(
        value is not None and not (isinstance(value.node, Literal) and value.node.value is None)
        for value in (flow.result, *found)
    )


def _nothing_to_take(into: Name, flow: Flow) -> Diagnostic:
    name = flow.name.text
    return Diagnostic(
        CODE,
        into.span,
        Wording(
            f"`flows.{name}` returns nothing, so `{into.text}` is always null",
            f"`flows.{name}` 没有返回值，`{into.text}` 永远是 null",
        ),
        related=(Label(flow.name.span, Wording("the flow is defined here", "流程定义在这里")),),
        help=Wording(f"give `{name}` a `return`, or leave out `into`", f"请给 `{name}` 加上 `return`，或去掉 `into`"),
    )
