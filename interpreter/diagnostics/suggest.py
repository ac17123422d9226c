"""Did you mean …: the known name that an unknown one most resembles.

Distances are those of optimal string alignment (a swap of neighbours is one slip), by the rapidfuzz library, which is
loaded with the first mistake.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate within 1 + len/4 slips of the word, the nearest first and the earlier of equals; or None."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    folded = _fold(word)
    known = list(candidates)
    others = [_fold(candidate) for candidate in known]
    found = extract(folded, others, scorer=OSA.distance, score_cutoff=1 + len(folded) // 4, limit=5)
    for other, distance, position in found:
        # a name of one or two letters is not "near" everything that is as short
        if other and distance < max(len(folded), len(other)):
            return known[position]
    return None


def near_names(word: str, candidates: Iterable[str], limit: int = 5) -> tuple[str, ...]:
    """At most `limit` candidates, those that resemble the word most first."""
    folded = _fold(word)
    ranked = sorted(
        (_rank(folded, _fold(candidate)), position, candidate)
        for position, candidate in enumerate(dict.fromkeys(candidates))
    )
    return tuple(candidate for _, _, candidate in ranked[:limit])


@lru_cache(maxsize=65_536)
def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().replace("-", "_").replace(" ", "_")[:64]


def _rank(folded: str, other: str) -> float:
    """Distance in proportion to length; a shared beginning or one inside the other brings near."""
    from rapidfuzz.distance import OSA

    if not folded or not other:
        return 2.0
    distance = OSA.distance(folded, other) / max(len(folded), len(other))
    return distance / 2 if folded in other or other in folded else distance
