"""Finding the first rule of a list that answers a message, without trying every rule.

Each pattern leaves a clue of what must be in a message for it to match. Whole texts are looked up; parts are found by
a character of each and what follows it; patterns without a clue are always tried. What the clues leave is tried in
the order of the rules, so the answer is that of trying every rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import attrgetter

from interpreter.patterns.captures import Captures
from interpreter.patterns.clues import CasedPart, FoldedPart, NoClue, WholeText
from interpreter.patterns.matching import WHOLE_MESSAGE, Matcher
from interpreter.patterns.subject import Subject, subject_of


class Candidate:
    """A pattern that may match: its number among all of its list, the index of its rule, and what tries it.

    `text` must be in the message; it is empty where whatever leads to the candidate has seen to that.
    """

    __slots__ = ("index", "matcher", "number", "text")

    def __init__(self, number: int, index: int, matcher: Matcher, text: str) -> None:
        self.number = number
        self.index = index
        self.matcher = matcher
        self.text = text

    def __reduce__(self) -> tuple[type[Candidate], tuple[int, int, Matcher, str]]:
        return Candidate, (self.number, self.index, self.matcher, self.text)


class Kept:
    """What is kept under a few characters: whose texts have them, and what is kept under fewer of them."""

    __slots__ = ("candidates", "shorter")

    def __init__(self, candidates: tuple[Candidate, ...], shorter: Kept | None) -> None:
        self.candidates = candidates
        self.shorter = shorter

    def __reduce__(self) -> tuple[type[Kept], tuple[tuple[Candidate, ...], Kept | None]]:
        return Kept, (self.candidates, self.shorter)


_number = attrgetter("number")


class PatternFinder:
    """The patterns of one list of rules; it never changes."""

    def __init__(self, rules: Sequence[Sequence[Matcher]]) -> None:
        whole: dict[str, list[Candidate]] = {}
        parts: dict[str, list[Candidate]] = {}
        untold: list[Candidate] = []
        pairs = [(index, matcher) for index, matchers in enumerate(rules) for matcher in matchers]
        for number, (index, matcher) in enumerate(pairs):
            for clue in matcher.clues:
                match clue:
                    case WholeText(texts=texts, is_enough=is_enough):
                        tried = WHOLE_MESSAGE if is_enough else matcher
                        for text in texts:
                            whole.setdefault(text, []).append(Candidate(number, index, tried, ""))
                    case FoldedPart(texts=texts) | CasedPart(texts=texts):
                        for text in texts:
                            candidate = Candidate(number, index, matcher, text)
                            (parts.setdefault(text, []) if text else untold).append(candidate)
                    case NoClue():
                        untold.append(Candidate(number, index, matcher, ""))
        self._untold = tuple(untold)
        self._whole = {text: tuple(found) for text, found in whole.items()}
        self._parts = PartIndex(parts, whole)

    def __reduce__(self) -> tuple[object, ...]:
        return PatternFinder, ((),), (self._untold, self._whole, self._parts)

    def __setstate__(self, state: tuple[tuple[Candidate, ...], dict[str, tuple[Candidate, ...]], PartIndex]) -> None:
        self._untold, self._whole, self._parts = state

    def find(self, text: str, start: int = 0) -> tuple[int, Captures] | None:
        """The first rule at or after `start` with a pattern that matches, and what its first such pattern captured."""
        subject = subject_of(text)
        candidates: Sequence[Candidate]
        asked, candidates = subject.candidates
        if asked is not self:
            candidates = self._find_candidates(subject)
            subject.candidates = self, candidates
        for candidate in candidates:
            index = candidate.index
            if index >= start and (found := candidate.matcher.match(subject)) is not None:
                return index, found
        return None

    def _find_candidates(self, subject: Subject) -> Sequence[Candidate]:
        """The patterns that the clues leave, in order, some perhaps more than once."""
        whole = self._whole.get(subject.stripped, ())
        parts = self._parts.within(subject.all_forms)
        if not parts and not self._untold:
            return whole
        found = [*self._untold, *whole, *parts]
        if len(found) > 1:
            found.sort(key=_number)
        return found


class PartIndex:
    """Texts by their beacons: a beacon is a character of a text, under which a few characters from there on are kept.

    A message that has no beacon in it has none of the texts: beacons are to be few, and rare in messages, and few texts
    are to have the same characters from the same beacon on. Where more than a few have, more of each is kept. Whatever
    has many characters has the first few of them, too: so the longest that is kept leads to all that is shorter.
    """

    def __init__(self, parts: Mapping[str, Sequence[Candidate]], messages: Collection[str]) -> None:
        count = Counter(char for message in messages for char in set(message))
        dearer = {char: _COMMON * number // len(messages) for char, number in count.items()}
        beacons: set[str] = set()
        by_piece: dict[str, list[Candidate]] = {}
        for text, candidates in parts.items():
            size = next(size for size in _SIZES if size <= len(text))
            _, piece = min(
                (
                    len(by_piece.get(piece := text[at : at + size], ()))
                    + (0 if piece[0] in beacons else _NEW)
                    + dearer.get(piece[0], 0),
                    piece,
                )
                for at in range(len(text) - size + 1)
            )
            by_piece.setdefault(piece, []).extend(candidates)
            beacons.add(piece[0])
        for piece, alike in [(piece, found) for piece, found in by_piece.items() if len(found) > _FEW]:
            del by_piece[piece]
            for candidate in alike:
                at = candidate.text.find(piece)
                by_piece.setdefault(candidate.text[at : at + _LONGEST], []).append(candidate)
        sizes: dict[str, set[int]] = {}
        for piece in by_piece:
            sizes.setdefault(piece[0], set()).add(len(piece))
        self._sizes = {beacon: tuple(sorted(found, reverse=True)) for beacon, found in sizes.items()}
        """For each beacon, how many characters are kept under it, the most first."""
        self._by_piece: dict[str, Kept] = {}
        for piece in sorted(by_piece, key=len):
            fewer = (self._by_piece.get(piece[:size]) for size in self._sizes[piece[0]] if size < len(piece))
            shorter = next((kept for kept in fewer if kept is not None), None)
            self._by_piece[piece] = Kept(tuple(_without(piece, by_piece[piece])), shorter)
        self._beacons = frozenset(self._sizes)

    def __reduce__(self) -> tuple[object, ...]:
        # without the set, whose order would be another in each process
        return PartIndex, ({}, ()), (self._sizes, self._by_piece)

    def __setstate__(self, state: tuple[dict[str, tuple[int, ...]], dict[str, Kept]]) -> None:
        self._sizes, self._by_piece = state
        self._beacons = frozenset(self._sizes)

    def within(self, subject: str) -> Sequence[Candidate]:
        """Those whose texts a subject contains, some perhaps more than once."""
        beacons = self._beacons.intersection(subject)
        if not beacons:
            return ()
        by_piece = self._by_piece
        seen: set[Kept] = set()
        found: list[Candidate] = []
        for beacon in beacons:
            sizes = self._sizes[beacon]
            at = subject.find(beacon)
            while at >= 0:
                for size in sizes:
                    kept = by_piece.get(subject[at : at + size])
                    if kept is None:
                        continue
                    while kept is not None and kept not in seen:
                        seen.add(kept)
                        for candidate in kept.candidates:
                            if not (text := candidate.text) or text in subject:
                                found.append(candidate)  # noqa: PERF401  a comprehension is a call more
                        kept = kept.shorter
                    break
                at = subject.find(beacon, at + 1)
        return found


def _without(piece: str, candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """Candidates of a piece; those whose text is no more than that need not look for it."""
    for it in candidates:
        yield Candidate(it.number, it.index, it.matcher, "") if it.text == piece else it


_SIZES = (6, 4, 2, 1)
"""How many characters are kept: as many of these as a text has."""
_FEW, _LONGEST = 2, 12
"""How many texts may have the same characters kept, and how many characters are kept of them where more have."""
_NEW = 8
"""What a new beacon costs, in texts that have the same characters."""
_COMMON = 64
"""What a beacon costs that is in all messages that are known."""
