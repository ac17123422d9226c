"""Folding: two texts that a user would call the same words have the same folded form.

Letter case, full and half width (NFKC), straight and curved quotes, runs of white space and characters that cannot be
seen make no difference.
`Folded` remembers where each folded character came from, so that a capture can be given back as the user wrote it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, cached_property

_UNSEEN = "\u00ad\u200b\u2060\ufe0e\ufe0f\ufeff"
"""Soft hyphen, zero-width spaces, byte-order mark, variation selectors."""

_SETTLED_SET = r"\x00-\x7f\u3001\u3002\u4e00-\u9fff"
_SETTLED = re.compile(f"[{_SETTLED_SET}]*")
"""Characters that each fold on their own: ASCII, Chinese, `、` and `。`."""

_HALF_WIDTH: dict[int, int | str] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **{ord(char): half for char, half in zip("\u3000‘’“”…", (" ", "'", "'", '"', '"', "..."), strict=True)},
}
"""The full-width letters of a Chinese keyboard and its other punctuation: with those above, the usual characters."""

_COMPOSING_STARTERS = frozenset(
    "\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u102e\u1b35"
    "\U00011127\U0001133e\U00011357\U000114b0\U000114ba\U000114bd\U000115af\U00011930"
)
"""Characters that are no combining marks and yet melt into the one before them (https://unicode.org/reports/tr15/)."""

_QUOTES = str.maketrans("‘’“”", "''\"\"")

CLOSING = ".。!?,、;:~…‥⋯〜⁓"
"""Punctuation that may close an exact phrase or an answer, folded."""
_AT_THE_END = CLOSING + " "


def fold(text: str) -> str:
    """The form of a text in which phrases and answers are compared."""
    return fold_message(text)[0]


def fold_message(text: str) -> tuple[str, bool, bool]:
    """The folded form; whether all characters are usual; whether each stands where its folded form stands."""
    if _SETTLED.fullmatch(text):
        folded = " ".join(text.lower().split())
        return folded, True, len(folded) == len(text)
    if _usual().fullmatch(text):
        narrowed = text.translate(_HALF_WIDTH)
        folded = " ".join(narrowed.lower().split())
        return folded, True, len(folded) == len(narrowed) == len(text)
    return " ".join(_normal(_unseen().sub("", text)).split()), False, False


def is_usual(text: str) -> bool:
    """Whether all characters of a text are usual ones."""
    return _SETTLED.fullmatch(text.translate(_HALF_WIDTH)) is not None


@cache
def _usual() -> re.Pattern[str]:
    """A text of usual characters. It takes long to compile, so that is left until a text is not all settled."""
    return re.compile(f"[{_SETTLED_SET}{''.join(map(chr, _HALF_WIDTH))}]*")


@cache
def _unseen() -> re.Pattern[str]:
    return re.compile(f"[{_UNSEEN}]")


def narrow(text: str) -> str:
    """A text with full-width characters made half-width and no white space at the ends; letter case stays."""
    return unicodedata.normalize("NFKC", _unseen().sub("", text)).strip()


def strip_closing(folded: str) -> str:
    """A folded text without the punctuation (and space) that closes it: `好的!!` is `好的`."""
    return folded.rstrip(_AT_THE_END)


def is_closing(folded: str) -> bool:
    """Whether a folded text is nothing but closing punctuation and spaces (or nothing at all)."""
    return not strip_closing(folded)


class Folded:
    """A text and its folded form; the way back is computed when it is first asked for."""

    __slots__ = ("__dict__", "is_aligned", "is_usual", "source", "text")

    def __init__(self, source: str) -> None:
        self.source = source
        self.text, self.is_usual, self.is_aligned = fold_message(source)

    def original(self, start: int, end: int) -> str:
        """The part of the source that `text[start:end]` came from."""
        if start >= end:
            return ""
        if self.is_aligned:
            return self.source[start:end]
        starts, ends = self._offsets
        return self.source[starts[start] : ends[end - 1]]

    @cached_property
    def _offsets(self) -> tuple[list[int], list[int]]:
        """For each folded character, where the characters it came from begin and end in the source."""
        starts: list[int] = []
        ends: list[int] = []
        in_space = True
        for start, end, cluster in _clusters(self.source):
            for char in _normal(cluster):
                if char.isspace():
                    if in_space:
                        continue
                    in_space = True
                else:
                    in_space = False
                starts.append(start)
                ends.append(end)
        # a space at the end was kept above and is beyond the folded text; nothing asks for it
        return starts, ends


def _normal(text: str) -> str:
    """Width and case; case folding can undo normal form and bring new capitals, hence the second round."""
    if len(text) == 1 and _is_settled(text):
        return text
    once = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_QUOTES)
    return once if once.isascii() else unicodedata.normalize("NFKC", once.casefold())


def _clusters(text: str) -> list[tuple[int, int, str]]:
    """The text in the smallest pieces that normalise on their own, each with its place; unseen characters left out."""
    pieces: list[tuple[int, int, str]] = []
    for offset, char in enumerate(text):
        if char in _UNSEEN:
            continue
        if pieces and _joins(char):
            start, _, cluster = pieces[-1]
            pieces[-1] = (start, offset + 1, cluster + char)
        else:
            pieces.append((offset, offset + 1, char))
    return pieces


def _is_settled(char: str) -> bool:
    """Whether a character is a Chinese one, which always folds to itself."""
    return "\u4e00" <= char <= "\u9fff"


def _joins(char: str) -> bool:
    """Whether a character can melt into the one before it."""
    if char < "\u0300" or _is_settled(char):
        return False
    first = unicodedata.normalize("NFKD", char)[0]
    return unicodedata.combining(first) > 0 or "\u1160" <= first <= "\u11ff" or first in _COMPOSING_STARTERS
