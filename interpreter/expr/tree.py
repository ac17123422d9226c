"""The syntax tree of an expression. Offsets count in the text the expression was read from."""

from __future__ import annotations

from msgspec import Struct

from interpreter.values import Value


class Literal(Struct, frozen=True):
    """`1`, `1.5`, `"s"`, `true`, `null`, `5m`."""

    value: Value
    start: int
    end: int


KEYWORDS = frozenset({"or", "and", "not", "in", "if", "else", "for", "true", "false", "null"})
"""Words that are never names, except after a dot."""


class Name(Struct, frozen=True):
    """A variable or one of the names that are always there."""

    name: str
    start: int
    end: int


class Field(Struct, frozen=True):
    """`target.name`; the name stands at the end of the range."""

    target: Node
    name: str
    start: int
    end: int


class Index(Struct, frozen=True):
    """`target[index]`."""

    target: Node
    index: Node
    start: int
    end: int


class Slice(Struct, frozen=True):
    """`target[low:high]`."""

    target: Node
    low: Node | None
    high: Node | None
    start: int
    end: int


class Argument(Struct, frozen=True):
    """One argument of a call; `name` in `f(name=value)`."""

    value: Node
    name: str | None
    start: int
    end: int


class Call(Struct, frozen=True):
    """`function(a, b, name=c)`; the function's name begins the range."""

    function: str
    arguments: tuple[Argument, ...]
    start: int
    end: int


class Unary(Struct, frozen=True):
    """`-x` or `not x`."""

    operator: str
    operand: Node
    start: int
    end: int


class Binary(Struct, frozen=True):
    """`left operator right`, with one of `or and == != < <= > >= in`, `not in`, `?? + - * / // %`."""

    operator: str
    left: Node
    right: Node
    start: int
    end: int
    operator_start: int


class Conditional(Struct, frozen=True):
    """`then if condition else otherwise`."""

    then: Node
    condition: Node
    otherwise: Node
    start: int
    end: int


class ListNode(Struct, frozen=True):
    """`[a, b]`."""

    items: tuple[Node, ...]
    start: int
    end: int


class MapNode(Struct, frozen=True):
    """`{"k": v}`."""

    entries: tuple[tuple[Node, Node], ...]
    start: int
    end: int


class Comprehension(Struct, frozen=True):
    """`[item for name in source if condition]`."""

    item: Node
    name: str
    source: Node
    condition: Node | None
    start: int
    end: int
    name_start: int


Node = Literal | Name | Field | Index | Slice | Call | Unary | Binary | Conditional | ListNode | MapNode | Comprehension


class Hole(Struct, frozen=True):
    """`$(expression)` inside a text; the range includes `$(` and `)`, the node's offsets count in the whole text."""

    node: Node
    start: int
    end: int


class Template(Struct, frozen=True):
    """A text with holes; literal parts have `$$(` already read as `$(`."""

    parts: tuple[str | Hole, ...]
    holes: tuple[Hole, ...] = ()
    """Those of its parts that are holes."""
