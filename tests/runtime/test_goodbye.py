from __future__ import annotations

import asyncio
from datetime import timedelta

from fakes.clock import START, FakeClock
from fakes.engines import ANN, PUSH, EngineHouse, arrival

from interpreter.machine.session import Session
from interpreter.runtime.arrival import Arrival
from interpreter.stores.protocol import REPLY_LIFE, SessionStore

NOON = int(START.timestamp())


def message(text: str, key: str, second: int, **fields: object) -> Arrival:
    return arrival(text, key=key, time=NOON + second, **fields)


def event(name: str, second: int) -> Arrival:
    return message("", f"{name} {second}", second, type="event", fields={"event": name})


async def test_a_message_from_before_the_goodbye_gets_no_turn_when_it_is_delivered_again(
    any_store: SessionStore,
) -> None:
    house = EngineHouse(any_store)
    hello = message("hi", "hello", 0)
    assert await house.engine.handle(hello) == b"turn 1"
    await house.engine.handle(event("unsubscribe", 5))
    assert await house.engine.handle(hello) is None
    assert await house.engine.handle(message("never answered", "lost", 4)) is None
    assert await house.session() == Session(user="ann")
    assert (await any_store.load(ANN)).session is None
    assert house.seen.outcomes == ["answered", "answered", "repeated", "repeated"]


async def test_a_turn_that_runs_elsewhere_when_its_user_leaves_saves_and_sends_nothing(any_store: SessionStore) -> None:
    slow, other = EngineHouse(any_store, slow=PUSH), EngineHouse(any_store, slow=PUSH)
    await other.engine.handle(message("hi", "hello", 0))
    asking = asyncio.create_task(slow.engine.handle(message("call slow", "slow", 1), within=100))
    await slow.performer.started.wait()
    await other.engine.handle(event("unsubscribe", 5))
    slow.performer.release.set()
    assert await asking is None
    await slow.settle()
    assert slow.pushed == []
    assert (await any_store.load(ANN)).session is None
    assert await any_store.parcels(ANN) == ()


async def test_who_comes_back_is_somebody_new(any_store: SessionStore) -> None:
    house = EngineHouse(any_store)
    await house.engine.handle(message("hi", "hello", 0))
    await house.engine.handle(event("unsubscribe", 5))
    assert await house.engine.handle(event("subscribe", 5)) == b"turn 1"
    assert await house.engine.handle(message("hi", "again", 9)) == b"turn 2"
    assert await house.engine.handle(message("hi", "hello", 0)) is None
    assert await house.engine.handle(event("unsubscribe", 20)) == b"turn 3"
    assert await house.engine.handle(message("hi", "again", 9)) is None


async def test_a_goodbye_leaves_its_time_and_its_own_answer_for_a_day_and_nothing_else(any_store: SessionStore) -> None:
    clock = FakeClock()
    house = EngineHouse(any_store, clock=clock)
    await house.engine.handle(message("secret", "hello", 0))
    goodbye = event("unsubscribe", 5)
    await house.engine.handle(goodbye)
    stored = await any_store.load(ANN, goodbye.message_key)
    assert (stored.session, stored.reply) == (None, b"turn 2")
    assert [(mark.body, mark.due) for mark in stored.waiting] == [("goodbye", START + timedelta(seconds=5))]
    clock.move(REPLY_LIFE + 10)
    await house.engine.sweep()
    stored = await any_store.load(ANN, goodbye.message_key)
    assert stored.waiting == ()
    assert house.engine.running == 0
