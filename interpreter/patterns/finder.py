"""Finding the first rule of a list that answers a message, without trying every rule.

Each pattern leaves a clue of what must be in a message for it to match. Whole texts are looked up; parts are found
through a few adjacent characters of each, those that fewest others have chosen; patterns without a clue are always
tried. What the clues leave is tried in the order of the rules, so the answer is that of trying every rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from interpreter.patterns.captures import Captures
from interpreter.patterns.clues import CasedPart, FoldedPart, NoClue, WholeText
from interpreter.patterns.matching import Matcher
from interpreter.patterns.subject import Subject, subject_of


class PatternFinder:
    """The patterns of one list of rules; it never changes."""

    def __init__(self, rules: Sequence[Sequence[Matcher]]) -> None:
        self._matchers = tuple(matcher for matchers in rules for matcher in matchers)
        """Of all patterns, in order."""
        self._rules = tuple(index for index, matchers in enumerate(rules) for _ in matchers)
        """The index of each pattern's rule."""
        self._whole: dict[str, list[int]] = {}
        self._untold: list[int] = []
        parts: list[tuple[str, int]] = []
        for number, matcher in enumerate(self._matchers):
            for clue in matcher.clues:
                match clue:
                    case WholeText(texts=texts):
                        for text in texts:
                            self._whole.setdefault(text, []).append(number)
                    case FoldedPart(texts=texts) | CasedPart(texts=texts):
                        parts += ((text, number) for text in texts)
                    case NoClue():
                        self._untold.append(number)
        self._parts = PartIndex(parts)

    def find(self, text: str, start: int = 0) -> tuple[int, Captures] | None:
        """The first rule at or after `start` with a pattern that matches, and what its first such pattern captured."""
        subject = subject_of(text)
        numbers = subject.candidates.get(self)
        if numbers is None:
            numbers = subject.candidates[self] = self._find_candidates(subject)
        for number in numbers:
            if self._rules[number] >= start and (found := self._matchers[number].match(subject)) is not None:
                return self._rules[number], found
        return None

    def _find_candidates(self, subject: Subject) -> Sequence[int]:
        """The patterns that the clues leave, in order."""
        found = [*self._untold, *self._whole.get(subject.stripped, ()), *self._parts.within(subject.all_forms)]
        return sorted(set(found)) if len(found) > 1 else found


class PartIndex:
    """Texts by a few adjacent characters of each: four, or two, or one of those that have no more.

    Of the pieces of a text the one is taken that fewest others have chosen. Where texts of a size are so few that
    looking for each is less work than taking a message to pieces, there is no index.
    """

    def __init__(self, parts: Iterable[tuple[str, int]]) -> None:
        self._numbers: dict[str, list[int]] = {}
        """The patterns whose part a text is."""
        for text, number in parts:
            self._numbers.setdefault(text, []).append(number)
        by_size: dict[int, list[str]] = {}
        for text in self._numbers:
            by_size.setdefault(next(size for size in _SIZES if size <= len(text)), []).append(text)
        self._few = tuple(text for texts in by_size.values() if len(texts) <= _FEW for text in texts)
        self._by_piece = {size: _by_piece(texts, size) for size, texts in by_size.items() if len(texts) > _FEW}

    def within(self, subject: str) -> list[int]:
        """The patterns of all parts that a subject contains, some perhaps more than once."""
        hopeful = [*self._few]
        for size, by_piece in self._by_piece.items():
            for piece in {subject[at : at + size] for at in range(len(subject) - size + 1)}:
                if piece in by_piece:
                    hopeful += by_piece[piece]
        found: list[int] = []
        for text in hopeful:
            if text in subject:
                found += self._numbers[text]
        return found


_SIZES = (4, 2, 1, 0)
_FEW = 10


def _by_piece(texts: Iterable[str], size: int) -> dict[str, list[str]]:
    """The texts by one piece of each."""
    found: dict[str, list[str]] = {}
    for text in texts:
        pieces = [text[at : at + size] for at in range(len(text) - size + 1)]
        piece = min(pieces, key=lambda piece: len(found.get(piece, ())))
        found.setdefault(piece, []).append(text)
    return found
