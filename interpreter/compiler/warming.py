"""Doing beforehand what the first users of a bot's rules would have to wait for.

A stored routine is read, and an expression compiled, when it is first run. Whoever has time to spare can have it done
before, a little at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from msgspec import Struct

from interpreter.compiler.late import LateClosure, LateText
from interpreter.program.tables import Program


def prepare() -> None:
    """Import what compiles expressions, which a program that was stored does not need before the first of them."""
    import_module("interpreter.expr.closures")


def warm(program: Program) -> Iterator[None]:
    """Read all routines of a program and compile their expressions and those of its rules.

    Each step of the iteration does a small part of that, some tenths of a millisecond for most bots.
    """
    for rule in program.rules.values():
        if rule.condition is not None:
            _compile(rule.condition)
            yield
    for routine in program.routines.values():
        _compile(routine.code)
        yield


def _compile(value: object) -> None:
    """Compile all there is in a value that is compiled late."""
    if isinstance(value, (LateClosure, LateText)):
        if not value.is_ready:
            value.compile()
    elif isinstance(value, tuple):
        for item in value:
            _compile(item)
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            _compile(getattr(value, name))
    elif isinstance(value, Mapping):
        for item in value.values():
            _compile(item)
