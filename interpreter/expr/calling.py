"""Closures that call functions of the language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from interpreter.expr.bounds import FREE_SIZE, charge_items, charge_text
from interpreter.expr.calls import BoundCall, fits_parameter
from interpreter.expr.env import Closure, Env
from interpreter.expr.functions.registry import (
    CHARACTERS_PER_STEP,
    MISSING,
    Function,
    Parameter,
    charge_argument,
)
from interpreter.expr.tree import Literal, Node
from interpreter.types.kinds import AnyType, ListType, MapType, Type, is_textual, required
from interpreter.values import Fault, Value, kind_of


class _Argument(Struct, frozen=True):
    """An argument of a call: how it is evaluated, and what is known of it."""

    run: Closure
    is_constant: bool = False
    constant: Value = None
    is_text: bool = False
    """Whether it is always a text, so that its size can be taken without asking."""


def calling(
    bound: BoundCall, closure_of: Callable[[Node], Closure], types: Mapping[int, Type], result: Type
) -> Closure:
    """A closure that evaluates the arguments of a call and calls the function."""

    def argument(parameter: Parameter, node: Node | None) -> _Argument:
        if node is None:
            assert parameter.default is not MISSING
            return _constant(parameter.default)
        kind = types[id(node)]
        if isinstance(node, Literal) and fits_parameter(parameter, kind) is True and _is_small(node.value):
            return _constant(node.value)
        run = _checked(bound.function, parameter, closure_of(node), kind)
        return _Argument(run, is_text=is_textual(kind) and fits_parameter(parameter, kind) is True)

    pairs = zip(bound.function.parameters, bound.given, strict=True)
    arguments = [argument(parameter, node) for parameter, node in pairs]
    rest = bound.function.rest
    if rest is not None:
        arguments += [argument(rest, node) for node in bound.rest]
    run = _called(bound.function, arguments, _is_large(result))
    return _paid(run) if isinstance(result, AnyType) else run


def _constant(value: Value) -> _Argument:
    return _Argument(lambda _: value, is_constant=True, constant=value)


def _is_small(value: Value) -> bool:
    return not isinstance(value, str) or len(value) < CHARACTERS_PER_STEP


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


def _called(function: Function, arguments: Sequence[_Argument], is_large: bool) -> Closure:
    """The closure of a call, in the shapes that are frequent. `is_large`: its result is a text, list, map or null."""
    if function.code_needs_env:
        return _any_call(function, arguments, is_large)
    match arguments:
        case [_Argument(run=first, is_text=True)]:
            return _text_call(function, first, (), is_large)
        case [_Argument(run=first, is_text=True), _Argument(is_constant=True, constant=second)]:
            return _text_call(function, first, (second,), is_large)
        case [_Argument(run=first)]:
            return _call_of_one(function, first, is_large)
        case [_Argument(run=first), _Argument(run=second)]:
            return _call_of_two(function, first, second, is_large)
        case _:
            return _any_call(function, arguments, is_large)


def _text_call(function: Function, first: Closure, rest: tuple[Value, ...], is_large: bool) -> Closure:
    code = function.code

    def run(env: Env) -> Value:
        text: str = first(env)  # type: ignore[assignment]  # its static type vouches for it
        try:
            if len(text) >= CHARACTERS_PER_STEP:
                env.spend(len(text) // CHARACTERS_PER_STEP)
            value = code(text, *rest) if rest else code(text)
            if is_large and value is not None and len(value) > FREE_SIZE:  # type: ignore[arg-type]
                _pay(env, value)
        except _MISHAPS as error:
            raise _fault(function, error) from error
        return value

    return run


def _call_of_one(function: Function, first: Closure, is_large: bool) -> Closure:
    code = function.code

    def run(env: Env) -> Value:
        argument = first(env)
        try:
            charge_argument(env, argument)
            value = code(argument)
            if is_large and value is not None and len(value) > FREE_SIZE:  # type: ignore[arg-type]
                _pay(env, value)
        except _MISHAPS as error:
            raise _fault(function, error) from error
        return value

    return run


def _call_of_two(function: Function, first: Closure, second: Closure, is_large: bool) -> Closure:
    code = function.code

    def run(env: Env) -> Value:
        one, two = first(env), second(env)
        try:
            charge_argument(env, one)
            charge_argument(env, two)
            value = code(one, two)
            if is_large and value is not None and len(value) > FREE_SIZE:  # type: ignore[arg-type]
                _pay(env, value)
        except _MISHAPS as error:
            raise _fault(function, error) from error
        return value

    return run


def _any_call(function: Function, arguments: Sequence[_Argument], is_large: bool) -> Closure:
    call: Callable[..., Value] = function.call if function.needs_env else _without_env(function)
    closures = [argument.run for argument in arguments]

    def run(env: Env) -> Value:
        try:
            value = call(env, *[argument(env) for argument in closures])
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
