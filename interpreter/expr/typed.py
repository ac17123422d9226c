"""What closures are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from interpreter.expr.operators import kind_word
from interpreter.expr.scope import Scope, Storage
from interpreter.expr.tree import ListNode, Literal, Node
from interpreter.types.kinds import AnyType, ErrorType, NullType, OptionalType, Type, required


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


class Parts(Struct, frozen=True):
    """What is known of the nodes of an expression."""

    types: Mapping[int, Type]
    scope: Scope

    def type(self, node: Node) -> Type:
        """The type of a node's values."""
        return self.types[id(node)]

    def kind(self, node: Node) -> str:
        """The kind a node's values are all of; `any` where that is not known or null is among them."""
        return _kind_or_any(self.type(node))

    def required_kind(self, node: Node) -> str:
        """The kind of those that are not null."""
        return _kind_or_any(required(self.type(node)))

    def storage(self, name: str) -> Storage | None:
        """Where a name is; None of the variable of a comprehension within."""
        binding = self.scope.bindings.get(name)
        return None if binding is None else binding.storage


def may_be_null(kind: Type) -> bool:
    """Whether null is among the values of a type, as far as is known."""
    return isinstance(kind, (OptionalType, NullType, AnyType, ErrorType))


def constant_texts(node: Node) -> tuple[str, ...] | None:
    """The items of a list of literal texts."""
    if not isinstance(node, ListNode):
        return None
    texts = tuple(item.value for item in node.items if isinstance(item, Literal) and isinstance(item.value, str))
    return texts if len(texts) == len(node.items) else None


def _kind_or_any(kind: Type) -> str:
    return "any" if may_be_null(kind) else kind_word(kind)
