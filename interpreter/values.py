"""Values of a running bot: what they are, when two are equal, how they print, how they are stored, how big they may be.

A value is null, bool, int, float, str, list, map, or one of the four kinds of time: date, time, datetime, duration.
There is no host object among them, so there is nothing a bot could reach through one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

Value = None | bool | int | float | str | date | time | timedelta | Sequence["Value"] | Mapping[str, "Value"]
"""A value; datetimes are dates to Python and carry the bot's time zone. Lists and maps are never changed in place."""

MAX_INT = 2**53 - 1
"""The largest whole number: exact in every JSON reader."""
MAX_TEXT = 64 * 1024
"""The longest text a bot may hold, in characters."""
MAX_ITEMS = 10_000
"""The longest list or largest map a bot may hold."""
MAX_SIZE = 64 * 1024
"""The largest variable, in characters of its stored form."""
MAX_COMPARED = 100_000
"""How many values two lists or maps may hold that are held against each other."""


class Fault(Exception):  # noqa: N818  a bot's fault, not an error of ours
    """A bot's mistake at run time (a missing value, a division by zero, a spent budget).

    It ends the turn, which is undone and answered by the bot's `failure`; it never reaches the server.

    `kind` is a stable word: `null`, `unset`, `type`, `range`, `budget`, `arithmetic`, `argument`, `service`.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


def kind_of(value: Value) -> str:
    """The author's word for what a value is: `null bool int number text list map date time datetime duration`."""
    if value is None:
        return "null"
    return _KINDS.get(type(value)) or ("map" if isinstance(value, Mapping) else "list")


_KINDS: dict[type, str] = {
    bool: "bool",
    int: "int",
    float: "number",
    str: "text",
    list: "list",
    tuple: "list",
    dict: "map",
    datetime: "datetime",
    date: "date",
    time: "time",
    timedelta: "duration",
}


def equal(left: Value, right: Value) -> bool:
    """Equality of values: numbers by amount, everything else only with its own kind.

    Raises:
        Fault: they hold more than `MAX_COMPARED` values (kind `budget`).
    """
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right
    if isinstance(left, (list, tuple, Mapping)):
        return _equal_items(left, right)
    return type(left) is type(right) and left == right


def _equal_items(left: Value, right: Value) -> bool:
    """Equality of lists and maps, at any depth. A list that holds another one many times is compared many times."""
    pairs, budget = [(left, right)], MAX_COMPARED
    while pairs:
        first, second = pairs.pop()
        if isinstance(first, (list, tuple)) and isinstance(second, (list, tuple)):
            if len(first) != len(second):
                return False
            pairs.extend(zip(first, second, strict=True))
        elif isinstance(first, Mapping) and isinstance(second, Mapping):
            if first.keys() != second.keys():
                return False
            pairs.extend((first[key], second[key]) for key in first)
        elif isinstance(first, (list, tuple, Mapping)) or not equal(first, second):
            return False
        budget -= 1
        if budget < 0:
            raise Fault("budget", "the values are too large to be compared")
    return True


def print_value(value: Value) -> str:
    """The text of a value inside a reply.

    Numbers print as `15` or `0.5`, dates as `2026-01-02`, datetimes as `2026-01-02 08:30`, times as `08:30`, durations
    as they are written (`1h30m`), null as nothing.

    Raises:
        Fault: for a list or a map, which have no text of their own.
    """
    kind = type(value)
    if kind is str:
        return value  # type: ignore[return-value]  # narrowed by exact type for speed
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return print_number(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S" if value.second else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    if isinstance(value, timedelta):
        return print_duration(value)
    raise Fault("type", f"a {kind_of(value)} has no text form")


def print_number(value: float) -> str:
    """A number without exponent or trailing `.0`, rounded to 12 significant digits (`0.1 + 0.2` is `0.3`)."""
    shown = format(Decimal(repr(float(f"{value:.12g}"))), "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def print_duration(value: timedelta) -> str:
    """A duration as an author writes it: `1d2h3m4s`, `0s`, `-5m`, `1.5s`."""
    microseconds = round(value.total_seconds() * 1_000_000)
    sign, rest = ("-", -microseconds) if microseconds < 0 else ("", microseconds)
    parts = []
    for size, unit in ((86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "m")):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    if rest or not parts:
        parts.append(f"{print_number(rest / 1_000_000)}s")
    return sign + "".join(parts)


def to_json(value: Value) -> object:
    """A value as plain JSON data; the four kinds of time become tagged maps, which `from_json` can tell apart."""
    if value is None or type(value) in _PLAIN or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, datetime):
        return {"$datetime": value.astimezone(UTC).isoformat(), "zone": str(value.tzinfo)}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, time):
        return {"$time": value.isoformat()}
    if isinstance(value, timedelta):
        return {"$duration": value.total_seconds()}
    if isinstance(value, Mapping):
        plain = {key: item if type(item) in _PLAIN else to_json(item) for key, item in value.items()}
        return {"$map": plain} if "$" in "".join(plain) and any(key.startswith("$") for key in plain) else plain
    return [to_json(item) for item in value]


_PLAIN = frozenset((type(None), bool, int, float, str))
"""What JSON has, too."""


def from_json(data: object) -> Value:
    """The value that `to_json` wrote, or any plain JSON data.

    Raises:
        ValueError: the data was not written by `to_json`.
    """
    if data is None or isinstance(data, (bool, int, float, str)):
        return data
    if isinstance(data, list):
        return [from_json(item) for item in data]
    if not isinstance(data, dict):
        raise ValueError(f"not a stored value: {type(data).__name__}")
    tag = next(iter(data), "")
    match tag:
        case "$datetime":
            from zoneinfo import ZoneInfo  # takes a good part of a command's start along

            return datetime.fromisoformat(data[tag]).astimezone(ZoneInfo(data["zone"]))
        case "$date":
            return date.fromisoformat(data[tag])
        case "$time":
            return time.fromisoformat(data[tag])
        case "$duration":
            return timedelta(seconds=data[tag])
        case "$map":
            return {key: from_json(item) for key, item in data[tag].items()}
        case _:
            return {key: from_json(item) for key, item in data.items()}
