"""Closures that call functions of the language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from interpreter.expr.bounds import FREE_SIZE, charge_items, charge_text
from interpreter.expr.calls import BoundCall, fits_parameter
from interpreter.expr.env import Closure, Env
from interpreter.expr.functions.registry import MISSING, Function, Parameter
from interpreter.expr.tree import Node
from interpreter.types.kinds import AnyType, ListType, MapType, Type, is_textual, required
from interpreter.values import Fault, Value, kind_of


def calling(
    bound: BoundCall, closure_of: Callable[[Node], Closure], types: Mapping[int, Type], result: Type
) -> Closure:
    """A closure that evaluates the arguments of a call and calls the function."""
    arguments = [
        _constant(parameter) if node is None else _checked(bound.function, parameter, closure_of(node), types[id(node)])
        for parameter, node in zip(bound.function.parameters, bound.given, strict=True)
    ]
    rest = bound.function.rest
    if rest is not None:
        arguments += [_checked(bound.function, rest, closure_of(node), types[id(node)]) for node in bound.rest]
    run = _called(bound.function, arguments, _is_large(result))
    return _paid(run) if isinstance(result, AnyType) else run


def _constant(parameter: Parameter) -> Closure:
    value = parameter.default
    assert value is not MISSING
    return lambda _: value


def _checked(function: Function, parameter: Parameter, argument: Closure, kind: Type) -> Closure:
    """The closure of an argument, which looks at the value where types cannot vouch for it."""
    if fits_parameter(parameter, kind) is True:
        return argument
    accepts = parameter.accepts

    def run(env: Env) -> Value:
        value = argument(env)
        if accepts(value):
            return value
        wanted = f"`{function.name}` takes {parameter.show_type()} as `{parameter.name}`"
        raise Fault("null" if value is None else "argument", f"{wanted}, this is {kind_of(value)}")

    return run


def _called(function: Function, arguments: Sequence[Closure], is_large: bool) -> Closure:
    """The closure of a call; fused for one and two arguments. `is_large`: its result is a text, list, map or null."""
    call: Callable[..., Value] = function.call if function.needs_env else _without_env(function)
    match arguments:
        case [first]:

            def run_one(env: Env) -> Value:
                try:
                    value = call(env, first(env))
                    if is_large and value is not None and len(value) > FREE_SIZE:  # type: ignore[arg-type]
                        _pay(env, value)
                except _MISHAPS as error:
                    raise _fault(function, error) from error
                return value

            return run_one
        case [first, second]:

            def run_two(env: Env) -> Value:
                try:
                    value = call(env, first(env), second(env))
                    if is_large and value is not None and len(value) > FREE_SIZE:  # type: ignore[arg-type]
                        _pay(env, value)
                except _MISHAPS as error:
                    raise _fault(function, error) from error
                return value

            return run_two
        case _:

            def run(env: Env) -> Value:
                try:
                    value = call(env, *[argument(env) for argument in arguments])
                    if is_large and value is not None and len(value) > FREE_SIZE:  # type: ignore[arg-type]
                        _pay(env, value)
                except _MISHAPS as error:
                    raise _fault(function, error) from error
                return value

            return run


def _without_env(function: Function) -> Callable[..., Value]:
    call = function.call
    return lambda _, *values: call(*values)


_MISHAPS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)
"""What a function may meet in values that are of the right kind and yet not what it expects."""


def _fault(function: Function, error: Exception) -> Fault:
    return Fault("argument", f"`{function.name}` cannot take these values: {error}")


def _is_large(result: Type) -> bool:
    kind = required(result)
    return is_textual(kind) or isinstance(kind, (ListType, MapType))


def _pay(env: Env, value: Value) -> None:
    """A result costs by its size, so that a loop cannot fill the memory."""
    if isinstance(value, str):
        charge_text(env, value)
    elif isinstance(value, (list, tuple, dict)):
        charge_items(env, len(value))


def _paid(run: Closure) -> Closure:
    """A closure that pays for its result, of which nothing is known."""

    def pay(env: Env) -> Value:
        value = run(env)
        if isinstance(value, (str, list, tuple, dict)) and len(value) > FREE_SIZE:
            _pay(env, value)
        return value

    return pay
