"""DL220: a variable that is set to what it is."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.reading import assignments_of
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.steps import Assignment
from interpreter.expr.printer import print_expression
from interpreter.expr.tree import Literal

CODE = "DL220"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """`x = x`, `x += 0`."""
    for assignment in assignments_of(subject.steps):
        if _changes_nothing(assignment):
            name = assignment.target.text
            yield Diagnostic(
                CODE,
                assignment.span,
                Wording(f"`{name}` is set to what it is already", f"把 `{name}` 设成了它自己"),
                help=Wording("set it to something else, or remove this", "请设成别的值，或删掉这一句"),
            )


def _changes_nothing(assignment: Assignment) -> bool:
    node = assignment.value.node
    if assignment.operator == "=":
        return print_expression(node) == assignment.target.text
    return isinstance(node, Literal) and node.value == 0 and not isinstance(node.value, bool)
