"""Closures of calls such as `len(trim(name))`: functions of one text that Python has, applied to a variable.

A short text costs nothing, and what these functions make of it is short, too. So for one, Python's functions are called
one in another and nothing is counted. Anything else (a long text, no text, a variable without a value) is left to the
closure the call has anyway; it begins anew, which is why the argument must be one that can be read twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from interpreter.expr.calls import BoundCall, bind_call
from interpreter.expr.env import Closure, Env
from interpreter.expr.findings import Findings
from interpreter.expr.tree import Call, Field, Name, Node
from interpreter.values import Value

Native = Callable[[str], Value]

_MOST_FUNCTIONS = 3
_SHORT = 28
"""Characters; a change of case makes up to three of one, so two of them stay below what is free."""


def natives_of(bound: BoundCall) -> tuple[list[Native], Node] | None:
    """The functions of calls that stand one in another, the innermost first, and the variable they are applied to."""
    natives: list[Native] = []
    inner: BoundCall | None = bound
    while inner is not None and len(natives) < _MOST_FUNCTIONS:
        node = None if inner.rest or any(inner.given[1:]) else next(iter(inner.given), None)
        if inner.function.native is None or node is None:
            return None
        natives.insert(0, inner.function.native)
        if isinstance(node, Name) or (isinstance(node, Field) and isinstance(node.target, Name)):
            return natives, node
        inner = bind_call(node, Findings()) if isinstance(node, Call) else None
    return None


def short_text_call(functions: Sequence[Native], local: str | None, read: Closure, general: Closure) -> Closure:
    """A closure of up to three functions, the innermost first, applied to a local or to what `read` reads."""
    if local is not None:
        return _BY_COUNT_OF_LOCAL[len(functions) - 1](functions, local, general)
    return _BY_COUNT[len(functions) - 1](functions, read, general)


def _one_of_local(functions: Sequence[Native], local: str, general: Closure) -> Closure:
    (function,) = functions

    def run(env: Env) -> Value:
        try:
            text = env.locals[local]
        except KeyError:
            return general(env)
        return function(text) if type(text) is str and len(text) <= _SHORT else general(env)

    return run


def _two_of_local(functions: Sequence[Native], local: str, general: Closure) -> Closure:
    inner, outer = functions

    def run(env: Env) -> Value:
        try:
            text = env.locals[local]
        except KeyError:
            return general(env)
        return outer(inner(text)) if type(text) is str and len(text) <= _SHORT else general(env)  # type: ignore[arg-type]

    return run


def _three_of_local(functions: Sequence[Native], local: str, general: Closure) -> Closure:
    inner, middle, outer = functions

    def run(env: Env) -> Value:
        try:
            text = env.locals[local]
        except KeyError:
            return general(env)
        return outer(middle(inner(text))) if type(text) is str and len(text) <= _SHORT else general(env)  # type: ignore[arg-type]

    return run


def _one(functions: Sequence[Native], read: Closure, general: Closure) -> Closure:
    (function,) = functions

    def run(env: Env) -> Value:
        text = read(env)
        return function(text) if type(text) is str and len(text) <= _SHORT else general(env)

    return run


def _two(functions: Sequence[Native], read: Closure, general: Closure) -> Closure:
    inner, outer = functions

    def run(env: Env) -> Value:
        text = read(env)
        return outer(inner(text)) if type(text) is str and len(text) <= _SHORT else general(env)  # type: ignore[arg-type]

    return run


def _three(functions: Sequence[Native], read: Closure, general: Closure) -> Closure:
    inner, middle, outer = functions

    def run(env: Env) -> Value:
        text = read(env)
        return outer(middle(inner(text))) if type(text) is str and len(text) <= _SHORT else general(env)  # type: ignore[arg-type]

    return run


_BY_COUNT_OF_LOCAL = (_one_of_local, _two_of_local, _three_of_local)
_BY_COUNT = (_one, _two, _three)
