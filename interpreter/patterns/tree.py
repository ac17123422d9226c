"""The syntax tree of a pattern."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from interpreter.types.kinds import Type
from interpreter.types.regex_tree import PlacedRegex


class Letters(Struct, frozen=True):
    """Literal text of a phrase."""

    text: str


class Alternatives(Struct, frozen=True):
    """`(a|b)`; an empty alternative makes it an option."""

    options: tuple[Parts, ...]


class Slot(Struct, frozen=True, gc=False):
    """`<name>`, `<name:type>`, `<name:text+>`; `greedy` is the `+`."""

    name: str
    type: Type
    greedy: bool
    start: int
    end: int


class Consent(Struct, frozen=True, gc=False):
    """`<yes>` or `<no>`: the usual words of consent and refusal."""

    yes: bool


Part = Letters | Alternatives | Slot | Consent
Parts = tuple[Part, ...]


class Capture(Struct, frozen=True):
    """A name a pattern gives to a part of the message; `optional` when that part need not take part in a match."""

    name: str
    type: Type
    optional: bool


Atom = str | Slot | Consent
"""Folded letters, or what stands for a part of a message."""
Variant = tuple[Atom, ...]
"""One way through the alternatives of a phrase."""

Mode = Literal["contains", "exact", "typo"]
"""How a phrase is to be in a message: anywhere, alone (`=`), alone but for typing mistakes (`~`)."""


class Phrase(Struct, frozen=True):
    """A phrase: contained, exactly (`=`) or but for typos (`~`)."""

    mode: Mode
    parts: Parts
    captures: tuple[Capture, ...]
    variants: tuple[Variant, ...]
    """Every way through the alternatives of its parts."""

    @property
    def groups(self) -> int:
        """A phrase has no numbered groups."""
        return 0


class Regex(Struct, frozen=True):
    r"""A regular expression, translated to RE2 with the language's own meaning of `\d \w \s` and case."""

    source: str
    translated: str
    groups: int
    placed: PlacedRegex
    """Its tree."""
    captures: tuple[Capture, ...] = ()
    names: tuple[tuple[str, int], ...] = ()
    """The captures with the numbers of their groups."""
    optional_groups: frozenset[int] = frozenset()
    """Numbers of the groups that need not take part in a match."""
    required: tuple[str, ...] = ()
    """Case-folded texts one of which is in the case-folded form of every text that matches; empty when unknown."""


Pattern = Phrase | Regex
