"""The message that patterns are tried on."""

from __future__ import annotations

from functools import cached_property, lru_cache

from interpreter.types.folding import Folded, strip_closing

MAX_SUBJECT = 20_000
"""How much of a message patterns see, in characters; WeChat sends at most some thousand."""


class Subject:
    """A message's text as sent, and the forms in which patterns see it, each made once when first needed."""

    def __init__(self, text: str) -> None:
        self.text = text[:MAX_SUBJECT]
        self.candidates: dict[object, tuple[tuple[int, int], ...]] = {}
        """What the clues of each finder that was asked leave to be tried."""

    @cached_property
    def folding(self) -> Folded:
        """The folded text with its way back."""
        return Folded(self.text)

    @cached_property
    def folded(self) -> str:
        """The text as phrases see it."""
        return self.folding.text

    @cached_property
    def stripped(self) -> str:
        """The folded text without closing punctuation."""
        return strip_closing(self.folded)

    @cached_property
    def cased(self) -> str:
        """The text as sent, but for letter case."""
        return self.text.casefold()


@lru_cache(maxsize=16)
def subject_of(text: str) -> Subject:
    """A subject; one turn asks several lists of rules about the same message."""
    return Subject(text)
