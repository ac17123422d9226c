"""What a function of the language is: its parameters, its result, its code, and how it is explained.

A family module makes a `Family` and decorates the code of each function with it; the code itself stays an ordinary
function that its neighbours can call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from typing import TypeVar

from msgspec import Struct, field

from interpreter.diagnostics.wording import Wording
from interpreter.expr.env import Env
from interpreter.types.kinds import (
    AnyType,
    BoolType,
    DateTimeType,
    DateType,
    DurationType,
    EntityType,
    EnumType,
    ErrorType,
    IntType,
    ListType,
    MapType,
    MediaType,
    NullType,
    NumberType,
    OptionalType,
    RecordType,
    TextType,
    TimeType,
    Type,
    is_textual,
    required,
    show,
)
from interpreter.values import Value

ANY = AnyType()
TEXT = TextType()
INT = IntType()
NUMBER = NumberType()
BOOL = BoolType()
DATE = DateType()
TIME = TimeType()
DATETIME = DateTimeType()
DURATION = DurationType()
LIST = ListType()
MAP = MapType()


CHARACTERS_PER_STEP = 256
"""How much text a function reads for one step of the evaluation's budget."""


class Missing(Enum):
    """The type of `MISSING`, which marks a parameter that has no default."""

    MISSING = auto()


MISSING = Missing.MISSING


class Parameter(Struct, frozen=True):
    """A parameter: authors may give its argument by place or by name.

    Where one of several types is welcome, `type` is `any` and `one_of` lists them; null is none of them.
    """

    name: str
    type: Type
    default: Value | Missing = MISSING
    one_of: tuple[Type, ...] = ()

    def accepts(self, value: Value) -> bool:
        """Whether a value is of a kind this parameter takes."""
        return any(check_kind(kind, value) for kind in self.one_of or (self.type,))

    def show_type(self) -> str:
        """Its type as an author reads it: `text | list`."""
        return " | ".join(map(show, self.one_of or (self.type,)))


Result = Type | Callable[[Sequence[Type]], Type]
"""A result type, or how it follows from the types of the arguments.

There is one argument type for each parameter, in order, then one for each argument that `rest` took. See
`Function.result_type` for those that were left out.
"""


class Function(Struct, frozen=True):
    """A function of the language.

    `call` gets one value per parameter, in order, then those that `rest` took; before them `env`, if `needs_env`.
    It pays for the size of its arguments; `code`, the decorated function, leaves that to its caller.
    """

    name: str
    family: str
    parameters: tuple[Parameter, ...]
    rest: Parameter | None
    result: Result
    call: Callable[..., Value]
    needs_env: bool
    summary: Wording
    examples: tuple[tuple[str, str], ...]
    """Pairs of an expression and an expression of the value it has."""
    code: Callable[..., Value]
    code_needs_env: bool
    native: Callable[[str], Value] | None = None
    """What does the same to a short text given alone, and is Python's own."""
    asks_chance: bool = False
    """Whether its value may be another one the next time."""

    def result_type(self, arguments: Sequence[Type | None]) -> Type:
        """The type of a call's value.

        Args:
            arguments: the types of the arguments of `call` in their order, None for one that is left to its default.
        """
        if not callable(self.result):
            return self.result
        kinds = [
            kind or _type_of_default(parameter) for kind, parameter in zip(arguments, self.parameters, strict=False)
        ]
        return self.result([*kinds, *(kind or AnyType() for kind in arguments[len(kinds) :])])


_Code = TypeVar("_Code", bound=Callable[..., Value])


class Family(Struct, frozen=True):
    """The functions of one family, in the order in which they are explained."""

    name: str
    title: Wording
    note: Wording | None = None
    """What is said of all its functions before the first."""
    asks_chance: bool = False
    """Whether its functions give another value each time."""
    functions: list[Function] = field(default_factory=list)

    def function(
        self,
        name: str,
        *parameters: Parameter,
        result: Result,
        zh: str,
        examples: Mapping[str, str],
        rest: Parameter | None = None,
        needs_env: bool = False,
        native: Callable[[str], Value] | None = None,
    ) -> Callable[[_Code], _Code]:
        """Declare the decorated code as a function of the language; its docstring is the summary in English.

        A list or a map among the arguments costs one step of the evaluation's budget for each of its items, a text one
        for each `CHARACTERS_PER_STEP`.
        """

        def declare(code: _Code) -> _Code:
            everything = (*parameters, *((rest,) if rest else ()))
            call: Callable[..., Value] = code
            if any(_may_be_large(kind) for each in everything for kind in each.one_of or (each.type,)):
                call = _charged(code, needs_env)
            self.functions.append(
                Function(
                    name,
                    self.name,
                    parameters,
                    rest,
                    result,
                    call,
                    needs_env or call is not code,
                    Wording(code.__doc__ or "", zh),
                    tuple(examples.items()),
                    code,
                    needs_env,
                    native,
                    self.asks_chance,
                )
            )
            return code

        return declare


def check_kind(kind: Type, value: Value) -> bool:
    """Whether a value is of a type's kind: exactly, but that a whole number is welcome where a number is wanted.

    Kinds only: bounds, forms of text and what a list holds are not looked at.
    """
    match kind:
        case AnyType() | ErrorType():
            return True
        case OptionalType(inner=inner):
            return value is None or check_kind(inner, value)
        case NumberType():
            return type(value) in (int, float)
        case ListType():
            return isinstance(value, (list, tuple))
        case MapType() | RecordType() | MediaType():
            return isinstance(value, Mapping)
        case _:
            return type(value) is _CLASSES[type(kind)]


_CLASSES: dict[type, type] = {
    NullType: type(None),
    TextType: str,
    EnumType: str,
    EntityType: str,
    IntType: int,
    BoolType: bool,
    DateType: date,
    TimeType: time,
    DateTimeType: datetime,
    DurationType: timedelta,
}


def _type_of_default(parameter: Parameter) -> Type:
    return NullType() if parameter.default is None else parameter.type


def _may_be_large(kind: Type) -> bool:
    kind = required(kind)
    return isinstance(kind, (AnyType, ListType, MapType)) or is_textual(kind)


def _charged(code: Callable[..., Value], needs_env: bool) -> Callable[..., Value]:
    def call(env: Env, *values: Value) -> Value:
        for value in values:
            charge_argument(env, value)
        return code(env, *values) if needs_env else code(*values)

    return call


def charge_argument(env: Env, value: Value) -> None:
    """Pay for what a function reads: each item of a list or a map, and each `CHARACTERS_PER_STEP` of a text.

    Raises:
        Fault: the budget is spent (kind `budget`).
    """
    if isinstance(value, str):
        if len(value) >= CHARACTERS_PER_STEP:
            env.spend(len(value) // CHARACTERS_PER_STEP)
    elif isinstance(value, (list, tuple, Mapping)):
        env.spend(len(value))
