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
from interpreter.expr.tree import Name, Node, Template
from interpreter.expr.walk import walk
from interpreter.types.kinds import AnyType, Type
from interpreter.values import Value

if TYPE_CHECKING:  # who starts from a stored program may never evaluate anything
    from interpreter.expr.inference import Typed, TypedTemplate


class Known(Struct, frozen=True):
    """An expression with what the compiler of expressions needs to know of it."""

    node: Node
    types: tuple[Type | None, ...]
    """In the order of `walk`; None of a part that no closure is made of."""
    bindings: Mapping[str, Binding]

    def typed(self) -> Typed:
        """The expression as inference left it; only its own type and its problems, which are none, are not known."""
        from interpreter.expr.inference import Typed

        pairs = zip(walk(self.node), self.types, strict=True)
        types = {id(node): kind for node, kind in pairs if kind is not None}
        return Typed(self.node, self.types[0] or AnyType(), (), Scope(self.bindings), types)


def known(typed: Typed) -> Known:
    """What is kept of an expression in which no errors were found."""
    nodes = tuple(walk(typed.node))
    names = {node.name for node in nodes if isinstance(node, Name)}
    bindings = {name: typed.scope.bindings[name] for name in sorted(names) if name in typed.scope.bindings}
    return Known(typed.node, tuple(typed.types.get(id(node)) for node in nodes), bindings)


class KnownText(Struct, frozen=True):
    """A text with what is known of its holes."""

    template: Template
    holes: tuple[Known, ...]

    def typed(self) -> TypedTemplate:
        """The text as inference left it."""
        from interpreter.expr.inference import TypedTemplate

        return TypedTemplate(self.template, tuple(hole.typed() for hole in self.holes), (), Scope({}))


class LateClosure:
    """An expression."""

    __slots__ = ("_run", "_source")

    def __init__(self, source: Typed | Known) -> None:
        self._source = source
        self._run: Closure | None = None

    def __call__(self, env: Env) -> Value:
        """Its value."""
        return (self._run or self.compile())(env)

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

    def compile(self) -> TextClosure:
        """Make the closure."""
        from interpreter.expr.closures import text_closure

        source = self._source
        self._run = run = text_closure(source.typed() if isinstance(source, KnownText) else source)
        return run

    def __reduce__(self) -> tuple[type, tuple[KnownText]]:
        source = self._source
        if not isinstance(source, KnownText):
            source = KnownText(source.template, tuple(map(known, source.holes)))
        return type(self), (source,)


def _typed(source: Typed | Known) -> Typed:
    return source.typed() if isinstance(source, Known) else source


def _known(source: Typed | Known) -> Known:
    return source if isinstance(source, Known) else known(source)
