"""The operands of an operator, compiled, and what is known of them that closures can be fused with."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from msgspec import Struct

from interpreter.expr.env import Closure, Env
from interpreter.values import Fault, Value

Numeric = Callable[[Env], float]
"""A closure for whose values static types vouch: Python's own operators take them. They need not be numbers."""


class Operand(Struct, frozen=True):
    """A compiled operand; `local` is its name when it is a local variable, `constant` its value when it is constant.

    `field_of` are the names of a local and of the field of it that is read, for a record or a map.
    """

    closure: Closure
    local: str | None = None
    is_constant: bool = False
    constant: Value = None
    field_of: tuple[str, str] | None = None

    @property
    def numeric(self) -> Numeric:
        """The closure as one whose values are vouched for."""
        return cast("Numeric", self.closure)

    @property
    def number(self) -> float:
        """The constant as one that is vouched for."""
        return cast("float", self.constant)


def unset(name: str) -> Fault:
    """The fault of reading a variable before it was set."""
    return Fault("unset", f"`{name}` has not been set yet")
