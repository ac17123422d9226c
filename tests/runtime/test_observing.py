from __future__ import annotations

import asyncio

import pytest
from fakes.clock import START
from fakes.engines import LATER, EngineHouse, Seen, arrival

from interpreter.runtime.arrival import HeldBack, Overloaded
from interpreter.runtime.observing import TurnRecord, tell
from interpreter.runtime.slow import Slow


class Broken:
    """An observer that fails."""

    def turn(self, record: TurnRecord) -> None:
        raise ZeroDivisionError(record.bot)


def test_an_observer_that_fails_harms_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    seen = Seen()
    record = TurnRecord("0", "demo", "1", "u", "text", "", 0, "failed", START, 0)
    tell((Broken(), seen), record)
    assert seen.records == [record]
    assert "an observer failed by a mistake of this program" in caplog.text


async def test_every_turn_is_told_once() -> None:
    house = EngineHouse(slow=Slow(hold=False, then="later"))
    await house.say("hi", key="m1")
    await house.say("hi", key="m1")
    await house.say("crash")
    await house.engine.handle(arrival("call slow", user="bob"), within=0)
    house.performer.release.set()
    await house.settle()
    assert house.seen.outcomes == ["answered", "repeated", "failed", "given-up"]


async def test_copies_that_share_a_turn_are_one_turn() -> None:
    house = EngineHouse(slow=LATER)
    copies = [asyncio.create_task(house.say("call slow", key="same")) for _ in range(3)]
    await house.performer.started.wait()
    house.performer.release.set()
    await asyncio.gather(*copies)
    assert house.seen.outcomes == ["answered"]


async def test_a_record_says_what_happened_and_to_whom_by_a_pseudonym() -> None:
    house = EngineHouse()
    await house.say("post a b")
    await house.say("fault")
    await house.engine.handle(arrival("hi", type="event", fields={"event": "click"}))
    calls, fault, click = house.seen.records
    assert (calls.calls, calls.replies, calls.decided_by, calls.user) == (2, 1, "rules.post", "<3>")
    assert [line.name for line in fault.faults] == ["arithmetic"]
    assert (click.kind, click.version, click.bot) == ("click", "1", "demo")
    assert len({record.turn for record in house.seen.records}) == 3
    assert all(len(record.turn) == 8 for record in house.seen.records)


async def test_what_is_sent_away_is_told_too() -> None:
    house = EngineHouse(max_turns=0)
    with pytest.raises(Overloaded):
        await house.say("hi")
    assert house.seen.outcomes == ["shed"]


async def test_a_turn_that_is_cut_off_at_the_end_has_failed_and_is_told_as_such(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = EngineHouse()
    lost = asyncio.create_task(house.say("call slow"))
    await house.performer.started.wait()
    house.engine._timing = type(house.engine._timing)(drain=0)
    await house.engine.close()
    with pytest.raises(HeldBack):
        await lost
    assert house.seen.outcomes == ["failed"]
    (record,) = house.seen.records
    assert record.error == "cut off after 0.0 s by the end of the server"
    (line,) = caplog.messages
    assert line == f"demo: a turn was {record.error}; nothing of it was saved (turn={record.turn})"
