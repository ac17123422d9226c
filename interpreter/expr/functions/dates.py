"""Functions of dates and datetimes: their days, weeks and months, arithmetic on the calendar, timestamps.

Datetimes stay in the bot's time zone, and adding days or months keeps the time on the clock.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from interpreter.diagnostics.wording import Wording
from interpreter.expr.env import Env
from interpreter.expr.functions.clock import in_zone, now_of
from interpreter.expr.functions.generic import same
from interpreter.expr.functions.registry import ANY, BOOL, DATE, DATETIME, INT, NUMBER, Family, Parameter
from interpreter.types.kinds import IntType
from interpreter.values import Fault

FAMILY = Family("date", Wording("Dates and times", "日期与时间"))


@FAMILY.function(
    "add_days",
    Parameter("d", ANY, one_of=(DATE, DATETIME)),
    Parameter("n", INT),
    result=same,
    zh="n 天之后；负数为之前。",
    examples={
        'add_days(date("2026-02-27"), 2)': 'date("2026-03-01")',
    },
)
def add_days(d: date, n: int) -> date:
    """The day `n` days later, or earlier if `n` is negative; a datetime keeps its time of day."""
    try:
        return d + timedelta(days=n)
    except OverflowError:
        raise _out_of_range("add_days") from None


@FAMILY.function(
    "add_months",
    Parameter("d", ANY, one_of=(DATE, DATETIME)),
    Parameter("n", INT),
    result=same,
    zh="n 个月之后的同一天；没有这一天则为月末。",
    examples={
        'add_months(date("2026-01-31"), 1)': 'date("2026-02-28")',
    },
)
def add_months(d: date, n: int) -> date:
    """The same day `n` months later, or the last of that month if it is shorter."""
    year, month = divmod(d.year * 12 + d.month - 1 + n, 12)
    if not 1 <= year <= 9999:
        raise _out_of_range("add_months")
    return d.replace(year=year, month=month + 1, day=min(d.day, _days_in(year, month + 1)))


@FAMILY.function(
    "add_years",
    Parameter("d", ANY, one_of=(DATE, DATETIME)),
    Parameter("n", INT),
    result=same,
    zh="n 年之后的同一天。",
    examples={
        'add_years(date("2024-02-29"), 1)': 'date("2025-02-28")',
    },
)
def add_years(d: date, n: int) -> date:
    """The same day `n` years later; 28 February for 29 February where there is none."""
    return add_months(d, n * 12)


@FAMILY.function(
    "days_between",
    Parameter("a", ANY, one_of=(DATE, DATETIME)),
    Parameter("b", ANY, one_of=(DATE, DATETIME)),
    result=INT,
    zh="从 a 到 b 的天数，按日历计算。",
    examples={
        'days_between(date("2026-01-01"), date("2026-02-01"))': "31",
        'days_between(today, date("2025-12-31"))': "-1",
    },
)
def days_between(a: date, b: date) -> int:
    """The days from `a` to `b` on the calendar; negative if `b` is earlier."""
    return b.toordinal() - a.toordinal()


@FAMILY.function(
    "months_between",
    Parameter("a", ANY, one_of=(DATE, DATETIME)),
    Parameter("b", ANY, one_of=(DATE, DATETIME)),
    result=INT,
    zh="从 a 到 b 的整月数。",
    examples={
        'months_between(date("2025-11-15"), date("2026-01-14"))': "1",
    },
)
def months_between(a: date, b: date) -> int:
    """The full months from `a` to `b`; negative if `b` is earlier."""
    if b.toordinal() < a.toordinal():
        return -months_between(b, a)
    return (b.year - a.year) * 12 + b.month - a.month - (b.day < a.day)


@FAMILY.function(
    "age",
    Parameter("birthday", ANY, one_of=(DATE, DATETIME)),
    result=INT,
    needs_env=True,
    zh="今天的周岁。",
    examples={
        'age(date("2000-01-02"))': "25",
        'age(date("2000-01-01"))': "26",
    },
)
def age(env: Env, birthday: date) -> int:
    """The age today, in full years, of someone born that day."""
    today = now_of(env)
    return today.year - birthday.year - ((today.month, today.day) < (birthday.month, birthday.day))


@FAMILY.function(
    "is_weekend",
    Parameter("d", ANY, one_of=(DATE, DATETIME)),
    result=BOOL,
    zh="是否为星期六或星期日（不考虑调休）。",
    examples={
        'is_weekend(date("2026-01-03"))': "true",
    },
)
def is_weekend(d: date) -> bool:
    """Whether the day is a Saturday or Sunday."""
    return d.isoweekday() > 5


@FAMILY.function(
    "week_number",
    Parameter("d", ANY, one_of=(DATE, DATETIME)),
    result=IntType(1, 53),
    zh="ISO 周数。",
    examples={
        'week_number(date("2026-01-01"))': "1",
    },
)
def week_number(d: date) -> int:
    """The number of the week in its year, by ISO 8601."""
    return d.isocalendar().week


def _days_in(year: int, month: int) -> int:
    from calendar import monthrange  # takes locales along

    return monthrange(year, month)[1]


@FAMILY.function(
    "days_in_month",
    Parameter("d", ANY, one_of=(DATE, DATETIME)),
    result=IntType(28, 31),
    zh="所在月份的天数。",
    examples={
        'days_in_month(date("2024-02-01"))': "29",
    },
)
def days_in_month(d: date) -> int:
    """How many days the month of the day has."""
    return _days_in(d.year, d.month)


@FAMILY.function(
    "start_of_day",
    Parameter("d", ANY, one_of=(DATE, DATETIME)),
    result=DATETIME,
    needs_env=True,
    zh="当天零点。",
    examples={
        "start_of_day(now)": 'datetime("2026-01-01T00:00")',
    },
)
def start_of_day(env: Env, d: date) -> datetime:
    """The midnight with which the day begins."""
    return in_zone(env, datetime(d.year, d.month, d.day))  # noqa: DTZ001  # `in_zone` puts it there


@FAMILY.function(
    "end_of_day",
    Parameter("d", ANY, one_of=(DATE, DATETIME)),
    result=DATETIME,
    needs_env=True,
    zh="当天最后一秒。",
    examples={
        "end_of_day(today)": 'datetime("2026-01-01T23:59:59")',
    },
)
def end_of_day(env: Env, d: date) -> datetime:
    """The last second of the day."""
    return in_zone(env, datetime(d.year, d.month, d.day, 23, 59, 59))  # noqa: DTZ001


@FAMILY.function(
    "start_of_week",
    Parameter("d", ANY, one_of=(DATE, DATETIME)),
    result=DATE,
    zh="所在周的星期一。",
    examples={
        'start_of_week(date("2026-01-01"))': 'date("2025-12-29")',
    },
)
def start_of_week(d: date) -> date:
    """The Monday of the week."""
    return _day(add_days(d, 1 - d.isoweekday()))


@FAMILY.function(
    "start_of_month",
    Parameter("d", ANY, one_of=(DATE, DATETIME)),
    result=DATE,
    zh="所在月的第一天。",
    examples={
        'start_of_month(date("2026-01-15"))': 'date("2026-01-01")',
    },
)
def start_of_month(d: date) -> date:
    """The first day of the month."""
    return date(d.year, d.month, 1)


@FAMILY.function(
    "end_of_month",
    Parameter("d", ANY, one_of=(DATE, DATETIME)),
    result=DATE,
    zh="所在月的最后一天。",
    examples={
        'end_of_month(date("2026-02-15"))': 'date("2026-02-28")',
    },
)
def end_of_month(d: date) -> date:
    """The last day of the month."""
    return date(d.year, d.month, days_in_month(d))


@FAMILY.function(
    "start_of_year",
    Parameter("d", ANY, one_of=(DATE, DATETIME)),
    result=DATE,
    zh="所在年的第一天。",
    examples={
        'start_of_year(date("2026-05-15"))': 'date("2026-01-01")',
    },
)
def start_of_year(d: date) -> date:
    """The first day of the year."""
    return date(d.year, 1, 1)


@FAMILY.function(
    "next_weekday",
    Parameter("d", ANY, one_of=(DATE, DATETIME)),
    Parameter("weekday", IntType(1, 7)),
    result=DATE,
    zh="之后的第一个星期几（1 为星期一，7 为星期日），不含当天。",
    examples={
        'next_weekday(date("2026-01-01"), 5)': 'date("2026-01-02")',
        'next_weekday(date("2026-01-01"), 4)': 'date("2026-01-08")',
    },
)
def next_weekday(d: date, weekday: int) -> date:
    """The first such day after this one, from 1 for Monday to 7 for Sunday."""
    if not 1 <= weekday <= 7:
        raise Fault("argument", f"next_weekday: `weekday` must be from 1 to 7, it is {weekday}")
    return _day(add_days(d, (weekday - d.isoweekday() - 1) % 7 + 1))


@FAMILY.function(
    "timestamp",
    Parameter("d", DATETIME),
    result=INT,
    zh="Unix 时间戳（秒）。",
    examples={
        'timestamp(datetime("2026-01-01T08:00"))': "1767225600",
    },
)
def timestamp(d: datetime) -> int:
    """The seconds since 1970 in UTC."""
    return int(d.timestamp() // 1)


@FAMILY.function(
    "from_timestamp",
    Parameter("n", NUMBER),
    result=DATETIME,
    needs_env=True,
    zh="Unix 时间戳（秒）对应的时间。",
    examples={
        "from_timestamp(1767225600)": 'datetime("2026-01-01T08:00")',
    },
)
def from_timestamp(env: Env, n: float) -> datetime:
    """The datetime of so many seconds since 1970 in UTC."""
    try:
        return datetime.fromtimestamp(n, now_of(env).tzinfo)
    except (OverflowError, OSError, ValueError):
        raise _out_of_range("from_timestamp") from None


def _day(d: date) -> date:
    return date(d.year, d.month, d.day)


def _out_of_range(function: str) -> Fault:
    return Fault("argument", f"{function}: the date would be outside the years 1 to 9999")
