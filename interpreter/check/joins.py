"""The type of what is one of several things: a variable after two branches, a flow's result."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from interpreter.expr.assignable import join as join_types
from interpreter.types.kinds import (
    AnyType,
    IntType,
    NullType,
    NumberType,
    OptionalType,
    RecordType,
    Type,
    optional,
    required,
)


def join(left: Type, right: Type) -> Type:
    """The narrowest type that holds the values of both; two shapes of one record keep its fields."""
    one, other = required(left), required(right)
    if left == right or not (isinstance(one, RecordType) and isinstance(other, RecordType) and one.name == other.name):
        return join_types(left, right)
    merged = RecordType(one.name, _join_fields(one, other), one.is_open or other.is_open)
    return optional(merged) if isinstance(left, OptionalType) or isinstance(right, OptionalType) else merged


def join_all(kinds: Iterable[Type]) -> Type:
    """The narrowest type that holds the values of all; `any` for none."""
    found = list(kinds)
    return reduce(join, found) if found else AnyType()


def widen(kind: Type) -> Type:
    """A type without bounds: what a variable that was given one number may hold later."""
    match kind:
        case IntType():
            return IntType()
        case NumberType():
            return NumberType()
        case OptionalType(inner=inner):
            return optional(widen(inner))
        case _:
            return kind


def _join_fields(left: RecordType, right: RecordType) -> dict[str, Type]:
    names = [*left.fields, *(name for name in right.fields if name not in left.fields)]
    null = NullType()
    return {name: join(left.fields.get(name, null), right.fields.get(name, null)) for name in names}
