"""Typing mistakes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.patterns.typos import allowed_typos, within_typos


@pytest.mark.parametrize(
    ("phrase", "text", "near"),
    [
        ("help", "help", True),
        ("help", "hlep", True),
        ("help", "helpp", True),
        ("help", "hel", True),
        ("help", "hepl", True),
        ("help", "hxlx", False),
        ("subscribe", "sbuscrieb", True),
        ("subscribe", "sbuscrixx", False),
        ("subscribe", "sub", False),
        ("ok", "ko", False),
        ("abcdef", "ghijkl", False),
    ],
)
def test_a_slip_is_forgiven(phrase: str, text: str, near: bool) -> None:
    assert within_typos(phrase, text) is near


@settings(deadline=None)
@given(
    st.text(alphabet="abc", min_size=3, max_size=8), st.integers(0, 8), st.sampled_from("abcx"), st.sampled_from("idrs")
)
def test_one_slip_is_always_forgiven_in_three_letters_or_more(phrase: str, place: int, letter: str, slip: str) -> None:
    place %= len(phrase)
    head, tail = phrase[:place], phrase[place:]
    typed = {"i": head + letter + tail, "d": head + tail[1:], "r": head + letter + tail[1:]}.get(
        slip, head + tail[1:2] + tail[:1] + tail[2:]
    )
    assert within_typos(phrase, typed)


@settings(deadline=None)
@given(st.text(alphabet="ab", max_size=7), st.text(alphabet="ab", max_size=7))
def test_lengths_apart_are_slips(left: str, right: str) -> None:
    if within_typos(left, right):
        assert abs(len(left) - len(right)) <= allowed_typos(left)
