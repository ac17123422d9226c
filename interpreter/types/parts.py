"""How a value of a type looks inside a longer message: a regular expression (RE2) over folded text.

It may take in more than values of the type; what it found is read by `answers.read_part`, which has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable

from interpreter.types.contacts import EMAIL, PHONE, URL
from interpreter.types.dates import DATE, DATETIME, TIME
from interpreter.types.durations import DURATION
from interpreter.types.idcards import IDCARD
from interpreter.types.kinds import (
    BoolType,
    DateTimeType,
    DateType,
    DurationType,
    EntityType,
    EnumType,
    IntType,
    NumberType,
    TextType,
    TimeType,
    Type,
)
from interpreter.types.lexicon import Lexicon, enumeration_names
from interpreter.types.numerals import INT, NUMBER
from interpreter.types.regex_tree import escape_text

_FORMS = {"phone": PHONE, "email": EMAIL, "url": URL, "idcard": IDCARD}
_SIMPLE: dict[type, str] = {
    IntType: INT,
    NumberType: NUMBER,
    DateType: DATE,
    TimeType: TIME,
    DateTimeType: DATETIME,
    DurationType: DURATION,
}
NOTHING = r"[^\x00-\x{10FFFF}]"
"""An expression that nothing matches: the part of an entity without things."""


def can_be_part(kind: Type) -> bool:
    """Whether a value of the type can be told from the words around it, so that a slot may have the type."""
    return isinstance(kind, (TextType, BoolType, EnumType, EntityType)) or type(kind) in _SIMPLE


def part_pattern(kind: Type, lexicon: Lexicon) -> str:
    """What a value of the type looks like in folded text; free text looks like anything.

    Raises:
        KeyError: the type cannot be part of a message.
    """
    match kind:
        case TextType(form=None, digits=None):
            return ".+"
        case TextType(form=None, digits=count):
            return rf"\d{{{count}}}"
        case TextType(form=form):
            return _FORMS[str(form)]
        case BoolType():
            return words_pattern(lexicon.consent)
        case EnumType(values=values):
            return words_pattern(enumeration_names(values).forms())
        case EntityType(name=name):
            things = lexicon.things.get(name)
            return words_pattern(things.forms() if things else ())
        case _:
            return _SIMPLE[type(kind)]


def words_pattern(words: Iterable[str]) -> str:
    """Any of some folded words, the longest first."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(escape_text(word) for word in ordered) or NOTHING
