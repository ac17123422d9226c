from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from fakes.clock import LoopClock, run_virtually
from fakes.deliveries import ShakyStore, TimedPerformer
from fakes.engines import EngineHouse
from fakes.machine import call_of, count_turns
from msgspec import structs

from interpreter.machine.effects import CallService
from interpreter.machine.events import Event
from interpreter.machine.session import Session, Step
from interpreter.runtime.deciding import KEY_HEADER
from interpreter.runtime.timing import Timing
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import StoreUnavailable


def keys_of(house: EngineHouse) -> list[str]:
    return [dict(call.headers).get(KEY_HEADER, "") for call in house.performer.made]


async def test_calls_that_must_not_be_repeated_carry_a_key_of_their_own() -> None:
    house = EngineHouse()
    await house.say("post order pay", key="m1")
    await house.say("post order", key="m2")
    await house.say("post order", "bob", key="m1")
    keys = keys_of(house)
    assert len(set(keys)) == 4
    assert keys[0][:32] == keys[1][:32] != keys[2][:32] != keys[3][:32]
    assert [key[32:] for key in keys] == ["-1", "-2", "-1", "-1"]


@pytest.mark.parametrize("refused", [(), ("weather",), ("weather", "news")])
async def test_an_answer_that_the_bot_could_not_take_is_not_used_again(refused: tuple[str, ...]) -> None:
    calls: dict[str, str] = {}

    def with_refusals(session: Session, event: Event) -> Step:
        step = count_turns(session, event)
        calls.update({call.operation: call.id for call in step.effects if isinstance(call, CallService)})
        answered = len(session.turn.results) + 1 if session.turn else 0
        unfit = tuple(calls[name] for name in ("weather", "news")[:answered] if name in refused)
        return structs.replace(step, unfit=unfit)

    house = EngineHouse(machine=with_refusals)
    await house.say("call weather news")
    assert house.performer.forgotten == list(refused)


async def test_calls_that_may_be_repeated_carry_none() -> None:
    house = EngineHouse()
    await house.say("call weather")
    assert keys_of(house) == [""]


async def test_a_key_of_the_author_stays() -> None:
    def with_key(session: Session, event: Event) -> Step:
        step = count_turns(session, event)
        own = (("idempotency-key", "mine"),)
        return structs.replace(step, effects=tuple(replace(call, headers=own) for call in step.effects))  # type: ignore[call-arg,type-var]

    house = EngineHouse(machine=with_key)
    await house.say("post order")
    assert house.performer.made[0].headers == (("idempotency-key", "mine"),)


async def test_equal_calls_of_one_turn_are_made_each() -> None:
    house = EngineHouse()
    assert await house.say("post next next") == "next1 next2 #1"
    assert len(set(keys_of(house))) == 2


@pytest.mark.parametrize("fails", [False, True])
def test_a_claim_is_kept_while_a_call_runs(fails: bool) -> None:
    async def scene() -> tuple[str | None, list[float]]:
        times: list[float] = []

        async def around(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
            if name == "claim":
                times.append(round(clock.monotonic()))
                if fails and len(times) == 2:
                    raise StoreUnavailable("away")
            return await call()

        clock = LoopClock()
        store = ShakyStore(MemoryStore(), around)
        house = EngineHouse(store, performer=TimedPerformer(), clock=clock, timing=Timing())  # type: ignore[arg-type]
        return await house.say("call 4.4"), times

    assert run_virtually(scene()) == ("after 4.4 #1", [0, 3, 4])  # the last one is for the answer


async def test_a_turn_without_calls_claims_nothing() -> None:
    async def around(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        assert name in {"load", "commit"}
        return await call()

    house = EngineHouse(ShakyStore(MemoryStore(), around))  # type: ignore[arg-type]
    assert await house.say("hi") == "turn 1"


async def test_a_call_ends_with_its_turn() -> None:
    house = EngineHouse(timing=Timing(turn=0.01))
    assert await house.say("call slow") is None
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert house.performer.made == [call_of("slow")]


async def test_messages_of_a_turn_with_calls_are_all_kept() -> None:
    def chatty(session: Session, event: Event) -> Step:
        step = count_turns(session, event)
        return structs.replace(step, effects=(*step.effects, *count_turns(session, event).effects))

    house = EngineHouse(machine=chatty)
    assert await house.say("call a b") == "a1 b1 #1"
