from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fakes.clock import FakeClock, LoopClock, run_virtually
from fakes.deliveries import ShakyStore, TimedPerformer
from fakes.engines import PUSH, EngineHouse, arrival
from fakes.machine import count_turns, counting
from msgspec import structs
from msgspec.structs import replace

from interpreter.machine.events import Event, MessageReceived
from interpreter.machine.session import Session, Step
from interpreter.runtime.arrival import HeldBack, Overloaded
from interpreter.runtime.timing import Timing
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import Commit, Committed, MessageKey, Saved, SessionKey, Stored, StoreUnavailable


@pytest.fixture
async def house() -> EngineHouse:
    return EngineHouse()


async def test_a_message_is_answered_and_the_session_saved(house: EngineHouse) -> None:
    assert await house.say("hi") == "turn 1"
    assert await house.say("hi") == "turn 2"
    assert (await house.session()).turns == 2


async def test_each_user_has_a_session_of_their_own(house: EngineHouse) -> None:
    assert await house.say("hi", "ann") == "turn 1"
    assert await house.say("hi", "bob") == "turn 1"


async def test_the_machine_gets_the_time_of_the_bot_and_a_fresh_seed() -> None:
    seen: list[MessageReceived] = []

    def watch(session: Session, event: Event) -> Step:
        assert isinstance(event, MessageReceived)
        seen.append(event)
        return count_turns(session, event)

    house = EngineHouse(machine=watch)
    await house.say("hi")
    await house.say("hi")
    assert seen[0].at.tzinfo == ZoneInfo("Asia/Shanghai")
    assert seen[0].at == house.clock.now().astimezone(UTC)
    assert [event.seed for event in seen] == [100, 101]


# ---------------------------------------------------------------------------------------------------- once


async def test_a_message_delivered_again_gets_the_same_reply_and_moves_nothing(house: EngineHouse) -> None:
    assert await house.say("hi", key="same") == "turn 1"
    assert await house.say("hi", key="same") == "turn 1"
    assert (await house.session()).turns == 1


async def test_silence_is_repeated_too(house: EngineHouse) -> None:
    assert await house.say("silent", key="same") == "success"
    assert await house.say("silent", key="same") == "success"
    assert (await house.session()).turns == 1


async def test_a_message_delivered_again_after_a_restart_gets_the_same_reply(house: EngineHouse) -> None:
    await house.say("hi", key="same")
    assert await EngineHouse(house.store).say("hi", key="same") == "turn 1"


async def test_copies_that_arrive_together_share_one_turn(house: EngineHouse) -> None:
    copies = [asyncio.create_task(house.say("call slow", key="same")) for _ in range(5)]
    await house.performer.started.wait()
    house.performer.release.set()
    assert await asyncio.gather(*copies) == ["slow1 #1"] * 5
    assert house.performer.calls == ["slow"]


async def test_the_same_key_of_two_users_is_two_messages(house: EngineHouse) -> None:
    await house.say("hi", "ann", key="same")
    await house.say("hi", "bob", key="same")
    assert (await house.session("bob")).turns == 1


# ---------------------------------------------------------------------------------------------------- in order


async def test_fifty_messages_of_one_user_are_answered_in_the_order_they_came(house: EngineHouse) -> None:
    replies = await asyncio.gather(*(house.say("call quick") for _ in range(50)))
    assert replies == [f"quick{number} #{number}" for number in range(1, 51)]


async def test_a_slow_user_does_not_hold_up_another(house: EngineHouse) -> None:
    slow = asyncio.create_task(house.say("call slow", "ann"))
    await house.performer.started.wait()
    assert await house.say("hi", "bob") == "turn 1"
    house.performer.release.set()
    assert await slow == "slow1 #1"


async def test_a_failed_turn_does_not_hold_up_the_next(house: EngineHouse) -> None:
    assert await asyncio.gather(house.say("crash"), house.say("hi")) == [None, "turn 1"]


