from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fakes.clock import FakeClock, LoopClock, run_virtually
from fakes.deliveries import ShakyStore, TimedPerformer
from fakes.engines import ANN, AT_ONCE, LATER, NEITHER, PUSH, EngineHouse
from fakes.machine import count_turns, counting
from fakes.performer import FakePerformer

from interpreter.machine.effects import Send
from interpreter.machine.events import Event, TimerFired
from interpreter.machine.replies import TextReply
from interpreter.machine.session import Session, Step
from interpreter.runtime.parcels import Outgoing, pack
from interpreter.runtime.performer import Call, Outcome
from interpreter.runtime.spoken_of import spoken_of
from interpreter.runtime.version import never
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import Commit, MessageKey, Parcel, SessionKey, Stored, StoreUnavailable


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


async def test_a_timer_fires_when_it_is_due_and_its_reply_is_pushed(clock: FakeClock) -> None:
    house = EngineHouse(slow=PUSH, clock=clock)
    await house.say("wait 60 hi")
    clock.move(59)
    await house.engine.wake()
    assert (await house.session()).turns == 1
    clock.move(2)
    await house.engine.wake()
    await house.settle()
    assert (house.pushed, (await house.session()).turns) == (["turn 2"], 2)
    assert (house.seen.records[-1].kind, house.seen.outcomes) == ("timer", ["answered", "fired"])


async def test_a_timer_fires_once(clock: FakeClock) -> None:
    house = EngineHouse(slow=PUSH, clock=clock)
    await house.say("wait 1 hi")
    for _ in range(3):
        clock.move(2)
        await house.engine.wake()
    assert (await house.session()).turns == 2


async def test_a_timer_whose_wait_is_over_never_fires(clock: FakeClock) -> None:
    house = EngineHouse(clock=clock)
    await house.say("wait 60 hi")
    await house.say("stop")
    clock.move(120)
    await house.engine.wake()
    assert (await house.session()).turns == 2
    assert await house.store.waking("demo", clock.now(), 10) == ()


async def test_a_timer_survives_a_restart(clock: FakeClock) -> None:
    house = EngineHouse(clock=clock)
    await house.say("wait 60 hi")
    await house.settle()
    again = EngineHouse(house.store, slow=PUSH, clock=clock)
    clock.move(3600)
    await again.engine.wake()
    await again.settle()
    assert again.pushed == ["turn 2"]


async def test_without_a_way_to_push_the_reply_of_a_timer_comes_with_the_next_message(clock: FakeClock) -> None:
    house = EngineHouse(slow=LATER, clock=clock)
    await house.say("wait 60 hi")
    clock.move(61)
    await house.engine.wake()
    assert await house.say("hi") == "turn 2\nturn 3"


