"""Between our offsets, which count code points, and the lines and characters an editor counts in its encoding."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from lsprotocol import types

from interpreter.source.spans import SourceFile, Span

_BREAK = re.compile(r"\r\n|\n|\r")


def to_position(file: SourceFile, offset: int, encoding: str) -> types.Position:
    """Where an offset stands, as the editor counts."""
    starts = _line_starts(file)
    line = bisect_right(starts, offset) - 1
    return types.Position(line, _units(file.text[starts[line] : offset], encoding))


def to_offset(file: SourceFile, position: types.Position, encoding: str) -> int:
    """The offset of a place of the editor; one behind the end of a line or of the file is that end."""
    starts = _line_starts(file)
    if position.line >= len(starts):
        return len(file.text)
    start = starts[position.line]
    end = starts[position.line + 1] if position.line + 1 < len(starts) else len(file.text)
    line = file.text[start:end].rstrip("\r\n")
    if encoding == types.PositionEncodingKind.Utf32 or line.isascii():
        return start + min(position.character, len(line))
    left = position.character
    for index, character in enumerate(line):
        left -= _units(character, encoding)
        if left < 0:
            return start + index
    return start + len(line)


def to_range(span: Span, encoding: str) -> types.Range:
    """A span as the editor counts."""
    return types.Range(to_position(span.file, span.start, encoding), to_position(span.file, span.end, encoding))


def _units(text: str, encoding: str) -> int:
    if encoding == types.PositionEncodingKind.Utf32 or text.isascii():
        return len(text)
    if encoding == types.PositionEncodingKind.Utf8:
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@lru_cache(maxsize=16)
def _line_starts(file: SourceFile) -> tuple[int, ...]:
    """The protocol knows three line breaks; a `SourceFile` counts the lines that messages show."""
    return (0, *(found.end() for found in _BREAK.finditer(file.text)))
