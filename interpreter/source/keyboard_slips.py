"""Guesses at slips of the keyboard that would pass for a value in need of quotes, were they not tried first.

Full-width brackets and commas around keys, a quote left open inside brackets, quotes inside the `$(…)` of a quoted
text, a text under `|` that is not indented. Each guess is a kind, a range, a detail and the edits that mend it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.source.drafts import TextEdit
from interpreter.source.faults import FaultKind
from interpreter.source.quoting import quoted

Guess = tuple[FaultKind, int, int, str, tuple[TextEdit, ...]]

_WIDE_MAP = re.compile(r"(｛)[^｛｝{}\r\n]*(｝)[ \t]*(?=[\r\n]|\Z|#)")
_WIDE_COMMA = re.compile(r"[，、;；](?:[ \t\u3000]*)(?=[A-Za-z_]+[ \t]*[:：])")
_WIDE_COLON = re.compile(r"(?<=[{,，、 ])[A-Za-z_]+([ \t]*：[ \t]*)(?=[^\s：])")
_OPEN_QUOTE = re.compile(
    r"[:,\[][ \t]*(['\"])(?P<inner>[^'\"\[\]{}\r\n]*?)[ \t]*(?=,[ \t]*[A-Za-z_]+:[ \t]|[\]}][ \t]*(?:$|#))",
    re.MULTILINE,
)
_HASH = re.compile(
    r"(?::[ \t]+|[\[,][ \t]*(?![^\s,:]*:[ \t]))"
    r"(?P<value>[^\s,{}\[\]\"'#][^,{}\[\]\"'\r\n]*?[ \t]#[^,{}\[\]\"'\r\n]*?)[ \t]*(?=[,}\]])"
)
_QUOTE_START = re.compile(r"(?:[:,\[{][ \t]*|-[ \t]+)([\"'])")
_ENDS = re.compile(r"[ \t]*(?:[,\]}\r\n]|#|\Z)")
_BLOCK_MARK = re.compile(r"[^#\r\n]*:[ \t]+[|>][+-]?[ \t]*(?:#[^\r\n]*)?\Z")
_ENTRY = re.compile(r"[ ]*(?:-[ ]+)?[^\s\"'#:]+:(?:[ \t]|$)|[ ]*-[ ]|[ ]*$")
_COMMENT = re.compile(r"[ \t]#")
_EMPTY_TALK = re.compile(r"[ ]*(talk[ \t]*:)[ \t]*\Z")


def on_line(text: str, start: int, stop: int) -> Iterator[Guess]:
    """What may have been mistyped on a line."""
    line = text[start:stop]
    if "｛" in line:
        yield from _wide_map(text, start, stop)
    if "{" in line:
        yield from _wide_signs(text, start, stop)
    if "$(" in line:
        yield from _quotes_in_holes(text, start, stop)
    if "#" in line and ("{" in line or "[" in line):
        places = [found.span("value") for found in _HASH.finditer(text, start, stop)]
        for cut in (places, *([place] for place in places[1:])):  # usually all of them, or none
            if cut:
                yield "cut-value", *cut[0], "#", tuple(edit for place in cut for edit in quoted(text, *place))
    for quote in "'\"":
        if _COMMENT.split(line, 1)[0].count(quote) % 2:
            for found in _OPEN_QUOTE.finditer(text, start, stop):
                if found[1] == quote:
                    end = found.end("inner")
                    yield "unclosed-quote", found.start(1), found.end(1), quote, ((end, end, quote),)


def _wide_map(text: str, start: int, stop: int) -> Iterator[Guess]:
    found = _WIDE_MAP.search(text, start, stop)
    if found is not None:
        edits = [(*found.span(1), "{"), (*found.span(2), "}"), *_signs(text, found.start(1), found.end(2))]
        yield "full-width-bracket", *found.span(1), "｛", tuple(sorted(edits))


def _wide_signs(text: str, start: int, stop: int) -> Iterator[Guess]:
    edits = tuple(sorted(_signs(text, text.index("{", start), stop)))
    if edits:
        first, last, _ = edits[0]
        char = text[first:last].strip()
        kind: FaultKind = "full-width-colon" if char == "：" else "full-width-comma"
        yield kind, first, first + 1, char, edits


def _signs(text: str, start: int, stop: int) -> list[TextEdit]:
    """The edits that write the commas and colons between keys as YAML's own."""
    commas = [(*found.span(), ", ") for found in _WIDE_COMMA.finditer(text, start, stop)]
    colons = _WIDE_COLON.finditer(text.replace("｛", "{"), start, stop)
    return [*commas, *((*found.span(1), ": ") for found in colons)]


def _quotes_in_holes(text: str, start: int, stop: int) -> Iterator[Guess]:
    """`"hello $(upper("x"))"`: the quotes outside are YAML's and must differ from those inside."""
    for found in _QUOTE_START.finditer(text, start, stop):
        quote = found[1]
        closing, inner = _end_of_text(text, found.end(1), stop, quote)
        if closing is None or not inner or not _ENDS.match(text, closing + 1):
            continue
        written, other = text[found.end(1) : closing], "'" if quote == '"' else '"'
        edits: tuple[TextEdit, ...]
        if other not in written and "\\" not in written:
            edits = ((*found.span(1), other), (closing, closing + 1, other))
        elif not any(other in text[first:last] for first, last in inner) and quote == '"':
            edits = tuple((at, at + 1, other) for first, last in inner for at in (first, last))
        else:
            continue
        yield "text-after-quote", found.start(1), inner[0][0] + 1, quote, edits


def _end_of_text(text: str, start: int, stop: int, quote: str) -> tuple[int | None, list[tuple[int, int]]]:
    """Where a text ends whose holes may hold its own quotes, and the places of these, by pairs."""
    depth, position = 0, start
    inner: list[tuple[int, int]] = []
    while position < stop:
        char = text[position]
        if depth == 0 and text.startswith("$(", position):
            depth, position = 1, position + 1
        elif depth and char in "()":
            depth += 1 if char == "(" else -1
        elif char == quote and depth == 0:
            return position, inner
        elif depth and char in "\"'":
            closing = text.find(char, position + 1, stop)
            if closing < 0:
                return None, inner
            if char == quote:
                inner.append((position, closing))
            position = closing
        elif char == "\\" and quote == '"':
            position += 1
        position += 1
    return None, inner


def under_line(text: str, above: int, start: int) -> Iterator[Guess]:
    """What may be missing above a line: the indentation of a text under `|`, or the `|` of a conversation."""
    stop = text.find("\n", above)
    head = text[above:stop].rstrip("\r")
    depth = len(head) - len(head.lstrip(" "))
    end = text.find("\n", start)
    line = text[start : len(text) if end < 0 else end]
    indent = len(line) - len(line.lstrip(" "))
    if _BLOCK_MARK.match(head) and indent <= depth + 2 * head.lstrip().startswith("- "):
        starts = list(_text_lines(text, start))
        if starts:
            shift = " " * (depth + 2 + 2 * head.lstrip().startswith("- ") - indent)
            first = start + indent
            yield "block-indent", first, first + len(line.strip()), "", tuple((at, at, shift) for at in starts)
    found = _EMPTY_TALK.match(head)
    if found and indent > depth and line.strip()[:1] in tuple("><~?!"):
        place = above + found.end(1)
        yield "missing-bar", above + found.start(1), place, "talk", ((place, place, " |"),)


def _text_lines(text: str, start: int) -> Iterator[int]:
    """The beginnings of the lines from here on that can be nothing but text."""
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if _ENTRY.match(text[start:end].rstrip("\r")):
            return
        yield start
        start = end + 1
