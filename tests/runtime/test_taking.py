from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from fakes.clock import FakeClock, LoopClock, run_virtually
from fakes.deliveries import Process, ShakyStore, TimedPerformer, WeChat, failing_once
from fakes.engines import ANN, LATER, NEITHER, PUSH, EngineHouse, arrival

from interpreter.machine.session import Session
from interpreter.runtime.arrival import HeldBack
from interpreter.runtime.performer import Failed, Outcome
from interpreter.runtime.slow import Slow
from interpreter.runtime.timing import Timing
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import Commit, MessageKey, SessionKey, StoreUnavailable

# ------------------------------------------------------------------------------- the k-th call of the store fails

SCENES: list[tuple[str, Slow, Outcome | None, list[str]]] = [
    ("hi", LATER, None, ["turn 1"]),
    ("send news", PUSH, None, ["turn 1", "news"]),
    ("many", PUSH, None, ["one", "two", "three"]),
    ("many", LATER, None, ["one", "two", "three"]),
    ("many", PUSH, Failed("refused", "no"), ["one", "two", "three"]),
    ("call 1", LATER, None, ["after 1 #1"]),
    ("post 7", PUSH, None, ["after 7 #1"]),
    ("call 17", PUSH, None, ["after 17 #1"]),
    ("call 17", PUSH, Failed("refused", "no"), ["after 17 #1"]),
    ("call 17", LATER, None, ["after 17 #1"]),
    ("wait 5 send late", PUSH, None, ["late", "turn 2"]),
    ("wait 5 many", LATER, None, ["one", "two", "three"]),
]


async def play(
    text: str, slow: Slow, pushing: Outcome | None, route: str, number: int, *, after: bool
) -> tuple[list[str], int, int]:
    """A message to two processes, whose first one has a store that fails once; what is said then, and how often."""
    memory, performer, clock = MemoryStore(), TimedPerformer(pushing), LoopClock()
    shaky = ShakyStore(memory, failing_once(number, after=after))
    processes = [
        Process(store, slow=slow, performer=performer, clock=clock, timing=Timing())  # type: ignore[arg-type]
        for store in (shaky, memory)
    ]
    wechat = WeChat()
    await wechat.send(text, [processes[int(process)] for process in route])
    for seconds in (1, 8, 31, 31):
        await asyncio.sleep(seconds)
        for process in processes:
            await process.engine.wake()
    await asyncio.sleep(5)
    turns = (await processes[1].session()).turns
    for _ in range(3):
        await wechat.send("silent", [processes[1]])
    for process in processes:
        await process.settle()
    said = [line for shown in (*wechat.shown, *performer.attempts) for line in shown.split("\n")]
    return said, turns, wechat.refused


@pytest.mark.parametrize(("text", "slow", "pushing", "wanted"), SCENES, ids=[scene[0] for scene in SCENES])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_store_that_fails_once_loses_nothing_and_repeats_nothing(
    text: str, slow: Slow, pushing: Outcome | None, wanted: list[str], after: bool
) -> None:
    for number, route in itertools.product(range(25), ("000", "001")):
        said, turns, refused = run_virtually(play(text, slow, pushing, route, number, after=after))
        assert sorted(line for line in said if line != slow.notice) == sorted(wanted), (number, route)
        assert (turns, refused) == (1 + text.startswith("wait"), 0), (number, route)


# ------------------------------------------------------------------------------------ several processes


@pytest.mark.parametrize("text", ["hi", "call 0.01"])
def test_fifty_messages_at_two_processes_are_all_counted(text: str) -> None:
    async def rounds() -> int:
        store, clock, performer = MemoryStore(), LoopClock(), TimedPerformer()
        waits = itertools.cycle([0.001, 0.002, 0.0005])

        async def slowly(_: str, call: Callable[[], Awaitable[Any]]) -> Any:
            await asyncio.sleep(next(waits))
            return await call()

        houses = [
            EngineHouse(ShakyStore(store, slowly), performer=performer, clock=clock, timing=Timing())  # type: ignore[arg-type]
            for _ in range(2)
        ]
        for number in range(10):
            messages = [houses[index % 2].say(text, key=f"{number}-{index}") for index in range(50)]
            answers = await asyncio.gather(*messages)
            assert None not in answers
            assert len(set(answers)) == 50
        return (await houses[0].session()).turns

    assert run_virtually(rounds()) == 500


async def test_messages_of_one_process_keep_their_order_while_another_one_interferes() -> None:
    store = MemoryStore()
    ours, other = EngineHouse(store), EngineHouse(store)
    answers, _ = await asyncio.gather(
        asyncio.gather(*(ours.say("hi") for _ in range(50))), asyncio.gather(*(other.say("hi") for _ in range(50)))
    )
    numbers = [int(str(answer).split()[1]) for answer in answers]
    assert numbers == sorted(numbers)


