"""The message that patterns are tried on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from interpreter.types.folding import Folded, strip_closing

MAX_SUBJECT = 20_000
"""How much of a message patterns see, in characters; WeChat sends at most some thousand."""


class Subject:
    """A message's text as sent, and the forms in which patterns see it, each made once."""

    __slots__ = ("all_forms", "candidates", "folded", "folding", "stripped", "text")

    def __init__(self, text: str) -> None:
        self.text = text[:MAX_SUBJECT]
        self.folding = folding = Folded(self.text)
        """The folded text with its way back."""
        self.folded = folded = folding.text
        """The text as phrases see it."""
        self.stripped = strip_closing(folded)
        """The folded text without closing punctuation."""
        cased = folded if folding.is_plain else self.text.casefold()
        self.all_forms = folded if cased == folded else f"{folded}\n{cased}"
        """The folded text, and where it is another, the text as sent but for letter case."""
        self.candidates: dict[object, Sequence[int]] = {}
        """What the clues of each finder that was asked leave to be tried."""


@lru_cache(maxsize=16)
def subject_of(text: str) -> Subject:
    """A subject; one turn asks several lists of rules about the same message."""
    return Subject(text)
