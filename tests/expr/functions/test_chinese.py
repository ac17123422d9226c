from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.expr.functions.chinese import chinese_money, chinese_number
from interpreter.types.numerals import read_number
from interpreter.values import MAX_INT

CAPITALS = str.maketrans("零壹贰叁肆伍陆柒捌玖拾佰仟", "零一二三四五六七八九十百千")


@settings(deadline=None)
@given(st.integers(0, 10**12 - 1) | st.integers(0, 200) | st.sampled_from((10**4, 10**8, 100_010, 100_000_010)))
def test_a_chinese_numeral_reads_as_the_number_it_was_written_for(number: int) -> None:
    assert read_number(chinese_number(number)) == number


@settings(deadline=None)
@given(st.integers(0, 10**8), st.integers(0, 99))
def test_an_amount_of_money_says_each_of_its_parts_once(yuan: int, fen: int) -> None:
    shown = chinese_money(yuan + fen / 100)
    assert shown.endswith("分") == bool(fen % 10)
    assert ("角" in shown) == bool(fen // 10)
    if yuan:
        assert read_number(shown.partition("元")[0].translate(CAPITALS)) == yuan


def test_the_largest_number_can_be_said() -> None:
    assert chinese_number(MAX_INT).endswith("九百九十一")
