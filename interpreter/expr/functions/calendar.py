"""Functions that write dates, times and durations for people, and measure durations."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from interpreter.diagnostics.wording import Wording
from interpreter.expr.env import Env
from interpreter.expr.functions.clock import now_of
from interpreter.expr.functions.limits import room_for_text
from interpreter.expr.functions.locales import is_chinese
from interpreter.expr.functions.registry import (
    ANY,
    BOOL,
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    TEXT,
    TIME,
    Family,
    Parameter,
)
from interpreter.values import Fault

FAMILY = Family(
    "calendar",
    Wording("Dates and durations for people", "日期与时长的写法"),
    Wording(
        "In the pattern of `format_date`, `YYYY` is the year, `YY` its last two digits, `MM DD HH mm ss` are month,"
        " day, hour, minute and second with two digits, `M D H m s` the same without leading zeros, `hh` and `h` the"
        " hour of a twelve-hour clock, `A` its half of the day, `W` the weekday, `w` its short form; `[…]` is kept.",
        "`format_date` 的格式中，`YYYY` 是年，`YY` 是年的末两位，`MM DD HH mm ss` 是两位的月、日、时、分、秒，"
        "`M D H m s` 不补零，`hh h` 是十二小时制的时，`A` 是上午或下午，`W` 是星期几，`w` 是其简称；`[…]` 内照写。",
    ),
)


@FAMILY.function(
    "format_date",
    Parameter("d", ANY, one_of=(DATE, DATETIME, TIME)),
    Parameter("pattern", TEXT),
    result=TEXT,
    needs_env=True,
    zh="按格式写日期、时间，字母的含义见上。",
    examples={
        'format_date(date("2026-01-02"), "YYYY年M月D日")': '"2026年1月2日"',
        'format_date(now, "MM/DD HH:mm")': '"01/01 08:00"',
        'format_date(now, "W A h:mm")': '"星期四 上午 8:00"',
    },
)
def format_date(env: Env, d: date | time, pattern: str) -> str:
    """The date or time as the pattern says, by the letters above."""
    written = _LETTERS.sub(lambda found: _written(env, d, found[0]), pattern)
    room_for_text(len(written))
    return written


@FAMILY.function(
    "weekday_name",
    Parameter("d", ANY, one_of=(DATE, DATETIME)),
    Parameter("short", BOOL, False),
    result=TEXT,
    needs_env=True,
    zh="用户语言中星期几的名称。",
    examples={
        "weekday_name(today)": '"星期四"',
        "weekday_name(today, short=true)": '"周四"',
    },
)
def weekday_name(env: Env, d: date, short: bool) -> str:
    """The name of the day of the week in the user's language."""
    day = d.isoweekday() - 1
    if is_chinese(env):
        return ("周" if short else "星期") + "一二三四五六日"[day]
    return _WEEKDAYS[day][:3] if short else _WEEKDAYS[day]


@FAMILY.function(
    "month_name",
    Parameter("d", ANY, one_of=(DATE, DATETIME)),
    result=TEXT,
    needs_env=True,
    zh="用户语言中月份的名称。",
    examples={
        "month_name(today)": '"一月"',
    },
)
def month_name(env: Env, d: date) -> str:
    """The name of the month in the user's language."""
    return (
        (["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"][d.month - 1] + "月")
        if is_chinese(env)
        else _MONTHS[d.month - 1]
    )


@FAMILY.function(
    "relative_day",
    Parameter("d", ANY, one_of=(DATE, DATETIME)),
    result=TEXT,
    needs_env=True,
    zh="相对今天的说法：前天、昨天、今天、明天、后天，更远的写日期。",
    examples={
        "relative_day(add_days(today, 1))": '"明天"',
        'relative_day(date("2026-03-08"))': '"2026-03-08"',
    },
)
def relative_day(env: Env, d: date) -> str:
    """The day as seen from today: `yesterday`, `today`, `tomorrow`; its date if it is farther away."""
    names = _RELATIVE_ZH if is_chinese(env) else _RELATIVE_EN
    away = d.toordinal() - now_of(env).toordinal()
    return names.get(away) or date(d.year, d.month, d.day).isoformat()


@FAMILY.function(
    "day_period",
    Parameter("d", ANY, one_of=(DATETIME, TIME)),
    result=TEXT,
    needs_env=True,
    zh="一天中的时段：凌晨、早上、上午、中午、下午、晚上。",
    examples={
        "day_period(now)": '"早上"',
    },
)
def day_period(env: Env, d: datetime | time) -> str:
    """The part of the day in the user's language: `night`, `morning`, `noon`, `afternoon`, `evening`."""
    chinese, english = next(names for until, names in _PERIODS if d.hour < until)
    return chinese if is_chinese(env) else english


