"""Where in a flow collection (`{a: [b, c]}`) a cursor stands; brackets need not be closed yet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?""", re.DOTALL)
_HOLE_PART = re.compile(r""""(?:[^"\\\n]|\\.)*"?|'(?:[^'\n]|'')*'?|[^"'\n]""")
_FAR = 20_000
"""How far behind the cursor the end of its collection is looked for."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection that was opened before the cursor and is not closed."""

    is_list: bool
    key: str | None = None
    """The key whose value is being read."""
    keys: list[str] = field(default_factory=list)
    """The keys of a mapping, those behind the cursor too."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The collections around a cursor, from the outside in, and what is written there."""

    stack: tuple[Collection, ...]
    written: str
    start: int

    @property
    def is_key(self) -> bool:
        """Whether a key is being written."""
        return not self.stack[-1].is_list and self.stack[-1].key is None


def scan(text: str, opening: int, offset: int) -> Frame | None:
    """The frame of an offset in the collection that opens at `opening`; None when it is closed before the offset."""
    stack: list[Collection] = []
    frame: Frame | None = None
    word = position = opening
    while position < min(len(text), offset + _FAR):
        end = _token_end(text, position, is_first=not text[word:position].strip())
        if frame is None and end > offset:
            if not stack:
                return None
            frame = _frame(text, stack, word, offset)
        word = _read(text, position, end, word, stack)
        position = end
        if not stack or (frame is not None and len(stack) < len(frame.stack)):
            break
    return frame or (_frame(text, stack, word, offset) if stack else None)


def _token_end(text: str, position: int, *, is_first: bool) -> int:
    """The end of a text in quotes or of a `$(…)`, which hide what is in them; else of one character."""
    if is_first and text[position] in "\"'":
        found = _QUOTED.match(text, position)
        assert found is not None
        return found.end()
    if not text.startswith("$(", position):
        return position + 1
    depth, end = 1, position + 2
    while depth and (part := _HOLE_PART.match(text, end)):
        depth += {"(": 1, ")": -1}.get(part.group(), 0)
        end = part.end()
    return end


def _read(text: str, position: int, end: int, word: int, stack: list[Collection]) -> int:
    """Take a piece in; where the word after it begins."""
    piece = text[position:end]
    before = text[word:position].strip()
    if piece in ("{", "[") and not before:
        stack.append(Collection(piece == "["))
        return end
    if piece in ("}", "]"):
        stack.pop()
        return end
    if piece == "," and stack:
        stack[-1] = replace(stack[-1], key=None)
        return end
    if piece == ":" and _ends_key(text, end, before, stack):
        name = before[1:-1] if before[:1] in ('"', "'") else before
        stack[-1].keys.append(name)
        stack[-1] = replace(stack[-1], key=name)
        return end
    return word


def _ends_key(text: str, end: int, before: str, stack: list[Collection]) -> bool:
    if not stack or stack[-1].is_list or stack[-1].key is not None:
        return False
    return before[-1:] in ('"', "'") or text[end : end + 1] in ("", " ", "\t", "\n", "\r")


def _frame(text: str, stack: list[Collection], word: int, offset: int) -> Frame:
    start = word
    while start < offset and text[start].isspace():
        start += 1
    if start < offset and text[start] in "\"'":
        start += 1
    return Frame(tuple(stack), text[start:offset], start)
