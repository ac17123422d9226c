"""Finding the first rule of a list that answers a message, without trying every rule.

Each pattern leaves a clue of what must be in a message for it to match. Whole texts are looked up; parts are found
through a few adjacent characters of each, those that fewest others have chosen; patterns without a clue are always
tried. What the clues leave is tried in the order of the rules, so the answer is that of trying every rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import add

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
        self._folded = PartIndex(folded)
        self._cased = PartIndex(cased)
        self._sizes = self._folded.sizes | self._cased.sizes

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
        text = subject.folded
        pieces = {size: _pieces(text, size) for size in self._sizes}
        places = self._folded.within(text, pieces)
        if self._cased.sizes:
            if subject.cased != text:
                text = subject.cased
                pieces = {size: _pieces(text, size) for size in self._cased.sizes}
            places += self._cased.within(text, pieces)
        places += self._untold
        whole = self._whole.get(subject.stripped)
        if whole is not None:
            places += whole
        return tuple(sorted(set(places))) if len(places) > 1 else tuple(places)


class PartIndex:
    """Texts by a few adjacent characters of each: four, or two, or one of those that have no more.

    Of the pieces of a text the one is taken that fewest others have chosen.
    """

    def __init__(self, parts: Iterable[tuple[str, _Place]]) -> None:
        places: dict[str, list[_Place]] = {}
        for text, place in parts:
            places.setdefault(text, []).append(place)
        self._places: Mapping[str, Sequence[_Place]] = places
        self._by_piece: dict[int, dict[str, list[str]]] = {}
        for text in places:
            size = next(size for size in _SIZES if size <= len(text))
            by_piece = self._by_piece.setdefault(size, {})
            piece = min(_pieces(text, size), key=lambda piece: len(by_piece.get(piece, ())))
            by_piece.setdefault(piece, []).append(text)
        self.sizes = frozenset(self._by_piece)
        """Of the pieces that are looked up."""

    def within(self, subject: str, pieces: Mapping[int, Sequence[str]]) -> list[_Place]:
        """The places of all texts that a subject contains, some perhaps more than once; the pieces are its own."""
        found: list[_Place] = []
        for size, by_piece in self._by_piece.items():
            for piece in by_piece.keys() & pieces[size]:
                for text in by_piece[piece]:
                    if text in subject:
                        found += self._places[text]
        return found


_SIZES = (4, 2, 1, 0)


def _pieces(text: str, size: int) -> list[str]:
    """All pieces of a text that have a size."""
    if size == 2:
        return list(map(add, text, text[1:]))
    return [text[at : at + size] for at in range(len(text) - size + 1)]
