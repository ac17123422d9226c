"""Functions that read a value as one of another kind. Texts are read as answers are: `１２`, `三十`, `半小时`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import TypeVar, cast

from interpreter.diagnostics.wording import Wording
from interpreter.expr.env import Env
from interpreter.expr.functions.clock import in_zone, now_of
from interpreter.expr.functions.generic import listed, unless_text
from interpreter.expr.functions.limits import finite, whole
from interpreter.expr.functions.registry import (
    ANY,
    BOOL,
    DATE,
    DATETIME,
    DURATION,
    INT,
    NUMBER,
    TEXT,
    TIME,
    Family,
    Parameter,
)
from interpreter.types.consent import consent_words, refusal_words
from interpreter.types.dates import read_date, read_datetime, read_time
from interpreter.types.durations import read_duration
from interpreter.types.folding import fold, narrow, strip_closing
from interpreter.types.kinds import OptionalType
from interpreter.types.numerals import read_int, read_number
from interpreter.values import Fault, Value, kind_of, print_value

FAMILY = Family("convert", Wording("Conversion", "转换"))


@FAMILY.function(
    "text",
    Parameter("x", ANY),
    result=TEXT,
    zh="值在回复中显示的文本。",
    examples={
        "text(1.50)": '"1.5"',
        "text(null)": '""',
    },
)
def to_text(x: Value) -> str:
    """The value as it prints in a reply."""
    return print_value(x)


@FAMILY.function(
    "int",
    Parameter("x", ANY, one_of=(TEXT, INT, NUMBER, BOOL)),
    result=unless_text(INT),
    zh="整数：数舍去小数部分；不是整数的文本为 null。",
    examples={
        'int("12")': "12",
        "int(3.7)": "3",
        'int("三十")': "30",
        'int("3.7")': "null",
    },
)
def to_int(x: str | float) -> int | None:
    """The whole number: a number without its decimals; null for a text that is none."""
    return read_int(_answer(x)) if isinstance(x, str) else whole(int(finite(x)))


@FAMILY.function(
    "number",
    Parameter("x", ANY, one_of=(TEXT, INT, NUMBER, BOOL)),
    result=unless_text(NUMBER),
    zh="数；不是数的文本为 null。",
    examples={
        'number("1.5")': "1.5",
        'number("3万")': "30000",
        'number("abc")': "null",
    },
)
def to_number(x: str | float) -> float | None:
    """The number; null for a text that is none."""
    return read_number(_answer(x)) if isinstance(x, str) else +x


@FAMILY.function(
    "bool",
    Parameter("x", ANY, one_of=(TEXT, BOOL, INT, NUMBER)),
    result=unless_text(BOOL),
    needs_env=True,
    zh="真假：表示同意、拒绝的词和 true、false；数除 0 外为 true；其他文本为 null。",
    examples={
        'bool("是的")': "true",
        'bool("false")': "false",
        "bool(0)": "false",
        'bool("也许")': "null",
    },
)
def to_bool(env: Env, x: str | float) -> bool | None:
    """True or false, from words of consent and refusal, `true`, `false`, zero or not; null for another text."""
    if not isinstance(x, str):
        return x != 0
    return _truths(env.locale).get(strip_closing(_answer(x)))


@lru_cache(maxsize=32)
def _truths(locale: str) -> Mapping[str, bool]:
    """What words mean true or false in a locale."""
    refusals = dict.fromkeys(("false", "0", *refusal_words((locale, "en"))), False)
    return {**refusals, **dict.fromkeys(("true", "1", *consent_words((locale, "en"))), True)}


@FAMILY.function(
    "list",
    Parameter("x", ANY),
    result=listed,
    zh="列表原样；null 为空列表；其他值成为只有它一项的列表。",
    examples={
        "list([1, 2])": "[1, 2]",
        'list("a")': '["a"]',
        "list(null)": "[]",
    },
)
def to_list(x: Value) -> Sequence[Value]:
    """A list as it is, null as the empty list, anything else as a list of it alone."""
    if isinstance(x, (list, tuple)):
        return x
    return [] if x is None else [x]


@FAMILY.function(
    "date",
    Parameter("x", ANY, one_of=(TEXT, INT, DATE, DATETIME)),
    Parameter("month", OptionalType(INT), None),
    Parameter("day", OptionalType(INT), None),
    result=unless_text(DATE),
    needs_env=True,
    zh="文本、时间的日期，或年月日组成的日期；读不出的文本为 null。",
    examples={
        'date("2026年1月2日")': "date(2026, 1, 2)",
        "date(now)": "today",
        'date("后天吧")': "null",
    },
)
def to_date(env: Env, x: str | int | date, month: int | None, day: int | None) -> date | None:
    """The date in a text or of a datetime, or of a year, month and day; null for a text that is none."""
    if isinstance(x, int):
        return _made("date", date, x, month, day)
    if isinstance(x, str):
        moment = read_date(_answer(x)) or to_datetime(env, x, None)
        return None if moment is None else _day(moment)
    return _day(x)


@FAMILY.function(
    "time",
    Parameter("x", ANY, one_of=(TEXT, INT, TIME, DATETIME)),
    Parameter("minute", INT, 0),
    Parameter("second", INT, 0),
    result=unless_text(TIME),
    zh="文本、时间点的时刻，或时分秒组成的时刻；读不出的文本为 null。",
    examples={
        'time("下午3点半")': "time(15, 30)",
        "time(now)": 'time("08:00")',
    },
)
def to_time(x: str | int | time | datetime, minute: int, second: int) -> time | None:
    """The time of day in a text or of a datetime, or of an hour, minute and second; null for a text that is none."""
    if isinstance(x, int):
        return _made("time", time, x, minute, second)
    if isinstance(x, str):
        return read_time(_answer(x))
    return x.time() if isinstance(x, datetime) else x


@FAMILY.function(
    "datetime",
    Parameter("x", ANY, one_of=(TEXT, DATE, DATETIME)),
    Parameter("time", OptionalType(TIME), None),
    result=unless_text(DATETIME),
    needs_env=True,
    zh="文本的时间，或某日期（没有 time 则零点）的时间；读不出的文本为 null。",
    examples={
        'datetime("2026-01-01 08:00")': "now",
        'datetime(today, time("9:30"))': 'datetime("2026-01-01T09:30")',
        'datetime("2026-01-01T00:00:00Z")': "now",
    },
)
def to_datetime(env: Env, x: str | date, clock: time | None) -> datetime | None:
    """The datetime in a text, or of a date, at midnight or the given time; null for a text that is none."""
    moment = _read_moment(env, x) if isinstance(x, str) else x
    if moment is None or (isinstance(moment, datetime) and clock is None):
        return moment
    return in_zone(env, datetime.combine(_day(moment), clock or time()))


@FAMILY.function(
    "duration",
    Parameter("x", ANY, one_of=(TEXT, INT, NUMBER, DURATION)),
    result=unless_text(DURATION),
    zh="文本的时长，或这么多秒；读不出的文本为 null。",
    examples={
        'duration("1小时30分钟")': "1h30m",
        "duration(90)": "1m30s",
    },
)
def to_duration(x: str | float | timedelta) -> timedelta | None:
    """The duration in a text, or of so many seconds; null for a text that is none."""
    if isinstance(x, str):
        return read_duration(_answer(x))
    if isinstance(x, timedelta):
        return x
    try:
        return timedelta(seconds=finite(x))
    except OverflowError:
        raise Fault("argument", "duration: the duration is too long") from None


@FAMILY.function(
    "kind",
    Parameter("x", ANY),
    result=TEXT,
    zh="值的种类：null bool int number text list map date time datetime duration。",
    examples={
        'kind("a")': '"text"',
        "kind(1.5)": '"number"',
    },
)
def kind(x: Value) -> str:
    """What the value is: `null bool int number text list map date time datetime duration`."""
    return kind_of(x)


_LONGEST = 100
_Made = TypeVar("_Made", date, time)


def _made(
    function: str, kind: Callable[[int, int, int], _Made], first: int, second: int | None, third: int | None
) -> _Made:
    if second is None or third is None:
        raise Fault("argument", f"{function}: a year needs its month and day")
    try:
        return kind(first, second, third)
    except (ValueError, OverflowError):
        raise Fault("argument", f"{function}: there is no {function} of {first}, {second}, {third}") from None


def _answer(text: str) -> str:
    """The text as answers are read; one that is too long for any is not looked at."""
    return fold(text) if len(text) <= _LONGEST else ""


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _read_moment(env: Env, text: str) -> date | None:
    """A text as a datetime or date: as machines write them, with a zone perhaps, or as people do."""
    folded = _answer(text)
    if day := read_date(folded):
        return day
    try:
        return in_zone(env, datetime.fromisoformat(narrow(text[:_LONGEST])))
    except (ValueError, OverflowError):
        return read_datetime(folded, cast("tzinfo", now_of(env).tzinfo))
