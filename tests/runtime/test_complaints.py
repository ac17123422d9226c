from __future__ import annotations

import pytest
from fakes.clock import FakeClock
from fakes.machine import counting

from interpreter.runtime.complaints import Complaints
from interpreter.runtime.turn import Turn
from interpreter.stores.protocol import MessageKey, SessionConflict, SessionKey, StoreUnavailable

FULL = StoreUnavailable("database or disk is full")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def complaints(clock: FakeClock) -> Complaints:
    return Complaints("demo", clock)


def a_turn(clock: FakeClock) -> Turn:
    return Turn(SessionKey("demo", "ann"), MessageKey("1"), counting(), clock.now(), 0, clock.monotonic())


def test_a_turn_that_was_lost_has_its_cause_and_can_be_found(
    complaints: Complaints, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    turn = a_turn(clock)
    taken = complaints.lost(turn, FULL)
    record = turn.record("demo", "alias", taken, 12.0)
    assert (record.outcome, record.error) == ("failed", str(FULL))
    assert caplog.messages == [f"demo: a turn was lost: {FULL} (turn={record.turn})"]
    assert caplog.records[0].__dict__["about"] == {"bot": "demo", "turn": record.turn, "error": str(FULL)}


def test_one_cause_is_told_once_a_minute_with_the_number_of_those_that_were_not(
    complaints: Complaints, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(50):
        complaints.lost(a_turn(clock), FULL)
    for number in range(50):
        complaints.lost(a_turn(clock), SessionConflict(number, number + 1))
    complaints.uncounted(FULL)
    complaints.left(FULL)
    assert len(caplog.messages) == 4
    clock.move(61)
    complaints.lost(a_turn(clock), FULL)
    assert caplog.messages[-1].endswith("(and 49 more like it since the last line)")


def test_causes_that_are_all_different_are_not_kept_for_ever(complaints: Complaints, clock: FakeClock) -> None:
    for number in range(1_000):
        complaints.lost(a_turn(clock), StoreUnavailable("x" * number))
    assert len(complaints._said) <= 100


def test_what_was_cut_off_and_what_was_given_up_say_after_how_long(
    complaints: Complaints, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    turn, late = a_turn(clock), a_turn(clock)
    clock.move(6)
    assert complaints.cut_off(turn).outcome == "failed"
    assert complaints.given_up(late, 300).outcome == "failed"
    cut, given_up = caplog.messages
    assert cut == (
        f"demo: a turn was cut off after 6.0 s by the end of the server; nothing of it was saved (turn={turn.name()})"
    )
    assert given_up == f"demo: a turn was given up after 300 s (turn={late.name()})"
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
