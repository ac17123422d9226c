"""Loose replies as they stand in a row."""

from __future__ import annotations

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.stores.sqlite_loose import MOST_LOOSE, from_layout_4, is_full, numbered, read_loose, with_reply

PLACE = st.integers(0, (1 << 31) - 1)
NUMBERS = st.lists(st.integers(1, 1 << 40), min_size=1, max_size=MOST_LOOSE).map(sorted)
FAR = 1 << 32


def written(replies: list[tuple[int, int]]) -> bytes:
    loose = b""
    for id, place in replies:
        loose = with_reply(loose, id, place)
    return loose


@given(st.lists(st.tuples(st.integers(0, FAR - 1), PLACE), max_size=MOST_LOOSE).map(sorted), st.integers(1, 1 << 60))
def test_what_was_written_is_read(replies: list[tuple[int, int]], first: int) -> None:
    expected = [(first + number, place) for number, place in replies]
    assert numbered(read_loose(written(expected))) == expected


def test_as_many_as_there_may_be_take_little_room() -> None:
    loose = written([(1000 * number, number) for number in range(MOST_LOOSE)])
    assert is_full(loose)
    assert not is_full(loose[:-8])
    assert len(loose) <= 8 * MOST_LOOSE + 8


@pytest.mark.parametrize("next", [1, 6, 7 + FAR, 1 << 62])
def test_those_that_are_gone_or_far_away_are_given_up(next: int) -> None:
    assert numbered(with_reply(written([(7, 1), (8, 2)]), next, 3)) == [(next, 3)]


def test_the_farthest_stays_beside_the_first() -> None:
    assert numbered(written([(7, 1), (6 + FAR, 2)])) == [(7, 1), (6 + FAR, 2)]


@pytest.mark.parametrize("stored", [None, "text", 7, b"", b"x", b"x" * 11])
def test_what_is_no_loose_reply_is_none(stored: object) -> None:
    assert read_loose(stored) == from_layout_4(stored) == b""


@given(st.lists(st.tuples(st.integers(1, 1 << 40), PLACE), min_size=1, max_size=MOST_LOOSE).map(sorted), st.binary())
def test_of_a_row_that_was_cut_as_much_is_read_as_is_there(replies: list[tuple[int, int]], more: bytes) -> None:
    loose = written(replies)
    assert numbered(read_loose(loose + more[:7])) == numbered(loose)
    assert numbered(read_loose(loose[: len(loose) - 1])) == numbered(loose)[:-1]


@given(NUMBERS, st.data())
def test_those_of_layout_4_become_the_same_as_if_they_were_written_now(ids: list[int], data: st.DataObject) -> None:
    replies = [(id, data.draw(PLACE)) for id in ids]
    old = b"".join(pack("<QI", id, place) for id, place in replies)
    assert from_layout_4(old) == from_layout_4(old + b"cut") == written(replies)
