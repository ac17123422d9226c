"""Types and how they are shown."""

import pytest

from interpreter.types.kinds import (
    AnyType,
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
    is_textual,
    optional,
    required,
    show,
)


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (TextType(digits=6), "digits(6)"),
        (TextType(form="phone"), "phone"),
        (IntType(1, 9), "int(1..9)"),
        (IntType(None, 9), "int(..9)"),
        (NumberType(0, 0.5), "number(0..0.5)"),
        (ListType(), "list"),
        (ListType(IntType()), "list(int)"),
        (MapType(), "map"),
        (NullType(), "null"),
        (ErrorType(), "any"),
        (EnumType(("a", "b")), "a | b"),
        (OptionalType(EnumType(("a", "b"))), "(a | b)?"),
        (OptionalType(EntityType("cities")), "cities?"),
        (MediaType("image"), "image"),
        (RecordType("message", {}), "message"),
    ],
)
def test_a_type_is_shown_as_it_is_written(kind, shown: str) -> None:
    assert show(kind) == shown


def test_a_type_is_optional_once() -> None:
    twice = optional(optional(IntType()))
    assert twice == OptionalType(IntType())
    assert required(twice) == IntType() == required(IntType())
    assert optional(AnyType()) == AnyType()


def test_enumerations_and_entities_are_texts() -> None:
    assert is_textual(EnumType(("a",)))
    assert is_textual(EntityType("cities"))
    assert not is_textual(IntType())
