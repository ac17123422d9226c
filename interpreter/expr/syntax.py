"""The tree of an expression, by its grammar.

The parser calls one function of `_Builder` per rule; each takes and gives a `_Part`: a node, the range it was written
in (round brackets included, which the node's own range leaves out), and how deep it is.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import cast

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.wording import Wording
from interpreter.expr.lalr import Parser, Word
from interpreter.expr.literals import RefusedError, read_duration, read_number, read_text
from interpreter.expr.parse_tables import stored_tables
from interpreter.expr.printer import print_expression
from interpreter.expr.tree import (
    Argument,
    Binary,
    Call,
    Comprehension,
    Conditional,
    Field,
    Index,
    ListNode,
    Literal,
    MapNode,
    Name,
    Node,
    Slice,
    Unary,
)

MAX_DEPTH = 150
"""How deep a tree may be: a chain of as many operators, or brackets within brackets."""

_Part = tuple[Node, int, int, int]
"""A node, where it begins and ends as written, and its depth."""


def read_syntax(text: str) -> Node:
    """The tree of an expression.

    Raises:
        Refused: it does not follow the grammar.
        RefusedError: it does, but holds something the language has not.
    """
    return cast("_Part", _parser().parse(text))[0]


@functools.cache
def _parser() -> Parser:
    return Parser(stored_tables(), _Builder())


class _Builder:
    """One function per rule of the grammar."""

    def name(self, children: list[Word]) -> _Part:
        (word,) = children
        start, end = _range(word)
        return Name(word.text, start, end), start, end, 1

    def number(self, children: list[Word]) -> _Part:
        start, end = _range(children[0])
        return Literal(read_number(children[0].text, start), start, end), start, end, 1

    def duration(self, children: list[Word]) -> _Part:
        start, end = _range(children[0])
        return Literal(read_duration(children[0].text, start), start, end), start, end, 1

    def text(self, children: list[Word]) -> _Part:
        start, end = _range(children[0])
        return Literal(read_text(children[0].text, start), start, end), start, end, 1

    def true(self, children: list[Word]) -> _Part:
        start, end = _range(children[0])
        return Literal(True, start, end), start, end, 1

    def false(self, children: list[Word]) -> _Part:
        start, end = _range(children[0])
        return Literal(False, start, end), start, end, 1

    def null(self, children: list[Word]) -> _Part:
        start, end = _range(children[0])
        return Literal(None, start, end), start, end, 1

    def group(self, children: tuple[Word, _Part, Word]) -> _Part:
        opening, (node, _, _, depth), closing = children
        return node, _range(opening)[0], _range(closing)[1], depth

    def binary(self, children: tuple[_Part, Word, _Part]) -> _Part:
        (left, start, _, left_depth), operator, (right, _, end, right_depth) = children
        node = Binary(" ".join(operator.text.split()), left, right, start, end, _range(operator)[0])
        return node, start, end, _deeper(start, end, left_depth, right_depth)

    pair = binary

    def chained(self, children: tuple[_Part, Word, _Part]) -> _Part:
        (pair, start, _, _), operator, (right, _, end, _) = children
        assert isinstance(pair, Binary)
        raise RefusedError(_chain(pair, " ".join(operator.text.split()), right, start, end))

    def unary(self, children: tuple[Word, _Part]) -> _Part:
        operator, (operand, _, end, depth) = children
        start = _range(operator)[0]
        return Unary(operator.text, operand, start, end), start, end, _deeper(start, end, depth)

    def conditional(self, children: tuple[_Part, Word, _Part, Word, _Part]) -> _Part:
        (then, start, _, first), _, (condition, _, _, second), _, (otherwise, _, end, third) = children
        return (
            Conditional(then, condition, otherwise, start, end),
            start,
            end,
            _deeper(start, end, first, second, third),
        )

    def field(self, children: tuple[_Part, Word, Word]) -> _Part:
        (target, start, _, depth), _, name = children
        end = _range(name)[1]
        return Field(target, name.text, start, end), start, end, _deeper(start, end, depth)

    def index(self, children: tuple[_Part, Word, _Part, Word]) -> _Part:
        (target, start, _, depth), _, (index, _, _, index_depth), closing = children
        end = _range(closing)[1]
        return Index(target, index, start, end), start, end, _deeper(start, end, depth, index_depth)

    def slice(self, children: tuple[_Part, Word, _Part | None, Word, _Part | None, Word]) -> _Part:
        (target, start, _, depth), _, low, _, high, closing = children
        end = _range(closing)[1]
        node = Slice(target, low[0] if low else None, high[0] if high else None, start, end)
        return node, start, end, _deeper(start, end, depth, low[3] if low else 0, high[3] if high else 0)

    def positional(self, children: tuple[_Part]) -> tuple[Argument, int]:
        ((value, start, end, depth),) = children
        return Argument(value, None, start, end), depth

    def named(self, children: tuple[Word, Word, _Part]) -> tuple[Argument, int]:
        name, _, (value, _, end, depth) = children
        return Argument(value, name.text, _range(name)[0], end), depth

    def call(self, children: list[Word | tuple[Argument, int]]) -> _Part:
        name, closing = cast("Word", children[0]), cast("Word", children[-1])
        arguments = [child for child in children if isinstance(child, tuple)]
        start, end = _range(name)[0], _range(closing)[1]
        node = Call(name.text, tuple(argument for argument, _ in arguments), start, end)
        return node, start, end, _deeper(start, end, *(depth for _, depth in arguments))

    def list_node(self, children: list[Word | _Part]) -> _Part:
        start, end = _ends(children)
        items = [child for child in children if isinstance(child, tuple)]
        node = ListNode(tuple(item[0] for item in items), start, end)
        return node, start, end, _deeper(start, end, *(item[3] for item in items))

    def entry(self, children: tuple[_Part, Word, _Part]) -> tuple[tuple[Node, Node], int]:
        key, _, value = children
        return (key[0], value[0]), max(key[3], value[3])

    def map_node(self, children: list[Word | tuple[tuple[Node, Node], int]]) -> _Part:
        start, end = _ends(children)
        entries = [child for child in children if isinstance(child, tuple)]
        node = MapNode(tuple(entry for entry, _ in entries), start, end)
        return node, start, end, _deeper(start, end, *(depth for _, depth in entries))

    def comprehension(self, children: list[Word | _Part | None]) -> _Part:
        start, end = _ends(children)
        (item, _, _, *depths), (source, _, _, source_depth), *conditions = (c for c in children if isinstance(c, tuple))
        name = cast("Word", children[3])
        condition = conditions[0] if conditions else None
        node = Comprehension(item, name.text, source, condition[0] if condition else None, start, end, _range(name)[0])
        depths += [source_depth, condition[3] if condition else 0]
        return node, start, end, _deeper(start, end, *depths)


def _range(word: Word) -> tuple[int, int]:
    return word.start, word.end


def _ends(children: Sequence[object]) -> tuple[int, int]:
    return _range(cast("Word", children[0]))[0], _range(cast("Word", children[-1]))[1]


def _deeper(start: int, end: int, *depths: int) -> int:
    depth = 1 + max(depths, default=0)
    if depth > MAX_DEPTH:
        raise RefusedError(
            Problem(
                "DL217",
                start,
                end,
                Wording("the expression is too deep", "表达式嵌套过深"),
                help=Wording("name parts of it with `let`", "用 `let` 给其中的部分命名"),
            )
        )
    return depth


def _chain(pair: Binary, operator: str, right: Node, start: int, end: int) -> Problem:
    first = Binary(operator, pair.right, right, start, end, start)
    mended = print_expression(Binary("and", pair, first, start, end, start))
    return Problem(
        "DL208",
        start,
        end,
        Wording(
            f"comparisons cannot be chained: `{pair.operator}` is followed by `{operator}`",
            f"比较不能连写：`{pair.operator}` 后面又有 `{operator}`",
        ),
        label=Wording(f"write `{mended}`", f"写成 `{mended}`"),
        replacement=mended,
    )