async def test_nothing_is_left_behind(house: EngineHouse) -> None:
    await asyncio.gather(*(house.say("hi", f"user{number}") for number in range(20)))
    await asyncio.sleep(0)
    assert not house.engine._running
    assert not house.engine._last


# ---------------------------------------------------------------------------------------------------- in time


async def test_a_turn_that_takes_too_long_goes_on_and_its_reply_waits_for_the_resend(house: EngineHouse) -> None:
    with pytest.raises(HeldBack):
        await house.engine.handle(arrival("call slow", key="same"), within=0, hold=0)
    house.performer.release.set()
    assert await house.say("call slow", key="same") == "slow1 #1"
    assert house.performer.calls == ["slow"]


async def test_a_delivery_that_another_will_follow_is_held_longer(house: EngineHouse) -> None:
    held = asyncio.create_task(house.engine.handle(arrival("call slow", key="same"), within=0, hold=30))
    await house.performer.started.wait()
    house.performer.release.set()
    assert await held == b"slow1 #1"


async def test_the_last_delivery_is_answered_though_nobody_has_counted_those_before(house: EngineHouse) -> None:
    last = replace(arrival("call slow", key="same"), is_last=True)
    assert await house.engine.handle(last, within=0, hold=0) == b"ask again"
    house.performer.release.set()
    assert await house.say("next") == "slow1 #1\nturn 2"


async def test_a_caller_that_goes_away_does_not_stop_the_turn(house: EngineHouse) -> None:
    caller = asyncio.create_task(house.say("call slow", key="same"))
    await house.performer.started.wait()
    caller.cancel()
    house.performer.release.set()
    assert await house.say("call slow", key="same") == "slow1 #1"


async def test_more_turns_than_may_run_are_sent_away() -> None:
    house = EngineHouse(max_turns=2)
    running = [asyncio.create_task(house.say("call slow", f"user{number}")) for number in range(2)]
    await house.performer.started.wait()
    with pytest.raises(Overloaded):
        await house.say("hi", "another")
    house.performer.release.set()
    assert await asyncio.gather(*running)
    assert await house.say("hi", "another") == "turn 1"


def test_too_many_turns_are_sent_away_at_once_and_nothing_is_kept_of_them() -> None:
    async def scene() -> tuple[int, int]:
        house = EngineHouse(max_turns=100, clock=LoopClock())
        running = [asyncio.create_task(house.say("call slow", f"user{number}")) for number in range(100)]
        await house.performer.started.wait()
        shed = await asyncio.gather(*(house.say("hi", f"late{n}") for n in range(5_000)), return_exceptions=True)
        assert {type(error) for error in shed} == {Overloaded}
        assert asyncio.get_running_loop().time() == 0
        kept = house.engine.running, len(asyncio.all_tasks())
        house.performer.release.set()
        await asyncio.gather(*running)
        assert await house.say("hi", "late") == "turn 1"
        return kept

    assert run_virtually(scene()) == (100, 301)  # with each turn its delivery and its call, and this one


def test_closing_gives_turns_five_seconds_and_leaves_the_rest_to_another_process() -> None:
    async def scene() -> tuple[list[object], float, int]:
        house = EngineHouse(performer=TimedPerformer(), clock=LoopClock(), timing=Timing())
        turns = [asyncio.create_task(house.say(f"call {n / 10}", f"user{n}", f"m{n}")) for n in range(100)]
        await asyncio.sleep(0)
        await house.engine.close()
        ended = asyncio.get_running_loop().time()
        again = EngineHouse(house.store, performer=TimedPerformer(), clock=LoopClock(), timing=Timing())
        answers = await asyncio.gather(*turns, return_exceptions=True)
        repeated = sum([await again.say(f"call {n / 10}", f"user{n}", f"m{n}") is not None for n in range(40)])
        return answers, ended, repeated

    answers, ended, repeated = run_virtually(scene())
    finished = [answer for answer in answers if isinstance(answer, str)]
    assert ended == pytest.approx(5, abs=0.2)
    assert finished == [f"after {n / 10} #1" for n in range(len(finished))]
    assert len(finished) >= 45
    assert all(isinstance(answer, (str, HeldBack)) for answer in answers)
    assert repeated == 40


