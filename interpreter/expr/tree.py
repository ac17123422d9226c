"""The syntax tree of an expression. Offsets count in the text the expression was read from."""

from __future__ import annotations

from dataclasses import dataclass, field

from interpreter.values import Value


@dataclass(frozen=True, slots=True)
class Literal:
    """`1`, `1.5`, `"s"`, `true`, `null`, `5m`."""

    value: Value
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """A variable or one of the names that are always there."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Field:
    """`target.name`; the name stands at the end of the range."""

    target: Node
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Index:
    """`target[index]`."""

    target: Node
    index: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Slice:
    """`target[low:high]`."""

    target: Node
    low: Node | None
    high: Node | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call; `name` in `f(name=value)`."""

    value: Node
    name: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Call:
    """`function(a, b, name=c)`; the function's name begins the range."""

    function: str
    arguments: tuple[Argument, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x` or `not x`."""

    operator: str
    operand: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`, with one of `or and == != < <= > >= in`, `not in`, `?? + - * / // %`."""

    operator: str
    left: Node
    right: Node
    start: int
    end: int
    operator_start: int


@dataclass(frozen=True, slots=True)
class Conditional:
    """`then if condition else otherwise`."""

    then: Node
    condition: Node
    otherwise: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ListNode:
    """`[a, b]`."""

    items: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class MapNode:
    """`{"k": v}`."""

    entries: tuple[tuple[Node, Node], ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Comprehension:
    """`[item for name in source if condition]`."""

    item: Node
    name: str
    source: Node
    condition: Node | None
    start: int
    end: int
    name_start: int


Node = Literal | Name | Field | Index | Slice | Call | Unary | Binary | Conditional | ListNode | MapNode | Comprehension


@dataclass(frozen=True, slots=True)
class Hole:
    """`$(expression)` inside a text; the range includes `$(` and `)`, the node's offsets count in the whole text."""

    node: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Template:
    """A text with holes; literal parts have `$$(` already read as `$(`."""

    parts: tuple[str | Hole, ...]
    holes: tuple[Hole, ...] = field(init=False, repr=False, compare=False)
    """The holes in order."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "holes", tuple([part for part in self.parts if isinstance(part, Hole)]))
