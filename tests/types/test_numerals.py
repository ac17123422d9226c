"""Numbers as people write them; single cases are in tests/data/types/answers.txt."""

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.types.numerals import INT, NUMBER, read_han, read_int, read_number

DIGITS = "零一二三四五六七八九"


def write_han(number: int) -> str:
    """A numeral by units, the way school teaches it."""
    if number >= 10**8:
        return _join(write_han(number // 10**8) + "亿", number % 10**8, 10**7)
    if number >= 10**4:
        return _join(write_han(number // 10**4) + "万", number % 10**4, 10**3)
    for unit, name in ((1000, "千"), (100, "百"), (10, "十")):
        if number >= unit:
            return _join(DIGITS[number // unit] + name, number % unit, unit // 10)
    return DIGITS[number]


def _join(head: str, rest: int, next_unit: int) -> str:
    if rest == 0:
        return head
    return head + ("零" if rest < next_unit else "") + write_han(rest)


@settings(deadline=None)
@given(st.integers(0, 2**53))
def test_a_chinese_numeral_is_read_back(number: int) -> None:
    assert read_han(write_han(number)) == number


@settings(deadline=None)
@given(st.integers(-(2**53) + 1, 2**53 - 1))
def test_a_written_number_is_read_back(number: int) -> None:
    assert read_int(str(number)) == number
    assert read_int(f"{number:,}") == number


@settings(deadline=None)
@given(st.text(alphabet=DIGITS + "十百千万亿两〇廿半点.,-+12", max_size=12))
def test_what_reads_as_a_number_looks_like_one(text: str) -> None:
    if read_int(text) is not None:
        assert re2.fullmatch(INT, text)
    if read_number(text) is not None:
        assert re2.fullmatch(NUMBER, text)


@pytest.mark.parametrize(
    "text", ["", "+", "零百", "1" * 41, "一万亿亿", "一亿一亿", "亿", "一万一万", "百万", "一万亿一万亿", "半半"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text) is None
