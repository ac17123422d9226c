"""The types of the language: what an author can declare (`int(1..9)?`) and what an expression can be found to be.

Types are plain frozen data. Reading their notation is in `notation`; reading an answer of a user as a value of a type
is in `answers`.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class AnyType(Struct, frozen=True):
    """`any`: known only at run time."""


class ErrorType(Struct, frozen=True):
    """What has been reported already; it fits everywhere, so that one mistake is said once."""


class NullType(Struct, frozen=True):
    """Only `null`."""


class TextType(Struct, frozen=True):
    """`text`, and its narrower forms: `form` is `phone`, `email`, `url` or `idcard`, `digits` a number of digits."""

    form: str | None = None
    digits: int | None = None


class IntType(Struct, frozen=True):
    """`int`, with inclusive bounds in `int(1..9)`."""

    low: int | None = None
    high: int | None = None


class NumberType(Struct, frozen=True):
    """`number`, whole or not, with inclusive bounds in `number(0..1)`."""

    low: float | None = None
    high: float | None = None


class BoolType(Struct, frozen=True):
    """`bool`; `yesno` is a bool that is asked for with words of consent and refusal."""

    yesno: bool = False


class DateType(Struct, frozen=True):
    """`date`."""


class TimeType(Struct, frozen=True):
    """`time` of day."""


class DateTimeType(Struct, frozen=True):
    """`datetime`, in the bot's time zone."""


class DurationType(Struct, frozen=True):
    """`duration`."""


class ListType(Struct, frozen=True):
    """`list(t)`."""

    item: Type = field(default_factory=AnyType)


class MapType(Struct, frozen=True):
    """`map`, with text keys and values of one type (`any` when declared)."""

    item: Type = field(default_factory=AnyType)


class EnumType(Struct, frozen=True):
    """`满意 | 一般 | 不满意`: one of these texts."""

    values: tuple[str, ...]


class EntityType(Struct, frozen=True):
    """One of a bot's `entities` by its name; the value is the name of the thing, a text."""

    name: str


class MediaType(Struct, frozen=True):
    """`image`, `voice`, `video` or `location`: for questions; the value is the whole message."""

    kind: str


class RecordType(Struct, frozen=True):
    """A map with known fields, such as `message` or `user`; only the language makes these."""

    name: str
    fields: Mapping[str, Type]
    is_open: bool = False
    """Whether there may be fields that nobody knows of: what another system answers."""

    def __hash__(self) -> int:
        return hash((self.name, self.is_open))


class OptionalType(Struct, frozen=True):
    """`t?`: a value or null."""

    inner: Type


Type = (
    AnyType
    | ErrorType
    | NullType
    | TextType
    | IntType
    | NumberType
    | BoolType
    | DateType
    | TimeType
    | DateTimeType
    | DurationType
    | ListType
    | MapType
    | EnumType
    | EntityType
    | MediaType
    | RecordType
    | OptionalType
)


def optional(inner: Type) -> Type:
    """`inner?`, without doubling the question mark."""
    return inner if isinstance(inner, (OptionalType, NullType, AnyType, ErrorType)) else OptionalType(inner)


def required(outer: Type) -> Type:
    """What a type is once null has been ruled out."""
    return outer.inner if isinstance(outer, OptionalType) else outer


def is_textual(kind: Type) -> bool:
    """Whether its values are texts."""
    return isinstance(kind, (TextType, EnumType, EntityType))


def show(kind: Type) -> str:
    """A type in type notation."""
    match kind:
        case TextType(form=form, digits=digits):
            return f"digits({digits})" if digits is not None else form or "text"
        case IntType(low=low, high=high):
            return "int" + _bounds(low, high)
        case NumberType(low=low, high=high):
            return "number" + _bounds(low, high)
        case BoolType(yesno=yesno):
            return "yesno" if yesno else "bool"
        case ListType(item=AnyType()):
            return "list"
        case ListType(item=item):
            return f"list({show(item)})"
        case EnumType(values=values):
            return " | ".join(values)
        case EntityType(name=name) | MediaType(kind=name) | RecordType(name=name):
            return name
        case OptionalType(inner=EnumType() as inner):
            return f"({show(inner)})?"
        case OptionalType(inner=inner):
            return f"{show(inner)}?"
        case _:
            return _SIMPLE[type(kind)]


def _bounds(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    return f"({'' if low is None else f'{low:g}'}..{'' if high is None else f'{high:g}'})"


_SIMPLE: dict[type, str] = {
    AnyType: "any",
    ErrorType: "any",
    NullType: "null",
    DateType: "date",
    TimeType: "time",
    DateTimeType: "datetime",
    DurationType: "duration",
    MapType: "map",
}
