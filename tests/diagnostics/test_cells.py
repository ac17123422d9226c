"""Text in terminal cells."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.diagnostics.cells import MAX_CELLS, cell_width, escaped, excerpt


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("你好", 4), ("ａ：", 4), ("é", 1), ("e\u0301", 1), ("😀", 2), ("·…", 2), ("\u3000", 2)],
)
def test_chinese_characters_take_two_cells(text: str, width: int) -> None:
    assert cell_width(text) == width


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain 你好", "plain 你好"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\u202eabc\u2066", "\\u202eabc\\u2066"),
        ("\ufeff\ud800", "\\ufeff\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("👨\u200d👩", "👨\u200d👩"),
        ("\u2028", "\\u2028"),
    ],
)
def test_what_a_terminal_obeys_or_hides_is_escaped(text: str, expected: str) -> None:
    assert escaped(text) == expected


@given(st.text())
def test_nothing_dangerous_is_left(text: str) -> None:
    left = {unicodedata.category(char) for char in escaped(text) if char != "\u200d"}
    assert not left & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def test_carets_stand_under_wide_characters() -> None:
    assert excerpt("  回复: 你好", [(6, 8), (2, 4)]) == ("  回复: 你好", [(8, 4), (2, 4)])


def test_tabs_and_escapes_count_as_they_are_shown() -> None:
    assert excerpt("\ta\x1bb", [(1, 2), (2, 3), (3, 4)]) == ("    a\\x1bb", [(4, 1), (5, 4), (9, 1)])


def test_an_empty_range_gets_one_caret() -> None:
    assert excerpt("ab", [(2, 2)]) == ("ab", [(2, 1)])
    assert excerpt("", []) == ("", [])


def test_a_long_line_is_cut_around_the_caret() -> None:
    shown, [(indent, width)] = excerpt("x" * 500 + "你好" + "y" * 500, [(500, 502)])
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert cell_width(shown[:-1]) <= MAX_CELLS + 2
    assert width == 4
    assert shown[indent : indent + 2] == "你好"


@given(st.text(max_size=300), st.data())
def test_carets_stay_under_the_line(line: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(line)))
    last = data.draw(st.integers(first, len(line)))
    shown, [(indent, width)] = excerpt(line, [(first, last)])
    assert width >= 1
    assert indent + width <= cell_width(shown) + 1
    assert cell_width(shown) <= MAX_CELLS + 14
