from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from fakes.clock import FakeClock
from fakes.machine import count_turns
from fakes.performer import FakePerformer

from interpreter.machine.effects import LogLine, Send
from interpreter.machine.events import Event, Message, MessageReceived
from interpreter.machine.replies import Reply, TextReply
from interpreter.machine.session import Session, Step
from interpreter.runtime.engine import Arrival, Engine, HeldBack, Overloaded
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import Commit, MessageKey, SessionKey, Stored, StoreUnavailable

NUMBERS = itertools.count()


@dataclass(frozen=True)
class Plain:
    body: bytes
    rest: tuple[Reply, ...] = ()


def plain(replies: Sequence[Reply]) -> Plain:
    texts = [reply.text for reply in replies if isinstance(reply, TextReply)]
    return Plain(texts[0].encode() if texts else b"success", tuple(replies[1:]))


def arrival(text: str, user: str = "ann", key: str = "", **message: object) -> Arrival:
    said = replace(Message(type="text", user=user, account="gh_bot", time=0, text=text), **message)  # type: ignore[arg-type]
    return Arrival(SessionKey("demo", user), MessageKey(key or f"m{next(NUMBERS)}"), said, plain)


class House:
    """An engine and all it works with."""

    def __init__(self, store: MemoryStore | None = None, machine: object = count_turns, max_turns: int = 2_000) -> None:
        self.store = store or MemoryStore()
        self.performer = FakePerformer()
        self.clock = FakeClock()
        seeds = itertools.count(100)
        self.engine = Engine(
            "demo",
            machine,  # type: ignore[arg-type]
            self.store,
            self.performer,
            clock=self.clock,
            seeds=lambda: next(seeds),
            zone=ZoneInfo("Asia/Shanghai"),
            idle=timedelta(minutes=30),
            alias=lambda user: f"<{len(user)}>",
            max_turns=max_turns,
        )

    async def say(self, text: str, user: str = "ann", key: str = "") -> str | None:
        body = await self.engine.handle(arrival(text, user, key))
        return None if body is None else body.decode()

    async def session(self, user: str = "ann") -> Session:
        return (await self.store.load(SessionKey("demo", user))).session or Session(user=user)


@pytest.fixture
async def house() -> House:
    return House()


async def test_a_message_is_answered_and_the_session_saved(house: House) -> None:
    assert await house.say("hi") == "turn 1"
    assert await house.say("hi") == "turn 2"
    assert (await house.session()).turns == 2


async def test_each_user_has_a_session_of_their_own(house: House) -> None:
    assert await house.say("hi", "ann") == "turn 1"
    assert await house.say("hi", "bob") == "turn 1"


async def test_the_machine_gets_the_time_of_the_bot_and_a_fresh_seed() -> None:
    seen: list[MessageReceived] = []

    def watch(session: Session, event: Event) -> Step:
        assert isinstance(event, MessageReceived)
        seen.append(event)
        return count_turns(session, event)

    house = House(machine=watch)
    await house.say("hi")
    await house.say("hi")
    assert seen[0].at.tzinfo == ZoneInfo("Asia/Shanghai")
    assert seen[0].at == house.clock.now().astimezone(UTC)
    assert [event.seed for event in seen] == [100, 101]


# ---------------------------------------------------------------------------------------------------- once


async def test_a_message_delivered_again_gets_the_same_reply_and_moves_nothing(house: House) -> None:
    assert await house.say("hi", key="same") == "turn 1"
    assert await house.say("hi", key="same") == "turn 1"
    assert (await house.session()).turns == 1


async def test_silence_is_repeated_too(house: House) -> None:
    assert await house.say("silent", key="same") == "success"
    assert await house.say("silent", key="same") == "success"
    assert (await house.session()).turns == 1


async def test_a_message_delivered_again_after_a_restart_gets_the_same_reply(house: House) -> None:
    await house.say("hi", key="same")
    assert await House(house.store).say("hi", key="same") == "turn 1"


async def test_copies_that_arrive_together_share_one_turn(house: House) -> None:
    copies = [asyncio.create_task(house.say("call slow", key="same")) for _ in range(5)]
    await house.performer.started.wait()
    house.performer.release.set()
    assert await asyncio.gather(*copies) == ["slow1 #1"] * 5
    assert house.performer.calls == ["slow"]


