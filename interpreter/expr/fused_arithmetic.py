"""Closures of arithmetic on numbers, fused like comparisons (see `fused_comparisons`).

A result beyond the limits, a division by zero, or an operand that is no number after all, is left to `checked`. The
limits that a fused operator looks at first may be narrower than the language's, where that is faster. `*` looks at its
operands, too: Python would repeat a text, however often.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from interpreter.expr.dynamic import Operation
from interpreter.expr.env import Closure, Env
from interpreter.expr.operands import Numeric, Operand, unset
from interpreter.values import MAX_INT, Value


class Limits(Struct, frozen=True):
    """The checked form of an operator, and between which results it need not be asked."""

    checked: Operation
    least: float
    most: float


def limits(checked: Operation, *, of_ints: bool) -> Limits:
    """Limits for ints that Python compares fast with its small ints, for numbers with floats."""
    most = 2**30 - 1 if of_ints else float(MAX_INT)
    return Limits(checked, -most, most)


def _plus(left: Operand, right: Operand, limits: Limits) -> Closure:
    if right.is_constant and left.local is not None:
        return _plus_local_constant(left.local, right.number, limits)
    if right.is_constant:
        return _plus_constant(left.numeric, right.number, limits)
    if left.local is not None:
        return _plus_local(left.local, right.numeric, limits)
    return _plus_any(left.numeric, right.numeric, limits)


def _plus_local_constant(local: str, constant: float, limits: Limits) -> Closure:
    checked, least, most = limits.checked, limits.least, limits.most

    def run(env: Env) -> Value:
        try:
            result: float = env.locals[local] + constant  # type: ignore[operator]
            if result <= most and result >= least:
                return result
        except KeyError:
            raise unset(local) from None
        except (TypeError, ArithmeticError):
            pass
        return checked(env.locals[local], constant)

    return run


def _plus_constant(left: Numeric, constant: float, limits: Limits) -> Closure:
    checked, least, most = limits.checked, limits.least, limits.most

    def run(env: Env) -> Value:
        value = left(env)
        try:
            result = value + constant
            if result <= most and result >= least:
                return result
        except (TypeError, ArithmeticError):
            pass
        return checked(value, constant)

    return run


def _plus_local(local: str, right: Numeric, limits: Limits) -> Closure:
    checked, least, most = limits.checked, limits.least, limits.most

    def run(env: Env) -> Value:
        try:
            first = env.locals[local]
        except KeyError:
            raise unset(local) from None
        second = right(env)
        try:
            result: float = first + second  # type: ignore[operator]
            if result <= most and result >= least:
                return result
        except (TypeError, ArithmeticError):
            pass
        return checked(first, second)

    return run


def _plus_any(left: Numeric, right: Numeric, limits: Limits) -> Closure:
    checked, least, most = limits.checked, limits.least, limits.most

    def run(env: Env) -> Value:
        first, second = left(env), right(env)
        try:
            result = first + second
            if result <= most and result >= least:
                return result
        except (TypeError, ArithmeticError):
            pass
        return checked(first, second)

    return run


def _minus(left: Operand, right: Operand, limits: Limits) -> Closure:
    if right.is_constant and left.local is not None:
        return _minus_local_constant(left.local, right.number, limits)
    if right.is_constant:
        return _minus_constant(left.numeric, right.number, limits)
    if left.local is not None:
        return _minus_local(left.local, right.numeric, limits)
    return _minus_any(left.numeric, right.numeric, limits)


def _minus_local_constant(local: str, constant: float, limits: Limits) -> Closure:
    checked, least, most = limits.checked, limits.least, limits.most

    def run(env: Env) -> Value:
        try:
            result: float = env.locals[local] - constant  # type: ignore[operator]
            if result <= most and result >= least:
                return result
        except KeyError:
            raise unset(local) from None
        except (TypeError, ArithmeticError):
            pass
        return checked(env.locals[local], constant)

    return run


def _minus_constant(left: Numeric, constant: float, limits: Limits) -> Closure:
    checked, least, most = limits.checked, limits.least, limits.most

    def run(env: Env) -> Value:
        value = left(env)
        try:
            result = value - constant
            if result <= most and result >= least:
                return result
        except (TypeError, ArithmeticError):
            pass
        return checked(value, constant)

    return run


def _minus_local(local: str, right: Numeric, limits: Limits) -> Closure:
    checked, least, most = limits.checked, limits.least, limits.most

    def run(env: Env) -> Value:
        try:
            first = env.locals[local]
        except KeyError:
            raise unset(local) from None
        second = right(env)
        try:
            result: float = first - second  # type: ignore[operator]
            if result <= most and result >= least:
                return result
        except (TypeError, ArithmeticError):
            pass
        return checked(first, second)

    return run


def _minus_any(left: Numeric, right: Numeric, limits: Limits) -> Closure:
    checked, least, most = limits.checked, limits.least, limits.most

    def run(env: Env) -> Value:
        first, second = left(env), right(env)
        try:
            result = first - second
            if result <= most and result >= least:
                return result
        except (TypeError, ArithmeticError):
            pass
        return checked(first, second)

    return run


def _times(left: Operand, right: Operand, limits: Limits) -> Closure:
    if right.is_constant and left.local is not None:
        return _times_local_constant(left.local, right.number, limits)
    if right.is_constant:
        return _times_constant(left.numeric, right.number, limits)
    if left.local is not None:
        return _times_local(left.local, right.numeric, limits)
    return _times_any(left.numeric, right.numeric, limits)


def _times_local_constant(local: str, constant: float, limits: Limits) -> Closure:
    checked, least, most = limits.checked, limits.least, limits.most

    def run(env: Env) -> Value:
        try:
            value: float = env.locals[local]  # type: ignore[assignment]
            if value <= most:
                result = value * constant
                if result <= most and result >= least:
                    return result
        except KeyError:
            raise unset(local) from None
        except (TypeError, ArithmeticError):
            pass
        return checked(env.locals[local], constant)

    return run


def _times_constant(left: Numeric, constant: float, limits: Limits) -> Closure:
    checked, least, most = limits.checked, limits.least, limits.most

    def run(env: Env) -> Value:
        value = left(env)
        try:
            if value <= most:
                result = value * constant
                if result <= most and result >= least:
                    return result
        except (TypeError, ArithmeticError):
            pass
        return checked(value, constant)

    return run


def _times_local(local: str, right: Numeric, limits: Limits) -> Closure:
    checked, least, most = limits.checked, limits.least, limits.most

    def run(env: Env) -> Value:
        try:
            first = env.locals[local]
        except KeyError:
            raise unset(local) from None
        second = right(env)
        try:
            if first <= most and second <= most:  # type: ignore[operator]
                result: float = first * second  # type: ignore[operator, assignment]
                if result <= most and result >= least:
                    return result
        except (TypeError, ArithmeticError):
            pass
        return checked(first, second)

    return run


def _times_any(left: Numeric, right: Numeric, limits: Limits) -> Closure:
    checked, least, most = limits.checked, limits.least, limits.most

    def run(env: Env) -> Value:
        first, second = left(env), right(env)
        try:
            if first <= most and second <= most:
                result = first * second
                if result <= most and result >= least:
                    return result
        except (TypeError, ArithmeticError):
            pass
        return checked(first, second)

    return run


def _over(left: Operand, right: Operand, limits: Limits) -> Closure:
    if right.is_constant and left.local is not None:
        return _over_local_constant(left.local, right.number, limits)
    if right.is_constant:
        return _over_constant(left.numeric, right.number, limits)
    if left.local is not None:
        return _over_local(left.local, right.numeric, limits)
    return _over_any(left.numeric, right.numeric, limits)


def _over_local_constant(local: str, constant: float, limits: Limits) -> Closure:
    checked, least, most = limits.checked, limits.least, limits.most

    def run(env: Env) -> Value:
        try:
            result: float = env.locals[local] / constant  # type: ignore[operator, assignment]
            if result <= most and result >= least:
                return result
        except KeyError:
            raise unset(local) from None
        except (TypeError, ArithmeticError):
            pass
        return checked(env.locals[local], constant)

    return run


def _over_constant(left: Numeric, constant: float, limits: Limits) -> Closure:
    checked, least, most = limits.checked, limits.least, limits.most

    def run(env: Env) -> Value:
        value = left(env)
        try:
            result = value / constant
            if result <= most and result >= least:
                return result
        except (TypeError, ArithmeticError):
            pass
        return checked(value, constant)

    return run


def _over_local(local: str, right: Numeric, limits: Limits) -> Closure:
    checked, least, most = limits.checked, limits.least, limits.most

    def run(env: Env) -> Value:
        try:
            first = env.locals[local]
        except KeyError:
            raise unset(local) from None
        second = right(env)
        try:
            result: float = first / second  # type: ignore[operator, assignment]
            if result <= most and result >= least:
                return result
        except (TypeError, ArithmeticError):
            pass
        return checked(first, second)

    return run


def _over_any(left: Numeric, right: Numeric, limits: Limits) -> Closure:
    checked, least, most = limits.checked, limits.least, limits.most

    def run(env: Env) -> Value:
        first, second = left(env), right(env)
        try:
            result = first / second
            if result <= most and result >= least:
                return result
        except (TypeError, ArithmeticError):
            pass
        return checked(first, second)

    return run


ARITHMETIC: Mapping[str, Callable[[Operand, Operand, Limits], Closure]] = {
    "+": _plus,
    "-": _minus,
    "*": _times,
    "/": _over,
}
"""Makes the closure of an operator from its operands; `//` and `%`, being rarer, are always checked."""
