"""DL109: a variable that nothing reads, or that nothing ever gives another value than the empty one it begins with."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.reading import reads
from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import assigned_names
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.rules import Parameter
from interpreter.expr.printer import print_expression
from interpreter.expr.tree import ListNode, Literal, MapNode, Node

CODE = "DL109"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Variables nobody needs. What a test reads or is given counts; user variables may be set from outside."""
    if not subject.bot.variables:
        return
    read = reads((*subject.leaves, *subject.test_leaves), subject.steps)
    given = assigned_names(subject.bot) | {name.text for test in subject.bot.tests for name, _ in test.given}
    for variable in subject.bot.variables:
        name = variable.name.text
        if not read.has(name):
            yield _never_read(variable, is_set=name in given)
        elif name not in given and not name.startswith("user.") and _begins_empty(variable):
            yield _never_set(variable)


def _begins_empty(variable: Parameter) -> bool:
    """Whether it begins with a value that only makes sense if another follows; a `20` may be meant for good."""
    default = variable.default
    return default is None or _is_empty(default.node)


def _is_empty(node: Node) -> bool:
    match node:
        case Literal(value=None | bool() | 0 | ""):
            return True
        case ListNode(items=()) | MapNode(entries=()):
            return True
        case _:
            return False


def _never_read(variable: Parameter, *, is_set: bool) -> Diagnostic:
    name = variable.name.text
    return Diagnostic(
        CODE,
        variable.name.span,
        Wording(f"nothing ever reads `{name}`", f"没有任何地方读取 `{name}`"),
        label=Wording("it is set, and that is all", "只被赋值，从未读取") if is_set else None,
        help=Wording(
            f"remove it{' and what sets it' if is_set else ''}, or use it, as in `$({name})`",
            f"请删掉它{'和给它赋值的步骤' if is_set else ''}，或者用上它，例如 `$({name})`",
        ),
    )


def _never_set(variable: Parameter) -> Diagnostic:
    name = variable.name.text
    value = "null" if variable.default is None else print_expression(variable.default.node)
    return Diagnostic(
        CODE,
        variable.name.span,
        Wording(f"nothing ever sets `{name}`, so it is always {value}", f"没有任何步骤设置 `{name}`，它永远是 {value}"),
        help=Wording(
            f"set it somewhere (`set: {name} = …`, `into: {name}`), or remove it",
            f"请在某处设置它（`set: {name} = …`、`into: {name}`），或者删掉它",
        ),
    )