async def test_the_same_key_of_two_users_is_two_messages(house: House) -> None:
    await house.say("hi", "ann", key="same")
    await house.say("hi", "bob", key="same")
    assert (await house.session("bob")).turns == 1


# ---------------------------------------------------------------------------------------------------- in order


async def test_fifty_messages_of_one_user_are_answered_in_the_order_they_came(house: House) -> None:
    replies = await asyncio.gather(*(house.say("call quick") for _ in range(50)))
    assert replies == [f"quick{number} #{number}" for number in range(1, 51)]


async def test_a_slow_user_does_not_hold_up_another(house: House) -> None:
    slow = asyncio.create_task(house.say("call slow", "ann"))
    await house.performer.started.wait()
    assert await house.say("hi", "bob") == "turn 1"
    house.performer.release.set()
    assert await slow == "slow1 #1"


async def test_a_failed_turn_does_not_hold_up_the_next(house: House) -> None:
    assert await asyncio.gather(house.say("crash"), house.say("hi")) == [None, "turn 1"]


async def test_nothing_is_left_behind(house: House) -> None:
    await asyncio.gather(*(house.say("hi", f"user{number}") for number in range(20)))
    await asyncio.sleep(0)
    assert not house.engine._running
    assert not house.engine._last


# ---------------------------------------------------------------------------------------------------- in time


async def test_a_turn_that_takes_too_long_goes_on_and_its_reply_waits_for_the_resend(house: House) -> None:
    with pytest.raises(HeldBack):
        await house.engine.handle(arrival("call slow", key="same"), within=0, hold=0)
    house.performer.release.set()
    assert await house.say("call slow", key="same") == "slow1 #1"
    assert house.performer.calls == ["slow"]


async def test_only_the_last_delivery_is_told_that_there_is_no_answer(house: House) -> None:
    for _ in range(2):
        with pytest.raises(HeldBack):
            await house.engine.handle(arrival("call slow", key="same"), within=0, hold=0)
    assert await house.engine.handle(arrival("call slow", key="same"), within=0, hold=0) is None
    house.performer.release.set()
    assert await house.say("call slow", key="same") == "slow1 #1"


async def test_a_delivery_that_another_will_follow_is_held_longer(house: House) -> None:
    held = asyncio.create_task(house.engine.handle(arrival("call slow", key="same"), within=0, hold=30))
    await house.performer.started.wait()
    house.performer.release.set()
    assert await held == b"slow1 #1"


async def test_a_caller_that_goes_away_does_not_stop_the_turn(house: House) -> None:
    caller = asyncio.create_task(house.say("call slow", key="same"))
    await house.performer.started.wait()
    caller.cancel()
    house.performer.release.set()
    assert await house.say("call slow", key="same") == "slow1 #1"


async def test_more_turns_than_may_run_are_sent_away() -> None:
    house = House(max_turns=2)
    running = [asyncio.create_task(house.say("call slow", f"user{number}")) for number in range(2)]
    await house.performer.started.wait()
    with pytest.raises(Overloaded):
        await house.say("hi", "another")
    house.performer.release.set()
    assert await asyncio.gather(*running)
    assert await house.say("hi", "another") == "turn 1"


async def test_closing_waits_for_running_turns(house: House) -> None:
    task = asyncio.create_task(house.say("call slow"))
    await house.performer.started.wait()
    asyncio.get_running_loop().call_soon(house.performer.release.set)
    await house.engine.close()
    assert await task == "slow1 #1"


async def test_closing_an_idle_engine_is_immediate(house: House) -> None:
    await house.engine.close()


# ---------------------------------------------------------------------------------------------------- effects


async def test_the_answer_of_a_service_comes_back_to_the_machine(house: House) -> None:
    assert await house.say("call weather") == "weather1 #1"


async def test_a_failed_call_comes_back_too(house: House) -> None:
    assert await house.say("call broken") == "failed: timeout #1"


async def test_equal_calls_of_one_turn_are_made_each(house: House) -> None:
    assert await house.say("call next next") == "next1 next2 #1"


async def test_log_lines_and_messages_go_out_after_the_turn_was_saved(house: House) -> None:
    await house.say("log something")
    await house.say("send hello")
    assert house.performer.dispatched == [LogLine("log", "something"), Send("send", "bob", TextReply("hello"))]


