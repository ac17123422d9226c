"""The position-keeping tree of a YAML or JSON file: every scalar is the text its author wrote.

Trees never refer back to themselves, so the garbage collector is spared the many parts they have.
"""

from __future__ import annotations

import re
from collections.abc import KeysView
from typing import Literal

from msgspec import Struct, field

from interpreter.source.offsets import range_in
from interpreter.source.spans import Span

Style = Literal["plain", "single", "double", "literal", "folded", "json"]
"""How a scalar was written; `json` is a JSON string, a JSON number or word is `plain`."""

_JSON_PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z|true\Z|false\Z|null\Z")


class Scalar(Struct, frozen=True, eq=False, gc=False):
    """A leaf: its text after unescaping and folding, and where each character of it stands in the file."""

    text: str
    span: Span
    style: Style = "plain"

    @property
    def is_plain(self) -> bool:
        """Whether it was written without quotes or block indicator."""
        return self.style == "plain"

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written (`key:`); an empty quoted text is not empty in this sense."""
        return self.style == "plain" and self.text == ""

    @property
    def is_json_literal(self) -> bool:
        """Whether it is a plain JSON number, `true`, `false` or `null`."""
        return self.style == "plain" and _JSON_PLAIN.match(self.text) is not None

    def place(self, start: int, end: int) -> Span:
        """Where `text[start:end]` stands in the file; an empty range points at one place."""
        span = self.span
        first, last = range_in(span.file, span.start, span.end, self.style, self.text, start, end)
        return Span(span.file, first, last)


class Sequence(Struct, frozen=True, eq=False, gc=False):
    """A list."""

    items: tuple[Node, ...]
    span: Span
    flow: bool = False


class Entry(Struct, frozen=True, eq=False, gc=False):
    """One `key: value` of a mapping."""

    key: Scalar
    value: Node


class Mapping(Struct, frozen=True, eq=False, gc=False):
    """A map; keys are unique (a duplicate is reported by the reader and dropped), order is the author's."""

    entries: tuple[Entry, ...]
    span: Span
    flow: bool = False
    by_key: dict[str, Entry] = field(default_factory=dict)
    """The same entries by their keys; whoever has made that already may hand it over."""

    def __post_init__(self) -> None:
        if not self.by_key:
            self.by_key.update((entry.key.text, entry) for entry in self.entries)

    def get(self, key: str) -> Node | None:
        """The value under a key, or None."""
        entry = self.by_key.get(key)
        return None if entry is None else entry.value

    def entry(self, key: str) -> Entry | None:
        """The entry under a key, or None."""
        return self.by_key.get(key)

    @property
    def keys(self) -> KeysView[str]:
        """The keys, in the author's order."""
        return self.by_key.keys()


Node = Scalar | Sequence | Mapping
