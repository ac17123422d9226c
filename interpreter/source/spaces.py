"""Spaces that look like one and are none to YAML, and characters that cannot be seen at all.

They come along when a text is copied from a web page, a chat or a word processor, or by a Chinese keyboard. YAML knows
the half-width space only; the others are letters to it.
"""

from __future__ import annotations

import re

WIDE = "\u3000"
"""The full-width space of a Chinese keyboard, as wide as two."""
SPACES = f"{WIDE}\u00a0\u1680\u2000-\u200a\u202f\u205f"
"""Spaces that YAML takes for letters, as the inside of a character class."""
INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Nothing to see, and nothing that a word or an emoji needs, unlike the joiners."""

# Patterns for `re` to compile once one of them is needed: most files have no such space.
_INDENT = rf"(?m)^([{SPACES}][{SPACES} ]*)(?=[^\s#])"
_ENTRY_INDENT = rf"(?m)^( +[{SPACES}][{SPACES} ]*)(?=-[ ]|[^\s#:]+:(?:[ ]|$))"
MOST = 5_000
"""In how many lines such spaces are looked at."""

Indent = tuple[int, int, str]
"""Where the indentation of a line begins and ends, and what it should be."""


def is_usual(text: str) -> bool:
    """Whether a text has no such character and none that no file should hold: every other one can be printed."""
    return text.replace("\n", "").isprintable()


def begins_with_space(text: str) -> bool:
    """Whether the first character is such a space."""
    return not text.isascii() and _SPACE.match(text) is not None


_SPACE = re.compile(f"[{SPACES}]")


def indents(text: str) -> list[Indent]:
    """The lines that begin with such a space, which is never a text."""
    return _edits(_INDENT, text)


def entry_indents(text: str) -> list[Indent]:
    """The lines in which such a space follows others, before what looks like a key or an item: it may be a text."""
    return _edits(_ENTRY_INDENT, text)


def _edits(pattern: str, text: str) -> list[Indent]:
    if text.isascii() or _SPACE.search(text) is None:
        return []
    found = [(*each.span(1), _as_written(each[1])) for each in re.finditer(pattern, text)]
    return found if len(found) <= MOST else []


def _as_written(spaces: str) -> str:
    return " " * (len(spaces) + spaces.count(WIDE))
