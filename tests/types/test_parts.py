"""What a value looks like inside a longer message."""

from datetime import timedelta

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.types.answers import read_part
from interpreter.types.folding import fold
from interpreter.types.kinds import AnyType, EntityType, EnumType, ListType, MediaType, TextType
from interpreter.types.lexicon import Lexicon
from interpreter.types.notation import BUILT_IN_TYPES
from interpreter.types.parts import NOTHING, can_be_part, part_pattern, words_pattern
from interpreter.values import print_value

LEXICON = Lexicon({"cities": {"北京": ("北京市",), "a.b": ()}}, ("zh", "en"))
TYPED = ["int", "number", "date", "time", "duration"]


@settings(deadline=None)
@given(st.dates(), st.times(), st.integers(0, 10**9), st.floats(-1e6, 1e6), st.integers(1, 10**6))
def test_a_printed_value_looks_like_its_type_and_reads_back(day, moment, whole, number, seconds) -> None:
    values = {
        "date": day,
        "time": moment.replace(microsecond=0),
        "int": whole,
        "number": float(f"{number:.6f}"),
        "duration": timedelta(seconds=seconds),
    }
    for name, value in values.items():
        if name == "number" and "e" in repr(value):
            continue
        text = print_value(value)
        kind = BUILT_IN_TYPES[name]
        assert re2.fullmatch(part_pattern(kind, LEXICON), text)
        assert read_part(kind, text, LEXICON) == value


def test_names_are_found_longest_first() -> None:
    pattern = part_pattern(EntityType("cities"), LEXICON)
    assert re2.search(pattern, "去北京市").group() == "北京市"
    assert re2.search(pattern, "axb") is None
    assert re2.search(part_pattern(EnumType(("A", "AB")), LEXICON), "xab").group() == "ab"


def test_an_entity_without_things_is_nowhere() -> None:
    assert part_pattern(EntityType("unknown"), LEXICON) == NOTHING
    assert words_pattern(()) == NOTHING
    assert re2.search(NOTHING, "你a\n") is None


def test_free_text_looks_like_anything() -> None:
    assert part_pattern(TextType(), LEXICON) == ".+"


@pytest.mark.parametrize("kind", [ListType(), MediaType("image"), AnyType()])
def test_a_list_a_picture_or_anything_is_no_part_of_a_text(kind) -> None:
    assert not can_be_part(kind)


@pytest.mark.parametrize("name", ["yesno", "bool", "phone", "email", "url", "idcard", "datetime", *TYPED])
def test_other_types_can_be_part_of_a_text(name: str) -> None:
    assert can_be_part(BUILT_IN_TYPES[name])
    re2.compile(part_pattern(BUILT_IN_TYPES[name], LEXICON))


def test_every_word_of_consent_can_be_a_part() -> None:
    pattern = part_pattern(BUILT_IN_TYPES["yesno"], LEXICON)
    assert all(re2.fullmatch(pattern, fold(word)) for word in LEXICON.consent)
