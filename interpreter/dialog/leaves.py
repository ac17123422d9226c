"""Reading the leaves of a tree, each in its own language, and collecting what is wrong with them.

One `Leaves` serves the building of one bot. A node of the wrong shape, or where nothing was written, is None without a
word: `structure` has said so.
"""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct, field

from interpreter.diagnostics.diagnostic import Diagnostic, Problem
from interpreter.diagnostics.placing import place
from interpreter.dialog.durations import read_duration
from interpreter.dialog.model.leaves import Duration, Expression, Name, PatternLeaf, Text
from interpreter.dialog.splitting import Part, trimmed
from interpreter.expr.parser import parse_expression
from interpreter.expr.templates import parse_template
from interpreter.patterns.notation import parse_pattern
from interpreter.source.spans import SourceFile, Span
from interpreter.source.tree import Mapping, Node, Scalar, Sequence
from interpreter.types.kinds import Type
from interpreter.types.notation import parse_type


class Leaves(Struct):
    """Reads leaves of one bot. `entities` and `locales` are the names the bot declares."""

    entities: Collection[str] = frozenset()
    locales: tuple[str, ...] = ()
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def report(self, problem: Problem, scalar: Scalar, offset: int = 0) -> None:
        """Place a problem of a scalar in its file."""
        self.diagnostics.append(place(problem, scalar, offset))

    def expression(self, node: Node | None) -> Expression | None:
        """A whole leaf as an expression."""
        scalar = written(node)
        return None if scalar is None else self.expression_in(scalar, trimmed(scalar.text))

    def expression_in(self, scalar: Scalar, part: Part) -> Expression | None:
        """A part of a leaf as an expression."""
        tree, problems = parse_expression(scalar.text[part.start : part.end])
        for problem in problems:
            self.report(problem, scalar, part.start)
        return None if tree is None else Expression(scalar, tree, part.start)

    def text(self, node: Node | None) -> Text | None:
        """A leaf as a text with holes."""
        if not isinstance(node, Scalar):
            return None
        template, problems = parse_template(node.text)
        for problem in problems:
            self.report(problem, node)
        return Text(node, template)

    def pattern(self, node: Node) -> PatternLeaf | None:
        """A leaf in pattern notation."""
        scalar = written(node)
        if scalar is None:
            return None
        pattern, problems = parse_pattern(scalar.text, self.entities)
        for problem in problems:
            self.report(problem, scalar)
        return None if pattern is None else PatternLeaf(scalar, pattern)

    def type_in(self, scalar: Scalar, part: Part) -> Type:
        """A part of a leaf in type notation."""
        kind, problems = parse_type(scalar.text[part.start : part.end], self.entities)
        for problem in problems:
            self.report(problem, scalar, part.start)
        return kind


# ---------------------------------------------------------------------------------------------------- plain leaves


def written(node: Node | None) -> Scalar | None:
    """A leaf in which something was written."""
    return node if isinstance(node, Scalar) and not node.is_empty else None


def name_of(scalar: Scalar) -> Name:
    """A scalar as a name."""
    return Name(scalar.text, scalar.span)


def name_in(scalar: Scalar, part: Part) -> Name:
    """A part of a scalar as a name."""
    return Name(scalar.text[part.start : part.end], place_of(scalar, part))


def place_of(scalar: Scalar, part: Part) -> Span:
    """Where a part of a scalar stands."""
    return scalar.place(part.start, part.end)


def read_name(node: Node | None) -> Name | None:
    """A leaf as a name; nothing written is none."""
    return name_of(node) if isinstance(node, Scalar) and node.text else None


def read_names(node: Node | None) -> tuple[Name, ...]:
    """One name or a list of names."""
    return () if node is None else tuple([name_of(scalar) for scalar in read_scalars(node)])


def read_scalars(node: Node | None) -> tuple[Scalar, ...]:
    """One scalar or the scalars of a list."""
    if node is None:
        return ()
    items = node.items if type(node) is Sequence else (node,)
    return tuple([item for item in items if isinstance(item, Scalar) and not item.is_empty])


def read_integer(node: Node | None) -> int | None:
    """A leaf such as `3`."""
    if isinstance(node, Scalar) and len(node.text) <= 15 and node.text.isascii() and node.text.isdigit():
        return int(node.text)
    return None


def read_flag(node: Node | None) -> bool:
    """A leaf that is `true`."""
    return isinstance(node, Scalar) and node.text == "true"


def read_duration_leaf(node: Node | None) -> Duration | None:
    """A leaf such as `5m`."""
    value = read_duration(node.text) if isinstance(node, Scalar) else None
    return None if value is None or node is None else Duration(value, node.span)


def as_mapping(node: Node | None) -> Mapping:
    """A mapping; anything else is an empty one."""
    return node if isinstance(node, Mapping) else EMPTY


def as_items(node: Node | None) -> tuple[Node, ...]:
    """The items of a list; anything else is a list of itself."""
    if node is None:
        return ()
    return node.items if type(node) is Sequence else (node,)


EMPTY = Mapping((), Span(SourceFile("", ""), 0, 0))
"""A mapping without entries, in place of one that could not be read."""