async def test_what_a_process_saves_after_a_long_sleep_is_refused() -> None:
    store = MemoryStore()
    sleeper, other = EngineHouse(store), EngineHouse(store)
    asleep = asyncio.create_task(sleeper.say("call slow", key="first"))
    await sleeper.performer.started.wait()
    assert await other.say("hi") == "turn 1"
    assert await other.say("hi") == "turn 2"
    sleeper.performer.release.set()
    assert await asleep == "slow1 #3"
    assert sleeper.performer.calls == ["slow"]


class ShortClaims(ShakyStore):
    """Another store, where a claim ends almost at once: before whoever claimed wakes up again."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store, lambda _, call: call())

    async def claim(self, key: SessionKey, message: MessageKey, holder: str, at: datetime, _: float) -> bool:
        return await self._store.claim(key, message, holder, at, 0.5)


def test_a_process_that_takes_over_a_claim_fences_the_one_that_slept() -> None:
    async def scene() -> tuple[list[str | None], int, set[str]]:
        store, clock, performer = MemoryStore(), LoopClock(), TimedPerformer()
        sleepy = Timing(claim=1e9)  # it never renews its claim: it sleeps
        sleeper = EngineHouse(ShortClaims(store), performer=performer, clock=clock, timing=sleepy)  # type: ignore[arg-type]
        other = EngineHouse(store, performer=performer, clock=clock, timing=Timing())
        first = asyncio.create_task(sleeper.say("post 4", key="same"))
        await asyncio.sleep(1)
        second = asyncio.create_task(other.say("post 4", key="same"))
        answers = [await first, await second]
        keys = {dict(call.headers)["Idempotency-Key"] for call in performer.made}
        return answers, (await other.session()).turns, keys

    answers, turns, keys = run_virtually(scene())
    assert (answers, turns, len(keys)) == (["after 4 #1"] * 2, 1, 1)


def test_only_one_of_two_processes_makes_the_calls_of_a_message() -> None:
    async def scene() -> tuple[list[str | None], int]:
        store, clock, performer = MemoryStore(), LoopClock(), TimedPerformer()
        houses = [EngineHouse(store, performer=performer, clock=clock, timing=Timing()) for _ in range(2)]
        copies = [house.say("post 3", key="same") for house in (*houses, *houses)]
        return await asyncio.gather(*copies), len(performer.calls)

    assert run_virtually(scene()) == (["after 3 #1"] * 4, 1)


def test_a_process_takes_over_from_one_that_died_during_a_call() -> None:
    async def scene() -> tuple[str | None, list[str]]:
        store, clock, performer = MemoryStore(), LoopClock(), TimedPerformer()
        mortal, heir = [EngineHouse(store, performer=performer, clock=clock, timing=Timing(drain=0)) for _ in range(2)]
        lost = asyncio.create_task(mortal.say("post 2", key="same"))
        await asyncio.sleep(1)
        await mortal.engine.close()
        with pytest.raises(HeldBack):
            await lost
        for _ in range(3):
            try:
                return await heir.say("post 2", key="same"), [str(call.headers) for call in performer.made]
            except HeldBack:
                pass
        return None, []

    answer, headers = run_virtually(scene())
    assert answer == "after 2 #1"
    assert len(headers) == 2
    assert len(set(headers)) == 1


async def test_a_resend_after_the_process_died_between_saving_and_answering_gets_the_same_bytes() -> None:
    store = MemoryStore()
    first = await EngineHouse(store).say("hi", key="same")
    again = EngineHouse(store)
    assert await again.say("hi", key="same") == first
    assert (await again.session()).turns == 1
    assert again.seen.outcomes == ["repeated"]


async def test_a_delivery_that_waits_here_is_answered_with_what_another_process_has_saved() -> None:
    memory = MemoryStore()

    async def around(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        if name == "knock":
            await memory.commit(Commit(ANN, Session("ann"), 0, house.clock.now(), MessageKey("same"), b"theirs"))
        return await call()

    house = EngineHouse(ShakyStore(memory, around))  # type: ignore[arg-type]
    assert await house.engine.handle(arrival("call slow", key="same"), within=0, hold=0) == b"theirs"
    house.performer.release.set()
    await house.settle()
    assert house.seen.outcomes == ["repeated"]


# ------------------------------------------------------------------------------------ against all expectation


async def test_a_write_so_slow_that_its_message_is_given_up_meanwhile_still_goes_one_way() -> None:
    memory = MemoryStore()

    async def around(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        if name == "commit":
            await memory.knock(ANN, MessageKey("same"), house.clock.now(), 1)
        return await call()

    house = EngineHouse(ShakyStore(memory, around), slow=PUSH)  # type: ignore[arg-type]
    assert await house.engine.handle(arrival("many", key="same"), within=100) == b"wait"
    await house.settle()
    assert house.pushed == ["one", "two", "three"]
    assert house.seen.outcomes == ["given-up"]


async def test_a_session_that_was_forgotten_needs_no_timer() -> None:
    house = EngineHouse()
    await house.say("wait 1 hi")
    revision = (await house.store.load(ANN)).revision
    await house.store.commit(Commit(ANN, Session("ann"), revision, house.clock.now(), wake=house.clock.now()))
    await house.store.erase(ANN)
    await house.engine._renew_wake(ANN)
    assert (await house.store.load(ANN)).revision == 0


async def test_a_store_that_is_gone_for_good_ends_a_turn_that_was_given_up() -> None:
    async def around(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        if name == "commit":
            raise StoreUnavailable("gone")
        return await call()

    house = EngineHouse(ShakyStore(MemoryStore(), around), slow=Slow(hold=False), timing=Timing(turn=0.05, retry=0))  # type: ignore[arg-type]
    assert await house.engine.handle(arrival("call slow"), within=0) == b"success"
    house.performer.release.set()
    await house.settle()
    assert house.seen.outcomes == ["failed"]


# ------------------------------------------------------------------------------------ claims and timers


async def claimed_by_another(house: EngineHouse, message: MessageKey) -> bool:
    return await house.store.claim(ANN, message, "another", house.clock.now(), 10)


async def test_a_turn_that_fails_lets_another_process_make_its_calls_at_once() -> None:
    house = EngineHouse(timing=Timing(drain=0, turn=0.05))
    asking = asyncio.create_task(house.engine.handle(arrival("call slow", key="same"), within=100))
    await house.performer.started.wait()
    assert not await claimed_by_another(house, MessageKey("same"))
    await asking
    assert house.seen.outcomes == ["failed"]
    assert await claimed_by_another(house, MessageKey("same"))


async def test_a_process_that_ends_leaves_its_turns_to_others_at_once() -> None:
    house = EngineHouse(timing=Timing(drain=0))
    asking = asyncio.create_task(house.engine.handle(arrival("call slow", key="same"), within=100))
    await house.performer.started.wait()
    await house.engine.close()
    with pytest.raises(HeldBack):
        await asking
    assert await claimed_by_another(house, MessageKey("same"))


async def test_a_claim_that_cannot_be_let_go_ends_by_itself() -> None:
    async def around(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        if name == "disclaim":
            raise StoreUnavailable("gone")
        return await call()

    memory = MemoryStore()
    house = EngineHouse(ShakyStore(memory, around), timing=Timing(drain=0, turn=0.05))  # type: ignore[arg-type]
    await house.engine.handle(arrival("call slow", key="same"), within=100)
    assert house.seen.outcomes == ["failed"]
    assert not await memory.claim(ANN, MessageKey("same"), "another", house.clock.now(), 10)


@pytest.mark.parametrize("slow", [PUSH, LATER, NEITHER], ids=["push", "later", "neither"])
async def test_an_overdue_timer_fires_before_the_message_and_its_words_come_along(slow: Slow) -> None:
    clock = FakeClock()
    house = EngineHouse(slow=slow, clock=clock)
    await house.say("wait 5 log late")
    clock.move(3600)
    assert await house.say("hi") == "turn 2\nturn 3"
    assert house.performer.said == ["late"]
    assert house.seen.outcomes == ["answered", "fired", "answered"]
    assert [record.kind for record in house.seen.records] == ["text", "timer", "text"]
    await house.settle()
    assert house.pushed == []


async def test_the_words_of_an_overdue_timer_do_not_wait_for_an_event() -> None:
    clock = FakeClock()
    house = EngineHouse(slow=PUSH, clock=clock)
    await house.say("wait 5 hi")
    clock.move(3600)
    view = arrival("silent", type="event", fields={"event": "view"})
    assert await house.engine.handle(view) == b"success"
    await house.settle()
    assert house.pushed == ["turn 2"]


async def test_all_timers_that_are_overdue_fire_first() -> None:
    clock = FakeClock()
    house = EngineHouse(slow=LATER, clock=clock)
    await house.say("wait 5 wait -1 wait -1 log last")
    clock.move(3600)
    assert await house.say("hi") == "turn 4\nturn 5"
    assert house.performer.said == ["last"]


async def test_an_overdue_timer_that_fails_by_a_mistake_of_ours_keeps_nobody_from_an_answer() -> None:
    clock = FakeClock()
    house = EngineHouse(clock=clock)
    await house.say("wait 5 crash")
    clock.move(3600)
    assert await house.say("hi") == "turn 2"
    assert house.seen.outcomes == ["answered", "failed", "answered"]


def test_a_message_waits_for_another_process_that_lets_the_timer_fire() -> None:
    async def scene() -> tuple[str | None, list[str]]:
        store, clock, performer = MemoryStore(), LoopClock(), TimedPerformer()
        houses = [EngineHouse(store, slow=LATER, performer=performer, clock=clock, timing=Timing()) for _ in range(2)]
        await houses[0].say("wait 5 call 2")
        await asyncio.sleep(10)
        waking = asyncio.create_task(houses[0].engine.wake())
        await asyncio.sleep(1)
        answer = await houses[1].say("hi")
        await waking
        return answer, [outcome for house in houses for outcome in house.seen.outcomes]

    assert run_virtually(scene()) == ("after 2 #2\nturn 3", ["answered", "fired", "answered"])
