"""Dates and times of day as people write them.

Dates name their year (`2026-01-02`, `2026/1/2`, `2026年1月2日`, `二〇二六年一月二日`): nothing here knows what day
it is. Days relative to today are made absolute first, by `relative`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, tzinfo

from interpreter.types.numerals import DIGITS, read_number

_SMALL = rf"(?:\d{{1,2}}|[{DIGITS}十廿]{{1,3}})"
_YEAR = rf"(?:\d{{4}}|[{DIGITS}]{{4}})"
DATE = rf"(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|{_YEAR} ?年 ?{_SMALL} ?月 ?{_SMALL} ?[日号號]?|\d{{8}})"
"""What can be a date in folded text."""

_EARLY = ("凌晨", "清晨", "早上", "早晨", "上午", "早", "am", "a.m.")
_NOON = ("中午",)
_LATE = ("下午", "傍晚", "晚上", "夜里", "晚", "pm", "p.m.")
_PART = "|".join(sorted((*_EARLY[:-2], *_NOON, *_LATE[:-2]), key=len, reverse=True))
_HALF = r"[ap]\.?m\.?"
TIME = (
    rf"(?:(?:{_PART}) ?)?(?:\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?: ?{_HALF})?"
    rf"|\d{{1,2}} ?{_HALF}"
    rf"|{_SMALL} ?(?:点钟|點鐘|(?:点|點|时|時)(?: ?(?:半|整|[一三]刻|{_SMALL} ?分?))?))"
)
"""What can be a time of day in folded text."""
DATETIME = rf"{DATE}(?: ?t ?| )?{TIME}"
"""What can be a date with a time in folded text."""

# Patterns for `re` to compile once one of them is needed: few bots ask for dates, and these are large.
_DATE = (
    rf"(?P<y>\d{{4}})(?P<sep>[-/.])(?P<m>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}})"
    rf"|(?P<y2>{_YEAR}) ?年 ?(?P<m2>{_SMALL}) ?月 ?(?P<d2>{_SMALL}) ?[日号號]?"
    r"|(?P<y3>\d{4})(?P<m3>\d{2})(?P<d3>\d{2})"
)
_CLOCK = rf"(?P<h>\d{{1,2}}):(?P<m>\d{{2}})(?::(?P<s>\d{{2}}))?(?: ?(?P<half>{_HALF}))?"
_AMERICAN = rf"(?P<h>\d{{1,2}}) ?(?P<half>{_HALF})"
_SPOKEN = rf"(?P<h>{_SMALL}) ?(?:点钟|點鐘|(?:点|點|时|時)(?: ?(?:(?P<word>半|整|[一三]刻)|(?P<m>{_SMALL}) ?分?))?)"
_PART_OF_DAY = rf"({_PART}) ?"
_WORDS = {"半": 30, "整": 0, "一刻": 15, "三刻": 45}
_SPLIT = rf"({DATE})(?: ?t ?| )?({TIME})"


def read_date(text: str) -> date | None:
    """A folded text as a date, or None when it is none or the calendar has no such day."""
    match = re.fullmatch(_DATE, text)
    if match is None:
        return None
    year, month, day = (_count(next(filter(None, (match[f"{part}{n}"] for n in ("", "2", "3"))))) for part in "ymd")
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """A folded text as a time of day, or None when it is none."""
    part = re.match(_PART_OF_DAY, text)
    word = part[1] if part else ""
    rest = text[part.end() :] if part else text
    match = re.fullmatch(_CLOCK, rest) or re.fullmatch(_AMERICAN, rest) or re.fullmatch(_SPOKEN, rest)
    if match is None:
        return None
    found = match.groupdict()
    spoken = found.get("word")
    minute = _WORDS[spoken] if spoken else _count(found.get("m") or "0")
    hour = _on_24_hours(_count(found["h"]), word or (found.get("half") or "").replace(".", ""))
    try:
        return time(hour, minute, _count(found.get("s") or "0"))
    except ValueError:
        return None


def read_datetime(text: str, zone: tzinfo) -> datetime | None:
    """A folded text as a date with a time of day, in a time zone, or None when it is none."""
    match = re.fullmatch(_SPLIT, text)
    day, moment = (read_date(match[1]), read_time(match[2])) if match else (None, None)
    if day is None or moment is None:
        return None
    return datetime.combine(day, moment, zone)


def _on_24_hours(hour: int, word: str) -> int:
    """`3` in the afternoon is 15; an hour that contradicts its word becomes none (99)."""
    if not word:
        return hour
    if word in ("am", "pm") and not 1 <= hour <= 12:
        return 99
    if word in _LATE:
        return hour + 12 if hour < 12 else hour if word != "pm" else 12
    if word in _NOON:
        return hour + 12 if 1 <= hour <= 2 else hour
    return 0 if hour == 12 and word in ("am", "凌晨") else hour


def _count(text: str) -> int:
    number = read_number(text)
    return number if isinstance(number, int) else 99_999
