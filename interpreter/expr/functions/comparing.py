"""Equality and order of values inside functions, with the steps they take."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Protocol, Self, cast

from interpreter.expr.env import Env
from interpreter.values import Fault, Value, kind_of

MAX_DEPTH = 64
"""How deeply nested a value may be for a function that walks it."""


def identity(env: Env, value: Value, depth: int = 0) -> Hashable:
    """A key that two values share exactly when they are equal; what a list or map holds costs a step each.

    Raises:
        Fault: the value is nested too deeply, or the budget is spent.
    """
    if value is None or isinstance(value, (str, timedelta)):
        return value
    if isinstance(value, bool):
        return bool, value
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, (datetime, date, time)):
        return type(value), value
    if depth == MAX_DEPTH:
        raise Fault("budget", f"the value is nested more than {MAX_DEPTH} levels deep")
    env.spend(len(value))
    if isinstance(value, Mapping):
        return dict, frozenset((key, identity(env, item, depth + 1)) for key, item in value.items())
    return list, tuple(identity(env, item, depth + 1) for item in value)


class Ordered(Protocol):
    """What Python can put in order with others of its kind."""

    def __lt__(self, other: Self, /) -> bool:
        """Whether it comes before the other."""
        ...


def in_order(values: Sequence[Value], function: str) -> Sequence[Ordered]:
    """The values as something that Python can put in order.

    Raises:
        Fault: they are not all numbers, all texts, or all of one kind of time.
    """
    kinds = {"number" if kind == "int" else kind for kind in map(kind_of, values)}
    if len(kinds) > 1:
        raise Fault("argument", f"{function}: {' and '.join(sorted(kinds))} cannot be put in order with each other")
    if kinds - _ORDERED:
        raise Fault("argument", f"{function}: values of the kind {kinds.pop()} have no order")
    return cast("Sequence[Ordered]", values)


_ORDERED = frozenset({"number", "text", "date", "time", "datetime", "duration"})