async def test_without_any_way_it_is_dropped_and_mentioned(clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    house = EngineHouse(slow=NEITHER, clock=clock)
    await house.say("wait 60 many")
    clock.move(61)
    await house.engine.wake()
    assert "3 replies were not delivered" in caplog.text
    assert await house.say("hi") == "turn 3"


def test_two_processes_let_every_timer_fire_once() -> None:
    async def scene() -> tuple[list[str], int]:
        store, clock, performer = MemoryStore(), LoopClock(), TimedPerformer()
        pauses = random.Random(7)

        async def slowly(_: str, call: Callable[[], Awaitable[Any]]) -> Any:
            await asyncio.sleep(pauses.random() / 100)
            return await call()

        houses = [
            EngineHouse(ShakyStore(store, slowly), slow=PUSH, performer=performer, clock=clock)  # type: ignore[arg-type]
            for _ in range(2)
        ]
        users = [f"user{number}" for number in range(300)]
        await asyncio.gather(*(houses[0].say(f"wait {index % 7} post 0.5", user) for index, user in enumerate(users)))
        for _ in range(12):
            await asyncio.gather(*(house.engine.wake() for house in houses))
            await asyncio.sleep(1)
        await asyncio.gather(*(house.settle() for house in houses))
        return [send.to for send in performer.sent], len(performer.calls)

    sent, calls = run_virtually(scene())
    assert sorted(sent) == sorted(f"user{number}" for number in range(300))
    assert calls == 300


class Postmarks(FakePerformer):
    """Notes when each message went out."""

    def __init__(self, clock: LoopClock) -> None:
        super().__init__()
        self.clock = clock
        self.times: dict[str, list[float]] = {}

    async def deliver(self, send: Send, key: str) -> Outcome:
        self.times.setdefault(send.to, []).append(self.clock.monotonic())
        return await super().deliver(send, key)


def test_ten_thousand_timers_fire_within_a_second() -> None:
    async def scene() -> list[float]:
        clock = LoopClock()
        performer = Postmarks(clock)
        house = EngineHouse(slow=PUSH, performer=performer, clock=clock)
        chance = random.Random(1)
        due = {}
        for number in range(10_000):
            seconds = chance.randrange(1, 40) / 2
            due[f"user{number}"] = clock.monotonic() + seconds
            await house.say(f"wait {seconds} hi", f"user{number}")
        for _ in range(25):
            await asyncio.sleep(1)
            await house.engine.wake()
        await house.settle()
        assert all(len(times) == 1 for times in performer.times.values())
        return [performer.times[user][0] - when for user, when in due.items()]

    late = run_virtually(scene())
    assert min(late) >= 0
    assert max(late) <= 1.1


async def test_a_timer_that_an_edited_bot_no_longer_has_is_forgotten(clock: FakeClock) -> None:
    house = EngineHouse(clock=clock)
    await house.say("wait 60 hi")
    version = counting()
    house.engine.renew(type(version)(**{**_fields(version), "wake_at": never}))
    clock.move(61)
    for _ in range(2):
        await house.engine.wake()
    assert await house.store.waking("demo", clock.now(), 10) == ()
    assert (await house.session()).turns == 1


def _fields(version: object) -> dict[str, Any]:
    return {name: getattr(version, name) for name in ("name", "version", "step", "zone", "idle")}


async def test_a_store_that_wakes_a_user_too_early_is_corrected(clock: FakeClock) -> None:
    house = EngineHouse(slow=PUSH, clock=clock)
    await house.say("wait 60 hi")
    stored = await house.store.load(ANN)
    await house.store.commit(Commit(ANN, stored.session, stored.revision, clock.now(), wake=clock.now()))
    clock.move(1)
    for _ in range(3):
        await house.engine.wake()
    assert await house.store.waking("demo", clock.now(), 10) == ()
    assert house.seen.outcomes == ["answered"]
    clock.move(60)
    await house.engine.wake()
    assert house.seen.outcomes == ["answered", "fired"]


async def test_a_timer_that_fails_by_a_mistake_of_ours_is_tried_again_much_later(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    house = EngineHouse(clock=clock)
    await house.say("wait 1 crash")
    for _ in range(20):
        clock.move(2)
        await house.engine.wake()
    assert caplog.text.count("Traceback") == 1
    assert "demo: a turn failed by a mistake of this program (turn=" in caplog.text
    clock.move(600)
    await house.engine.wake()
    assert caplog.text.count("Traceback") == 2


async def test_a_message_that_overtakes_a_timer_comes_first(clock: FakeClock) -> None:
    house = EngineHouse(slow=PUSH, clock=clock)
    await house.say("wait 1 hi")
    slow = asyncio.create_task(house.say("call slow"))
    await house.performer.started.wait()
    clock.move(5)
    looking = asyncio.create_task(house.engine.wake())
    for _ in range(5):
        await asyncio.sleep(0)
    house.performer.release.set()
    assert await slow == "slow1 #2"
    await looking
    await house.settle()
    assert house.pushed == ["turn 3"]


async def test_a_parcel_left_behind_is_sent_after_a_while(clock: FakeClock) -> None:
    house = EngineHouse(slow=PUSH, clock=clock)
    parcels = pack("a message", [Outgoing(Send("e", "ann", TextReply("left behind")))], clock.now())
    await house.store.put(ANN, parcels)
    clock.move(29)
    await house.engine.wake()
    await asyncio.sleep(0)
    assert house.engine.unsent == 0
    clock.move(2)
    await house.engine.wake()
    await house.settle()
    assert house.pushed == ["left behind"]
    assert house.performer.keys == [parcels[0].id]


async def test_more_users_than_a_page_holds_are_all_found(clock: FakeClock) -> None:
    house = EngineHouse(clock=clock)
    await asyncio.gather(*(house.say("wait 1 hi", f"user{number}") for number in range(1_203)))
    clock.move(2)
    await house.engine.wake()
    await house.settle()
    assert house.seen.outcomes.count("fired") == 1_203


async def test_timers_that_must_wait_for_a_service_do_not_hide_the_others(clock: FakeClock) -> None:
    house = EngineHouse(clock=clock, timing=AT_ONCE)
    await asyncio.gather(*(house.say("wait 1 call slow", f"slow{number}") for number in range(600)))
    clock.move(1)
    await house.say("wait 1 hi")
    clock.move(2)
    looking = asyncio.create_task(house.engine.wake())
    await house.performer.started.wait()
    house.performer.release.set()
    await looking
    assert (await house.session()).turns == 2


async def test_a_store_that_is_away_is_mentioned_once(clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    absences = iter([True, True, True, False, True])

    async def around(_: str, call: Callable[[], Awaitable[Any]]) -> Any:
        if next(absences):
            raise StoreUnavailable("away")
        return await call()

    house = EngineHouse(ShakyStore(MemoryStore(), around), clock=clock)  # type: ignore[arg-type]
    for _ in range(5):
        await house.engine.wake()
    assert caplog.text.count("timers and messages must wait") == 2


async def test_a_timer_that_cannot_even_be_postponed_is_mentioned(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    loads = 0

    async def around(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        nonlocal loads
        loads += name == "load"
        if loads == 3:
            raise StoreUnavailable("away")
        return await call()

    house = EngineHouse(ShakyStore(MemoryStore(), around), clock=clock)  # type: ignore[arg-type]
    await house.say("wait 1 crash")
    clock.move(2)
    await house.engine.wake()
    assert "a timer could not be postponed: the session store does not answer: away" in caplog.text


async def test_a_timer_that_runs_already_is_not_begun_again(clock: FakeClock) -> None:
    house = EngineHouse(clock=clock)
    await house.say("wait 1 call slow")
    clock.move(2)
    first = asyncio.create_task(house.engine.wake())
    await house.performer.started.wait()
    second = asyncio.create_task(house.engine.wake())
    await asyncio.sleep(0)
    house.performer.release.set()
    await asyncio.gather(first, second)
    assert house.performer.calls == ["slow"]


async def test_a_closed_engine_wakes_nobody(clock: FakeClock) -> None:
    house = EngineHouse(clock=clock)
    await house.say("wait 1 hi")
    await house.engine.close()
    clock.move(5)
    await house.engine.wake()
    assert (await house.session()).turns == 1


async def test_of_many_processes_one_decides_a_timer(clock: FakeClock) -> None:
    store, performer, decided = MemoryStore(), FakePerformer(), 0

    def machine(session: Session, event: Event) -> Step:
        nonlocal decided
        decided += isinstance(event, TimerFired)
        return count_turns(session, event)

    houses = [EngineHouse(store, machine, slow=PUSH, performer=performer, clock=clock) for _ in range(8)]
    for number in range(20):
        await houses[0].say("wait 5 call weather", f"user{number}")
    clock.move(6)
    await asyncio.gather(*(house.engine.wake() for house in houses))
    for house in houses:
        await house.settle()
    assert sum(house.seen.outcomes.count("fired") for house in houses) == 20
    assert {outcome for house in houses[1:] for outcome in house.seen.outcomes} <= {"fired"}
    assert (decided, len(performer.calls)) == (20, 20)


async def test_a_timer_that_fires_again_at_once_is_not_held_up_by_its_own_claim(clock: FakeClock) -> None:
    store = MemoryStore()
    first, second = (EngineHouse(store, slow=PUSH, clock=clock) for _ in range(2))
    await first.say("wait 1 wait 1 hi")
    for house in (first, second):
        clock.move(2)
        await house.engine.wake()
    assert (await first.session()).turns == 3


async def test_whoever_works_for_a_timer_knows_whom_not_to_name(clock: FakeClock) -> None:
    class Listening(FakePerformer):
        async def call(self, effect: Call) -> Outcome:
            self.said.append(f"call for {spoken_of.get()}")
            return await super().call(effect)

        async def deliver(self, send: Send, key: str) -> Outcome:
            self.said.append(f"deliver for {spoken_of.get()}")
            return await super().deliver(send, key)

    performer = Listening()
    house = EngineHouse(slow=PUSH, clock=clock, performer=performer)
    await house.say("wait 5 call weather", "li.si")
    clock.move(6)
    await house.engine.wake()
    await house.settle()
    assert performer.said == ["call for li.si", "deliver for li.si"]
    assert spoken_of.get() == ""


async def test_one_bad_row_does_not_keep_the_others_waiting(clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    class Damaged(MemoryStore):
        async def parcels(self, key: SessionKey) -> tuple[Parcel, ...]:
            if key.user == "bad":
                raise ValueError("year 0 is out of range")
            return await super().parcels(key)

    store = Damaged()
    house = EngineHouse(store, slow=PUSH, clock=clock)
    left_behind = pack("a message", [Outgoing(Send("e", "zoe", TextReply("left behind")))], clock.now())
    for user in ("bad", "zoe"):
        await store.put(SessionKey("demo", user), left_behind)
    await house.say("wait 60 hi", "zoe")
    clock.move(61)
    for _ in range(2):
        await house.engine.wake()
    await house.settle()
    assert sorted(house.pushed) == ["left behind", "turn 2"]
    assert caplog.text.count("cannot be read; it is passed over") == 1


async def test_a_bad_row_that_cannot_be_saved_again_does_not_keep_the_others_from_it(clock: FakeClock) -> None:
    class Damaged(MemoryStore):
        is_bad = False

        async def load(self, key: SessionKey, message: MessageKey | None = None) -> Stored:
            if self.is_bad and key.user == "bad":
                raise ValueError("year 0 is out of range")
            return await super().load(key, message)

    store = Damaged()
    house = EngineHouse(store, clock=clock)
    for user in ("bad", "ann"):
        await house.say("wait 60 hi", user)
    version = counting()
    house.engine.renew(type(version)(**{**_fields(version), "wake_at": never}))
    clock.move(61)
    store.is_bad = True
    for _ in range(2):
        await house.engine.wake()
    assert [key.user for key in await store.waking("demo", clock.now(), 10)] == ["bad"]
