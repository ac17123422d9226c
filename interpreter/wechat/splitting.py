"""Cutting a long text into parts that WeChat takes: 2,048 bytes of UTF-8 each.

A part ends at the end of a line where it can, else of a sentence, else between words, else between two characters as
a reader sees them: never inside a letter with its accents, a joined emoji, a flag or a link.
"""

from __future__ import annotations

import re
import unicodedata

MAX_BYTES = 2048

_LINE = re.compile(r"\n")
_SENTENCE = re.compile(r"[。！？；…!?;]+[”’」』）)\"']*|\.(?=\s)")
_WORD = re.compile(r"[\s，、,：:]")
_LINK = re.compile(r"<a\s[^<]*(?:</a>)?", re.IGNORECASE)
_JOINER = "\u200d"


def split_text(text: str, limit: int = MAX_BYTES) -> list[str]:
    """The parts of a text without trailing blanks; none for a text that says nothing."""
    if 4 * len(text) <= limit:
        text = text.rstrip()
        return [text] if text else []
    parts = []
    rest = text.rstrip()
    while len(rest.encode()) > limit:
        cut = _cut(rest, _prefix(rest, limit))
        part = rest[:cut].rstrip()
        if part:
            parts.append(part)
        rest = rest[cut:].lstrip("\n ")
    return [*parts, rest] if rest.strip() else parts


def _prefix(text: str, limit: int) -> int:
    """How many characters fit into the limit."""
    return len(text[:limit].encode()[:limit].decode("utf-8", "ignore"))


def _cut(text: str, fits: int) -> int:
    """The best place to cut among the first `fits` characters; a part is at least half full if that can be had."""
    links = [match.span() for match in _LINK.finditer(text, 0, 2 * fits)]
    for border in (_LINE, _SENTENCE, _WORD):
        ends = [match.end() for match in border.finditer(text, fits // 2, fits)]
        for end in reversed(ends):
            if _torn_link(links, end) is None:
                return end
    cut = next((index for index in range(fits, 0, -1) if _is_border(text, index)), fits)
    return _torn_link(links, cut) or cut


def _torn_link(links: list[tuple[int, int]], cut: int) -> int | None:
    """Where the link begins that a cut would tear."""
    return next((start for start, end in links if start < cut < end), None)


def _is_border(text: str, index: int) -> bool:
    """Whether a reader sees two characters where `text` could be cut (after Unicode's UAX #29, in short)."""
    before, after = text[index - 1], text[index]
    if after == _JOINER or before == _JOINER or _extends(after):
        return False
    if _is_regional(before) and _is_regional(after):
        start = index
        while start > 0 and _is_regional(text[start - 1]):
            start -= 1
        return (index - start) % 2 == 0
    return not (before == "\r" and after == "\n")


def _extends(character: str) -> bool:
    """Marks, variation selectors, skin tones, tags."""
    code = ord(character)
    return (
        unicodedata.category(character) in {"Mn", "Me", "Mc"}
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0020 <= code <= 0xE007F
    )


def _is_regional(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF
