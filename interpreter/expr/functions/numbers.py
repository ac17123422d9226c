"""Functions of numbers. Halves are rounded away from zero, as people expect; every result is finite."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import cast

from interpreter.diagnostics.wording import Wording
from interpreter.expr.assignable import join_all
from interpreter.expr.functions.comparing import in_order
from interpreter.expr.functions.generic import item_of
from interpreter.expr.functions.limits import finite, whole
from interpreter.expr.functions.registry import ANY, INT, LIST, NUMBER, TEXT, Family, Parameter
from interpreter.types.kinds import IntType, NullType, NumberType, OptionalType, Type, optional, required
from interpreter.values import MAX_INT, Fault, Value, kind_of, print_value

FAMILY = Family("number", Wording("Numbers", "数"))


def _int_or_number(arguments: Sequence[Type]) -> Type:
    """A whole number for a whole number, else a number."""
    return INT if isinstance(arguments[0], IntType) else NUMBER


def _rounded(arguments: Sequence[Type]) -> Type:
    return INT if isinstance(arguments[1], NullType) else NUMBER


def _sum(arguments: Sequence[Type]) -> Type:
    return INT if isinstance(item_of(arguments[0]), IntType) else NUMBER


def _one_of_all(arguments: Sequence[Type]) -> Type:
    if len(arguments) == 1 and not isinstance(required(arguments[0]), (NumberType, IntType)):
        return optional(item_of(arguments[0]))
    return join_all(arguments)


def _clamped(arguments: Sequence[Type]) -> Type:
    return join_all(arguments)


@FAMILY.function(
    "abs",
    Parameter("x", NUMBER),
    result=_int_or_number,
    zh="绝对值。",
    examples={
        "abs(-3)": "3",
    },
)
def absolute(x: float) -> float:
    """The number without its sign."""
    return abs(x)


@FAMILY.function(
    "min",
    Parameter("x", ANY),
    rest=Parameter("more", ANY),
    result=_one_of_all,
    zh="各参数中（或一个列表中）最小的一个；空列表为 null。",
    examples={
        "min(3, 1, 2)": "1",
        "min([2, 5])": "2",
        "min([])": "null",
    },
)
def least(x: Value, *more: Value) -> Value:
    """The least of the arguments, or of the items of a list; null for an empty list."""
    values = _candidates(x, more)
    order = in_order(values, "min")
    return values[min(range(len(values)), key=order.__getitem__)] if values else None


@FAMILY.function(
    "max",
    Parameter("x", ANY),
    rest=Parameter("more", ANY),
    result=_one_of_all,
    zh="各参数中（或一个列表中）最大的一个；空列表为 null。",
    examples={
        "max(3, 1, 2)": "3",
        'max(["a", "b"])': '"b"',
    },
)
def greatest(x: Value, *more: Value) -> Value:
    """The greatest of the arguments, or of the items of a list; null for an empty list."""
    values = _candidates(x, more)
    order = in_order(values, "max")
    return values[max(range(len(values)), key=order.__getitem__)] if values else None


@FAMILY.function(
    "clamp",
    Parameter("x", NUMBER),
    Parameter("low", NUMBER),
    Parameter("high", NUMBER),
    result=_clamped,
    zh="不小于 low、不大于 high 的最近的数。",
    examples={
        "clamp(15, 1, 10)": "10",
        "clamp(0.5, 1, 10)": "1",
    },
)
def clamp(x: float, low: float, high: float) -> float:
    """The number, or the nearest one from `low` to `high`."""
    if low > high:
        raise Fault("argument", "clamp: `low` is more than `high`")
    return min(max(x, low), high)


@FAMILY.function(
    "round",
    Parameter("x", NUMBER),
    Parameter("digits", OptionalType(INT), None),
    result=_rounded,
    zh="四舍五入为整数，或保留 digits 位小数。",
    examples={
        "round(2.5)": "3",
        "round(3.14159, 2)": "3.14",
        "round(-2.5)": "-3",
    },
)
def rounded(x: float, digits: int | None) -> float:
    """The nearest whole number, or the nearest number with as many decimals as `digits`; halves away from zero."""
    return whole(int(_round("round", x, 0))) if digits is None else finite(float(_round("round", x, digits)))


@FAMILY.function(
    "floor",
    Parameter("x", NUMBER),
    result=INT,
    zh="不大于 x 的最大整数。",
    examples={
        "floor(2.7)": "2",
        "floor(-2.1)": "-3",
    },
)
def floor(x: float) -> int:
    """The greatest whole number that is not above."""
    return whole(math.floor(finite(x)))


@FAMILY.function(
    "ceil",
    Parameter("x", NUMBER),
    result=INT,
    zh="不小于 x 的最小整数。",
    examples={
        "ceil(2.1)": "3",
    },
)
def ceil(x: float) -> int:
    """The least whole number that is not below."""
    return whole(math.ceil(finite(x)))


@FAMILY.function(
    "sign",
    Parameter("x", NUMBER),
    result=IntType(-1, 1),
    zh="负数为 -1，零为 0，正数为 1。",
    examples={
        "sign(-7)": "-1",
        "sign(0)": "0",
    },
)
def sign(x: float) -> int:
    """Minus one, zero or one, for a negative number, zero or a positive one."""
    return (x > 0) - (x < 0)


@FAMILY.function(
    "sum",
    Parameter("list", LIST),
    result=_sum,
    zh="列表中各数之和。",
    examples={
        "sum([1, 2, 3])": "6",
        "sum([0.5, 0.25])": "0.75",
        "sum([])": "0",
    },
)
def total(items: Sequence[Value]) -> float:
    """The sum of the numbers of a list."""
    numbers = _numbers("sum", items)
    if all(isinstance(number, int) for number in numbers):
        return whole(int(sum(numbers)))
    return _exact_sum(numbers)


@FAMILY.function(
    "avg",
    Parameter("list", LIST),
    result=OptionalType(NUMBER),
    zh="列表中各数的平均数；空列表为 null。",
    examples={
        "avg([1, 2, 6])": "3",
        "avg([])": "null",
    },
)
def average(items: Sequence[Value]) -> float | None:
    """The mean of the numbers of a list; null for an empty one."""
    numbers = _numbers("avg", items)
    return _exact_sum(numbers) / len(numbers) if numbers else None


@FAMILY.function(
    "median",
    Parameter("list", LIST),
    result=OptionalType(NUMBER),
    zh="列表中各数的中位数；空列表为 null。",
    examples={
        "median([5, 1, 3])": "3",
        "median([1, 2])": "1.5",
    },
)
def median(items: Sequence[Value]) -> float | None:
    """The middle one of the numbers of a list; null for an empty one."""
    numbers = sorted(_numbers("median", items))
    if not numbers:
        return None
    low, high = numbers[(len(numbers) - 1) // 2], numbers[len(numbers) // 2]
    return low if low == high else finite(low + (high - low) / 2)


@FAMILY.function(
    "sqrt",
    Parameter("x", NUMBER),
    result=NUMBER,
    zh="平方根。",
    examples={
        "sqrt(9)": "3",
    },
)
def square_root(x: float) -> float:
    """The square root."""
    if x < 0:
        raise Fault("arithmetic", "sqrt: a negative number has no square root")
    return math.sqrt(x)


@FAMILY.function(
    "power",
    Parameter("x", NUMBER),
    Parameter("y", NUMBER),
    result=NUMBER,
    zh="x 的 y 次方。",
    examples={
        "power(2, 10)": "1024",
        "power(2, -1)": "0.5",
    },
)
def power(x: float, y: float) -> float:
    """The number `x` raised to the power `y`."""
    try:
        result = math.pow(x, y)
    except OverflowError:
        raise Fault("arithmetic", "power: the result is too large") from None
    except ValueError:
        raise Fault("arithmetic", "power: there is no such power") from None
    if isinstance(x, int) and isinstance(y, int) and y >= 0 and abs(result) <= MAX_INT:
        return int(x**y)
    return finite(result)


@FAMILY.function(
    "log",
    Parameter("x", NUMBER),
    Parameter("base", NUMBER, 10),
    result=NUMBER,
    zh="对数，默认以 10 为底。",
    examples={
        "log(1000)": "3",
        "log(8, 2)": "3",
    },
)
def logarithm(x: float, base: float) -> float:
    """The logarithm, to base 10 unless another is given."""
    if x <= 0 or base <= 0 or base == 1:
        raise Fault("arithmetic", "log: there is no such logarithm")
    if base == 10:
        return math.log10(x)
    return math.log2(x) if base == 2 else math.log(x) / math.log(base)


@FAMILY.function(
    "format_number",
    Parameter("x", NUMBER),
    Parameter("digits", OptionalType(INT), None),
    result=TEXT,
    zh="带千位分隔符的数，可指定小数位数。",
    examples={
        "format_number(1234567.891, 2)": '"1,234,567.89"',
        "format_number(9800)": '"9,800"',
        "format_number(5, 2)": '"5.00"',
    },
)
def format_number(x: float, digits: int | None) -> str:
    """The number with a comma between thousands, and with exactly as many decimals as `digits` if that is given."""
    amount = Decimal(print_value(finite(x))) if digits is None else _round("format_number", x, digits)
    return f"{amount:,f}"


@FAMILY.function(
    "percent",
    Parameter("x", NUMBER),
    Parameter("digits", INT, 0),
    result=TEXT,
    zh="写成百分数。",
    examples={
        "percent(0.256)": '"26%"',
        "percent(0.256, 1)": '"25.6%"',
    },
)
def percent(x: float, digits: int) -> str:
    """A share as a percentage, with as many decimals as `digits`."""
    return f"{_round('percent', finite(x * 100), digits):f}%"


_WIDE = Context(prec=400)
"""Room for every digit of the largest float and the decimals we allow."""


def _round(function: str, x: float, digits: int) -> Decimal:
    if not 0 <= digits <= 12:
        raise Fault("argument", f"{function}: `digits` must be from 0 to 12, it is {digits}")
    # Fifteen digits are what a float holds of an amount as it was written: 1.005 * 100 is 100.49999999999999 to it.
    amount = Decimal(x) if isinstance(x, int) else Decimal(f"{finite(x):.15g}")
    result = amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _WIDE)
    return result or abs(result)


def _candidates(x: Value, more: Sequence[Value]) -> Sequence[Value]:
    if isinstance(x, (list, tuple)) and not more:
        return x
    return (x, *more)


def _numbers(function: str, items: Sequence[Value]) -> Sequence[float]:
    for item in items:
        if type(item) not in (int, float):
            raise Fault("argument", f"{function}: the list has an item of the kind {kind_of(item)} among its numbers")
    return cast("Sequence[float]", items)


def _exact_sum(numbers: Sequence[float]) -> float:
    try:
        return finite(math.fsum(numbers))
    except OverflowError:
        raise Fault("arithmetic", "the sum is too large") from None
