"""Type notation, its mistakes case by case in tests/data/types."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.types.kinds import (
    AnyType,
    BoolType,
    EntityType,
    EnumType,
    ErrorType,
    IntType,
    ListType,
    NumberType,
    OptionalType,
    TextType,
    show,
)
from interpreter.types.notation import BUILT_IN_TYPES, parse_type

DATA = Path(__file__).parents[1] / "data/types"
ENTITIES = ("cities", "城市", "my places")


def read_cases(name: str, separator: str) -> list[list[str]]:
    lines = (DATA / name).read_text("utf-8").splitlines()
    return [line.rsplit(separator, 3) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("text", TextType()),
        (" int ", IntType()),
        ("int(1..9)", IntType(1, 9)),
        ("int( 1 .. 9 )", IntType(1, 9)),
        ("int (1..9)", IntType(1, 9)),
        ("int(..9)", IntType(None, 9)),
        ("int(-5..)", IntType(-5, None)),
        ("number(0..0.5)", NumberType(0, 0.5)),
        ("int(1..9)?", OptionalType(IntType(1, 9))),
        ("int??", OptionalType(IntType())),
        ("any?", AnyType()),
        ("yesno", BoolType(yesno=True)),
        ("digits(6)", TextType(digits=6)),
        ("list", ListType()),
        ("list(int?)", ListType(OptionalType(IntType()))),
        ("list(a | b)", ListType(EnumType(("a", "b")))),
        ("满意 | 一般|不满意", EnumType(("满意", "一般", "不满意"))),
        ("phone | email", EnumType(("phone", "email"))),
        ("(a | b)?", OptionalType(EnumType(("a", "b")))),
        ("(a | b)", EnumType(("a", "b"))),
        ("a? | b", EnumType(("a?", "b"))),
        ("cities", EntityType("cities")),
        ("城市?", OptionalType(EntityType("城市"))),
        ("my places", EntityType("my places")),
    ],
)
def test_a_type_is_read(text: str, kind) -> None:
    assert parse_type(text, ENTITIES) == (kind, ())


@pytest.mark.parametrize(
    ("text", "place", "message", "replacement"),
    read_cases("notation_errors.txt", " | ") + read_cases("enumeration_errors.txt", "\t"),
)
def test_a_mistake_is_shown_in_its_place(text: str, place: str, message: str, replacement: str) -> None:
    kind, problems = parse_type(text, ENTITIES)
    problem = problems[0]
    assert kind == ErrorType()
    assert problem.code == "DL107"
    assert f"{problem.start}-{problem.end}" == place
    assert problem.message.en == message
    assert problem.message.zh
    assert problem.replacement == (None if replacement == "-" else replacement)


def test_an_empty_type_is_missing() -> None:
    _, (problem,) = parse_type("", ())
    assert problem.message.en == "a type is missing here"


@pytest.mark.parametrize("name", sorted(BUILT_IN_TYPES))
def test_a_built_in_type_is_shown_as_it_is_written(name: str) -> None:
    assert show(parse_type(name, ())[0]) == name


@settings(deadline=None)
@given(st.text(alphabet="int()?|.. 19alis,（）城市\"'+-", max_size=15) | st.text(max_size=10))
def test_any_text_ends_in_a_type_or_in_problems_within_it(text: str) -> None:
    kind, problems = parse_type(text, ENTITIES)
    assert isinstance(kind, ErrorType) == bool(problems)
    assert all(0 <= problem.start <= problem.end <= len(text) for problem in problems)
    if not problems:
        assert parse_type(show(kind), ENTITIES) == (kind, ())