async def test_a_turn_that_was_not_saved_sends_nothing() -> None:
    house = House(store=FullStore())
    assert await house.say("log something") is None
    assert house.performer.dispatched == []


async def test_a_repeated_message_sends_nothing_again(house: House) -> None:
    await house.say("send hello", key="same")
    await house.say("send hello", key="same")
    assert len(house.performer.dispatched) == 1


async def test_an_effect_that_fails_does_not_keep_the_answer_back(house: House) -> None:
    assert await house.say("log crash") == "turn 1"


# ---------------------------------------------------------------------------------------------------- all or nothing


class FullStore(MemoryStore):
    """Cannot write."""

    async def commit(self, turn: Commit) -> int:  # noqa: ARG002 - the store's own signature
        raise StoreUnavailable("database or disk is full")


class RacingStore(MemoryStore):
    """Another process saves the session first, some times."""

    def __init__(self, races: int) -> None:
        super().__init__()
        self.races = races

    async def load(self, key: SessionKey, message: MessageKey | None = None) -> Stored:
        stored = await super().load(key, message)
        if self.races:
            self.races -= 1
            session = stored.session or Session(user=key.user)
            other = replace(session, turns=session.turns + 10)
            await self.commit(Commit(key, other, stored.revision, FakeClock().now()))
        return stored


async def test_a_turn_is_decided_again_on_the_session_another_process_saved() -> None:
    house = House(store=RacingStore(3))
    assert await house.say("call weather") == "weather1 #31"
    assert house.performer.calls == ["weather"]
    assert (await house.session()).memory["seed"] == 100


async def test_a_turn_that_always_comes_too_late_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    house = House(store=RacingStore(4))
    assert await house.say("hi") is None
    assert "a turn was lost: the session is at revision 4, not 3" in caplog.text


async def test_a_store_that_does_not_answer_costs_the_turn_only(caplog: pytest.LogCaptureFixture) -> None:
    assert await House(store=FullStore()).say("hi") is None
    assert "a turn was lost: the session store does not answer: database or disk is full" in caplog.text
    assert "Traceback" not in caplog.text


async def test_our_own_mistake_is_logged_once_and_changes_nothing(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.say("hi")
    assert await house.say("crash") is None
    assert [record.levelname for record in caplog.records if record.exc_info] == ["ERROR"]
    assert (await house.session()).turns == 1


async def test_a_user_who_leaves_is_forgotten(house: House) -> None:
    await house.say("hi", key="first")
    leaving = arrival("", key="leaving", type="event", fields={"event": "unsubscribe"})
    assert await house.engine.handle(leaving) == b"turn 2"
    assert await house.session() == Session(user="ann")
    assert await house.engine.handle(leaving) == b"turn 2"
    assert await house.say("hi") == "turn 1"


# ---------------------------------------------------------------------------------------------------- sweeping, logging


async def test_old_replies_are_forgotten_after_a_day(house: House) -> None:
    await house.say("hi", key="same")
    house.clock.move(23 * 3600)
    await house.engine.sweep()
    assert (await house.store.load(SessionKey("demo", "ann"), MessageKey("same"))).reply == b"turn 1"
    house.clock.move(2 * 3600)
    await house.engine.sweep()
    assert (await house.store.load(SessionKey("demo", "ann"), MessageKey("same"))).reply is None


async def test_conversations_that_are_over_are_forgotten_but_not_the_user(house: House) -> None:
    await house.say("hi")
    house.clock.move(3600)
    await house.engine.sweep()
    assert (await house.session()).turns == 1
    house.clock.move(3600)
    await house.engine.sweep()
    assert await house.session() == Session(user="ann", memory={"seed": 100})


async def test_the_log_names_turns_but_neither_users_nor_what_they_say(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await house.say("hi canary", user="oCanary")
    assert "bot=demo user=<7> type=text by=rules.hi replies=1 ms=0" in caplog.text
    assert "anary" not in caplog.text


async def test_a_fault_of_the_bot_is_logged_with_its_place(house: House, caplog: pytest.LogCaptureFixture) -> None:
    assert await house.say("fault") == "failure"
    assert "bot.yaml:3:5: division by zero" in caplog.text


async def test_replies_that_found_no_room_are_counted_in_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    assert await house.say("many") == "one"
    assert "2 more replies were not delivered" in caplog.text
