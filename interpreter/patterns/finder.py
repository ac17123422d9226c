"""Finding the first rule of a list that answers a message, without trying every rule.

Each pattern leaves a clue of what must be in a message for it to match. Whole texts are looked up; parts are found
through one pair of adjacent characters of each, the pair that fewest others have chosen; patterns without a clue are
always tried. What the clues leave is tried in the order of the rules, so the answer is that of trying every rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from interpreter.patterns.captures import Captures
from interpreter.patterns.clues import CasedPart, FoldedPart, NoClue, WholeText
from interpreter.patterns.matching import Matcher
from interpreter.patterns.subject import Subject, subject_of

_Place = tuple[int, int]
"""A rule, and a pattern of it."""


class PatternFinder:
    """The patterns of one list of rules; it never changes."""

    def __init__(self, rules: Sequence[Sequence[Matcher]]) -> None:
        self._rules = tuple(tuple(matchers) for matchers in rules)
        self._whole: dict[str, list[_Place]] = {}
        self._untold: list[_Place] = []
        folded: list[tuple[str, _Place]] = []
        cased: list[tuple[str, _Place]] = []
        for index, matchers in enumerate(self._rules):
            for number, matcher in enumerate(matchers):
                place = (index, number)
                for clue in matcher.clues:
                    match clue:
                        case WholeText(texts=texts):
                            for text in texts:
                                self._whole.setdefault(text, []).append(place)
                        case FoldedPart(texts=texts):
                            folded += ((text, place) for text in texts)
                        case CasedPart(texts=texts):
                            cased += ((text, place) for text in texts)
                        case NoClue():
                            self._untold.append(place)
        self._folded = _PartIndex(folded)
        self._cased = _PartIndex(cased)

    def find(self, text: str, start: int = 0) -> tuple[int, Captures] | None:
        """The first rule at or after `start` with a pattern that matches, and what its first such pattern captured."""
        subject = subject_of(text)
        for index, number in self._candidates(subject):
            if index >= start and (found := self._rules[index][number].match(subject)) is not None:
                return index, found
        return None

    def _candidates(self, subject: Subject) -> tuple[_Place, ...]:
        """The patterns that the clues leave, in order; the subject keeps them for the next search of this list."""
        known = subject.candidates.get(self)
        if known is None:
            known = subject.candidates[self] = self._find_candidates(subject)
        return known

    def _find_candidates(self, subject: Subject) -> tuple[_Place, ...]:
        places = set(self._untold)
        places.update(self._whole.get(subject.stripped, ()))
        places.update(self._folded.within(subject.folded))
        if self._cased:
            places.update(self._cased.within(subject.cased))
        return tuple(sorted(places))


class _PartIndex:
    """Texts by one pair of adjacent characters in each (by the character itself, if it has but one)."""

    def __init__(self, parts: Iterable[tuple[str, _Place]]) -> None:
        places: dict[str, list[_Place]] = {}
        for text, place in parts:
            places.setdefault(text, []).append(place)
        self._places: Mapping[str, Sequence[_Place]] = places
        self._by_pair: dict[str, list[str]] = {}
        for text in places:
            pair = min(_pairs(text), key=lambda pair: len(self._by_pair.get(pair, ())))
            self._by_pair.setdefault(pair, []).append(text)

    def __bool__(self) -> bool:
        return bool(self._by_pair)

    def within(self, subject: str) -> Iterable[_Place]:
        """The places of all texts that a subject contains."""
        by_pair = self._by_pair
        for pair in {*subject, *_pairs(subject)} & by_pair.keys():
            for text in by_pair[pair]:
                if text in subject:
                    yield from self._places[text]


def _pairs(text: str) -> list[str]:
    """The pairs of adjacent characters of a text, or its one character."""
    return [text[at : at + 2] for at in range(len(text) - 1)] or [text]
