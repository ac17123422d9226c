from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from interpreter.machine.chance import chance_from


@given(st.integers(), st.integers(-1000, 1000), st.integers(0, 1000))
def test_a_number_stays_between_its_bounds(seed: int, low: int, span: int) -> None:
    chance = chance_from(seed)
    assert all(low <= chance.between(low, low + span) <= low + span for _ in range(20))


def test_picks_are_about_even() -> None:
    chance = chance_from(7)
    counts = Counter(chance.pick(4) for _ in range(4_000))
    assert all(900 < counts[index] < 1_100 for index in range(4))


def test_the_same_seed_gives_the_same_numbers_for_ever() -> None:
    chance = chance_from(42)
    assert [chance.between(1, 100) for _ in range(5)] == [75, 16, 28, 35, 4]


def test_pinned_numbers_come_in_turn_and_are_kept_in_bounds() -> None:
    chance = chance_from((7, 12))
    assert [chance.between(1, 9) for _ in range(3)] == [7, 9, 7]
    assert [chance.pick(5) for _ in range(2)] == [2, 2]
