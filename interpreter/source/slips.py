"""Guesses at what an author meant where YAML gave up.

A parser says where it could not go on, seldom what is wrong. The rules here look at the lines around that place for the
slips that people make in bot files, most of them a text that YAML takes for something else, and propose the mend of
each. Guesses are cheap and may be wrong: `yaml_reader` tries them and keeps one only if the parser gets further.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from interpreter.source.drafts import Slip, TextEdit
from interpreter.source.faults import FaultKind
from interpreter.source.flow_slips import closing_bracket, torn_values
from interpreter.source.keyboard_slips import on_line, under_line
from interpreter.source.lines import Line, is_long, line_before, line_start, split_line
from interpreter.source.quoting import quoted
from interpreter.source.spaces import SPACES, WIDE

_MAX_TABS = 5_000
_LONGEST_ESCAPE = len(r"\U0001F600")
RESERVED = "@`%&*!|>?-"
"""The characters that mean something to YAML at the beginning of a value."""
_CLOSING = {"[": "]", "{": "}"}
_TAB_INDENT = re.compile(r"^[ ]*\t[ \t]*(?=[^ \t\r\n#])", re.MULTILINE)
_NO_SPACE = re.compile(r"[ ]*(?:-[ ]+)*[\w.\-]+(:)(?=[^\s:/])")
_WIDE_COLON = re.compile(r"[ ]*(?:-[ ]+)*[^\s:：\"'#\[{][^:：\r\n]*?([ \t\u3000]*：[ \t\u3000]*)")
_WIDE_SPACE = re.compile(rf"[^:：\r\n]*?([ \t{SPACES}]*:[ \t]*([{SPACES}])[ \t{SPACES}]*)")
_PLAIN_ESCAPES = re.compile(r"\\[\"\\nuUxN/]")


def guesses(text: str, position: int, context: int | None) -> Iterator[Slip]:
    """The slips that may have stopped a parser at a position, the likeliest first.

    `context` is where the construct began in which it stopped.
    """
    yield from _tabs(text)
    places = (position, line_before(text, position), context)
    lines = dict.fromkeys(line_start(text, place) for place in places if place is not None)
    if any(is_long(text, start) for start in lines):
        return
    for start in lines:
        yield from (Slip(*guess) for guess in on_line(text, start, split_line(text, start).stop))
        above = line_before(text, start)
        if above is not None and not is_long(text, above):
            yield from (Slip(*guess) for guess in under_line(text, above, start))
    for opening in dict.fromkeys((context, *(split_line(text, start).value_start for start in lines))):
        if opening is not None and text[opening : opening + 1] in ("[", "{"):
            yield from _in_flow(text, opening)
    for start in lines:
        yield from _colons(text, start)
    for place in dict.fromkeys((context, position)):
        if place is not None:
            yield from _at(text, place, position)
    for start in lines:
        yield from _in_value(text, split_line(text, start))
    yield from _whole_line(text, line_start(text, position))
    if context is not None and line_start(text, context) != line_start(text, position):
        yield from _no_colon(text, line_start(text, context))
    yield from _no_colon(text, line_start(text, position))


def _tabs(text: str) -> Iterator[Slip]:
    """Every tab in an indentation is one slip: whoever types one types many."""
    found = list(islice(_TAB_INDENT.finditer(text), _MAX_TABS + 1))
    if not found or len(found) > _MAX_TABS:
        return
    tab = text.index("\t", found[0].start())
    for width in (2, 4, 8):
        edits = tuple((each.start(), each.end(), each[0].replace("\t", " " * width)) for each in found)
        yield Slip("tab", tab, tab + 1, "\t", edits)


def _colons(text: str, start: int) -> Iterator[Slip]:
    """A colon that is none to YAML: full-width, or without a space behind it."""
    kind: FaultKind
    for kind, pattern in (("full-width-colon", _WIDE_COLON), ("wide-space", _WIDE_SPACE)):
        if found := pattern.match(text, start):
            first, last = found.span(1)
            behind = "" if text[last : last + 1] in ("", "\r", "\n") else " "
            char = found[found.re.groups]
            name: FaultKind = "strange-space" if kind == "wide-space" and char != WIDE else kind
            yield Slip(name, first, last, char, ((first, last, ":" + behind),))
    if found := _NO_SPACE.match(text, start):
        yield Slip("missing-space", found.start(1), found.end(1), ":", ((found.end(), found.end(), " "),))


def _at(text: str, place: int, position: int) -> Iterator[Slip]:
    """What the character at a place may be about."""
    char = text[place : place + 1]
    backslash = text.rfind("\\", max(line_start(text, place), place - _LONGEST_ESCAPE), place + 1)
    if backslash >= 0:
        yield from _escape(text, backslash)
    line = split_line(text, line_start(text, place))
    if char and char in RESERVED:
        end = _token_end(text, place, line)
        if end > place:
            yield Slip("reserved-start", place, place + 1, char, quoted(text, place, end))
    if char in ("]", "}"):
        if line.value_start == place:
            yield Slip("reserved-start", place, place + 1, char, quoted(text, place, line.value_end))
        yield Slip("extra-bracket", place, place + 1, char, ((place, place + 1, ""),))
    if char == ",":
        yield Slip("extra-comma", place, place + 1, char, ((place, place + 1, ""),))
    if char in ("[", "{") and place != position:
        yield from _open_bracket(text, place, position, line)
    if char in ('"', "'") and place != position:
        closing = _closing_quote(text, place, line.stop)
        if closing is None:
            yield Slip("unclosed-quote", place, place + 1, char, ((line.value_end, line.value_end, char),))


def _token_end(text: str, place: int, line: Line) -> int:
    """The end of the text that begins with the character at a place: a key, a flow item or the rest of the line."""
    if place == line.key_start and line.key is not None:
        return place + len(line.key)
    before = text[line.start : place]
    if before.count("[") > before.count("]") or before.count("{") > before.count("}"):
        found = re.compile(r"[^,\[\]{}\r\n]*").match(text, place)
        return place + len(found[0].rstrip()) if found else place
    return max(line.value_end, place)


def _open_bracket(text: str, place: int, position: int, line: Line) -> Iterator[Slip]:
    """A bracket without its partner: a comma is missing, or the partner is."""
    char = text[place]
    if text[position : position + 1] in ("]", "}"):
        yield Slip("unclosed-bracket", place, place + 1, char, ((position, position, _CLOSING[char]),))
    before = line_before(text, position)
    if before is not None and before >= line.start:
        end = split_line(text, before).value_end
        if text[end - 1 : end] not in (",", "[", "{") and end > place:
            yield Slip("missing-comma", end, end, char, ((end, end, ","),))
    for end in dict.fromkeys((line.value_end, split_line(text, before).value_end if before is not None else 0)):
        if end > place:
            yield Slip("unclosed-bracket", place, place + 1, char, ((end, end, _CLOSING[char]),))


def _escape(text: str, backslash: int) -> Iterator[Slip]:
    """A backslash in double quotes that was meant as itself: single quotes say so."""
    detail = text[backslash : backslash + 2]
    opening = text.rfind('"', line_start(text, backslash), backslash)
    closing = _closing_quote(text, opening, len(text)) if opening >= 0 else None
    if closing is not None and not _PLAIN_ESCAPES.search(text, opening, closing) and "'" not in text[opening:closing]:
        edits = ((opening, opening + 1, "'"), (closing, closing + 1, "'"))
        yield Slip("bad-escape", backslash, backslash + 2, detail, edits)
    yield Slip("bad-escape", backslash, backslash + 2, detail, ((backslash, backslash, "\\"),))


def _closing_quote(text: str, opening: int, stop: int) -> int | None:
    """Where the quote that opens here closes, before `stop`."""
    pattern = r'"(?:[^"\\]|\\.)*(")' if text[opening] == '"' else r"'(?:[^']|'')*(')(?!')"
    found = re.compile(pattern, re.DOTALL).match(text, opening, stop)
    return found.start(1) if found else None


def _in_flow(text: str, opening: int) -> Iterator[Slip]:
    """Values inside brackets that need quotes as a whole."""
    for start, end, char in torn_values(text, opening):
        if char in "\"'":
            closing = _closing_quote(text, start, end)
            yield Slip(
                "text-after-quote", start, end if closing is None else closing + 1, char, quoted(text, start, end)
            )
        elif text[start] == char:
            closing = closing_bracket(text, start, end)
            behind = end if closing is None else closing + 1
            yield Slip("text-after-bracket", start, behind, char, quoted(text, start, end))
        elif char == ":":
            colon = re.compile(r":\s").search(text, start, end)
            place = start if colon is None else colon.start()
            yield Slip("colon-in-text", place, place + 1, char, quoted(text, start, end))
        else:
            kind: FaultKind = "cut-value" if char == "#" else "torn-value"
            yield Slip(kind, start, end, char, quoted(text, start, end))


def _in_value(text: str, line: Line) -> Iterator[Slip]:
    """A value that YAML takes for something else than a text."""
    start, end = line.value_start, line.value_end
    if start >= end:
        return
    char = text[start]
    if char in "\"'":
        yield from _after_quote(text, start, end)
    elif char in "[{":
        yield from _after_bracket(text, start, end)
    elif char in RESERVED:
        yield Slip("reserved-start", start, start + 1, char, quoted(text, start, end))
    if char not in "\"'[{" and (found := re.compile(r":(?=\s|\Z)").search(text, start, end + 1)):
        yield Slip("colon-in-text", found.start(), found.end(), ":", quoted(text, start, end))


def _after_quote(text: str, start: int, end: int) -> Iterator[Slip]:
    """`"vip" in tags`, `'it's'`, `"a`."""
    char = text[start]
    closing = _closing_quote(text, start, end)
    if closing is None:
        yield Slip("unclosed-quote", start, start + 1, char, ((end, end, char),))
        return
    if closing + 1 >= end:
        return
    inner = text[start + 1 : end - 1]
    if char == "'" and text[end - 1] == char and inner.count("'") == 1 and '"' not in inner and "\\" not in inner:
        edits: tuple[TextEdit, ...] = ((start, start + 1, '"'), (end - 1, end, '"'))
        yield Slip("text-after-quote", closing, closing + 1, char, edits)
    yield Slip("text-after-quote", start, closing + 1, char, quoted(text, start, end))


def _after_bracket(text: str, start: int, end: int) -> Iterator[Slip]:
    """`[可爱] 你好`, `{a} b`, `[a, "b" c]`."""
    closing = closing_bracket(text, start, end)
    if closing is not None and closing + 1 < end:
        if set(text[closing + 1 : end]) <= set("]}"):
            yield Slip("extra-bracket", closing + 1, end, text[closing + 1], ((closing + 1, end, ""),))
        yield Slip("text-after-bracket", start, closing + 1, text[start], quoted(text, start, end))
    for found in re.compile(r"[\[{,:]\s*(([\"'])[^\"'\r\n]*\2[ \t]*)([^\s,\]}:][^,\]}\r\n]*)").finditer(
        text, start, end
    ):
        if found[3][0] in "\"'":
            yield Slip("missing-comma", found.end(1), found.end(1), "", ((found.start(3), found.start(3), ", "),))
        item_end = found.start(1) + len(found[0].rstrip()) - (found.start(1) - found.start())
        edits = quoted(text, found.start(1), item_end)
        yield Slip("text-after-quote", found.start(1), found.end(1), found[2], edits)


def _whole_line(text: str, start: int) -> Iterator[Slip]:
    """A line that stands too far left or right: the indentations above it are tried, the nearest first."""
    line = split_line(text, start)
    if line.key_start >= line.stop:
        return
    depths: list[int] = []
    above: int | None = line_before(text, start)
    while above is not None and len(depths) < 8:
        other = split_line(text, above)
        depths += [other.indent, other.key_start - other.start]
        above = line_before(text, above) if other.indent else None
    before = line_before(text, start)
    higher = None if before is None else split_line(text, before)
    follows_entry = higher is not None and higher.key is not None and higher.key_start - higher.start == higher.indent
    deeper = -1 if follows_entry else 1  # of two that are as far, which
    for depth in sorted(set(depths) - {line.indent}, key=lambda depth: (abs(depth - line.indent), deeper * depth)):
        edit = (start, start + line.indent, " " * depth)
        if "\t" in text[start : start + line.indent]:
            yield Slip("tab", start, start + line.indent, "\t", (edit,))
        else:
            yield Slip("indentation", start + line.indent, line.value_end, str(depth), (edit,))


def _no_colon(text: str, start: int) -> Iterator[Slip]:
    """A line that is neither `key: value` nor an item of a list is put aside."""
    line = split_line(text, start)
    if line.key is None and line.value_end > line.key_start:
        edit = (line.key_start, line.key_start, "# ")
        char = text[line.key_start]
        if char in "\"'":
            yield Slip("unclosed-quote", line.key_start, line.key_start + 1, char, (edit,), False)
        yield Slip(
            "missing-colon", line.key_start, line.value_end, text[line.key_start : line.value_end], (edit,), False
        )
