"""Reading a text by the tables of a grammar (LALR(1), made by Lark beforehand; see `parse_tables`).

Which words may come next decides what the text is cut into, so `in` is a name after a dot and a keyword elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import cast

from msgspec import Struct

END = "$END"
"""The terminal that follows the last word."""


class Rule(Struct, frozen=True, array_like=True):
    """One way to make a part of a text out of smaller ones."""

    origin: str
    size: int
    """How many parts it takes off the stack."""
    takes: tuple[int | None, ...]
    """What the new part is made of: the part at an index, all that one stands for (`~index`), None for one left out."""
    make: str | None
    """The function that makes the new part; None of one that stands for its parts themselves."""
    is_handed_on: bool
    """Whether the new part is the only part that it takes."""


class State(Struct, frozen=True, array_like=True):
    """What to do in a state."""

    actions: dict[str, int]
    """At a word of some kind: go to a state, or first apply the rule `~action`."""
    after: dict[str, int]
    """The state to go to once a part has been made."""


class Tables(Struct, frozen=True):
    """A grammar as states and rules; all begins in the first state."""

    lark: str
    """The version that made them."""
    grammar: str
    """What they were made from."""
    terminals: dict[str, str]
    """The regular expressions of words by their kinds; the first that matches counts."""
    ignored: tuple[str, ...]
    rules: tuple[Rule, ...]
    states: tuple[State, ...]


class Word(Struct, frozen=True):
    """A word of a text and where it stands."""

    kind: str
    text: str
    start: int
    end: int


class Refused(Exception):  # noqa: N818  named for what happened
    """A text does not follow the grammar. Where, and what should stand there, Lark says (`authority`)."""


class Parser:
    """Reads texts by some tables; `builder` has a function for every rule that makes something."""

    def __init__(self, tables: Tables, builder: object) -> None:
        self._states = tables.states
        self._rules = tables.rules
        self._make: list[Callable[[list[object]], object] | None]
        self._make = [getattr(builder, rule.make) if rule.make else None for rule in tables.rules]
        self._terminals = tables.terminals
        self._kinds = (*tables.terminals,)
        self._ignored = frozenset(tables.ignored)
        self._any_word = re.compile("|".join(f"(?P<{kind}>{regex})" for kind, regex in tables.terminals.items()))

    def parse(self, text: str) -> object:
        """What the builder makes of a text.

        Raises:
            Refused: it does not follow the grammar.
        """
        stack, parts = [0], cast("list[object]", [])
        position = 0
        while True:
            word = self._next_word(text, position, stack)
            action = self._states[stack[-1]].actions.get(word.kind)
            while action is not None and action < 0:
                self._apply(~action, stack, parts)
                action = self._states[stack[-1]].actions.get(word.kind)
            if action is None:
                raise Refused
            if word.kind == END:
                return parts[-1]
            stack.append(action)
            parts.append(word)
            position = word.end

    def _apply(self, number: int, stack: list[int], parts: list[object]) -> None:
        rule = self._rules[number]
        if rule.is_handed_on:
            stack[-1] = self._states[stack[-2]].after[rule.origin]
            return
        first = len(parts) - rule.size
        parts[first:] = [self._made(number, parts[first:])]
        del stack[first + 1 :]
        stack.append(self._states[stack[-1]].after[rule.origin])

    def _made(self, number: int, parts: Sequence[object]) -> object:
        rule = self._rules[number]
        taken: list[object] = []
        for index in rule.takes:
            if index is None:
                taken.append(None)
            elif index < 0:
                taken += cast("list[object]", parts[~index])
            else:
                taken.append(parts[index])
        make = self._make[number]
        return taken if make is None else make(taken)

    # ------------------------------------------------------------------------------------------------ words

    def _next_word(self, text: str, position: int, stack: Sequence[int]) -> Word:
        found = self._any_word.match(text, position)
        while found is not None and found.lastgroup in self._ignored:
            position = found.end()
            found = self._any_word.match(text, position)
        if position == len(text):
            return Word(END, "", position, position)
        if found is None or found.lastgroup is None:
            raise Refused
        fitting = self._states[stack[-1]].actions
        if found.lastgroup in fitting:
            return _word(found.lastgroup, found)
        for kind in self._kinds[self._kinds.index(found.lastgroup) + 1 :]:  # those before it do not match
            if kind in fitting and (other := re.compile(self._terminals[kind]).match(text, position)) is not None:
                return _word(kind, other)
        raise Refused


def _word(kind: str, found: re.Match[str]) -> Word:
    return Word(kind, found.group(), found.start(), found.end())
