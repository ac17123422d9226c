"""Expressions that are compiled when they are first evaluated: a bot has thousands, and a turn asks few of them.

Until then an expression is kept as its tree with what inference found. That can be stored: the type of each node by
its turn in a walk over the tree rather than by its identity, and of the scope only what the tree names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from interpreter.expr.env import Closure, Env, TextClosure
from interpreter.expr.scope import Binding, Scope
from interpreter.expr.tree import Name, Node
from interpreter.expr.walk import walk
from interpreter.types.kinds import Type
from interpreter.values import Value

if TYPE_CHECKING:  # who starts from a stored program may never evaluate anything
    from interpreter.expr.inference import Typed, TypedTemplate
    from interpreter.expr.typed import TypedNode


class TypedTree(Struct, frozen=True):
    """An expression as the compiler of expressions takes it."""

    node: Node
    types: Mapping[int, Type]
    scope: Scope


class Known(Struct, frozen=True, gc=False):
    """An expression with what the compiler of expressions needs to know of it."""

    node: Node
    types: tuple[Type | None, ...]
    """In the order of `walk`; None of a part that no closure is made of."""
    bindings: Mapping[str, Binding]

    def typed(self) -> TypedTree:
        """The expression as inference left it."""
        node = self.node
        nodes = (node,) if isinstance(node, Name) else walk(node)
        types = {id(each): kind for each, kind in zip(nodes, self.types, strict=True) if kind is not None}
        return TypedTree(node, types, Scope(self.bindings))


def known(typed: Typed) -> Known:
    """What is kept of an expression in which no errors were found."""
    nodes = tuple(walk(typed.node))
    names = {node.name for node in nodes if isinstance(node, Name)}
    bindings = {name: typed.scope.bindings[name] for name in sorted(names) if name in typed.scope.bindings}
    return Known(typed.node, tuple(typed.types.get(id(node)) for node in nodes), bindings)


class KnownText(Struct, frozen=True, gc=False):
    """A text with what is known of its holes, which stand among its literal parts."""

    parts: tuple[str | Known, ...]


class LateClosure:
    """An expression."""

    __slots__ = ("_run", "_source")

    def __init__(self, source: Typed | Known) -> None:
        self._source = source
        self._run: Closure | None = None

    def __call__(self, env: Env) -> Value:
        """Its value."""
        return (self._run or self.compile())(env)

    @property
    def is_ready(self) -> bool:
        """Whether the closure has been made."""
        return self._run is not None

    def compile(self) -> Closure:
        """Make the closure."""
        from interpreter.expr.closures import closure

        self._run = run = closure(_typed(self._source))
        return run

    def __reduce__(self) -> tuple[type, tuple[Known]]:
        return type(self), (_known(self._source),)


class LateCondition(LateClosure):
    """A condition: its value is true or false, anything else a fault."""

    __slots__ = ()

    def compile(self) -> Closure:
        """Make the closure."""
        from interpreter.expr.closures import condition_closure

        self._run = run = condition_closure(_typed(self._source))
        return run


class LateText:
    """A text with holes."""

    __slots__ = ("_run", "_source")

    def __init__(self, source: TypedTemplate | KnownText) -> None:
        self._source = source
        self._run: TextClosure | None = None

    def __call__(self, env: Env) -> str:
        """What it says."""
        return (self._run or self.compile())(env)

    @property
    def is_ready(self) -> bool:
        """Whether the closure has been made."""
        return self._run is not None

    def compile(self) -> TextClosure:
        """Make the closure."""
        from interpreter.expr.closures import closure, text_closure
        from interpreter.expr.combining import joined

        source = self._source
        if isinstance(source, KnownText):
            run = joined([part if isinstance(part, str) else closure(part.typed()) for part in source.parts])
        else:
            run = text_closure(source)
        self._run = run
        return run

    def __reduce__(self) -> tuple[type, tuple[KnownText]]:
        source = self._source
        if not isinstance(source, KnownText):
            holes = iter(source.holes)
            parts = source.template.parts
            source = KnownText(tuple(part if isinstance(part, str) else known(next(holes)) for part in parts))
        return type(self), (source,)


def _typed(source: Typed | Known) -> TypedNode:
    return source.typed() if isinstance(source, Known) else source


def _known(source: Typed | Known) -> Known:
    return source if isinstance(source, Known) else known(source)
