"""Durations as an author writes them: `5m`, `1h30m`, `2s`, `1d`."""

from __future__ import annotations

import re
from datetime import timedelta

_WHOLE = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?[smhd])+\Z")
_PART = re.compile(r"([0-9.]+)([smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LONGEST = 10_000 * 86_400


def read_duration(text: str) -> timedelta | None:
    """The duration a text writes, 10,000 days at most; None when it writes none."""
    shown = text.strip()
    if _WHOLE.match(shown) is None:
        return None
    seconds = sum(float(amount) * _UNITS[unit] for amount, unit in _PART.findall(shown))
    return timedelta(seconds=min(seconds, _LONGEST))