async def test_a_closing_engine_takes_no_new_message(house: EngineHouse) -> None:
    await house.say("hi", key="before")
    await house.engine.close()
    with pytest.raises(Overloaded):
        await house.say("hi")


async def test_what_was_not_sent_at_the_end_stays_in_the_store() -> None:
    house = EngineHouse(slow=PUSH, timing=Timing(drain=0))
    await house.say("many")
    await house.engine.close()
    assert len(await house.store.parcels(SessionKey("demo", "ann"))) == 2


async def test_closing_waits_for_running_turns(house: EngineHouse) -> None:
    task = asyncio.create_task(house.say("call slow"))
    await house.performer.started.wait()
    asyncio.get_running_loop().call_soon(house.performer.release.set)
    await house.engine.close()
    assert await task == "slow1 #1"


async def test_closing_an_idle_engine_is_immediate(house: EngineHouse) -> None:
    await house.engine.close()


# ---------------------------------------------------------------------------------------------------- effects


async def test_the_answer_of_a_service_comes_back_to_the_machine(house: EngineHouse) -> None:
    assert await house.say("call weather") == "weather1 #1"


async def test_a_failed_call_comes_back_too(house: EngineHouse) -> None:
    assert await house.say("call broken") == "failed: timeout #1"


async def test_equal_calls_of_one_turn_are_made_each(house: EngineHouse) -> None:
    assert await house.say("call next next") == "next1 next2 #1"


async def test_log_lines_and_messages_go_out_after_the_turn_was_saved(house: EngineHouse) -> None:
    await house.say("log something")
    await house.say("send hello")
    await house.settle()
    assert (house.performer.said, house.pushed) == (["something"], ["hello"])


async def test_a_turn_that_was_not_saved_sends_nothing() -> None:
    house = EngineHouse(store=FullStore())
    with pytest.raises(HeldBack):
        await house.say("log something")
    assert house.performer.said == []


async def test_a_repeated_message_sends_nothing_again(house: EngineHouse) -> None:
    await house.say("send hello", key="same")
    await house.say("send hello", key="same")
    await house.settle()
    assert house.pushed == ["hello"]


async def test_an_effect_that_fails_does_not_keep_the_answer_back(house: EngineHouse) -> None:
    assert await house.say("log crash") == "turn 1"


# ---------------------------------------------------------------------------------------------------- all or nothing


class FullStore(MemoryStore):
    """Cannot write."""

    async def commit(self, turn: Commit) -> Committed:  # noqa: ARG002 - the store's own signature
        raise StoreUnavailable("database or disk is full")

    def commit_soon(self, turn: Commit, then: Saved) -> Committed:  # noqa: ARG002 - the store's own signature
        raise StoreUnavailable("database or disk is full")


class RacingStore(MemoryStore):
    """Another process saves the session first, some times."""

    at_once = None

    def __init__(self, races: int) -> None:
        super().__init__()
        self.races = races

    async def load(self, key: SessionKey, message: MessageKey | None = None) -> Stored:
        stored = await super().load(key, message)
        if self.races:
            self.races -= 1
            session = stored.session or Session(user=key.user)
            other = structs.replace(session, turns=session.turns + 10)
            await self.commit(Commit(key, other, stored.revision, FakeClock().now()))
        return stored


async def test_a_turn_is_decided_again_on_the_session_another_process_saved() -> None:
    house = EngineHouse(store=RacingStore(3))
    assert await house.say("call weather") == "weather1 #31"
    assert house.performer.calls == ["weather"]
    assert (await house.session()).memory["seed"] == 100


