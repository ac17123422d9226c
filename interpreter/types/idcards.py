"""Identity card numbers of mainland China: 18 characters, GB 11643."""

from __future__ import annotations

import re
from datetime import date

IDCARD = r"\d{6}(?:19|20)\d{9}[\dx]"
"""What can be an identity card number in folded text."""

_NUMBER = r"(\d{6})((?:19|20)\d{2})(\d{2})(\d{2})(\d{3})([\dX])"
_PROVINCES = frozenset(
    (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83)
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def read_idcard(text: str) -> str | None:
    """A folded text as an identity card number, with a capital X; None when province, birthday or check are wrong."""
    number = text.replace(" ", "").upper()
    match = re.fullmatch(_NUMBER, number, re.ASCII)
    if match is None or int(number[:2]) not in _PROVINCES:
        return None
    try:
        date(int(match[2]), int(match[3]), int(match[4]))
    except ValueError:
        return None
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return number if _CHECKS[total % 11] == number[17] else None
