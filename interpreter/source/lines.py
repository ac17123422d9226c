"""The lines of a file that YAML cannot read, taken apart: where each begins, its key, its value, its brackets."""

from __future__ import annotations

import re

from msgspec import Struct

_LONG_LINE = 2_000
_KEY = r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|[^\s\"'#\[{](?:[^:\r\n]|:(?=\S))*?)"
_LINE = re.compile(
    rf"(?P<indent>[ \t]*)(?P<dashes>(?:-[ \t]+)*)(?:(?P<key>{_KEY})[ \t]*:(?P<gap>[ \t]+|(?=[\r\n])|\Z))?"
    r"(?P<value>[^\r\n]*)"
)
_TOP_LEVEL = re.compile(r"^[^\s#\]}]", re.MULTILINE)
_BRACKETS = re.compile(r"(?<=[\s,\[{:])(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*')|[\[\]{}]")
_COMMENT = re.compile(r"[ \t]+#")


class Line(Struct, frozen=True):
    """A line of a block collection, taken apart: offsets of its first word, its key and its value."""

    start: int
    stop: int
    indent: int
    key: str | None
    key_start: int
    value_start: int
    value_end: int


def line_start(text: str, place: int) -> int:
    """Where the line of a place begins; YAML ends a line at a carriage return, too."""
    start = text.rfind("\n", 0, place) + 1
    end = place - 1 if text[max(place - 1, 0) : place + 1] == "\r\n" else place
    return text.rfind("\r", start, end) + 1 or start


def is_long(text: str, start: int) -> bool:
    """Whether a line is too long to have been typed; the patterns below may be slow on such."""
    stop = text.find("\n", start)
    return (len(text) if stop < 0 else stop) - start > _LONG_LINE


def line_before(text: str, place: int) -> int | None:
    """The beginning of the last line before that of a place that holds more than white space and comments."""
    start = line_start(text, place)
    while start > 0:
        stop = start - 1
        start = line_start(text, stop)
        line = text[start:stop].strip()
        if line and not line.startswith("#"):
            return start
    return None


def split_line(text: str, start: int) -> Line:
    """The line that begins at `start`, taken apart."""
    found = _LINE.match(text, start)
    assert found is not None  # every part of it may be empty
    value_start, value_end = found.span("value")
    return Line(
        start,
        found.end(),
        len(found["indent"]),
        found["key"],
        found.end("dashes"),
        value_start,
        _without_comment(text, value_start, value_end),
    )


def _without_comment(text: str, start: int, end: int) -> int:
    """The end of a value that begins at `start`; ` #` inside quotes is no comment."""
    position = start
    while position < end:
        char = text[position]
        if char in "\"'" and (position == start or text[start] in "\"'[{"):
            closing = text.find(char, position + 1, end)
            position = closing if closing > 0 else position
        elif char in " \t" and _COMMENT.match(text, position, end):
            end = position
            break
        position += 1
    return start + len(text[start:end].rstrip())


def open_bracket(text: str, position: int) -> int | None:
    """The innermost bracket that is open at a place, as far as its top-level entry tells."""
    found = list(_TOP_LEVEL.finditer(text, 0, position))
    start = found[-1].start() if found else 0
    open_: list[int] = []
    for token in _BRACKETS.finditer(text, start, position):
        if token[0] in ("[", "{"):
            open_.append(token.start())
        elif token[0] in ("]", "}") and open_:
            open_.pop()
    return open_[-1] if open_ else None


def mixes_list_and_map(text: str, place: int) -> bool:
    """Whether the line of a place is an item and the one above an entry at the same depth, or the other way round."""
    above = line_before(text, place)
    if above is None or is_long(text, above) or is_long(text, line_start(text, place)):
        return False
    first, second = split_line(text, above), split_line(text, line_start(text, place))
    marks = [line.key_start - line.start > line.indent for line in (first, second)]
    return first.indent == second.indent and marks[0] != marks[1]
