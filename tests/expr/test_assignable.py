from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.expr.assignable import assignable, join, join_all
from interpreter.types.kinds import (
    AnyType,
    BoolType,
    DateTimeType,
    DateType,
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
    Type,
)

ANY, TEXT, INT, NUMBER, BOOL, NULL = AnyType(), TextType(), IntType(), NumberType(), BoolType(), NullType()
ABC, AB, D = EnumType(("a", "b", "c")), EnumType(("a", "b")), EnumType(("d",))
RECORD = RecordType("r", {"a": INT, "b": INT})


@pytest.mark.parametrize(
    ("target", "value", "fits"),
    [
        (ANY, TEXT, True),
        (TEXT, ANY, None),
        (TEXT, ErrorType(), True),
        (ErrorType(), INT, True),
        (TEXT, TEXT, True),
        (TEXT, ABC, True),
        (TEXT, TextType("phone"), True),
        (TextType("phone"), TEXT, None),
        (TextType("phone"), TextType("email"), None),
        (TextType(digits=6), TextType(digits=6), True),
        (TextType(digits=6), TextType(digits=4), False),
        (TEXT, INT, False),
        (ABC, AB, True),
        (AB, ABC, None),
        (ABC, D, False),
        (ABC, TEXT, None),
        (ABC, INT, False),
        (EntityType("x"), EntityType("x"), True),
        (EntityType("x"), EntityType("y"), None),
        (INT, INT, True),
        (IntType(1, 9), INT, None),
        (IntType(1, 9), IntType(2, 9), True),
        (IntType(1, 9), IntType(12, 12), False),
        (IntType(1, 9), IntType(0, 0), False),
        (IntType(1, 9), IntType(0, 5), None),
        (IntType(1), IntType(2), True),
        (INT, NUMBER, None),
        (NUMBER, INT, True),
        (NumberType(0, 1), NumberType(0.5, 0.5), True),
        (NumberType(0, 1), NumberType(2, 2), False),
        (INT, BOOL, False),
        (BOOL, BoolType(yesno=True), True),
        (DateType(), DateTimeType(), False),
        (OptionalType(TEXT), NULL, True),
        (OptionalType(TEXT), TEXT, True),
        (OptionalType(TEXT), OptionalType(TEXT), True),
        (OptionalType(TEXT), INT, False),
        (TEXT, OptionalType(TEXT), None),
        (TEXT, OptionalType(INT), False),
        (TEXT, NULL, False),
        (ListType(), ListType(INT), True),
        (ListType(INT), ListType(), None),
        (ListType(INT), ListType(TEXT), False),
        (ListType(INT), TEXT, False),
        (MapType(), MapType(INT), True),
        (MapType(INT), MapType(), None),
        (MapType(), RECORD, True),
        (MapType(INT), RECORD, True),
        (MapType(TEXT), RECORD, False),
        (MapType(TEXT), RecordType("e", {}), True),
        (MapType(INT), MediaType("image"), None),
        (MediaType("image"), RECORD, None),
        (MediaType("image"), MediaType("image"), True),
        (MapType(), INT, False),
    ],
)
def test_whether_a_value_fits_a_target(target: Type, value: Type, fits: bool | None) -> None:
    assert assignable(target, value) is fits


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (INT, INT, INT),
        (INT, NUMBER, NUMBER),
        (IntType(1, 2), IntType(2, 3), IntType(1, 3)),
        (IntType(1, 2), INT, INT),
        (IntType(1, 2), NumberType(0.5, 1), NumberType(0.5, 2)),
        (AB, D, EnumType(("a", "b", "d"))),
        (AB, TEXT, TEXT),
        (BOOL, BoolType(yesno=True), BOOL),
        (NULL, INT, OptionalType(INT)),
        (INT, NULL, OptionalType(INT)),
        (OptionalType(INT), NUMBER, OptionalType(NUMBER)),
        (INT, TEXT, ANY),
        (ANY, TEXT, ANY),
        (ErrorType(), TEXT, ErrorType()),
        (TEXT, ErrorType(), ErrorType()),
        (ListType(INT), ListType(NUMBER), ListType(NUMBER)),
        (MapType(INT), MapType(NUMBER), MapType(NUMBER)),
        (RECORD, MediaType("image"), MapType()),
    ],
)
def test_the_type_that_holds_both(first: Type, second: Type, joined: Type) -> None:
    assert join(first, second) == joined


def test_nothing_at_all_joins_to_any() -> None:
    assert join_all([]) == ANY


SIMPLE = [TEXT, TextType("url"), INT, IntType(1, 9), NUMBER, BOOL, DateType(), ABC, AB, D, RECORD]
REQUIRED = st.recursive(st.sampled_from(SIMPLE), lambda inner: inner.map(ListType) | inner.map(MapType))
TYPES = REQUIRED | REQUIRED.map(OptionalType) | st.sampled_from([ANY, NULL])


@settings(deadline=None)
@given(TYPES, TYPES)
def test_both_fit_what_they_are_joined_to(first: Type, second: Type) -> None:
    joined = join(first, second)
    assert assignable(joined, first) is True
    assert assignable(joined, second) is True
