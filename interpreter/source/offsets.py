"""Where each character of a scalar stands in its file.

A scalar's value differs from what the file holds: quotes and escapes go, lines fold, indentation is cut. The parsers
tell where a scalar begins and ends and no more, so the raw slice is decoded once again here, this time keeping the
offset of every character. The result is compared with the parser's value; should the two ever disagree, offsets inside
the slice are good enough to point with, and nothing is raised.

A table of offsets has one entry for each character and a last one for the end. An escape stands where its backslash
is, a folded line break where the white space before it begins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from interpreter.source.spans import SourceFile

Decoded = tuple[str, list[int]]
"""A decoded text and the offset of each of its characters, with or without one for the end."""

_BREAK = r"(?:\r\n|\r|\n)"
_FOLD = re.compile(rf"[ \t]*{_BREAK}(?:[ \t]*{_BREAK})*[ \t]*")
_BREAKS = re.compile(_BREAK)
_LINES = re.compile(rf"([^\r\n]*)({_BREAK}|\Z)")
_ESCAPE = re.compile(
    r"\\(?:(?P<hex>x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"
    rf"|(?P<joint>{_BREAK}(?:[ \t]*{_BREAK})*[ \t]*)|(?P<short>[^\r\n]))"
)
_SHORT_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip


@lru_cache(maxsize=1024)
def offsets_in(file: SourceFile, start: int, end: int, style: str, value: str) -> Sequence[int]:
    """`value_offsets` of a scalar of a file, remembered for the scalars asked for last."""
    return value_offsets(file.text, start, end, style, value)


def range_in(file: SourceFile, start: int, end: int, style: str, value: str, first: int, last: int) -> tuple[int, int]:
    """Where `value[first:last]` stands in the file; an empty range is one place.

    The whole of an escape belongs to its character, but a line break and the indentation behind it to none.
    """
    offsets = offsets_in(file, start, end, style, value)
    first = min(max(first, 0), len(value))
    last = min(max(last, first), len(value))
    if last == first:
        return offsets[first], offsets[first]
    stop, following = offsets[last - 1] + 1, offsets[last]
    if following > stop and not _BREAKS.search(file.text, stop - 1, following):
        stop = following
    return offsets[first], max(offsets[first], stop)


def value_offsets(file_text: str, start: int, end: int, style: str, value: str) -> Sequence[int]:
    """The offset in the file of each character of a scalar's value, and of its end: `len(value) + 1` entries.

    Args:
        file_text: the text of the whole file.
        start: where the scalar begins, its quote or block indicator included.
        end: where it ends.
        style: how it was written, as in `tree.Style`.
        value: its text as the parser gave it.
    """
    inset = 1 if style in ("single", "double", "json") else 0
    if end - start - 2 * inset == len(value) and file_text.startswith(value, start + inset):
        return range(start + inset, end - inset + 1)
    text, offsets = _DECODERS.get(style, _decode_plain)(file_text, start, end, value)
    if not text.startswith(value):
        return [min(start + index, max(start, end)) for index in range(len(value) + 1)]
    if len(offsets) == len(value):
        offsets.append(max(end - inset, start))
    return offsets[: len(value) + 1]


def _decode_plain(file_text: str, start: int, end: int, _value: str) -> Decoded:
    return _decode_flow(file_text, start, end, None, _no_escape)


def _decode_single(file_text: str, start: int, end: int, _value: str) -> Decoded:
    return _decode_flow(file_text, start + 1, end - 1, "'", _quote_pair)


def _decode_double(file_text: str, start: int, end: int, _value: str) -> Decoded:
    return _decode_flow(file_text, start + 1, end - 1, "\\", _backslash)


def _decode_flow(
    file_text: str,
    start: int,
    end: int,
    special: str | None,
    unescape: Callable[[str, int, int, list[str], list[int]], int],
) -> Decoded:
    """The three styles that fold lines; `unescape` reads one escape and returns the offset behind it."""
    chars: list[str] = []
    offsets: list[int] = []
    position = start
    while position < end:
        char = file_text[position]
        if char == special:
            position = unescape(file_text, position, end, chars, offsets)
        elif char in " \t\r\n" and (fold := _FOLD.match(file_text, position, end)):
            _fold(fold, chars, offsets)
            position = fold.end()
        else:
            chars.append(char)
            offsets.append(position)
            position += 1
    return "".join(chars), offsets


def _fold(fold: re.Match[str], chars: list[str], offsets: list[int]) -> None:
    """One line break is a space, each further one a line break."""
    breaks = [found.start() for found in _BREAKS.finditer(fold.string, fold.start(), fold.end())]
    if len(breaks) == 1:
        chars.append(" ")
        offsets.append(fold.start())
        return
    chars.extend("\n" for _ in breaks[1:])
    offsets.extend(breaks[1:])


def _no_escape(_text: str, position: int, _end: int, _chars: list[str], _offsets: list[int]) -> int:
    raise AssertionError(position)


def _quote_pair(_text: str, position: int, _end: int, chars: list[str], offsets: list[int]) -> int:
    chars.append("'")
    offsets.append(position)
    return position + 2


def _backslash(text: str, position: int, end: int, chars: list[str], offsets: list[int]) -> int:
    escape = _ESCAPE.match(text, position, end)
    if escape is None:
        return position + 1
    if escape["joint"] is not None:
        breaks = [found.start() for found in _BREAKS.finditer(text, escape.start(), escape.end())]
        chars.extend("\n" for _ in breaks[1:])
        offsets.extend(breaks[1:])
        return escape.end()
    stop = escape.end()
    if escape["hex"] is None:
        char = _SHORT_ESCAPES.get(escape["short"], escape["short"])
    else:
        code = int(escape["hex"][1:], 16)
        low = _ESCAPE.match(text, stop, end) if 0xD800 <= code < 0xDC00 else None
        if low is not None and low["hex"] and 0xDC00 <= int(low["hex"][1:], 16) < 0xE000:
            code = 0x10000 + ((code - 0xD800) << 10) + int(low["hex"][1:], 16) - 0xDC00
            stop = low.end()
        char = chr(code) if code <= 0x10FFFF else "\ufffd"
    chars.append(char)
    offsets.append(position)
    return stop


Line = tuple[int, str, int]
"""A line of a block scalar: offset of its text behind the indentation, that text, offset of its line break."""


def _decode_block(file_text: str, start: int, end: int, value: str) -> Decoded:
    """Block scalars: the indentation is that of the line indented least, or less where the header says so."""
    header, *lines = [
        (found.start(), found[1], found.start(2))
        for found in _LINES.finditer(file_text, start, end)
        if found.end() > found.start()
    ] or [(start, "", end)]
    folded = header[1].startswith(">")
    depths = [len(text) - len(text.lstrip(" ")) for _, text, _ in lines if text.strip(" ")]
    deepest = min(depths, default=max((len(text) for _, text, _ in lines), default=0))
    decoded: Decoded = ("", [])
    for depth in range(deepest, max(deepest - 16, -1), -1):
        inner = [(min(at + depth, stop), text[depth:], stop) for at, text, stop in lines]
        decoded = _fold_block(inner) if folded else _join_block(inner)
        if decoded[0].startswith(value):
            break
    return decoded


def _join_block(lines: Sequence[Line]) -> Decoded:
    chars: list[str] = []
    offsets: list[int] = []
    for at, text, stop in lines:
        chars += (text, "\n")
        offsets.extend(range(at, at + len(text)))
        offsets.append(stop)
    return "".join(chars), offsets


def _fold_block(lines: Sequence[Line]) -> Decoded:
    """Lines fold into one another unless one of the two is indented further or an empty line stands between."""
    chars: list[str] = []
    offsets: list[int] = []
    pending: list[int] = []  # line breaks since the last text
    indented = True  # whether the last text was indented further; nothing folds before the first
    for at, text, stop in lines:
        if not text:
            pending.append(stop)
            continue
        if pending and not indented and text[0] not in " \t":
            if len(pending) == 1:
                chars.append(" ")
                offsets.append(pending[0])
            pending = pending[1:]
        chars.extend("\n" for _ in pending)
        offsets.extend(pending)
        chars.append(text)
        offsets.extend(range(at, at + len(text)))
        pending, indented = [stop], text[0] in " \t"
    chars.extend("\n" for _ in pending)
    offsets.extend(pending)
    return "".join(chars), offsets


_DECODERS: dict[str, Callable[[str, int, int, str], Decoded]] = {
    "plain": _decode_plain,
    "single": _decode_single,
    "double": _decode_double,
    "json": _decode_double,
    "literal": _decode_block,
    "folded": _decode_block,
}
