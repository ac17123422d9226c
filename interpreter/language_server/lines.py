"""Where in a file's structure a cursor stands, from the lines around it alone.

While a line is being written the file often is no YAML, so nothing here parses it: indentation, dashes and colons say
which keys lead to a place, as they do to a reader. The result is a path of levels from the root, and what has been
written of the key or the value at the cursor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from interpreter.language_server.flow_collections import Frame, scan

_LINE = re.compile(r"(?P<indent>[ \t]*)(?P<dashes>(?:-[ \t]+|-$)*)(?P<rest>.*)", re.DOTALL)
_KEY = re.compile(r"""(?P<key>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#"'\[{][^\n]*?)[ \t]*:(?=[ \t]|$)[ \t]*""")
_BLOCK = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?$")
_REST = re.compile(r"[^\s:,\]}\"']*")
_NEAR = 1_000
"""How many lines before and behind a line are looked at for the keys beside its own."""
_BLANK = re.compile(r"[ \t]*(?:#.*)?$")


@dataclass(frozen=True, slots=True)
class Level:
    """One step from the root: into a list, or to a key of a mapping that has `keys` besides."""

    key: str | None
    """None of an item of a list; the empty text of a key that is still to be written."""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cursor stands."""

    path: tuple[Level, ...]
    """The last level is the mapping of the key being written, or the key whose value is."""
    part: Literal["key", "value"]
    written: str
    """The key or the value up to the cursor, without its opening quote."""
    start: int
    """The offset at which it begins."""
    is_block: bool = False
    """Whether the value is a text of several lines."""

    @property
    def key(self) -> str | None:
        """The innermost key that leads here."""
        return next((level.key for level in reversed(self.path) if level.key), None)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line taken apart: where its dashes stand, where its content begins, its key and where its value begins."""

    dashes: tuple[int, ...]
    column: int
    key: str | None
    value: int
    text: str

    @property
    def outer(self) -> int:
        """The column of the first thing on the line."""
        return self.dashes[0] if self.dashes else self.column


def place_at(text: str, offset: int) -> Place:
    """The place of an offset in a YAML or JSON text."""
    if text.lstrip().startswith("{"):
        return _in_flow((), text, text.index("{"), offset)
    lines = text.split("\n")
    row = text.count("\n", 0, offset)
    start = _start_of(lines, row)
    here = _take_apart(lines[row][: offset - start])
    above = tuple(_ancestors(lines, row, here))
    for depth, (number, line, is_item) in enumerate(above):
        if is_item or line.key is None:
            continue
        value = _start_of(lines, number) + line.value
        if _BLOCK.match(line.text, line.value):
            first = _start_of(lines, number + 1)
            return Place(_path(lines, above[depth:]), "value", text[first:offset], first, is_block=True)
        if text[value : value + 1] in ("{", "["):
            frame = scan(text, value, offset)
            if frame is not None:
                return _of_frame(_path(lines, above[depth:]), text, frame)
    own = tuple((row, here, True) for _ in here.dashes)
    if here.key is not None:
        return _in_flow(_path(lines, ((row, here, False), *own, *above)), text, start + here.value, offset)
    return _unfinished(text, lines, (row, here), _path(lines, (*own, *above)), offset)


def _unfinished(text: str, lines: list[str], line: tuple[int, _Line], path: tuple[Level, ...], offset: int) -> Place:
    """The place in a line without a key up to the cursor: a key will be one, or a text in a list."""
    row, here = line
    start = _start_of(lines, row) + here.column
    written = here.text[here.column :]
    if written[:1] in ("{", "["):
        return _in_flow(path, text, start, offset)
    quote = 1 if written[:1] in ('"', "'") else 0
    keys = tuple(_siblings(lines, row, here))
    return Place((*path, Level("", keys)), "key", written[quote:], start + quote)


def _in_flow(path: tuple[Level, ...], text: str, value: int, offset: int) -> Place:
    """The place in a value, which may be a flow collection."""
    if text[value : value + 1] in ("{", "["):
        frame = scan(text, value, offset)
        if frame is not None:
            return _of_frame(path, text, frame)
    quote = 1 if text[value : min(value + 1, offset)] in ('"', "'") else 0
    return Place(path, "value", text[value + quote : offset], value + quote)


def _of_frame(path: tuple[Level, ...], text: str, frame: Frame) -> Place:
    own = frame.written
    if frame.is_key:
        rest = _REST.match(text, frame.start + len(own))
        own += rest.group() if rest else ""
    levels = [
        Level(None)
        if each.is_list
        else Level(each.key or "", tuple(key for key in each.keys if key not in (own, each.key)))
        for each in frame.stack
    ]
    return Place((*path, *levels), "key" if frame.is_key else "value", frame.written, frame.start)


_Step = tuple[int, _Line, bool]
"""A line that leads to a place, by its number, and whether by a dash of it or by its key."""

# ---------------------------------------------------------------------------------------------------- lines


def _take_apart(text: str) -> _Line:
    found = _LINE.match(text)
    assert found is not None
    first = found.end("indent")
    dashes = tuple(first + mark.start() for mark in re.finditer("-", found["dashes"]))
    column = found.end("dashes")
    key = _KEY.match(text, column)
    if key is None:
        return _Line(dashes, column, None, column, text)
    return _Line(dashes, column, _unquoted(key["key"]), key.end(), text)


def _unquoted(key: str) -> str:
    return key[1:-1] if key[:1] in ('"', "'") and len(key) > 1 else key


def _ancestors(lines: list[str], row: int, here: _Line) -> Iterator[_Step]:
    """What leads to a line, from the inside out: keys and dashes, each further left than the one before.

    Only the items of a list may stand as far left as the key of that list.
    """
    column, is_item = here.outer, bool(here.dashes)
    for number in range(row - 1, -1, -1):
        if column == 0 and not is_item:
            return
        if _indent(lines[number]) > column or _BLANK.match(lines[number]):
            continue
        line = _take_apart(lines[number])
        if line.key is not None and (line.column < column or (is_item and line.column == column)):
            yield number, line, False
            column, is_item = line.column, False
        for dash in reversed(line.dashes):
            if dash < column:
                yield number, line, True
                column, is_item = dash, True


def _path(lines: list[str], steps: tuple[_Step, ...]) -> tuple[Level, ...]:
    """The levels that some steps, from the inside out, stand for."""
    levels = (
        Level(None) if is_item else Level(line.key, tuple(_siblings(lines, number, line)))
        for number, line, is_item in steps
    )
    return tuple(reversed(tuple(levels)))


def _siblings(lines: list[str], row: int, here: _Line) -> Iterator[str]:
    """The other keys of the mapping that a line belongs to; of a very long one, those near by."""
    column = here.column
    for number in range(row - 1, max(row - _NEAR, 0) - 1, -1) if not here.dashes else ():
        if _indent(lines[number]) > column or _BLANK.match(lines[number]):
            continue
        line = _take_apart(lines[number])
        if line.column == column and line.key is not None:
            yield line.key
        if line.outer < column:
            break
    for number in range(row + 1, min(row + _NEAR, len(lines))):
        if _indent(lines[number]) > column or _BLANK.match(lines[number]):
            continue
        line = _take_apart(lines[number])
        if line.outer < column or line.dashes:
            break
        if line.key is not None:
            yield line.key


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _start_of(lines: list[str], row: int) -> int:
    return sum(len(line) + 1 for line in lines[:row])
