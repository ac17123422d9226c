"""Closures of comparisons, fused with the variable and the constant they compare.

A turn evaluates mostly conditions such as `n == 3` and `age >= 18`, and what costs is calls: between closures, and
into Python's operators as functions. So each operator is written out, in four shapes: a local or anything on its left,
a constant or anything on its right. For a value that is not what its type promised, `checked` says so, or still gives
what the operator gives; equality takes any values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from interpreter.expr.dynamic import Operation
from interpreter.expr.env import Closure, Env
from interpreter.expr.operands import Numeric, Operand, unset
from interpreter.values import Value


def _equal(left: Operand, right: Operand, _: Operation) -> Closure:
    if right.is_constant and left.local is not None:
        return _equal_local_constant(left.local, right.number)
    if right.is_constant:
        return _equal_constant(left.numeric, right.number)
    if left.local is not None:
        return _equal_local(left.local, right.numeric)
    return _equal_any(left.numeric, right.numeric)


def _equal_local_constant(local: str, constant: float) -> Closure:
    def run(env: Env) -> Value:
        try:
            return env.locals[local] == constant
        except KeyError:
            raise unset(local) from None

    return run


def _equal_constant(left: Numeric, constant: float) -> Closure:
    def run(env: Env) -> Value:
        return left(env) == constant

    return run


def _equal_local(local: str, right: Numeric) -> Closure:
    def run(env: Env) -> Value:
        try:
            first = env.locals[local]
        except KeyError:
            raise unset(local) from None
        return first == right(env)

    return run


def _equal_any(left: Numeric, right: Numeric) -> Closure:
    def run(env: Env) -> Value:
        return left(env) == right(env)

    return run


def equal_field_constant(left: Operand, constant: Value) -> Closure:
    """A closure of `local.field == constant`."""
    assert left.field_of is not None
    (local, name), read = left.field_of, left.closure

    def run(env: Env) -> Value:
        try:
            value = env.locals[local].get(name)  # type: ignore[union-attr]  # what is no map has no `get`
        except (KeyError, AttributeError):
            value = read(env)
        return value == constant

    return run


def _unequal(left: Operand, right: Operand, _: Operation) -> Closure:
    if right.is_constant and left.local is not None:
        return _unequal_local_constant(left.local, right.number)
    if right.is_constant:
        return _unequal_constant(left.numeric, right.number)
    if left.local is not None:
        return _unequal_local(left.local, right.numeric)
    return _unequal_any(left.numeric, right.numeric)


def _unequal_local_constant(local: str, constant: float) -> Closure:
    def run(env: Env) -> Value:
        try:
            return env.locals[local] != constant
        except KeyError:
            raise unset(local) from None

    return run


def _unequal_constant(left: Numeric, constant: float) -> Closure:
    def run(env: Env) -> Value:
        return left(env) != constant

    return run


def _unequal_local(local: str, right: Numeric) -> Closure:
    def run(env: Env) -> Value:
        try:
            first = env.locals[local]
        except KeyError:
            raise unset(local) from None
        return first != right(env)

    return run


def _unequal_any(left: Numeric, right: Numeric) -> Closure:
    def run(env: Env) -> Value:
        return left(env) != right(env)

    return run


def _less(left: Operand, right: Operand, checked: Operation) -> Closure:
    if right.is_constant and left.local is not None:
        return _less_local_constant(left.local, right.number, checked)
    if right.is_constant:
        return _less_constant(left.numeric, right.number, checked)
    if left.local is not None:
        return _less_local(left.local, right.numeric, checked)
    return _less_any(left.numeric, right.numeric, checked)


def _less_local_constant(local: str, constant: float, checked: Operation) -> Closure:
    def run(env: Env) -> Value:
        try:
            return env.locals[local] < constant  # type: ignore[operator]
        except KeyError:
            raise unset(local) from None
        except TypeError:
            return checked(env.locals[local], constant)

    return run


def _less_constant(left: Numeric, constant: float, checked: Operation) -> Closure:
    def run(env: Env) -> Value:
        value = left(env)
        try:
            return value < constant
        except TypeError:
            return checked(value, constant)

    return run


def _less_local(local: str, right: Numeric, checked: Operation) -> Closure:
    def run(env: Env) -> Value:
        try:
            first = env.locals[local]
        except KeyError:
            raise unset(local) from None
        second = right(env)
        try:
            return first < second  # type: ignore[operator]
        except TypeError:
            return checked(first, second)

    return run


def _less_any(left: Numeric, right: Numeric, checked: Operation) -> Closure:
    def run(env: Env) -> Value:
        first, second = left(env), right(env)
        try:
            return first < second
        except TypeError:
            return checked(first, second)

    return run


def _at_most(left: Operand, right: Operand, checked: Operation) -> Closure:
    if right.is_constant and left.local is not None:
        return _at_most_local_constant(left.local, right.number, checked)
    if right.is_constant:
        return _at_most_constant(left.numeric, right.number, checked)
    if left.local is not None:
        return _at_most_local(left.local, right.numeric, checked)
    return _at_most_any(left.numeric, right.numeric, checked)


def _at_most_local_constant(local: str, constant: float, checked: Operation) -> Closure:
    def run(env: Env) -> Value:
        try:
            return env.locals[local] <= constant  # type: ignore[operator]
        except KeyError:
            raise unset(local) from None
        except TypeError:
            return checked(env.locals[local], constant)

    return run


def _at_most_constant(left: Numeric, constant: float, checked: Operation) -> Closure:
    def run(env: Env) -> Value:
        value = left(env)
        try:
            return value <= constant
        except TypeError:
            return checked(value, constant)

    return run


def _at_most_local(local: str, right: Numeric, checked: Operation) -> Closure:
    def run(env: Env) -> Value:
        try:
            first = env.locals[local]
        except KeyError:
            raise unset(local) from None
        second = right(env)
        try:
            return first <= second  # type: ignore[operator]
        except TypeError:
            return checked(first, second)

    return run


def _at_most_any(left: Numeric, right: Numeric, checked: Operation) -> Closure:
    def run(env: Env) -> Value:
        first, second = left(env), right(env)
        try:
            return first <= second
        except TypeError:
            return checked(first, second)

    return run


def _more(left: Operand, right: Operand, checked: Operation) -> Closure:
    if right.is_constant and left.local is not None:
        return _more_local_constant(left.local, right.number, checked)
    if right.is_constant:
        return _more_constant(left.numeric, right.number, checked)
    if left.local is not None:
        return _more_local(left.local, right.numeric, checked)
    return _more_any(left.numeric, right.numeric, checked)


def _more_local_constant(local: str, constant: float, checked: Operation) -> Closure:
    def run(env: Env) -> Value:
        try:
            return env.locals[local] > constant  # type: ignore[operator]
        except KeyError:
            raise unset(local) from None
        except TypeError:
            return checked(env.locals[local], constant)

    return run


def _more_constant(left: Numeric, constant: float, checked: Operation) -> Closure:
    def run(env: Env) -> Value:
        value = left(env)
        try:
            return value > constant
        except TypeError:
            return checked(value, constant)

    return run


def _more_local(local: str, right: Numeric, checked: Operation) -> Closure:
    def run(env: Env) -> Value:
        try:
            first = env.locals[local]
        except KeyError:
            raise unset(local) from None
        second = right(env)
        try:
            return first > second  # type: ignore[operator]
        except TypeError:
            return checked(first, second)

    return run


def _more_any(left: Numeric, right: Numeric, checked: Operation) -> Closure:
    def run(env: Env) -> Value:
        first, second = left(env), right(env)
        try:
            return first > second
        except TypeError:
            return checked(first, second)

    return run


def _at_least(left: Operand, right: Operand, checked: Operation) -> Closure:
    if right.is_constant and left.local is not None:
        return _at_least_local_constant(left.local, right.number, checked)
    if right.is_constant:
        return _at_least_constant(left.numeric, right.number, checked)
    if left.local is not None:
        return _at_least_local(left.local, right.numeric, checked)
    return _at_least_any(left.numeric, right.numeric, checked)


def _at_least_local_constant(local: str, constant: float, checked: Operation) -> Closure:
    def run(env: Env) -> Value:
        try:
            return env.locals[local] >= constant  # type: ignore[operator]
        except KeyError:
            raise unset(local) from None
        except TypeError:
            return checked(env.locals[local], constant)

    return run


def _at_least_constant(left: Numeric, constant: float, checked: Operation) -> Closure:
    def run(env: Env) -> Value:
        value = left(env)
        try:
            return value >= constant
        except TypeError:
            return checked(value, constant)

    return run


def _at_least_local(local: str, right: Numeric, checked: Operation) -> Closure:
    def run(env: Env) -> Value:
        try:
            first = env.locals[local]
        except KeyError:
            raise unset(local) from None
        second = right(env)
        try:
            return first >= second  # type: ignore[operator]
        except TypeError:
            return checked(first, second)

    return run


def _at_least_any(left: Numeric, right: Numeric, checked: Operation) -> Closure:
    def run(env: Env) -> Value:
        first, second = left(env), right(env)
        try:
            return first >= second
        except TypeError:
            return checked(first, second)

    return run


COMPARISONS: Mapping[str, Callable[[Operand, Operand, Operation], Closure]] = {
    "==": _equal,
    "!=": _unequal,
    "<": _less,
    "<=": _at_most,
    ">": _more,
    ">=": _at_least,
}
"""Makes the closure of an operator from its operands and its checked form."""
OPPOSITES: Mapping[str, str] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
"""What a comparison that does not hold is instead; no value is unequal to itself."""
