"""Whether a value is known not to be null where it stands."""

from __future__ import annotations

from interpreter.check.lints.leaves import Formula
from interpreter.expr.tree import Name, Node
from interpreter.types.kinds import AnyType, ErrorType, NullType, OptionalType


def is_never_null(node: Node, formula: Formula) -> bool:
    """Whether a part of an expression has a value in any case; a variable that may be unset counts as null."""
    kind = formula.typed.types.get(id(node))
    if kind is None or isinstance(kind, (AnyType, ErrorType, NullType, OptionalType)):
        return False
    binding = formula.typed.scope.bindings.get(node.name) if isinstance(node, Name) else None
    return binding is None or not binding.may_be_unset
