"""DL205, as a warning: what a request should have brought is said though it has failed, and the steps went on.

`failed` steps without a target say something, and then the steps behind the request run as well: `into` is null there,
if its type takes that, and prints as nothing. A variable whose type has no null keeps what it held.
"""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.analysis import Analysis
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
    AskStep,
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
from interpreter.types.answers import fits

CODE = "DL205"

_Request = FetchStep | ApiStep
_LEAVING = (WaitStep, GotoStep, AgainStep, PassStep, EndStep, CancelStep, ReturnStep)


def check(subject: Subject) -> Iterator[Diagnostic]:
    """One finding for each request whose failure is told, and whose answer is said all the same."""
    if not any(isinstance(step, _Request) and step.failed and step.into for step in subject.steps):
        return
    for steps in subject.routines:
        yield from _in_list(steps, subject.analysis)


def _in_list(steps: Steps, analysis: Analysis) -> Iterator[Diagnostic]:
    for step in steps:
        for inner in inner_lists(step):
            yield from _in_list(inner, analysis)
    names = {name.text for step in steps for name, _ in _goes_on(step, analysis)}
    if not names:
        return
    said: dict[str, Span] = {}
    """By name, the reply that says it bare before anything asks for it or sets it, seen from where we are."""
    for step in reversed(steps):
        for into, failed in _goes_on(step, analysis):
            if into.text in said:
                yield _report(into, said[into.text], failed)
        if isinstance(step, ReplyStep):
            said.update(dict.fromkeys(names & _said_by(step), step.span))
        elif isinstance(step, _LEAVING):
            said.clear()
        else:
            for name in _asked_or_set(step):
                said.pop(name, None)


def _goes_on(step: Step, analysis: Analysis) -> Iterator[tuple[Name, Span]]:
    """The name of a request's answer and what is said of its failure, if the steps then go on with null in the name."""
    if not isinstance(step, _Request) or not step.into or not step.failed:
        return
    target = analysis.target(step.into)
    if target is None or not fits(target.type, None, analysis.lexicon):
        return
    inside = list(nested(step.failed))
    leaves = any(isinstance(each, _LEAVING) or (isinstance(each, CallStep) and each.is_target) for each in inside)
    is_set = any(step.into.text in _set_by(each) for each in inside)
    if not leaves and not is_set and any(isinstance(each, ReplyStep) for each in inside):
        yield step.into, step.failed[0].span


def _said_by(step: ReplyStep) -> set[str]:
    """The names that a reply says bare, or a field of which."""
    return {name for node in nodes_of(leaves_of_step(step)) if (name := _whole_of(node)) is not None}


def _asked_or_set(step: Step) -> Iterator[str]:
    """The names that a step gives a value or, if it is an `if`, asks for."""
    if not isinstance(step, IfStep):
        yield from _set_by(step)
        return
    conditions = (branch.condition for branch in step.branches if branch.condition is not None)
    for condition in conditions:
        yield from (node.name for node in walk(condition.node) if isinstance(node, NameNode))


def _set_by(step: Step) -> Iterator[str]:
    match step:
        case SetStep(assignments=assignments) | LetStep(assignments=assignments):
            yield from (assignment.target.text for assignment in assignments)
        case FetchStep(into=into) | ApiStep(into=into) | CallStep(into=into) if into:
            yield into.text
        case AskStep(question=question) if question.into:
            yield question.into.text
        case _:
            pass


def _whole_of(node: Node) -> str | None:
    """The name of which an expression is the value itself, or a field."""
    while isinstance(node, (Field, Index)):
        node = node.target
    return node.name if isinstance(node, NameNode) else None


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
