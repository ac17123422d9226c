"""The names inside expressions and texts, each found to be what its scope says it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from interpreter.expr.fields import path_of, path_type
from interpreter.expr.inference import Typed
from interpreter.expr.scope import Scope, Storage
from interpreter.expr.tree import Binary, Call, Comprehension, Field, ListNode, Literal, Name, Node
from interpreter.expr.walk import children
from interpreter.language_server.index import Occurrence, Symbol
from interpreter.source.tree import Scalar


@dataclass(frozen=True, slots=True)
class Names:
    """Finds the names of one expression. `offset` is where its text begins in the scalar's."""

    scalar: Scalar
    offset: int
    scope: Scope
    owner: str
    """The routine whose locals it sees."""
    waits: Mapping[str, Symbol]
    """What `state.name` may be compared with: the names of states and flows."""
    loops: Mapping[str, str]
    """The variables of the comprehensions around a place and what owns each."""

    def of(self, node: Node) -> Iterator[Occurrence]:
        """The names in a tree."""
        match node:
            case Name():
                yield from self._name(node)
                return
            case Field(target=Name(name="user"), name=name):
                yield self._place(Symbol("variable", f"user.{name}"), node.end - len(name), name, node)
                return
            case Field(target=Name(name="texts"), name=name) if self._is_texts():
                yield self._place(Symbol("text", name), node.end - len(name), name, None)
                return
            case Call(function=function):
                yield self._place(Symbol("function", function), node.start, function, None)
            case Binary():
                yield from self._waits(node)
            case Comprehension():
                yield from self._comprehension(node)
                return
            case _:
                pass
        for child in children(node):
            yield from self.of(child)

    def _name(self, node: Name) -> Iterator[Occurrence]:
        name = node.name
        if name in self.loops:
            yield self._place(Symbol("local", name, self.loops[name]), node.start, name, None)
            return
        binding = self.scope.bindings.get(name)
        match binding.storage if binding else None:
            case Storage.LOCAL:
                yield self._place(Symbol("local", name, self.owner), node.start, name, node)
            case Storage.SESSION:
                yield self._place(Symbol("variable", name), node.start, name, node)
            case _:
                pass

    def _comprehension(self, node: Comprehension) -> Iterator[Occurrence]:
        yield from self.of(node.source)
        owner = f"{self.owner}[{self.scalar.span.file.name}:{self.scalar.span.start}:{node.name_start}]"
        yield replace(
            self._place(Symbol("local", node.name, owner), node.name_start, node.name, None), is_definition=True
        )
        inside = replace(self, loops={**self.loops, node.name: owner})
        yield from inside.of(node.item)
        if node.condition is not None:
            yield from inside.of(node.condition)

    def _waits(self, node: Binary) -> Iterator[Occurrence]:
        """`state.name == "guess"`: the text is the name of a state, or of a flow and a question of it."""
        sides = (node.left, node.right)
        if not any(isinstance(side, Field) and path_of(side) == "state.name" for side in sides):
            return
        for side in sides:
            for literal in side.items if isinstance(side, ListNode) else (side,):
                if isinstance(literal, Literal) and isinstance(literal.value, str):
                    name = literal.value.partition("/")[0]
                    if name in self.waits:
                        yield self._place(self.waits[name], literal.start + 1, name, None)

    def _is_texts(self) -> bool:
        binding = self.scope.bindings.get("texts")
        return binding is not None and binding.storage is Storage.TEXTS

    def _place(self, symbol: Symbol, start: int, name: str, node: Node | None) -> Occurrence:
        first = self.offset + start
        kind = path_type(node, self.scope) if node is not None else None
        return Occurrence(symbol, self.scalar.place(first, first + len(name)), type=kind)


def names_in(
    typed: Typed, scalar: Scalar, offset: int, owner: str, waits: Mapping[str, Symbol]
) -> Iterator[Occurrence]:
    """The names in an expression of a bot."""
    return Names(scalar, offset, typed.scope, owner, waits, {}).of(typed.node)
