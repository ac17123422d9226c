"""DL219: a value that is compared with itself."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.constraints import is_steady
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Problem
from interpreter.diagnostics.wording import Wording
from interpreter.expr.printer import print_expression
from interpreter.expr.tree import Binary, Name, Node
from interpreter.expr.walk import walk

CODE = "DL219"

_OUTCOMES = {"==": True, "<=": True, ">=": True, "!=": False, "<": False, ">": False}


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Comparisons with the same expression on both sides; literals are a matter of constant conditions."""
    for formula in subject.formulas:
        for node in formula.parts:
            if isinstance(node, Binary) and node.operator in _OUTCOMES and _are_same(node.left, node.right):
                yield formula.diagnostic(_problem(node))


def _are_same(left: Node, right: Node) -> bool:
    if type(left) is not type(right) or not any(isinstance(part, Name) for part in walk(left)):
        return False
    return print_expression(left) == print_expression(right) and is_steady(left)


def _problem(node: Binary) -> Problem:
    shown = print_expression(node.left)
    outcome = ("true", "永远成立") if _OUTCOMES[node.operator] else ("false", "永远不成立")
    return Problem(
        CODE,
        node.start,
        node.end,
        Wording(
            f"`{shown}` is compared with itself, so this is always {outcome[0]}",
            f"`{shown}` 在与自身比较，{outcome[1]}",
        ),
        help=Wording("was another name meant on one side?", "是不是有一边该写别的名称？"),
    )
