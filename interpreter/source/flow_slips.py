"""Guesses at values inside `{ }` and `[ ]` that YAML cannot take as they stand, each mended by quotes around all of it.

The collection is read as its author reads it: brackets and quotes inside a value belong to the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.source.cuts import extent

_MAX_LENGTH = 4_000
_SPACE = re.compile(r"(?:\s+(?:#[^\r\n]*)?)*")
_KEY = re.compile(
    r"(?:\"(?:[^\"\\\r\n]|\\.)*\"|'(?:[^'\r\n]|'')*'|[^\s\"'\[\]{},#][^\[\]{},\r\n]*?)[ \t]*:(?:[ \t]+|(?=[\[{\"']))"
)
_ENDS = re.compile(r"[ \t]*(?:[,\]}:\r\n]|#|\Z)")
_QUOTED_ENDS = re.compile(r"[ \t]*(?:[,\]}:\r\n\"']|#|\Z)")  # between two texts in quotes, a comma is missing
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")
_BRACKETS = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|[\[\]{}]")
_PLAIN = re.compile(r"[^,\[\]{}\r\n]*")
_TROUBLE = re.compile(r"[,\[\]{}]|:(?=\s)|(?<=\s)#")
_CLOSING = {"[": "]", "{": "}"}


def torn_values(text: str, opening: int) -> Iterator[tuple[int, int, str]]:
    """Every value of the collection that opens here which YAML would tear: its range, and the character that tears it.

    Of a value that begins with a quote or bracket and goes on, it is that one.
    """
    open_ = 1
    is_map = [text[opening] == "{"]
    position, stop = opening + 1, min(len(text), opening + _MAX_LENGTH)
    while open_ and position < stop:
        position = _SPACE.match(text, position).end()  # type: ignore[union-attr]  # matches the empty text too
        char = text[position : position + 1]
        if char and char in "]}":
            is_map.pop()
            open_ -= 1
            position += 1
            continue
        if is_map[-1] and (key := _KEY.match(text, position)):
            position = key.end()
            char = text[position : position + 1]
        if not char or char in ",]}\r\n":
            position += char not in ("]", "}")
            continue
        if char in "[{" and _is_nested(text, position):
            is_map.append(char == "{")
            open_ += 1
            position += 1
            continue
        end = _whole(text, position)
        found = extent(text, position, in_flow=True) if end is None else None
        if found is not None and found.is_closed and found.end > position:
            end = found.end
            if char in "\"'[{":
                yield position, end, char
            elif trouble := _TROUBLE.search(text, position, end):
                yield position, end, trouble[0]
        position = end if end is not None else max(_PLAIN.match(text, position).end(), position + 1)  # type: ignore[union-attr]  # the same


def _is_nested(text: str, position: int) -> bool:
    """Whether the bracket here opens a collection, not a text or expression that goes on behind its partner."""
    closing = closing_bracket(text, position, min(len(text), position + _MAX_LENGTH))
    return closing is None or _ENDS.match(text, closing + 1) is not None


def _whole(text: str, position: int) -> int | None:
    """The end of a value that is one quoted text."""
    quoted = _QUOTED.match(text, position)
    return quoted.end() if quoted and _QUOTED_ENDS.match(text, quoted.end()) else None


def closing_bracket(text: str, start: int, end: int) -> int | None:
    """Where the bracket at `start` closes; quotes are passed over."""
    open_: list[str] = []
    for found in _BRACKETS.finditer(text, start, end):
        token = found[0]
        if token in _CLOSING:
            open_.append(_CLOSING[token])
        elif open_ and token == open_[-1]:
            open_.pop()
            if not open_:
                return found.start()
    return None
