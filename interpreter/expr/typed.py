"""What closures are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from interpreter.expr.scope import Scope
from interpreter.expr.tree import Node
from interpreter.types.kinds import Type


class TypedNode(Protocol):
    """An expression in which no errors were found, with all that its closure is made of."""

    @property
    def node(self) -> Node:
        """Its tree."""
        ...

    @property
    def types(self) -> Mapping[int, Type]:
        """The type of every node within, by its identity."""
        ...

    @property
    def scope(self) -> Scope:
        """The names in it."""
        ...
