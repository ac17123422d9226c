"""What a condition shows about paths: where `user.name != null` holds, `user.name` is not null."""

from __future__ import annotations

from collections.abc import Callable

from interpreter.expr.fields import path_of, path_type
from interpreter.expr.scope import Scope
from interpreter.expr.tree import Binary, Literal, Name, Node, Unary
from interpreter.types.kinds import AnyType, ErrorType, NullType, OptionalType, required
from interpreter.values import Value, equal

_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def narrow(node: Node, scope: Scope, truth: bool) -> Scope:
    """The scope of a place that is reached only when a condition is true, or only when it is false."""
    match node:
        case Unary(operator="not", operand=operand):
            return narrow(operand, scope, not truth)
        case Binary(operator="and", left=left, right=right) if truth:
            return narrow(right, narrow(left, scope, True), True)
        case Binary(operator="or", left=left, right=right) if not truth:
            return narrow(right, narrow(left, scope, False), False)
        case Binary(operator="??", left=left, right=Literal(value=bool(value))) if value is not truth:
            return _without_null(left, scope)
        case Binary(operator=operator) if operator in _MIRRORED:
            return _compared(node, scope, truth)
        case _:
            return scope


def _compared(node: Binary, scope: Scope, truth: bool) -> Scope:
    for operand, operator, other in (
        (node.left, node.operator, node.right),
        (node.right, _MIRRORED[node.operator], node.left),
    ):
        if isinstance(other, Literal) and other.value is None:
            return _against_null(operand, scope, (operator == "==") is truth)
        match operand:
            case Binary(operator="??", left=left, right=Literal(value=default)) if isinstance(other, Literal):
                if _holds(operator, default, other.value) is (not truth):
                    scope = _without_null(left, scope)
            case _ if operator == "==" and truth and not _may_be_null(other, scope):
                scope = _without_null(operand, scope)
            case _ if operator == "!=" and not truth and not _may_be_null(other, scope):
                scope = _without_null(operand, scope)
    return scope


def _against_null(node: Node, scope: Scope, is_null: bool) -> Scope:
    if not is_null:
        return _without_null(node, scope)
    path = path_of(node)
    if path is None or not isinstance(path_type(node, scope), OptionalType):
        return scope
    return scope.with_narrowed({path: NullType()})


def _without_null(node: Node, scope: Scope) -> Scope:
    """The scope where a path is known to have a value; a variable that may be unset has been set, too."""
    path = path_of(node)
    kind = path_type(node, scope)
    if path is None or kind is None or isinstance(kind, NullType):
        return scope
    binding = scope.bindings.get(node.name) if isinstance(node, Name) else None
    if not isinstance(kind, OptionalType) and not (binding and binding.may_be_unset):
        return scope
    return scope.with_narrowed({path: required(kind)})


def _may_be_null(node: Node, scope: Scope) -> bool:
    if isinstance(node, Literal):
        return node.value is None
    kind = path_type(node, scope)
    return kind is None or isinstance(kind, (OptionalType, NullType, AnyType, ErrorType))


_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def _holds(operator: str, left: Value, right: Value) -> bool | None:
    """Whether a comparison of two literals holds; None when that is not for us to say."""
    if operator == "==":
        return equal(left, right)
    if operator == "!=":
        return not equal(left, right)
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return _ORDER[operator](left, right)
    return None
