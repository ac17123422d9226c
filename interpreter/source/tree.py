"""The position-keeping tree of a YAML or JSON file: every scalar is the text its author wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from interpreter.source.offsets import range_in
from interpreter.source.spans import Span

Style = Literal["plain", "single", "double", "literal", "folded", "json"]
"""How a scalar was written; `json` is a JSON string, a JSON number or word is `plain`."""

_JSON_PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z|true\Z|false\Z|null\Z")


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
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


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    span: Span
    flow: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One `key: value` of a mapping."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """A map; keys are unique (a duplicate is reported by the reader and dropped), order is the author's."""

    entries: tuple[Entry, ...]
    span: Span
    flow: bool = False

    def get(self, key: str) -> Node | None:
        """The value under a key, or None."""
        entry = self.entry(key)
        return entry.value if entry else None

    def entry(self, key: str) -> Entry | None:
        """The entry under a key, or None."""
        for entry in self.entries:
            if entry.key.text == key:
                return entry
        return None


Node = Scalar | Sequence | Mapping
