from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.dialog.durations import read_duration
from interpreter.values import print_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5m", 300), ("1h30m", 5400), ("2s", 2), ("1d", 86400), ("0.5s", 0.5), (" 1m ", 60), ("30s5m", 330), ("0s", 0)],
)
def test_durations_are_read(text, seconds):
    assert read_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "5", "m", "5 m", "-5m", "5w", "1.m", "5分钟", "５m"])
def test_what_is_no_duration(text):
    assert read_duration(text) is None


def test_no_duration_is_longer_than_ten_thousand_days():
    assert read_duration("9" * 400 + "d") == timedelta(days=10_000)


@given(st.integers(0, 10_000 * 86_400 * 1000))
def test_what_a_duration_prints_as_is_read_again(milliseconds):
    duration = timedelta(milliseconds=milliseconds)
    assert read_duration(print_duration(duration)) == duration
