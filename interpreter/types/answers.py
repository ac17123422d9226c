"""Reading what a user said as a value of a type, and holding a value against a type.

An answer is a whole message. It is folded as a phrase with `=` is: letter case, width, white space and closing
punctuation make no difference. Free text stays as it was sent, without white space at its ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial

from interpreter.types.contacts import read_digits, read_email, read_phone, read_url
from interpreter.types.dates import read_date, read_datetime, read_time
from interpreter.types.durations import read_duration
from interpreter.types.folding import fold, narrow, strip_closing
from interpreter.types.idcards import read_idcard
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
)
from interpreter.types.lexicon import Lexicon, enumeration_names
from interpreter.types.numerals import read_int, read_number
from interpreter.values import MAX_ITEMS, MAX_TEXT, Value

__all__ = ["MOST_OFFERED", "Lexicon", "fits", "offered", "read_answer", "read_part", "reader"]

MOST_OFFERED = 9
"""An entity with at most so many things is offered as numbered choices."""

# Patterns for `re` to compile once one of them is needed.
_SEPARATORS = r"[,;、\n]+"
_CHOICE = r"(?:第|选|選|no\.?|#)? ?(\S+?) ?(?:个|個|项|項|号|號|[.)])?"


def reader(kind: Type, lexicon: Lexicon) -> Callable[[str], Value]:
    """`read_answer` for one type, for those that keep it."""
    return partial(_read_answer, kind, lexicon)


def read_answer(kind: Type, text: str, lexicon: Lexicon) -> Value:
    """A whole message as a value of a type, or None when it is none.

    Enumerations, and entities small enough to be offered, are also answered by the number of a choice.
    """
    return _read_answer(kind, lexicon, text)


def read_part(kind: Type, text: str, lexicon: Lexicon) -> Value:
    """A text, such as the part of a message a slot took, as a value of a type; numbers of choices do not count."""
    match kind:
        case OptionalType(inner=inner):
            return read_part(inner, text, lexicon)
        case TextType(form=None, digits=None) | AnyType() | ErrorType():
            return text.strip()[:MAX_TEXT] or None
        case TextType():
            return _read_form(kind, text)
        case IntType() | NumberType():
            return _read_amount(kind, _words(text))
        case BoolType():
            return _read_consent(fold(text), lexicon)
        case DateType():
            return read_date(_words(text))
        case TimeType():
            return read_time(_words(text))
        case DateTimeType():
            return read_datetime(_words(text), lexicon.zone)
        case DurationType():
            return read_duration(_words(text))
        case EnumType(values=values):
            return enumeration_names(values).find(fold(text))
        case EntityType(name=name):
            things = lexicon.things.get(name)
            return things.find(fold(text)) if things else None
        case ListType(item=item):
            return _read_list(item, text, lexicon)
        case MapType() | MediaType() | NullType() | RecordType():
            return None


def offered(kind: Type, lexicon: Lexicon) -> tuple[str, ...]:
    """The numbered choices of a question of this type: an enumeration's values, a small entity's things; or nothing."""
    match kind:
        case OptionalType(inner=inner):
            return offered(inner, lexicon)
        case EnumType(values=values):
            return values
        case EntityType(name=name):
            things = tuple(lexicon.entities.get(name, ()))
            return things if len(things) <= MOST_OFFERED else ()
        case _:
            return ()


def fits(kind: Type, value: Value, lexicon: Lexicon) -> bool:
    """Whether a value is of a type. A phone number and its like must have the form in which they are read."""
    match kind:
        case AnyType() | ErrorType():
            return True
        case OptionalType(inner=inner):
            return value is None or fits(inner, value, lexicon)
        case NullType():
            return value is None
        case TextType(form=None, digits=None):
            return isinstance(value, str)
        case TextType():
            return isinstance(value, str) and _read_form(kind, value) == value
        case IntType(low=low, high=high):
            return isinstance(value, int) and not isinstance(value, bool) and _within(value, low, high)
        case NumberType(low=low, high=high):
            return isinstance(value, (int, float)) and not isinstance(value, bool) and _within(value, low, high)
        case EnumType(values=values):
            return isinstance(value, str) and value in values
        case EntityType(name=name):
            return isinstance(value, str) and value in lexicon.entities.get(name, ())
        case ListType(item=item):
            return isinstance(value, (list, tuple)) and _all_fit(item, value, lexicon)
        case MapType(item=item):
            return isinstance(value, Mapping) and _all_fit(item, tuple(value.values()), lexicon)
        case RecordType(fields=fields):
            return isinstance(value, Mapping) and all(fits(fields[name], value.get(name), lexicon) for name in fields)
        case MediaType():
            return isinstance(value, Mapping)
        case _:
            return type(value) is _PYTHON_TYPES[type(kind)]


_PYTHON_TYPES: dict[type, type] = {
    BoolType: bool,
    DateType: date,
    TimeType: time,
    DateTimeType: datetime,
    DurationType: timedelta,
}


def _read_answer(kind: Type, lexicon: Lexicon, text: str) -> Value:
    value = read_part(kind, text, lexicon)
    if value is None and (choices := offered(kind, lexicon)):
        match = re.fullmatch(_CHOICE, _words(text))
        number = read_int(match[1]) if match else None
        return choices[number - 1] if number is not None and 1 <= number <= len(choices) else None
    return value


def _words(text: str) -> str:
    return strip_closing(fold(text))


def _read_form(kind: TextType, text: str) -> str | None:
    if kind.digits is not None:
        return read_digits(_words(text), kind.digits)
    match kind.form:
        case "phone":
            return read_phone(_words(text))
        case "idcard":
            return read_idcard(_words(text))
        case "email":
            return read_email(strip_closing(narrow(text)))
        case _:
            return read_url(strip_closing(narrow(text)))


def _read_amount(kind: IntType | NumberType, words: str) -> int | float | None:
    amount = read_int(words) if isinstance(kind, IntType) else read_number(words)
    return amount if amount is not None and _within(amount, kind.low, kind.high) else None


def _within(amount: float, low: float | None, high: float | None) -> bool:
    return (low is None or amount >= low) and (high is None or amount <= high)


def _read_consent(folded: str, lexicon: Lexicon) -> bool | None:
    for words in (folded, strip_closing(folded)):
        if words in ("true", "false"):
            return words == "true"
        if words in lexicon.consent:
            return lexicon.consent[words]
    return None


def _read_list(item: Type, text: str, lexicon: Lexicon) -> list[Value] | None:
    """Items apart by commas, semicolons, `、` or line breaks, each of the list's type."""
    pieces = [piece for piece in re.split(_SEPARATORS, narrow(text)) if piece.strip()]
    values = [read_part(item, piece, lexicon) for piece in pieces[: MAX_ITEMS + 1]]
    return values if values and len(values) <= MAX_ITEMS and None not in values else None


def _all_fit(item: Type, values: Sequence[Value], lexicon: Lexicon) -> bool:
    return isinstance(item, AnyType) or all(fits(item, value, lexicon) for value in values)
