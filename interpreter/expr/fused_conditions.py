"""Closures of conditions that compare a local with a constant, fused with what hangs on that.

`age >= 18 and …`, `size == "L" or …` and `"a" if n > 3 else "b"` are what most conditions look like. As in
`fused_comparisons` each operator is written out, because what costs is calls. A value that is not what its
type promised and a variable without a value are left to `general`, the closure of the comparison alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from interpreter.expr.env import Closure, Env
from interpreter.values import Value


def _both_equal(local: str, constant: float, general: Closure, right: Closure) -> Closure:
    def run(env: Env) -> Value:
        try:
            holds: Value = env.locals[local] == constant
        except (KeyError, TypeError):
            holds = general(env)
        return holds and right(env)

    return run


def _either_equal(local: str, constant: float, general: Closure, right: Closure) -> Closure:
    def run(env: Env) -> Value:
        try:
            holds: Value = env.locals[local] == constant
        except (KeyError, TypeError):
            holds = general(env)
        return holds or right(env)

    return run


def _both_equal_equal(
    local: str, constant: float, general: Closure, other: str, wanted: Value, general_equal: Closure
) -> Closure:
    def run(env: Env) -> Value:
        locals = env.locals
        try:
            return locals[local] == constant and locals[other] == wanted
        except (KeyError, TypeError):
            return general(env) and general_equal(env)

    return run


def _then_equal(left: Closure, local: str, constant: float, general: Closure) -> Closure:
    def run(env: Env) -> Value:
        if not (holds := left(env)):
            return holds
        try:
            return env.locals[local] == constant
        except (KeyError, TypeError):
            return general(env)

    return run


def _choice_equal(local: str, constant: float, general: Closure, yes: Value, no: Value) -> Closure:
    def run(env: Env) -> Value:
        try:
            return yes if env.locals[local] == constant else no
        except (KeyError, TypeError):
            return yes if general(env) else no

    return run


def _both_unequal(local: str, constant: float, general: Closure, right: Closure) -> Closure:
    def run(env: Env) -> Value:
        try:
            holds: Value = env.locals[local] != constant
        except (KeyError, TypeError):
            holds = general(env)
        return holds and right(env)

    return run


def _either_unequal(local: str, constant: float, general: Closure, right: Closure) -> Closure:
    def run(env: Env) -> Value:
        try:
            holds: Value = env.locals[local] != constant
        except (KeyError, TypeError):
            holds = general(env)
        return holds or right(env)

    return run


def _both_unequal_equal(
    local: str, constant: float, general: Closure, other: str, wanted: Value, general_equal: Closure
) -> Closure:
    def run(env: Env) -> Value:
        locals = env.locals
        try:
            return locals[local] != constant and locals[other] == wanted
        except (KeyError, TypeError):
            return general(env) and general_equal(env)

    return run


def _then_unequal(left: Closure, local: str, constant: float, general: Closure) -> Closure:
    def run(env: Env) -> Value:
        if not (holds := left(env)):
            return holds
        try:
            return env.locals[local] != constant
        except (KeyError, TypeError):
            return general(env)

    return run


def _choice_unequal(local: str, constant: float, general: Closure, yes: Value, no: Value) -> Closure:
    def run(env: Env) -> Value:
        try:
            return yes if env.locals[local] != constant else no
        except (KeyError, TypeError):
            return yes if general(env) else no

    return run


def _both_less(local: str, constant: float, general: Closure, right: Closure) -> Closure:
    def run(env: Env) -> Value:
        try:
            holds: Value = env.locals[local] < constant  # type: ignore[operator]
        except (KeyError, TypeError):
            holds = general(env)
        return holds and right(env)

    return run


def _either_less(local: str, constant: float, general: Closure, right: Closure) -> Closure:
    def run(env: Env) -> Value:
        try:
            holds: Value = env.locals[local] < constant  # type: ignore[operator]
        except (KeyError, TypeError):
            holds = general(env)
        return holds or right(env)

    return run


def _both_less_equal(
    local: str, constant: float, general: Closure, other: str, wanted: Value, general_equal: Closure
) -> Closure:
    def run(env: Env) -> Value:
        locals = env.locals
        try:
            return locals[local] < constant and locals[other] == wanted  # type: ignore[operator]
        except (KeyError, TypeError):
            return general(env) and general_equal(env)

    return run


def _then_less(left: Closure, local: str, constant: float, general: Closure) -> Closure:
    def run(env: Env) -> Value:
        if not (holds := left(env)):
            return holds
        try:
            return env.locals[local] < constant  # type: ignore[operator]
        except (KeyError, TypeError):
            return general(env)

    return run


def _choice_less(local: str, constant: float, general: Closure, yes: Value, no: Value) -> Closure:
    def run(env: Env) -> Value:
        try:
            return yes if env.locals[local] < constant else no  # type: ignore[operator]
        except (KeyError, TypeError):
            return yes if general(env) else no

    return run


def _both_at_most(local: str, constant: float, general: Closure, right: Closure) -> Closure:
    def run(env: Env) -> Value:
        try:
            holds: Value = env.locals[local] <= constant  # type: ignore[operator]
        except (KeyError, TypeError):
            holds = general(env)
        return holds and right(env)

    return run


def _either_at_most(local: str, constant: float, general: Closure, right: Closure) -> Closure:
    def run(env: Env) -> Value:
        try:
            holds: Value = env.locals[local] <= constant  # type: ignore[operator]
        except (KeyError, TypeError):
            holds = general(env)
        return holds or right(env)

    return run


def _both_at_most_equal(
    local: str, constant: float, general: Closure, other: str, wanted: Value, general_equal: Closure
) -> Closure:
    def run(env: Env) -> Value:
        locals = env.locals
        try:
            return locals[local] <= constant and locals[other] == wanted  # type: ignore[operator]
        except (KeyError, TypeError):
            return general(env) and general_equal(env)

    return run


def _then_at_most(left: Closure, local: str, constant: float, general: Closure) -> Closure:
    def run(env: Env) -> Value:
        if not (holds := left(env)):
            return holds
        try:
            return env.locals[local] <= constant  # type: ignore[operator]
        except (KeyError, TypeError):
            return general(env)

    return run


def _choice_at_most(local: str, constant: float, general: Closure, yes: Value, no: Value) -> Closure:
    def run(env: Env) -> Value:
        try:
            return yes if env.locals[local] <= constant else no  # type: ignore[operator]
        except (KeyError, TypeError):
            return yes if general(env) else no

    return run


def _both_more(local: str, constant: float, general: Closure, right: Closure) -> Closure:
    def run(env: Env) -> Value:
        try:
            holds: Value = env.locals[local] > constant  # type: ignore[operator]
        except (KeyError, TypeError):
            holds = general(env)
        return holds and right(env)

    return run


def _either_more(local: str, constant: float, general: Closure, right: Closure) -> Closure:
    def run(env: Env) -> Value:
        try:
            holds: Value = env.locals[local] > constant  # type: ignore[operator]
        except (KeyError, TypeError):
            holds = general(env)
        return holds or right(env)

    return run


def _both_more_equal(
    local: str, constant: float, general: Closure, other: str, wanted: Value, general_equal: Closure
) -> Closure:
    def run(env: Env) -> Value:
        locals = env.locals
        try:
            return locals[local] > constant and locals[other] == wanted  # type: ignore[operator]
        except (KeyError, TypeError):
            return general(env) and general_equal(env)

    return run


def _then_more(left: Closure, local: str, constant: float, general: Closure) -> Closure:
    def run(env: Env) -> Value:
        if not (holds := left(env)):
            return holds
        try:
            return env.locals[local] > constant  # type: ignore[operator]
        except (KeyError, TypeError):
            return general(env)

    return run


def _choice_more(local: str, constant: float, general: Closure, yes: Value, no: Value) -> Closure:
    def run(env: Env) -> Value:
        try:
            return yes if env.locals[local] > constant else no  # type: ignore[operator]
        except (KeyError, TypeError):
            return yes if general(env) else no

    return run


def _both_at_least(local: str, constant: float, general: Closure, right: Closure) -> Closure:
    def run(env: Env) -> Value:
        try:
            holds: Value = env.locals[local] >= constant  # type: ignore[operator]
        except (KeyError, TypeError):
            holds = general(env)
        return holds and right(env)

    return run


def _either_at_least(local: str, constant: float, general: Closure, right: Closure) -> Closure:
    def run(env: Env) -> Value:
        try:
            holds: Value = env.locals[local] >= constant  # type: ignore[operator]
        except (KeyError, TypeError):
            holds = general(env)
        return holds or right(env)

    return run


def _both_at_least_equal(
    local: str, constant: float, general: Closure, other: str, wanted: Value, general_equal: Closure
) -> Closure:
    def run(env: Env) -> Value:
        locals = env.locals
        try:
            return locals[local] >= constant and locals[other] == wanted  # type: ignore[operator]
        except (KeyError, TypeError):
            return general(env) and general_equal(env)

    return run


def _then_at_least(left: Closure, local: str, constant: float, general: Closure) -> Closure:
    def run(env: Env) -> Value:
        if not (holds := left(env)):
            return holds
        try:
            return env.locals[local] >= constant  # type: ignore[operator]
        except (KeyError, TypeError):
            return general(env)

    return run


def _choice_at_least(local: str, constant: float, general: Closure, yes: Value, no: Value) -> Closure:
    def run(env: Env) -> Value:
        try:
            return yes if env.locals[local] >= constant else no  # type: ignore[operator]
        except (KeyError, TypeError):
            return yes if general(env) else no

    return run


Fused = Callable[[str, float, Closure, Closure], Closure]
BOTH: Mapping[str, Fused] = {
    "==": _both_equal,
    "!=": _both_unequal,
    "<": _both_less,
    "<=": _both_at_most,
    ">": _both_more,
    ">=": _both_at_least,
}
"""`local OPERATOR constant and right`."""
EITHER: Mapping[str, Fused] = {
    "==": _either_equal,
    "!=": _either_unequal,
    "<": _either_less,
    "<=": _either_at_most,
    ">": _either_more,
    ">=": _either_at_least,
}
"""`local OPERATOR constant or right`."""
BOTH_EQUAL: Mapping[str, Callable[[str, float, Closure, str, Value, Closure], Closure]] = {
    "==": _both_equal_equal,
    "!=": _both_unequal_equal,
    "<": _both_less_equal,
    "<=": _both_at_most_equal,
    ">": _both_more_equal,
    ">=": _both_at_least_equal,
}
"""`local OPERATOR constant and other == wanted`."""
THEN: Mapping[str, Callable[[Closure, str, float, Closure], Closure]] = {
    "==": _then_equal,
    "!=": _then_unequal,
    "<": _then_less,
    "<=": _then_at_most,
    ">": _then_more,
    ">=": _then_at_least,
}
"""`left and local OPERATOR constant`."""
CHOICE: Mapping[str, Callable[[str, float, Closure, Value, Value], Closure]] = {
    "==": _choice_equal,
    "!=": _choice_unequal,
    "<": _choice_less,
    "<=": _choice_at_most,
    ">": _choice_more,
    ">=": _choice_at_least,
}
"""`yes if local OPERATOR constant else no`, both of them constants."""
