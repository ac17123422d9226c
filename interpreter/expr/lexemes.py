"""A rough cut of an expression into words, for explaining what is wrong with one that the grammar refuses.

Unlike the grammar's own lexer it never stops: what belongs to no language is a mark of one character.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

Kind = Literal["text", "open", "number", "name", "mark"]

_LEXEME = re.compile(
    r"""
      (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<open>["'].*)                       # a text that never ends
    | (?P<number>[0-9]+(?:\.[0-9]+)?\w*)
    | (?P<name>[^\W\d]\w*)
    | (?P<mark>\$\(|\$\{|===|!==|==|!=|<>|<=|>=|=<|=>|&&|\|\||\*\*|//|\?\?|\?\.|\+=|-=|[^\s])
    """,
    re.VERBOSE | re.DOTALL,
)

_CLOSING = {"(": ")", "[": "]", "{": "}", "$(": ")", "${": "}"}


class Lexeme(Struct, frozen=True):
    """A word, number, text or mark of an expression; `open` is a text without its closing quote."""

    kind: Kind
    text: str
    start: int
    end: int


class Brackets(Struct, frozen=True):
    """How the brackets of an expression pair: by index into its lexemes."""

    partner: dict[int, int]
    """Opening to closing bracket and back."""
    inside: tuple[int, ...]
    """For each lexeme the opening bracket it stands in, or -1."""
    unclosed: tuple[int, ...]
    stray: int | None
    """The first closing bracket that closes nothing; pairing stops there."""


def lexemes(text: str) -> tuple[Lexeme, ...]:
    """The words of an expression in order, without white space."""
    return tuple(
        Lexeme(found.lastgroup, found.group(), found.start(), found.end())  # type: ignore[arg-type]  # the groups are the kinds
        for found in _LEXEME.finditer(text)
    )


def pair_brackets(words: tuple[Lexeme, ...]) -> Brackets:
    """Pair the brackets among some lexemes."""
    partner: dict[int, int] = {}
    inside: list[int] = []
    stack: list[int] = []
    stray = None
    for index, word in enumerate(words):
        if word.kind == "mark" and word.text in ")]}":
            if not stack or _CLOSING[words[stack[-1]].text] != word.text:
                stray = index
                break
            opening = stack.pop()
            partner[opening], partner[index] = index, opening
        inside.append(stack[-1] if stack else -1)
        if word.kind == "mark" and word.text in _CLOSING:
            stack.append(index)
    inside += [-1] * (len(words) - len(inside))
    return Brackets(partner, tuple(inside), tuple(stack), stray)


def nesting(text: str) -> int:
    """How many brackets stand within one another."""
    depth = deepest = 0
    for word in lexemes(text):
        if word.kind == "mark":
            if word.text in _CLOSING:
                depth += 1
                deepest = max(deepest, depth)
            elif word.text in ")]}":
                depth -= 1
    return deepest