@FAMILY.function(
    "humanize",
    Parameter("d", DURATION),
    result=TEXT,
    needs_env=True,
    zh="用用户的语言写时长，取最大的两个单位。",
    examples={
        "humanize(90m)": '"1小时30分钟"',
        "humanize(45s)": '"45秒"',
    },
)
def humanize(env: Env, d: timedelta) -> str:
    """The duration in words of the user's language, in its two largest units."""
    rest = abs(int(d.total_seconds()))
    parts: list[str] = []
    chinese = is_chinese(env)
    for size, zh, en in _UNITS:
        count, rest = divmod(rest, size)
        if count or (size == 1 and not parts):
            parts.append(f"{count}{zh}" if chinese else f"{count} {en}" + ("" if count == 1 else "s"))
        elif parts:
            break
        if len(parts) == 2:
            break
    return ("" if chinese else " ").join(parts)


@FAMILY.function(
    "total_seconds",
    Parameter("d", DURATION),
    result=NUMBER,
    zh="时长的总秒数。",
    examples={
        "total_seconds(2m)": "120",
    },
)
def total_seconds(d: timedelta) -> float:
    """The whole duration in seconds."""
    return d.total_seconds()


@FAMILY.function(
    "total_minutes",
    Parameter("d", DURATION),
    result=NUMBER,
    zh="时长的总分钟数。",
    examples={
        "total_minutes(1h30m)": "90",
    },
)
def total_minutes(d: timedelta) -> float:
    """The whole duration in minutes."""
    return d / timedelta(minutes=1)


@FAMILY.function(
    "total_hours",
    Parameter("d", DURATION),
    result=NUMBER,
    zh="时长的总小时数。",
    examples={
        "total_hours(90m)": "1.5",
    },
)
def total_hours(d: timedelta) -> float:
    """The whole duration in hours."""
    return d / timedelta(hours=1)


@FAMILY.function(
    "total_days",
    Parameter("d", DURATION),
    result=NUMBER,
    zh="时长的总天数。",
    examples={
        "total_days(36h)": "1.5",
    },
)
def total_days(d: timedelta) -> float:
    """The whole duration in days."""
    return d / timedelta(days=1)


_LETTERS = re.compile(r"\[[^\[\]]*\]|YYYY|YY|MM?|DD?|HH?|hh?|mm?|ss?|A|W|w")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_RELATIVE_ZH = {-2: "前天", -1: "昨天", 0: "今天", 1: "明天", 2: "后天"}
_RELATIVE_EN = {-1: "yesterday", 0: "today", 1: "tomorrow"}
_PERIODS = (
    (6, ("凌晨", "night")),
    (9, ("早上", "morning")),
    (11, ("上午", "morning")),
    (13, ("中午", "noon")),
    (18, ("下午", "afternoon")),
    (24, ("晚上", "evening")),
)
_UNITS = ((86400, "天", "day"), (3600, "小时", "hour"), (60, "分钟", "minute"), (1, "秒", "second"))


def _written(env: Env, d: date | time, letters: str) -> str:
    if letters[0] == "[":
        return letters[1:-1]
    if letters[0] in "YMDWw":
        if isinstance(d, time):
            raise Fault("argument", f"format_date: a time has no `{letters}`")
        return _of_day(env, d, letters)
    return _of_time(env, d if isinstance(d, (datetime, time)) else time(), letters)


def _of_day(env: Env, d: date, letters: str) -> str:
    match letters:
        case "YYYY":
            return f"{d.year:04}"
        case "YY":
            return f"{d.year % 100:02}"
        case "W" | "w":
            return weekday_name(env, d, letters == "w")
        case _:
            return _padded(d.month if letters[0] == "M" else d.day, letters)


def _of_time(env: Env, d: datetime | time, letters: str) -> str:
    match letters[0]:
        case "A":
            morning = d.hour < 12
            return ("上午" if morning else "下午") if is_chinese(env) else ("AM" if morning else "PM")
        case "H":
            return _padded(d.hour, letters)
        case "h":
            return _padded(d.hour % 12 or 12, letters)
        case "m":
            return _padded(d.minute, letters)
        case _:
            return _padded(d.second, letters)


def _padded(number: int, letters: str) -> str:
    return f"{number:0{len(letters)}}"
