"""Reads JSON (RFC 8259) into the same tree as YAML, without recursion and with the place of everything.

Standard parsers keep no positions, take the last of two equal keys and recurse; so this is one loop over tokens with a
stack of what is expected next. The slips that people make in JSON (comments, a last comma, single quotes, bare words)
are reported by name and read past.
"""

from __future__ import annotations

import re

from msgspec import Struct

from interpreter.source.building import TreeBuilder
from interpreter.source.faults import MAX_BYTES, MAX_PROBLEMS, FaultKind, ReadProblem
from interpreter.source.spans import SourceFile, Span
from interpreter.source.tree import Node

_SKIP = re.compile(r"[ \t\r\n]*")
_COMMENT = re.compile(r"//[^\n]*|/\*(?s:.*?)\*/|#[^\n]*")
_STRING = re.compile(r'"([^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*)"')
_SINGLE = re.compile(r"'([^'\\\r\n]*)'")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.+-])")
_WORD = re.compile(r"(?:true|false|null)(?!\w)")
_BARE = re.compile(r"[^\s,:\[\]{}\"']+")
_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|(["\\/bfnrt])|(.?))', re.DOTALL)
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_json(file: SourceFile) -> tuple[Node | None, tuple[ReadProblem, ...]]:
    """The tree of a JSON file, or None when nothing can be made of it, and every problem met."""
    if len(file.text) > MAX_BYTES:
        return None, (ReadProblem("too-big", Span(file, 0, 0)),)
    reader = _Reader(file)
    reader.run()
    if reader.failed or reader.builder.stopped:
        return None, tuple(reader.builder.problems)
    return reader.builder.finish(), tuple(reader.builder.problems)


class _Open(Struct):
    """A bracket that waits for its partner, and how many items stand in it."""

    bracket: str
    position: int
    items: int = 0


class _Reader:
    """One pass over a text. `state` says what may come: a `value`, a `key`, or what stands `after` one."""

    def __init__(self, file: SourceFile) -> None:
        self.builder = TreeBuilder(file)
        self.failed = False
        self._file = file
        self._text = file.text
        self._position = 0
        self._open: list[_Open] = []
        self._comment_reported = False

    def run(self) -> None:
        """Reads the one value of the text and what must not follow it."""
        self._skip()
        if self._position >= len(self._text):
            self._fail("empty", 0, 0)
            return
        state = "value"
        while not (self.failed or self.builder.stopped):
            self.failed = len(self.builder.problems) >= MAX_PROBLEMS
            self._skip()
            match state:
                case "value":
                    state = self._value()
                case "key":
                    state = self._key()
                case "after":
                    state = self._after()
                case _:
                    break

    def _skip(self) -> None:
        """Passes white space, and comments, which are reported once."""
        while True:
            self._position = _SKIP.match(self._text, self._position).end()  # type: ignore[union-attr]
            comment = _COMMENT.match(self._text, self._position)
            if comment is None:
                return
            if not self._comment_reported:
                self._comment_reported = True
                self.builder.report("json-comment", comment.start(), comment.end(), comment[0][:2].rstrip())
            self._position = comment.end()

    def _value(self) -> str:
        char = self._text[self._position : self._position + 1]
        if char in ("{", "["):
            return self._enter(char)
        if char == "]" and self._open and self._open[-1].bracket == "[":
            return self._leave()
        return "after" if self._leaf() else "failed"

    def _enter(self, char: str) -> str:
        self.builder.open("map" if char == "{" else "list", self._position, flow=True)
        self._open.append(_Open(char, self._position))
        self._position += 1
        return "key" if char == "{" else "value"

    def _leave(self) -> str:
        self._open.pop()
        self._position += 1
        self.builder.close(self._position)
        return "after"

    def _key(self) -> str:
        char = self._text[self._position : self._position + 1]
        if char == "}":
            return self._leave()
        if not self._leaf(key=True):
            return "failed"
        self._skip()
        if not self._text.startswith(":", self._position):
            self._fail("missing-colon", self._position, self._position)
            return "failed"
        self._position += 1
        return "value"

    def _after(self) -> str:
        char = self._text[self._position : self._position + 1]
        if not self._open:
            if char:
                self._fail("not-json", self._position, self._position + 1, char)
            return "done"
        frame = self._open[-1]
        partner = "}" if frame.bracket == "{" else "]"
        if char == partner:
            return self._leave()
        if char == ",":
            return self._comma(partner, "key" if frame.bracket == "{" else "value")
        if not char:
            self._unclosed_bracket()
        elif char in "]}":
            opened = Span(self._file, frame.position, frame.position + 1)
            self._fail("extra-bracket", self._position, self._position + 1, char, opened)
        else:
            self._fail("missing-comma", self._position, self._position)
        return "failed"

    def _comma(self, partner: str, following: str) -> str:
        comma = self._position
        self._position += 1
        self._skip()
        if self._text.startswith(partner, self._position):
            self.builder.report("json-trailing-comma", comma, comma + 1, partner, (comma, comma + 1, ""))
            return "after"
        return following

    def _leaf(self, *, key: bool = False) -> bool:
        """Reads a string, number or word; a key must be a string."""
        start = self._position
        if string := _STRING.match(self._text, start):
            self._position = string.end()
            self.builder.scalar(self._unescape(string[1], start + 1), start, string.end(), "json")
            return True
        plain = None if key else _NUMBER.match(self._text, start) or _WORD.match(self._text, start)
        if plain:
            self._position = plain.end()
            self.builder.scalar(plain[0], start, plain.end(), "plain")
            return True
        return self._wrong_leaf(start)

    def _wrong_leaf(self, start: int) -> bool:
        """Reads a slip as the string that was meant, or fails."""
        char = self._text[start : start + 1]
        if char == '"':
            self._unclosed(start)
            return False
        single = _SINGLE.match(self._text, start)
        bare = _BARE.match(self._text, start)
        if single:
            inner = single[1].replace('"', '\\"')
            self.builder.report(
                "json-single-quote", start, single.end(), single[1], (start, single.end(), f'"{inner}"')
            )
            self._position = single.end()
            self.builder.scalar(single[1], start, single.end(), "single")
            return True
        if bare and self._open:
            self.builder.report("json-bare-word", start, bare.end(), bare[0], (start, bare.end(), f'"{bare[0]}"'))
            self._position = bare.end()
            self.builder.scalar(bare[0], start, bare.end(), "plain")
            return True
        if not char and self._open:
            self._unclosed_bracket()
        else:
            self._fail("not-json", start, start + len(char), char)
        return False

    def _unclosed_bracket(self) -> None:
        frame = self._open[-1]
        end = Span(self._file, len(self._text), len(self._text))
        self._fail("unclosed-bracket", frame.position, frame.position + 1, frame.bracket, end)

    def _unclosed(self, start: int) -> None:
        """A string that does not end on its line: a control character (a line break mostly) stands in it."""
        stop = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*').match(self._text, start)
        end = stop.end() if stop else start + 1
        following = self._text[end : end + 1]
        if following and following not in "\r\n\\":
            self._fail("control-character", end, end + 1, following)
        else:
            self._fail("unclosed-quote", start, end, '"')

    def _unescape(self, raw: str, start: int) -> str:
        if "\\" not in raw:
            return raw

        def replace(escape: re.Match[str]) -> str:
            if escape[1]:
                return chr(int(escape[1], 16))
            if escape[2]:
                return _SHORT.get(escape[2], escape[2])
            self.builder.report("bad-escape", start + escape.start(), start + escape.end(), escape[0])
            return escape[3]

        text = _ESCAPE.sub(replace, raw)
        if _SURROGATE.search(text):
            return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return text

    def _fail(self, kind: FaultKind, start: int, end: int, detail: str = "", related: Span | None = None) -> None:
        self.builder.problems.append(ReadProblem(kind, Span(self._file, start, end), detail, related))
        self.failed = True
