"""Calls whose result is known while compiling: `date("2026-01-02")` is a date, not perhaps null."""

from __future__ import annotations

from datetime import UTC, date, datetime

from interpreter.expr.calls import BoundCall
from interpreter.expr.env import Env
from interpreter.expr.tree import Literal
from interpreter.values import Fault

_READING = frozenset({"int", "number", "date", "time", "datetime", "duration"})
"""Functions that read a text as another kind of value, the same way in every turn and locale."""


def reads_constants(bound: BoundCall) -> bool:
    """Whether a call reads constants as another kind of value."""
    if bound.function.name not in _READING:
        return False
    return all(node is None or isinstance(node, Literal) for node in bound.given)


def is_readable(bound: BoundCall) -> bool:
    """Whether a call reads a constant text, and finds a value in it."""
    if not reads_constants(bound):
        return False
    places = zip(bound.function.parameters, bound.given, strict=True)
    values = [node.value if isinstance(node, Literal) else parameter.default for parameter, node in places]
    arguments = [nowhere(), *values] if bound.function.needs_env else values
    try:
        return bound.function.call(*arguments) is not None
    except (Fault, ValueError, ArithmeticError, LookupError):
        return False


def nowhere() -> Env:
    """An env without a conversation; it has a moment in it, for functions that need its time zone."""
    return Env(
        locals={},
        vars={},
        user={},
        roots={"now": datetime(2000, 1, 1, tzinfo=UTC), "today": date(2000, 1, 1)},
        chance=_NoChance(),
        locale="zh",
        say_text=str,
    )


class _NoChance:
    def between(self, low: int, high: int) -> int:
        raise Fault("unset", f"no chance between {low} and {high} while compiling")

    def pick(self, count: int) -> int:
        raise Fault("unset", f"no chance of {count} while compiling")
