"""A sentence in both languages of the product."""

from __future__ import annotations

from msgspec import Struct


class Wording(Struct, frozen=True):
    """One sentence in both languages of the product; neither can be left out."""

    en: str
    zh: str

    def say(self, language: str) -> str:
        """The sentence in `zh` or `en`."""
        return self.zh if language == "zh" else self.en
