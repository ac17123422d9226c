"""The operators on values whose kinds are known only at run time; every mistake is a `Fault` that says what it met.

Code with static types comes here, too, when a value turns out not to be what its type promised.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import cast

from interpreter.expr.bounds import fit_number
from interpreter.values import Fault, Value, equal, kind_of

Operation = Callable[[Value, Value], Value]

_ONE_SECOND = timedelta(seconds=1)


def mismatch(symbol: str, left: Value, right: Value) -> Fault:
    """The fault of an operator on operands it cannot take."""
    if left is None or right is None:
        return Fault("null", f"`{symbol}` needs a value, this is null")
    return Fault("type", f"`{symbol}` cannot take {kind_of(left)} and {kind_of(right)}")


def is_number(value: Value) -> bool:
    """Whether a value is a number; a bool is none."""
    return type(value) is int or type(value) is float


def add(left: Value, right: Value) -> Value:
    """`left + right`: numbers, texts, lists, or a duration with a date, datetime or duration."""
    if is_number(left) and is_number(right):
        return _calculated("+", operator.add, left, right)
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return [*left, *right]
    if isinstance(right, timedelta) and isinstance(left, (date, timedelta)):
        return _calculated("+", operator.add, left, right)
    if isinstance(left, timedelta) and isinstance(right, date):
        return _calculated("+", operator.add, right, left)
    raise mismatch("+", left, right)


def subtract(left: Value, right: Value) -> Value:
    """`left - right`: numbers, dates, datetimes and durations."""
    both_dates = isinstance(left, date) and type(left) is type(right)
    if (is_number(left) and is_number(right)) or both_dates:
        return _calculated("-", operator.sub, left, right)
    if isinstance(right, timedelta) and isinstance(left, (date, timedelta)):
        return _calculated("-", operator.sub, left, right)
    raise mismatch("-", left, right)


def multiply(left: Value, right: Value) -> Value:
    """`left * right`: numbers, or a number and a duration."""
    first, second = is_number(left), is_number(right)
    if (first or isinstance(left, timedelta)) and (second or isinstance(right, timedelta)) and (first or second):
        return _calculated("*", operator.mul, left, right)
    raise mismatch("*", left, right)


def divide(left: Value, right: Value) -> Value:
    """`left / right`: numbers, or a duration by a number or a duration."""
    if is_number(left) and is_number(right):
        return _calculated("/", operator.truediv, left, right)
    if isinstance(left, timedelta) and (is_number(right) or isinstance(right, timedelta)):
        return _calculated("/", operator.truediv, left, right)
    raise mismatch("/", left, right)


def floor_divide(left: Value, right: Value) -> Value:
    """`left // right` of numbers."""
    if is_number(left) and is_number(right):
        return _calculated("//", operator.floordiv, left, right)
    raise mismatch("//", left, right)


def remainder(left: Value, right: Value) -> Value:
    """`left % right` of numbers."""
    if is_number(left) and is_number(right):
        return _calculated("%", operator.mod, left, right)
    raise mismatch("%", left, right)


def _calculated(symbol: str, operation: Callable[..., Value], left: Value, right: Value) -> Value:
    try:
        value = operation(left, right)
    except ZeroDivisionError:
        raise Fault("arithmetic", "division by zero") from None
    except OverflowError:
        raise Fault("arithmetic", "the result is too large") from None
    except TypeError:  # a datetime with a time zone and one without
        raise mismatch(symbol, left, right) from None
    return fit_number(value) if isinstance(value, (int, float)) else value


def negate(operand: Value) -> Value:
    """`-operand` of a number or a duration."""
    if is_number(operand):
        return -cast("float", operand)
    if isinstance(operand, timedelta):
        return _calculated("-", operator.mul, operand, -1)
    if operand is None:
        raise Fault("null", "`-` needs a value, this is null")
    raise Fault("type", f"`-` cannot take {kind_of(operand)}")


def _order(symbol: str, operation: Callable[..., bool]) -> Operation:
    def compare(left: Value, right: Value) -> Value:
        comparable = is_number(left) and is_number(right)
        if comparable or (type(left) is type(right) and isinstance(left, (str, date, time, timedelta))):
            try:
                return operation(left, right)
            except TypeError:  # with a time zone and without
                pass
        raise mismatch(symbol, left, right)

    return compare


def contains(item: Value, group: Value) -> bool:
    """`item in group`: an item of a list, a key of a map, a part of a text."""
    if isinstance(group, (list, tuple)):
        return any(equal(item, other) for other in group)
    if isinstance(item, str) and isinstance(group, (str, Mapping)):
        return item in group
    raise mismatch("in", item, group)


def truth(value: Value) -> bool:
    """A condition's value, which must be a bool."""
    if value is True or value is False:
        return value
    if value is None:
        raise Fault("null", "a condition needs true or false, this is null")
    raise Fault("type", f"a condition needs true or false, this is {kind_of(value)}")


OPERATIONS: Mapping[str, Operation] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "//": floor_divide,
    "%": remainder,
    "<": _order("<", operator.lt),
    "<=": _order("<=", operator.le),
    ">": _order(">", operator.gt),
    ">=": _order(">=", operator.ge),
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
}
"""The operators that evaluate both operands, except `in`."""


def field(target: Value, name: str) -> Value:
    """`target.name`: null for a key that a map does not have."""
    if isinstance(target, Mapping):
        return target.get(name)
    if target is None:
        raise Fault("null", f"null has no field `{name}`")
    part = time_field(name, target)
    if part is None:
        raise Fault("type", f"{kind_of(target)} has no field `{name}`")
    return part


def time_field(name: str, value: Value) -> int | None:
    """A field of a date, time, datetime or duration; None when there is no such field."""
    if isinstance(value, timedelta):
        return value // _ONE_SECOND if name == "seconds" else None
    if name == "weekday":
        return value.isoweekday() if isinstance(value, date) else None
    is_of_day = name in ("year", "month", "day") and isinstance(value, date)
    is_of_clock = name in ("hour", "minute", "second") and isinstance(value, (datetime, time))
    return cast("int", getattr(value, name)) if is_of_day or is_of_clock else None


def index(target: Value, place: Value) -> Value:
    """`target[place]`: an item of a list or text, which must exist, or a map's value, null where there is none."""
    if isinstance(target, (str, list, tuple)) and type(place) is int:
        try:
            return target[place]
        except IndexError:
            raise Fault("range", f"there is no item {place}: the {kind_of(target)} has {len(target)}") from None
    if isinstance(target, Mapping) and isinstance(place, str):
        return target.get(place)
    raise mismatch("[…]", target, place)


def part(target: Value, low: Value, high: Value) -> Value:
    """`target[low:high]`; bounds beyond the ends are the ends."""
    for bound in (low, high):
        if bound is not None and type(bound) is not int:
            raise Fault("type", f"a place must be int, this is {kind_of(bound)}")
    if isinstance(target, (str, list, tuple)):
        return target[cast("int | None", low) : cast("int | None", high)]
    if target is None:
        raise Fault("null", "null has no parts")
    raise Fault("type", f"{kind_of(target)} has no parts")
