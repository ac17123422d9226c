"""What a bot knows of words: the names of its things with their synonyms, and how its users say yes and no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from functools import cached_property, lru_cache
from types import MappingProxyType

from msgspec import Struct, field

from interpreter.types.consent import consent_words, refusal_words
from interpreter.types.folding import fold, strip_closing


class Names:
    """Texts that stand for values, found by their folded form; closing punctuation makes no difference."""

    __slots__ = ("_by_form", "_by_words")

    def __init__(self, meanings: Iterable[tuple[str, str]]) -> None:
        self._by_form: dict[str, str] = {}
        for words, value in meanings:
            self._by_form.setdefault(fold(words), value)
        self._by_form.pop("", None)
        self._by_words: dict[str, str] = {}
        for form, value in self._by_form.items():
            self._by_words.setdefault(strip_closing(form) or form, value)

    def find(self, folded: str) -> str | None:
        """The value a folded text names."""
        return self._by_form.get(folded) or self._by_words.get(strip_closing(folded) or folded)

    def forms(self) -> tuple[str, ...]:
        """All folded names, the longest first."""
        return tuple(sorted(self._by_form, key=lambda form: (-len(form), form)))


class Lexicon(Struct, frozen=True, eq=False, dict=True):
    """A bot's entities (thing → synonyms), its locales, and the time zone of its datetimes."""

    entities: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=lambda: MappingProxyType({}))
    locales: tuple[str, ...] = ()
    timezone: str = "Asia/Shanghai"

    @cached_property
    def things(self) -> Mapping[str, Names]:
        """The names of each entity's things; a thing's own name goes before any synonym."""
        return {
            name: Names(
                [
                    *((thing, thing) for thing in things),
                    *((word, thing) for thing, words in things.items() for word in words),
                ]
            )
            for name, things in self.entities.items()
        }

    @cached_property
    def consent(self) -> Mapping[str, bool]:
        """Folded words of consent (true) and refusal (false)."""
        refusals = dict.fromkeys(map(fold, refusal_words(self.locales)), False)
        return refusals | dict.fromkeys(map(fold, consent_words(self.locales)), True)

    @cached_property
    def zone(self) -> tzinfo:
        """The time zone itself."""
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.timezone)


@lru_cache(maxsize=1024)
def enumeration_names(values: tuple[str, ...]) -> Names:
    """The values of an enumeration by their own words."""
    return Names((value, value) for value in values)