async def test_a_turn_that_always_comes_too_late_is_left_to_the_next_delivery(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = EngineHouse(store=RacingStore(50))
    with pytest.raises(HeldBack):
        await house.say("hi", key="same")
    assert "a turn was lost: the session is at revision" in caplog.text
    assert await house.say("hi", key="same") == "turn 501"


async def test_a_store_that_does_not_answer_costs_the_turn_only(caplog: pytest.LogCaptureFixture) -> None:
    house = EngineHouse(store=FullStore())
    for _ in range(2):
        with pytest.raises(HeldBack):
            await house.say("hi", key="same")
    assert await house.say("hi", key="same") is None
    assert "a turn was lost: the session store does not answer: database or disk is full" in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_delivery_that_cannot_be_counted_is_not_answered_while_another_may_follow(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def around(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        if name == "knock":
            raise StoreUnavailable("away")
        return await call()

    house = EngineHouse(ShakyStore(MemoryStore(), around))  # type: ignore[arg-type]
    with pytest.raises(HeldBack):
        await house.engine.handle(arrival("call slow", key="same"), within=0, hold=0)
    assert "a delivery could not be counted" in caplog.text
    house.performer.release.set()
    assert await house.say("call slow", key="same") == "slow1 #1"


async def test_a_lost_message_of_long_ago_is_not_counted_for_ever() -> None:
    house = EngineHouse(store=FullStore())
    for number in range(1_100):
        with pytest.raises(HeldBack):
            await house.say("hi", key=f"m{number}")
    assert len(house.engine._lost) == 1_000


async def test_a_new_version_runs_the_turns_that_begin_after_it(house: EngineHouse) -> None:
    slow = asyncio.create_task(house.say("call slow"))
    await house.performer.started.wait()
    house.engine.renew(counting(version="2"))
    house.performer.release.set()
    await slow
    await house.say("hi")
    assert [record.version for record in house.seen.records] == ["1", "2"]
    assert house.engine.version.version == "2"


async def test_our_own_mistake_is_logged_once_and_changes_nothing(
    house: EngineHouse, caplog: pytest.LogCaptureFixture
) -> None:
    await house.say("hi")
    assert await house.say("crash") is None
    assert [record.levelname for record in caplog.records if record.exc_info] == ["ERROR"]
    assert (await house.session()).turns == 1


async def test_a_user_who_leaves_is_forgotten(house: EngineHouse) -> None:
    await house.say("hi", key="first")
    leaving = arrival("", key="leaving", type="event", fields={"event": "unsubscribe"})
    assert await house.engine.handle(leaving) == b"turn 2"
    assert await house.session() == Session(user="ann")
    assert await house.engine.handle(leaving) == b"turn 2"
    assert await house.say("hi") == "turn 1"


# ---------------------------------------------------------------------------------------------------- sweeping, logging


async def test_old_replies_are_forgotten_after_a_day(house: EngineHouse) -> None:
    await house.say("hi", key="same")
    assert isinstance(house.clock, FakeClock)
    house.clock.move(23 * 3600)
    await house.engine.sweep()
    assert (await house.store.load(SessionKey("demo", "ann"), MessageKey("same"))).reply == b"turn 1"
    assert isinstance(house.clock, FakeClock)
    house.clock.move(2 * 3600)
    await house.engine.sweep()
    assert (await house.store.load(SessionKey("demo", "ann"), MessageKey("same"))).reply is None


async def test_conversations_that_are_over_are_forgotten_but_not_the_user(house: EngineHouse) -> None:
    await house.say("hi")
    assert isinstance(house.clock, FakeClock)
    house.clock.move(3600)
    await house.engine.sweep()
    assert (await house.session()).turns == 1
    assert isinstance(house.clock, FakeClock)
    house.clock.move(3600)
    await house.engine.sweep()
    assert await house.session() == Session(user="ann", memory={"seed": 100})
