"""Answers of users as values, case by case in tests/data/types/answers.txt."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.types.answers import Lexicon, fits, offered, read_answer, read_part, reader
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
)
from interpreter.types.notation import BUILT_IN_TYPES, parse_type

LEXICON = Lexicon(
    {
        "departments": {"内科": ("internal medicine",), "牙科": ("dentist", "口腔")},
        "cities": {"北京": ("北京市", "帝都"), "上海": ()},
        "many": {f"n{number}": () for number in range(10)},
    },
    ("zh", "en"),
)
CASES = [
    line.rsplit(" | ", 2)
    for line in (Path(__file__).parents[1] / "data/types/answers.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 1, 2, 9, 30, tzinfo=ZONE)


@pytest.mark.parametrize(("notation", "text", "expected"), CASES)
def test_an_answer_is_read_as_its_type(notation: str, text: str, expected: str) -> None:
    kind, _ = parse_type(notation, (*LEXICON.entities, "unknown"))
    value = read_answer(kind, text, LEXICON)
    wanted = eval(expected, {"date": date, "time": time, "datetime": datetime, "timedelta": timedelta})  # noqa: S307
    if isinstance(wanted, datetime):
        wanted = wanted.replace(tzinfo=ZONE)
    assert value == wanted
    assert type(value) is type(wanted)


@pytest.mark.parametrize("name", sorted(BUILT_IN_TYPES))
@settings(deadline=None)
@given(text=st.text(max_size=30))
def test_what_is_read_fits_its_type(name: str, text: str) -> None:
    kind = BUILT_IN_TYPES[name]
    value = read_answer(kind, text, LEXICON)
    assert value is None or fits(kind, value, LEXICON)


@settings(deadline=None)
@given(text=st.text(alphabet="0123456789零一二两三十百千万亿点半.,-:年月日时分秒周天小hmsd ", max_size=20))
def test_numbers_and_times_of_any_shape_end_in_a_value_or_nothing(text: str) -> None:
    for name in ("int", "number", "date", "time", "datetime", "duration"):
        value = read_answer(BUILT_IN_TYPES[name], text, LEXICON)
        assert value is None or fits(BUILT_IN_TYPES[name], value, LEXICON)


def test_an_address_may_not_be_endless() -> None:
    assert read_answer(TextType(form="url"), "https://a.cn/" + "x" * 3000, LEXICON) is None


def test_a_reader_keeps_type_and_lexicon() -> None:
    assert reader(EntityType("cities"), LEXICON)("帝都") == "北京"


def test_a_part_of_a_message_is_not_the_number_of_a_choice() -> None:
    kind = EntityType("cities")
    assert read_answer(kind, "1", LEXICON) == "北京"
    assert read_part(kind, "1", LEXICON) is None


def test_enumerations_and_small_entities_are_offered() -> None:
    assert offered(EnumType(("a", "b")), LEXICON) == ("a", "b")
    assert offered(OptionalType(EntityType("cities")), LEXICON) == ("北京", "上海")
    assert offered(EntityType("many"), LEXICON) == ()
    assert offered(IntType(), LEXICON) == ()


FITTING = [
    (AnyType(), [1]),
    (ErrorType(), 1),
    (NullType(), None),
    (OptionalType(IntType()), None),
    (OptionalType(IntType()), 3),
    (TextType(), ""),
    (TextType(form="phone"), "13800138000"),
    (TextType(digits=4), "1234"),
    (IntType(1, 9), 9),
    (NumberType(0, 1), 0.5),
    (NumberType(), 3),
    (BoolType(yesno=True), False),
    (EnumType(("a", "b")), "a"),
    (EntityType("cities"), "上海"),
    (ListType(IntType()), [1, 2]),
    (ListType(IntType()), (1, 2)),
    (ListType(), [1, "x"]),
    (MapType(IntType()), {"a": 1}),
    (RecordType("r", {"a": IntType(), "b": OptionalType(TextType())}), {"a": 1}),
    (MediaType("image"), {"type": "image"}),
    (DateType(), date(2026, 1, 2)),
    (TimeType(), time(9)),
    (DateTimeType(), NOW),
    (DurationType(), timedelta(1)),
]
UNFITTING = [
    (NullType(), 0),
    (OptionalType(IntType()), "3"),
    (TextType(), 5),
    (TextType(form="phone"), "+86 13800138000"),
    (TextType(digits=4), "123"),
    (IntType(1, 9), 10),
    (IntType(), True),
    (IntType(), 3.0),
    (NumberType(0, 1), -1),
    (NumberType(), False),
    (BoolType(), 1),
    (EnumType(("a", "b")), "c"),
    (EntityType("cities"), "帝都"),
    (EntityType("unknown"), "帝都"),
    (ListType(IntType()), [1, "x"]),
    (ListType(), "ab"),
    (MapType(IntType()), {"a": "x"}),
    (MapType(), []),
    (RecordType("r", {"a": IntType()}), {}),
    (MediaType("image"), "x"),
    (DateType(), NOW),
    (DateTimeType(), date(2026, 1, 2)),
    (TimeType(), "9:00"),
    (DurationType(), 5),
]


@pytest.mark.parametrize(("kind", "value"), FITTING)
def test_a_value_fits_its_type(kind, value) -> None:
    assert fits(kind, value, LEXICON)


@pytest.mark.parametrize(("kind", "value"), UNFITTING)
def test_a_value_does_not_fit_another_type(kind, value) -> None:
    assert not fits(kind, value, LEXICON)
