"""The message that patterns are tried on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from interpreter.types.folding import Folded, fold_message, strip_closing

MAX_SUBJECT = 20_000
"""How much of a message patterns see, in characters; WeChat sends at most some thousand."""


class Subject:
    """A message's text as sent, and the forms in which patterns see it, each made once."""

    __slots__ = ("_folding", "_is_aligned", "all_forms", "candidates", "folded", "is_usual", "stripped", "text")

    def __init__(self, text: str) -> None:
        self.text = text = text[:MAX_SUBJECT]
        self.folded, self.is_usual, self._is_aligned = fold_message(text)
        """The text as phrases see it; whether all its characters are usual ones."""
        self._folding: Folded | None = None
        self.stripped = strip_closing(self.folded)
        """The folded text without closing punctuation."""
        cased = text if text == self.folded else text.casefold()
        self.all_forms = cased if cased == self.folded else f"{self.folded}\n{cased}"
        """The folded text, and where it is another, the text as sent but for letter case."""
        self.candidates: tuple[object, Sequence[Any]] = None, ()
        """The finder that was asked last, and what its clues leave to be tried."""

    def original(self, start: int, end: int) -> str:
        """The part of the text as sent that `folded[start:end]` came from."""
        if self._is_aligned:
            return self.text[start:end]
        if self._folding is None:
            self._folding = Folded(self.text)
        return self._folding.original(start, end)


@lru_cache(maxsize=1)
def subject_of(text: str) -> Subject:
    """A subject; one turn asks several lists of rules about the same message."""
    return Subject(text)
