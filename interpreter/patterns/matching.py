"""One pattern against one message.

Phrases see the folded message, regular expressions the message as it was sent. What a phrase or a slot found is given
back as the user wrote it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from math import prod
from typing import Protocol

from msgspec import Struct

from interpreter.patterns.captures import Captures
from interpreter.patterns.clues import CasedPart, Clue, FoldedPart, NoClue, WholeText
from interpreter.patterns.slots import slot_matcher, words
from interpreter.patterns.straight import UNTOLD, StraightWay, straight_way
from interpreter.patterns.subject import Subject
from interpreter.patterns.tree import Consent, Pattern, Phrase, Regex, Slot, Variant
from interpreter.patterns.typos import within_typos
from interpreter.types.folding import is_closing, strip_closing
from interpreter.types.lexicon import Lexicon
from interpreter.types.regexes import CompiledRegex, compile_translated

__all__ = ["Captures", "Matcher", "Subject", "matcher"]

_MOST_WORDS = 1000
"""How many whole texts words of consent may make of one variant before it is matched by a regular expression."""


class Matcher(Protocol):
    """A pattern ready to be tried."""

    @property
    def clues(self) -> tuple[Clue, ...]:
        """What must be in a message for it to match: one of these."""
        ...

    def match(self, subject: Subject) -> Captures | None:
        """What it found in a message, or None."""
        ...


class ContainedPhrases(Struct, frozen=True, gc=False):
    """Any of several phrases, anywhere."""

    phrases: tuple[str, ...]

    @property
    def clues(self) -> tuple[Clue, ...]:
        """The phrases."""
        return (FoldedPart(self.phrases),)

    def match(self, subject: Subject) -> Captures | None:
        """The first of the phrases, in the author's order, that the message contains."""
        for phrase in self.phrases:
            start = subject.folded.find(phrase)
            if start >= 0:
                return Captures({}, (subject.original(start, start + len(phrase)),))
        return None


class WholePhrases(Struct, frozen=True, gc=False):
    """Any of several phrases as the whole message, closing punctuation aside."""

    phrases: tuple[str, ...]

    @property
    def clues(self) -> tuple[Clue, ...]:
        """The phrases without closing punctuation of their own."""
        count = Counter(map(strip_closing, self.phrases))
        enough = {phrase: None for phrase in self.phrases if count[phrase] == 1}
        return WholeText(tuple(enough), is_enough=True), WholeText(tuple(text for text in count if text not in enough))

    def match(self, subject: Subject) -> Captures | None:
        """The phrase the message is."""
        for phrase in self.phrases:
            if subject.folded == phrase or (
                subject.folded.startswith(phrase) and is_closing(subject.folded[len(phrase) :])
            ):
                return Captures({}, (subject.original(0, len(phrase)),))
        return None


class WholeMessage(Struct, frozen=True, gc=False):
    """The whole message, closing punctuation aside: a phrase that it is has been found already."""

    @property
    def clues(self) -> tuple[Clue, ...]:
        """None."""
        return (NoClue(),)

    def match(self, subject: Subject) -> Captures | None:
        """The message."""
        return Captures({}, (subject.original(0, len(subject.stripped)),))


WHOLE_MESSAGE = WholeMessage()


class MistypedPhrases(Struct, frozen=True, gc=False):
    """Any of several phrases as the whole message, but for typing mistakes."""

    phrases: tuple[str, ...]

    @property
    def clues(self) -> tuple[Clue, ...]:
        """None: a mistake can be anywhere."""
        return (NoClue(),)

    def match(self, subject: Subject) -> Captures | None:
        """The phrase the message comes near."""
        for text in (subject.stripped, subject.folded):
            if text and any(within_typos(phrase, text) for phrase in self.phrases):
                return Captures({}, (subject.original(0, len(text)),))
        return None


class RegexMatcher(Struct, frozen=True, gc=False):
    """A regular expression, anywhere in the message as it was sent."""

    regex: CompiledRegex
    way: StraightWay | None
    """How it is searched for first."""
    names: tuple[tuple[str, int], ...]
    clues: tuple[Clue, ...]

    def match(self, subject: Subject) -> Captures | None:
        """The leftmost match."""
        way = self.way
        groups = way.search(subject.text) if way is not None and subject.is_usual else UNTOLD
        if groups == UNTOLD:
            groups = self.regex.search_groups(subject.text)
        if groups is None:
            return None
        return Captures({name: groups[index] for name, index in self.names if groups[index] is not None}, groups)


class AnyOf(Struct, frozen=True, gc=False):
    """Several matchers, the first that matches."""

    matchers: tuple[Matcher, ...]

    @property
    def clues(self) -> tuple[Clue, ...]:
        """Those of any of them; none is enough, for one before it may match, too."""
        clues = (clue for matcher in self.matchers for clue in matcher.clues)
        return tuple(WholeText(clue.texts) if isinstance(clue, WholeText) else clue for clue in clues)

    def match(self, subject: Subject) -> Captures | None:
        """What the first of them that matches found."""
        for matcher in self.matchers:
            if (found := matcher.match(subject)) is not None:
                return found
        return None


_PLAIN_MATCHERS: Mapping[str, type[ContainedPhrases | WholePhrases | MistypedPhrases]] = {
    "contains": ContainedPhrases,
    "exact": WholePhrases,
    "typo": MistypedPhrases,
}


def matcher(pattern: Pattern, lexicon: Lexicon) -> Matcher:
    """The matcher of a pattern in a bot with this lexicon."""
    if isinstance(pattern, Regex):
        clue = CasedPart(pattern.required) if pattern.required else NoClue()
        regex = compile_translated(pattern.translated)
        return RegexMatcher(regex, straight_way(pattern.placed), _same(pattern.names), (clue,))
    return _phrase_matcher(pattern, lexicon)


@lru_cache
def _same(names: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    """One tuple for all regular expressions that name the same groups."""
    return names


def _phrase_matcher(phrase: Phrase, lexicon: Lexicon) -> Matcher:
    matchers: list[Matcher] = []
    plain: list[str] = []
    make = _PLAIN_MATCHERS[phrase.mode]
    for variant in phrase.variants:
        if (texts := _texts(variant, lexicon, whole=phrase.mode != "contains")) is not None:
            plain += texts
            continue
        if plain:
            matchers.append(make(tuple(dict.fromkeys(plain))))
            plain = []
        matchers.append(slot_matcher(variant, lexicon, whole=phrase.mode == "exact"))
    if plain:
        matchers.append(make(tuple(dict.fromkeys(plain))))
    return matchers[0] if len(matchers) == 1 else AnyOf(tuple(matchers))


def _texts(variant: Variant, lexicon: Lexicon, *, whole: bool) -> list[str] | None:
    """The texts a variant stands for, when it has no slots and (unless it is the whole message) no words of consent."""
    choices: list[tuple[str, ...]] = []
    for atom in variant:
        if isinstance(atom, Slot) or (isinstance(atom, Consent) and not whole):
            return None
        choices.append((atom,) if isinstance(atom, str) else words(yes=atom.yes, lexicon=lexicon))
    if prod(map(len, choices)) > _MOST_WORDS:
        return None
    return ["".join(texts) for texts in product(*choices)]
