"""Folding: what makes no difference, and the way back to the text as it was sent."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.types.folding import Folded, fold, is_closing, is_usual, narrow, strip_closing

TRICKY = st.text(
    alphabet="aAàÉﬁßſΣςKⅣ①½…½㈱ｱｶﾞ゛각가ᄀ\u1161\u11a8\u0301\u0345ᾳİıJ\u030c\u200b\ufe0f \u3000\n“’你好😀ﷺ", max_size=12
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("HeLLo", "hello"),
        ("ＡＢＣ１２３！", "abc123!"),
        ("  a \t\n\u3000 b ", "a b"),
        ("ｱｶﾞ", "アガ"),
        ("Straße", "strasse"),
        ("e\u0301", "é"),
        ("“don’t”", '"don\'t"'),
        ("❤\ufe0f\u200b", "❤"),
        ("①", "1"),
        ("", ""),
        (" \u3000", ""),
    ],
)
def test_case_width_and_space_make_no_difference(text: str, folded: str) -> None:
    assert fold(text) == folded


@settings(deadline=None)
@given(TRICKY | st.text(max_size=20))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(deadline=None)
@given(TRICKY | st.text(max_size=20))
def test_the_whole_folded_text_came_from_the_whole_text(text: str) -> None:
    folded = Folded(text)
    original = folded.original(0, len(folded.text))
    assert fold(original) == folded.text
    assert original in text


@settings(deadline=None)
@given(st.text(alphabet="ABcdＥ５　 你好\n", max_size=20), st.data())
def test_a_part_of_the_folded_text_folds_to_itself(text: str, data: st.DataObject) -> None:
    folded = Folded(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    assert fold(folded.original(start, end)) == folded.text[start:end].strip()


def test_captures_come_back_as_they_were_written() -> None:
    folded = Folded("我叫  Ｔｏｍ Ⅳ")
    assert folded.text == "我叫 tom iv"
    assert folded.original(3, 6) == "Ｔｏｍ"
    assert folded.original(7, 8) == "Ⅳ"
    assert folded.original(2, 2) == ""


def test_no_single_character_folds_differently_the_second_time() -> None:
    changed = [
        hex(code) for code in range(0x20000) if not 0xD800 <= code < 0xE000 and fold(fold(chr(code))) != fold(chr(code))
    ]
    assert changed == []


@settings(deadline=None)
@given(st.text(max_size=20))
def test_narrowing_keeps_letter_case(text: str) -> None:
    assert fold(narrow(text)) == fold(text)
    assert narrow("Ａb ") == "Ab"


def test_usual_are_ascii_chinese_and_what_a_chinese_keyboard_writes() -> None:
    usual = {*range(0x80), *range(0x3000, 0x3003), *range(0x4E00, 0xA000), *range(0xFF01, 0xFF5F), *map(ord, "‘’“”…")}
    assert {code for code in range(0x20000) if is_usual(chr(code))} == usual
    assert {code for code in range(0x20000) if is_usual(f"你，a。{chr(code)}！")} == usual


def test_closing_punctuation_is_taken_off() -> None:
    assert strip_closing("好的 !!。…") == "好的"
    assert strip_closing("a.b") == "a.b"
    assert strip_closing("??") == ""
    assert is_closing("。! ")
    assert is_closing("")
    assert not is_closing("a。")


def test_the_characters_that_melt_into_others_are_all_known() -> None:
    for code in range(0x300, 0x20000):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            text = chr(int(parts[0], 16)) + chr(int(parts[1], 16))
            assert Folded(text).original(0, len(Folded(text).text)) == text
            assert len(Folded(text)._offsets[0]) >= len(Folded(text).text)
