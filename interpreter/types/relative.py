"""Days said relative to today (`明天`, `下周一`, `3月5日`, `next friday`), as absolute dates.

A day without a year or month is the next one there is, today included; a weekday by itself (`周五`, `friday`) is the
next one, today included; `这周五` is the one of this week, which begins on Monday, `下周五` the one of the next.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from interpreter.types.folding import fold
from interpreter.types.numerals import DIGITS, read_number

_DAYS = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "今天": 0,
    "今日": 0,
    "今晚": 0,
    "明天": 1,
    "明日": 1,
    "明早": 1,
    "明晚": 1,
    "后天": 2,
    "後天": 2,
    "大后天": 3,
    "大後天": 3,
    "yesterday": -1,
    "today": 0,
    "tonight": 0,
    "tomorrow": 1,
    "the day after tomorrow": 2,
}
_PART_OF_DAY = {"今晚": "晚上", "明晚": "晚上", "明早": "早上"}
_WEEK = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_ENGLISH_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBER = rf"(?:\d{{1,3}}|[{DIGITS}十廿百]{{1,4}})"

_WORD = re.compile("|".join(sorted(map(re.escape, _DAYS), key=len, reverse=True)))
_WEEKDAY = re.compile(
    rf"(?P<which>下下个?|下个?|这个?|這個?|本|上个?)?(?:周|週|星期|礼拜|禮拜)(?P<day>[{''.join(_WEEK)}])"
)
_ENGLISH_WEEKDAY = re.compile(
    r"(?P<which>this |next |on )?(?P<day>mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?\b"
)
_LATER = re.compile(rf"(?P<n>{_NUMBER}) ?(?P<unit>天|日|个星期|個星期|周|週|星期) ?(?:以|之)?[后後]")
_ENGLISH_LATER = re.compile(r"in (?P<n>\d{1,3}) (?P<unit>day|week)s?\b")
_MONTH_DAY = re.compile(
    rf"(?:(?P<m>{_NUMBER}) ?月 ?)?(?P<d>{_NUMBER}) ?[日号號]|(?P<m2>\d{{1,2}})[/月](?P<d2>\d{{1,2}})(?![\d/])"
)


def with_date(text: str, today: date) -> str | None:
    """A text whose relative day is written as a date, its rest kept; None when it does not begin with one."""
    folded = fold(text)
    for pattern, resolve in _RULES:
        match = pattern.match(folded)
        if match is None:
            continue
        try:
            day = resolve(match, today)
        except (ValueError, OverflowError):
            return None
        rest = _PART_OF_DAY.get(match[0], "") + folded[match.end() :].strip()
        return f"{day.isoformat()} {rest}".strip()
    return None


def _by_word(match: re.Match[str], today: date) -> date:
    return today + timedelta(days=_DAYS[match[0]])


def _by_weekday(match: re.Match[str], today: date) -> date:
    return _weekday(match["which"] or "", _WEEK[match["day"]], today)


def _by_english_weekday(match: re.Match[str], today: date) -> date:
    which = {"this ": "这", "next ": "下"}.get(match["which"] or "", "")
    return _weekday(which, _ENGLISH_WEEK.index(match["day"]), today)


def _weekday(which: str, weekday: int, today: date) -> date:
    if not which:
        return today + timedelta(days=(weekday - today.weekday()) % 7)
    monday = today - timedelta(days=today.weekday())
    weeks = which.count("下") - which.count("上")
    return monday + timedelta(weeks=weeks, days=weekday)


def _later(match: re.Match[str], today: date) -> date:
    days = 1 if match["unit"] in ("天", "日", "day") else 7
    return today + timedelta(days=_count(match["n"]) * days)


def _by_month_and_day(match: re.Match[str], today: date) -> date:
    """The next day of that number (and month), looked for over at most eight years, for the 29th of February."""
    day, month = _count(match["d"] or match["d2"]), match["m"] or match["m2"]
    if month is not None:
        years = range(today.year, today.year + 9)
        candidates = [(year, _count(month)) for year in years]
    else:
        candidates = [divmod(today.year * 12 + today.month - 1 + ahead, 12) for ahead in range(3)]
        candidates = [(year, index + 1) for year, index in candidates]
    for year, number in candidates:
        try:
            found = date(year, number, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueError("no such day")


def _count(text: str) -> int:
    number = read_number(text)
    if not isinstance(number, int):
        raise ValueError("no whole number")
    return number


_RULES = (
    (_WORD, _by_word),
    (_WEEKDAY, _by_weekday),
    (_ENGLISH_WEEKDAY, _by_english_weekday),
    (_LATER, _later),
    (_ENGLISH_LATER, _later),
    (_MONTH_DAY, _by_month_and_day),
)
