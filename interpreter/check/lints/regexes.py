"""The regular expressions of a bot's rules: their trees with places, and what can be told of them without a message."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from interpreter.check.lints.mending import mend
from interpreter.diagnostics.diagnostic import Applicability, Fix
from interpreter.dialog.model.leaves import PatternLeaf
from interpreter.dialog.model.rules import Rule
from interpreter.patterns.tree import Regex
from interpreter.source.spans import Span
from interpreter.types.regex_tree import Assertion, Char, Chars, Choice, Group, Node, PlacedRegex, Repeat, Series
from interpreter.types.regexes import compile_translated

_BEFORE_SOURCE = 1
"""The slash."""


class RuleRegex(Struct, frozen=True, eq=False):
    """A regular expression among the patterns of a rule."""

    rule: Rule
    leaf: PatternLeaf
    pattern: Regex

    @property
    def placed(self) -> PlacedRegex:
        """Its tree."""
        return self.pattern.placed

    def span(self, node: Node) -> Span:
        """Where a part of it stands in the file."""
        return self.span_of(*self.placed.place(node))

    def span_of(self, start: int, end: int) -> Span:
        """Where a range of its source stands in the file."""
        return self.leaf.scalar.place(start + _BEFORE_SOURCE, end + _BEFORE_SOURCE)

    def mend(self, start: int, end: int, replacement: str) -> Fix:
        """The fix that replaces a range of its source; what the author meant is for the author to say."""
        first, last = start + _BEFORE_SOURCE, end + _BEFORE_SOURCE
        return mend(self.leaf.scalar, first, last, replacement, Applicability.UNSAFE)


def regexes_of(rule: Rule) -> Iterator[RuleRegex]:
    """The regular expressions among the patterns of a rule."""
    for leaf in rule.trigger.patterns:
        if isinstance(leaf.pattern, Regex):
            yield RuleRegex(rule, leaf, leaf.pattern)


def branches(node: Node) -> tuple[Node, ...]:
    """The alternatives of an expression, which may be only one."""
    return node.branches if isinstance(node, Choice) else (node,)


def parts(node: Node) -> tuple[Node, ...]:
    """What follows one another in an expression."""
    return node.parts if isinstance(node, Series) else (node,)


def inner(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node."""
    match node:
        case Group(body=body) | Repeat(body=body):
            return (body,)
        case Series(parts=nodes) | Choice(branches=nodes):
            return nodes
        case _:
            return ()


def every_node(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    yield node
    for below in inner(node):
        if type(below) in _ALONE:
            yield below
        else:
            yield from every_node(below)


_ALONE = frozenset({Char, Chars, Assertion})
"""Nodes with none below them."""


def shortest(node: Node) -> int:
    """How many characters it takes at least."""
    match node:
        case Char() | Chars():
            return 1
        case Group(body=body):
            return shortest(body)
        case Series(parts=nodes):
            return sum(map(shortest, nodes))
        case Choice(branches=nodes):
            return min(map(shortest, nodes))
        case Repeat(body=body, low=low):
            return low and low * shortest(body)
        case Assertion():
            return 0


def takes_characters(node: Node) -> bool:
    """Whether it can take any character at all."""
    return any(isinstance(below, (Char, Chars)) for below in every_node(node))


def literal(node: Node) -> str | None:
    """The text it stands for, when it is one and nothing but letters."""
    match node:
        case Char(char=char):
            return char
        case Group(body=body, flags="", index=None):
            return literal(body)
        case Series(parts=nodes):
            texts = [literal(part) for part in nodes]
            return "".join(text for text in texts if text is not None) if None not in texts else None
        case _:
            return None


_SAMPLES = "aZ5_你。，!+～ "


@lru_cache(maxsize=4096)
def takes_any(re2: str, *, even_blanks: bool) -> bool:
    """Whether a set has every character (of a line), as far as samples of all kinds can tell."""
    found = compile_translated(f"^(?:{re2})$")
    samples = _SAMPLES if even_blanks else _SAMPLES.strip()
    return all(found.search(char) is not None for char in samples)
