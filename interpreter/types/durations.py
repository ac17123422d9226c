"""Durations as people write them: `5m`, `1h30m`, `90 min`, `5分钟`, `一个半小时`, `两天`, `半小时`."""

from __future__ import annotations

import re
from datetime import timedelta

from interpreter.types.numerals import HAN, read_number

_UNITS: dict[str, int] = {
    **dict.fromkeys(("周", "星期", "礼拜", "weeks", "week", "w"), 7 * 86_400),
    **dict.fromkeys(("天", "日", "days", "day", "d"), 86_400),
    **dict.fromkeys(("小时", "钟头", "時間", "hours", "hour", "hrs", "hr", "h"), 3600),
    **dict.fromkeys(("分钟", "分", "minutes", "minute", "mins", "min", "m"), 60),
    **dict.fromkeys(("秒钟", "秒", "seconds", "second", "secs", "sec", "s"), 1),
}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_COUNT = rf"(?:\d+(?:\.\d+)?|{HAN}+|半)"
_PIECE = rf"{_COUNT} ?(?:个半|个)? ?(?:{_UNIT})半?"
DURATION = rf"{_PIECE}(?:[ ,零又]?{_PIECE})*"
"""What can be a duration in folded text."""

_PIECES = rf"[ ,零又]?({_COUNT}) ?(个半|个)? ?({_UNIT})(半)?"
_LONGEST = timedelta(days=36_500)


def read_duration(text: str) -> timedelta | None:
    """A folded text as a duration, or None when it is none; units go from large to small."""
    from fractions import Fraction

    pieces = re.compile(_PIECES)  # few bots ask for durations
    seconds = Fraction(0)
    position, last = 0, 10**9
    while position < len(text):
        piece = pieces.match(text, position)
        if piece is None or len(text) > 60:
            return None
        unit = _UNITS[piece[3]]
        count = read_number(piece[1])
        if count is None or unit >= last:
            return None
        half = Fraction(1, 2) if piece[2] == "个半" or piece[4] else 0
        seconds += (Fraction(str(count)) + half) * unit
        position, last = piece.end(), unit
    if position == 0 or seconds > _LONGEST.total_seconds():
        return None
    return timedelta(microseconds=round(seconds * 1_000_000))
