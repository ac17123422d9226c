"""Did you mean …: the known name that an unknown one most resembles."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate within 1 + len/4 slips of the word, the nearest first and the earlier of equals; or None."""
    folded = _fold(word)
    limit = 1 + len(folded) // 4
    best: str | None = None
    best_distance = limit + 1
    for candidate in candidates:
        other = _fold(candidate)
        if other and abs(len(other) - len(folded)) < best_distance:
            distance = _distance(folded, other, best_distance - 1)
            # a name of one or two letters is not "near" everything that is as short
            if distance < best_distance and distance < max(len(folded), len(other)):
                best, best_distance = candidate, distance
    return best


def near_names(word: str, candidates: Iterable[str], limit: int = 5) -> tuple[str, ...]:
    """At most `limit` candidates, those that resemble the word most first."""
    folded = _fold(word)
    ranked = sorted(
        (_rank(folded, _fold(candidate)), position, candidate)
        for position, candidate in enumerate(dict.fromkeys(candidates))
    )
    return tuple(candidate for _, _, candidate in ranked[:limit])


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().replace("-", "_").replace(" ", "_")[:64]


def _rank(folded: str, other: str) -> float:
    """Distance in proportion to length; a shared beginning or one inside the other brings near."""
    if not folded or not other:
        return 2.0
    distance = _distance(folded, other, 64) / max(len(folded), len(other))
    return distance / 2 if folded in other or other in folded else distance


def _distance(left: str, right: str, limit: int) -> int:
    """Damerau-Levenshtein (optimal string alignment), `limit + 1` as soon as it must exceed the limit."""
    if left == right:
        return 0
    before: list[int] = []
    last = list(range(len(right) + 1))
    for row, char in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (char != other))
            if row > 1 and column > 1 and char == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > limit and (not last or min(last) > limit):
            return limit + 1
        before, last = last, current
    return min(last[-1], limit + 1)
