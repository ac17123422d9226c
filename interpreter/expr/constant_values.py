"""Evaluating what needs no conversation: expressions of literals alone."""

from __future__ import annotations

from interpreter.expr.constants import nowhere
from interpreter.expr.inference import infer
from interpreter.expr.scope import Scope
from interpreter.expr.tree import Call, Comprehension, Literal, Name, Node
from interpreter.expr.walk import walk
from interpreter.values import Fault

_SAME_EVERYWHERE = frozenset(
    {"abs", "ceil", "contains", "ends_with", "floor", "int", "len", "lower", "max", "min", "number", "round"}
    | {"starts_with", "text", "trim", "upper"}
)
"""Functions whose value depends on their arguments alone, and is as small."""


def constant_value(node: Node) -> Literal | None:
    """The value of an expression that has the same one in every turn; None of any other, or of one that fails."""
    if isinstance(node, Literal):
        return node
    if not all(_is_constant(part) for part in walk(node)):
        return None
    from interpreter.expr.closures import closure_for_once  # most bots have no such expressions

    typed = infer(node, Scope({}))
    if typed.problems:
        return None
    try:
        return Literal(closure_for_once(typed)(nowhere()), node.start, node.end)
    except Fault:
        return None


def _is_constant(node: Node) -> bool:
    match node:
        case Name() | Comprehension():
            return False
        case Call(function=function):
            return function in _SAME_EVERYWHERE
        case _:
            return True
