"""Typing mistakes: how many letters apart two words are."""

from __future__ import annotations


def allowed_typos(phrase: str) -> int:
    """How many slips a phrase forgives: none up to 2 letters, 1 up to 5, 2 above.

    A word of one or two letters with a slip in it is another word (`no`, `on`; `帮助`, `帮忙`).
    """
    return 0 if len(phrase) <= 2 else 1 if len(phrase) <= 5 else 2


def within_typos(phrase: str, text: str) -> bool:
    """Whether a text is a phrase but for the slips it forgives: a letter too many, too few, wrong, or two swapped."""
    limit = allowed_typos(phrase)
    if phrase == text:
        return True
    if limit == 0 or abs(len(phrase) - len(text)) > limit:
        return False
    return _distance(phrase, text, limit) <= limit


def _distance(left: str, right: str, limit: int) -> int:
    """Damerau-Levenshtein (optimal string alignment); some number above the limit as soon as it must exceed it."""
    before: list[int] = []
    last = list(range(len(right) + 1))
    for row, char in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (char != other))
            if row > 1 and column > 1 and char == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > limit and min(last) > limit:
            return limit + 1
        before, last = last, current
    return last[-1]
