"""The message that patterns are tried on."""

from __future__ import annotations

from functools import lru_cache

from interpreter.types.folding import Folded, strip_closing

MAX_SUBJECT = 20_000
"""How much of a message patterns see, in characters; WeChat sends at most some thousand."""


class Subject:
    """A message's text as sent, and the forms in which patterns see it, each made once."""

    __slots__ = ("candidates", "cased", "folded", "folding", "stripped", "text")

    def __init__(self, text: str) -> None:
        self.text = text[:MAX_SUBJECT]
        self.folding = Folded(self.text)
        """The folded text with its way back."""
        self.folded = self.folding.text
        """The text as phrases see it."""
        self.cased = self.text.casefold()
        """The text as sent, but for letter case."""
        self.stripped = strip_closing(self.folded)
        """The folded text without closing punctuation."""
        self.candidates: dict[object, tuple[tuple[int, int], ...]] = {}
        """What the clues of each finder that was asked leave to be tried."""


@lru_cache(maxsize=16)
def subject_of(text: str) -> Subject:
    """A subject; one turn asks several lists of rules about the same message."""
    return Subject(text)
