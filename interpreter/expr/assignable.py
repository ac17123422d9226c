"""Which values fit which types, as far as types alone can tell."""

from __future__ import annotations

from collections.abc import Iterable

from interpreter.types.kinds import (
    AnyType,
    BoolType,
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
    Type,
    is_textual,
    optional,
    required,
)


def assignable(target: Type, value: Type) -> bool | None:
    """Whether a value of one type may be stored where another is wanted.

    True: always, nothing need be checked at run time; False: never; None: some values fit and some do not.
    """
    if isinstance(target, (AnyType, ErrorType)) or isinstance(value, ErrorType) or target == value:
        return True
    if isinstance(value, AnyType):
        return None
    if isinstance(target, OptionalType):
        return True if isinstance(value, NullType) else assignable(target.inner, required(value))
    if isinstance(value, OptionalType):
        return None if assignable(target, value.inner) is not False else False
    if is_textual(target):
        return _text_fits(target, value)
    match target, value:
        case (IntType() | NumberType(), IntType() | NumberType()):
            return _number_fits(target, value)
        case ListType(item=wanted), ListType(item=given):
            return assignable(wanted, given)
        case (MapType() | RecordType() | MediaType(), MapType() | RecordType() | MediaType()):
            return _map_fits(target, value)
        case BoolType(), BoolType():
            return True
        case _:
            return False


def _text_fits(target: Type, value: Type) -> bool | None:
    if not is_textual(value):
        return False
    match target, value:
        case TextType(form=None, digits=None), _:
            return True
        case EnumType(values=wanted), EnumType(values=given):
            return _all_or_none(text in wanted for text in given)
        case TextType(digits=int(wanted)), TextType(digits=int(given)):
            return wanted == given
        case _:
            return None


def _number_fits(target: IntType | NumberType, value: IntType | NumberType) -> bool | None:
    if target.low is not None and value.high is not None and value.high < target.low:
        return False
    if target.high is not None and value.low is not None and value.low > target.high:
        return False
    is_above = target.low is None or (value.low is not None and value.low >= target.low)
    is_below = target.high is None or (value.high is not None and value.high <= target.high)
    is_whole = isinstance(value, IntType) or isinstance(target, NumberType)
    return True if is_above and is_below and is_whole else None


def _map_fits(target: Type, value: Type) -> bool | None:
    match target, value:
        case MapType(item=AnyType()), _:
            return True
        case MapType(item=wanted), MapType(item=given):
            return assignable(wanted, given)
        case MapType(item=wanted), RecordType(fields=fields):
            return _all_or_none(assignable(wanted, field) for field in fields.values())
        case _:
            return None


def _all_or_none(answers: Iterable[bool | None]) -> bool | None:
    """True when all are, False when all are not, else undecided."""
    different = set(answers)
    return different.pop() if len(different) == 1 else True if not different else None


def join(first: Type, second: Type) -> Type:
    """The narrowest type that holds the values of both."""
    if first == second or isinstance(first, ErrorType):
        return first
    if isinstance(second, ErrorType):
        return second
    if isinstance(first, AnyType) or isinstance(second, AnyType):
        return AnyType()
    if isinstance(first, NullType):
        return optional(second)
    if isinstance(second, NullType):
        return optional(first)
    if isinstance(first, OptionalType) or isinstance(second, OptionalType):
        return optional(join(required(first), required(second)))
    if is_textual(first) and is_textual(second):
        return _joined_texts(first, second)
    match first, second:
        case (IntType() | NumberType(), IntType() | NumberType()):
            return _joined_numbers(first, second)
        case BoolType(), BoolType():
            return BoolType()
        case ListType(item=one), ListType(item=other):
            return ListType(join(one, other))
        case MapType(item=one), MapType(item=other):
            return MapType(join(one, other))
        case (MapType() | RecordType() | MediaType(), MapType() | RecordType() | MediaType()):
            return MapType()
        case _:
            return AnyType()


def join_all(kinds: Iterable[Type]) -> Type:
    """The narrowest type that holds the values of all; `any` of none."""
    joined: Type | None = None
    for kind in kinds:
        joined = kind if joined is None else join(joined, kind)
    return AnyType() if joined is None else joined


def _joined_texts(first: Type, second: Type) -> Type:
    match first, second:
        case EnumType(values=one), EnumType(values=other):
            return EnumType(tuple(dict.fromkeys((*one, *other))))
        case _:
            return TextType()


def _joined_numbers(first: IntType | NumberType, second: IntType | NumberType) -> Type:
    low = None if first.low is None or second.low is None else min(first.low, second.low)
    high = None if first.high is None or second.high is None else max(first.high, second.high)
    if isinstance(first, IntType) and isinstance(second, IntType):
        return IntType(None if low is None else int(low), None if high is None else int(high))
    return NumberType(low, high)
