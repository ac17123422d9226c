"""DL205, as a warning: what a request should have brought is said though it has failed, and the steps went on.

`failed` steps without a target say something, and then the steps behind the request run as well: `into` is null there,
and prints as nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.leaves import leaves_of_step, nodes_of
from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import inner_lists, nested
from interpreter.diagnostics.codes import Severity
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.steps import (
    AgainStep,
    ApiStep,
    CallStep,
    CancelStep,
    EndStep,
    FetchStep,
    GotoStep,
    IfStep,
    LetStep,
    PassStep,
    ReplyStep,
    ReturnStep,
    SetStep,
    Step,
    Steps,
    WaitStep,
)
from interpreter.expr.tree import Field, Index, Node
from interpreter.expr.tree import Name as NameNode
from interpreter.expr.walk import walk
from interpreter.source.spans import Span

CODE = "DL205"

_LEAVING = (WaitStep, GotoStep, AgainStep, PassStep, EndStep, CancelStep, ReturnStep)


def check(subject: Subject) -> Iterator[Diagnostic]:
    """One finding for each request whose failure is told, and whose answer is said all the same."""
    if not any(isinstance(step, (FetchStep, ApiStep)) and step.failed and step.into for step in subject.steps):
        return
    for steps in subject.routines:
        yield from _in_list(steps)


def _in_list(steps: Steps) -> Iterator[Diagnostic]:
    for index, step in enumerate(steps):
        for inner in inner_lists(step):
            yield from _in_list(inner)
        if isinstance(step, (FetchStep, ApiStep)) and step.into and step.failed and _goes_on(step.failed, step.into):
            said = _said(step.into.text, steps[index + 1 :])
            if said is not None:
                yield _report(step.into, said, step.failed[0].span)


def _goes_on(failed: Steps, into: Name) -> bool:
    """Whether something is said of a failure, and neither a target nor another value follows."""
    inside = list(nested(failed))
    leaves = any(isinstance(step, _LEAVING) or (isinstance(step, CallStep) and step.is_target) for step in inside)
    return not leaves and any(isinstance(step, ReplyStep) for step in inside) and not _sets(inside, into.text)


def _sets(steps: list[Step], name: str) -> bool:
    return any(
        assignment.target.text == name
        for step in steps
        if isinstance(step, (SetStep, LetStep))
        for assignment in step.assignments
    )


def _said(name: str, steps: Steps) -> Span | None:
    """The first reply behind a request that says its answer bare; None once something asks for it or sets it."""
    for step in steps:
        if isinstance(step, ReplyStep):
            if any(_is_part_of(node, name) for node in nodes_of(leaves_of_step(step))):
                return step.span
        elif isinstance(step, _LEAVING) or _asks_or_sets(step, name):
            return None
    return None


def _asks_or_sets(step: Step, name: str) -> bool:
    return _mentions(step, name) if isinstance(step, IfStep) else _sets([step], name)


def _mentions(step: IfStep, name: str) -> bool:
    conditions = (branch.condition for branch in step.branches if branch.condition is not None)
    return any(
        isinstance(node, NameNode) and node.name == name for condition in conditions for node in walk(condition.node)
    )


def _is_part_of(node: Node, name: str) -> bool:
    """Whether an expression is the answer itself, or a field of it."""
    while isinstance(node, (Field, Index)):
        node = node.target
    return isinstance(node, NameNode) and node.name == name


def _report(into: Name, said: Span, failed: Span) -> Diagnostic:
    name = into.text
    return Diagnostic(
        CODE,
        said,
        Wording(
            f"when the request has failed, `{name}` is null, and this is said all the same, without it",
            f"请求失败时 `{name}` 是 null，而这句话照样会发出去，只是其中没有它",
        ),
        related=(Label(failed, Wording("this is said first, and the steps go on", "先说这一句，然后步骤继续执行")),),
        help=Wording(
            f"ask first: `if: {name} != null`, or end the `failed` steps with a target such as `cancel: true`",
            f"请先判断：`if: {name} != null`；或让 `failed` 的步骤以 `cancel: true` 等去向结束",
        ),
        own_severity=Severity.WARNING,
    )
