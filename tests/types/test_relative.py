from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.types.relative import with_date

THURSDAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("今天", "2026-01-01"),
        ("明天", "2026-01-02"),
        ("后天", "2026-01-03"),
        ("大后天", "2026-01-04"),
        ("昨天", "2025-12-31"),
        ("Tomorrow", "2026-01-02"),
        ("the day after tomorrow", "2026-01-03"),
        ("周四", "2026-01-01"),
        ("周五", "2026-01-02"),
        ("星期三", "2026-01-07"),
        ("这周三", "2025-12-31"),
        ("下周一", "2026-01-05"),
        ("下个星期天", "2026-01-11"),
        ("下下周一", "2026-01-12"),
        ("上周五", "2025-12-26"),
        ("friday", "2026-01-02"),
        ("next monday", "2026-01-05"),
        ("on wed", "2026-01-07"),
        ("三天后", "2026-01-04"),
        ("2 周后", "2026-01-15"),
        ("in 3 days", "2026-01-04"),
        ("in 1 week", "2026-01-08"),
        ("3月5日", "2026-03-05"),
        ("三月五号", "2026-03-05"),
        ("1月1日", "2026-01-01"),
        ("12月31日", "2026-12-31"),
        ("2月29日", "2028-02-29"),
        ("3/5", "2026-03-05"),
        ("5号", "2026-01-05"),
        ("31号", "2026-01-31"),
        ("明天下午3点", "2026-01-02 下午3点"),
        ("今晚8点", "2026-01-01 晚上8点"),
        ("周五 9:30", "2026-01-02 9:30"),
    ],
)
def test_a_day_relative_to_a_thursday(said: str, meant: str) -> None:
    assert with_date(said, THURSDAY) == meant


@pytest.mark.parametrize(
    "said", ["", "天气", "13月5日", "2月30日", "99号", "2026/1/2", "mondays are bad days"[:0], "周"]
)
def test_what_is_no_relative_day(said: str) -> None:
    assert with_date(said, THURSDAY) is None


def test_the_next_30th_skips_february() -> None:
    assert with_date("30号", date(2026, 1, 31)) == "2026-03-30"


@given(st.text(max_size=20), st.dates())
def test_any_text_on_any_day_is_a_date_or_none(text: str, today: date) -> None:
    meant = with_date(text, today)
    assert meant is None or date.fromisoformat(meant[:10])
