"""Text in terminal cells: how wide it is, what of it is safe to print, and a line cut around what matters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

MAX_CELLS = 100
"""How much of a source line is shown."""
_TAB = 4
_JOINER = "\u200d"
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def escaped(text: str) -> str:
    """The text with every character that a terminal would obey or hide written as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char == _JOINER or not _is_hidden(char) else _escape(char) for char in text)


def cell_width(text: str) -> int:
    """How many cells a printed text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_char_width, text))


def excerpt(line: str, ranges: Sequence[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    """A line as it is shown, and for each range of its characters the cells to underline: indent and width.

    A line that is too long is cut to a window that holds the beginning of the first range.
    """
    start, stop = _window(line, ranges[0] if ranges else (0, 0))
    shown = [_shown(char) for char in line[start:stop]]
    before = "…" if start > 0 else ""
    after = "…" if stop < len(line) else ""
    widths = [cell_width(char) for char in shown]
    carets = []
    for each in ranges:
        first, last = (min(max(place - start, 0), len(shown)) for place in each)
        indent = len(before) + sum(widths[:first])
        carets.append((indent, max(sum(widths[first:last]), 1)))
    return before + "".join(shown) + after, carets


def _window(line: str, focus: tuple[int, int]) -> tuple[int, int]:
    """The range of characters around a focus that fits; the focus keeps a third of the room to its left."""
    if len(line) <= MAX_CELLS and sum(cell_width(_shown(char)) for char in line) <= MAX_CELLS:
        return 0, len(line)
    start = focus[0]
    room = MAX_CELLS // 3
    while start > 0 and room > 0:
        start -= 1
        room -= cell_width(_shown(line[start]))
    stop, room = start, MAX_CELLS
    while stop < len(line) and room > 0:
        room -= cell_width(_shown(line[stop]))
        stop += 1
    return start, stop


def _shown(char: str) -> str:
    if char == "\t":
        return " " * _TAB
    return char if char == _JOINER or not _is_hidden(char) else _escape(char)


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in _HIDDEN


def _escape(char: str) -> str:
    code = ord(char)
    if char in "\n\r\t":
        return repr(char)[1:-1]
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _char_width(char: str) -> int:
    if char == _JOINER or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
