from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from fakes.clock import LoopClock, run_virtually
from fakes.deliveries import Process, ShakyStore, TimedPerformer, WeChat, failing_once
from fakes.engines import LATER, NEITHER, PUSH, arrival
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from interpreter.runtime.arrival import HeldBack
from interpreter.runtime.performer import Completed, Failed, Outcome
from interpreter.runtime.slow import Slow, slow_policy
from interpreter.runtime.timing import ANSWERED_BY, Timing
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import StoreUnavailable

# ---------------------------------------------------------------------------------------------------- the policy


@pytest.mark.parametrize(
    ("written", "can_push", "hold", "then", "rest"),
    [
        ((), False, True, "later", "later"),
        ((), True, True, "push", "push"),
        (("hold", "push"), True, True, "push", "push"),
        (("hold", "push"), False, True, None, None),
        (("later",), True, False, "later", "push"),
        (("later", "push"), True, False, "later", "push"),
        (("push",), True, False, "push", "push"),
        (("hold",), False, True, None, None),
    ],
)
def test_the_first_way_that_can_be_gone_is_gone(
    written: Sequence[str], can_push: bool, hold: bool, then: str | None, rest: str | None
) -> None:
    policy = slow_policy(written, can_push=can_push, language="en")
    assert (policy.hold, policy.then, policy.rest) == (hold, then, rest)


@pytest.mark.parametrize(("language", "said"), [("zh", "请"), ("en", "answer")])
def test_the_notice_is_in_the_language_of_the_bot(language: str, said: str) -> None:
    for can_push in (True, False):
        assert said in slow_policy((), can_push=can_push, language=language).notice


@pytest.mark.parametrize("notice", ["稍等", ""])
def test_an_author_may_say_it_differently_or_not_at_all(notice: str) -> None:
    assert slow_policy((), can_push=False, language="zh", notice=notice).notice == notice


def test_without_hold_the_first_delivery_is_the_last() -> None:
    assert (Slow(hold=False).deliveries, Slow(hold=True).deliveries) == (1, 3)


# ---------------------------------------------------------------------------------------------------- in time


@pytest.mark.parametrize("slow", [PUSH, LATER, NEITHER], ids=["push", "later", "neither"])
@pytest.mark.parametrize("seconds", ["0", "4.4", "4.48", "4.6", "7", "9.48", "9.6", "14.4", "14.6", "40"])
def test_no_delivery_is_answered_later_than_promised(seconds: str, slow: Slow) -> None:
    async def deliver() -> list[float]:
        process = Process(MemoryStore(), slow=slow, performer=TimedPerformer(), clock=LoopClock(), timing=Timing())  # type: ignore[arg-type]
        loop, took = asyncio.get_running_loop(), list[float]()
        for _ in range(3):
            began = loop.time()
            with suppress(HeldBack):
                await process.engine.handle(arrival(f"call {seconds}", key="same"))
                took.append(loop.time() - began)
            await asyncio.sleep(max(began + 5 - loop.time(), 0))
        await process.engine.close()
        return took

    took = run_virtually(deliver())
    assert took
    assert max(took) <= ANSWERED_BY + 1e-6


# ---------------------------------------------------------------------------------------------------- exactly one way

PUSH_AT_ONCE = Slow(hold=False, then="push", notice="wait", can_push=True)
LATER_AT_ONCE = Slow(hold=False, then="later", notice="ask again")
HOLD_ONLY = Slow(hold=True, then=None, notice="sorry", else_later=False)
REFUSED = Failed("refused", "out of time")
UNKNOWN = Failed("network", "the connection broke off")
SECONDS = ("0", "4.4", "4.6", "5.2", "7", "9.45", "9.6", "10.4", "12", "14.4", "14.6", "17", "40")
ROUTES = ("000", "010", "011", "101")
CUT_SHORT = ("0", "1", "00", "01", "10")
"""Of deliveries that WeChat gives up before the last one."""


@dataclass
class Told:
    """What a user was told of one reply, by answers and by messages."""

    shown: int
    pushed: int
    notices: int
    calls: int
    refused: int


async def converse(
    seconds: str,
    slow: Slow,
    route: str,
    pushing: Outcome | None = None,
    *,
    dies: bool = False,
    lost: int = 0,
    around: Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]] | None = None,
) -> Told:
    """A message whose turn takes some time, then another one a while later; the first process may die after saving."""
    memory, performer, clock = MemoryStore(), TimedPerformer(pushing), LoopClock()
    store = ShakyStore(memory, around) if around else memory
    processes = [Process(store, slow=slow, performer=performer, clock=clock, timing=Timing()) for _ in range(2)]  # type: ignore[arg-type]
    if dies:
        mortal, first = processes[0], processes[0].store

        async def last_words(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
            result = await call()
            if name == "commit" and not mortal.is_dead:
                mortal.is_dead = True
                raise asyncio.CancelledError
            return result

        processes[0] = Process(
            ShakyStore(first, last_words),  # type: ignore[arg-type]
            slow=slow,
            performer=performer,
            clock=clock,
            timing=Timing(),
        )
        mortal = processes[0]
    wechat = WeChat(lost)
    await wechat.send(f"call {seconds}", [processes[int(number)] for number in route])
    await asyncio.sleep(90)
    for _ in range(3):
        await processes[1].engine.wake()
        await asyncio.sleep(2)
    for text in ("hi", "hi again"):
        await wechat.send(text, [processes[1]])
        await asyncio.sleep(1)
    await asyncio.gather(*(process.settle() for process in processes))
    reply = f"after {seconds} #1"
    return Told(
        shown=sum(text.split("\n").count(reply) for text in wechat.shown),
        pushed=performer.attempts.count(reply),
        notices=wechat.shown.count(slow.notice),
        calls=len(performer.calls),
        refused=wechat.refused,
    )


@pytest.mark.parametrize("slow", [PUSH, LATER, PUSH_AT_ONCE, LATER_AT_ONCE], ids=["push", "later", "push1", "later1"])
@pytest.mark.parametrize("pushing", [Completed(None), REFUSED, UNKNOWN], ids=["sent", "refused", "unknown"])
def test_a_reply_goes_exactly_one_way(slow: Slow, pushing: Outcome) -> None:
    for seconds, route in itertools.product(SECONDS, ROUTES):
        told = run_virtually(converse(seconds, slow, route, pushing))
        assert told.shown + told.pushed == 1, (seconds, route, told)
        assert (told.calls, told.refused) == (1, 0), (seconds, route, told)


@pytest.mark.parametrize("slow", [PUSH, LATER, PUSH_AT_ONCE, LATER_AT_ONCE], ids=["push", "later", "push1", "later1"])
def test_a_reply_goes_exactly_one_way_when_the_process_dies_after_saving_it(slow: Slow) -> None:
    for seconds, route in itertools.product(SECONDS, ROUTES):
        told = run_virtually(converse(seconds, slow, route, dies=True))
        is_lost = told.refused and float(seconds) < 2
        assert told.shown + told.pushed == 1 - is_lost, (seconds, route, told)


@given(
    waits=st.lists(st.sampled_from([0.0, 0.01, 0.1, 0.3]), min_size=12, max_size=12),
    seconds=st.sampled_from(SECONDS),
    slow=st.sampled_from([PUSH, LATER, PUSH_AT_ONCE, LATER_AT_ONCE]),
    route=st.sampled_from(ROUTES + CUT_SHORT),
    pushing=st.sampled_from([Completed(None), REFUSED, UNKNOWN]),
    dies=st.booleans(),
)
@settings(deadline=None, max_examples=200)
def test_a_reply_goes_exactly_one_way_however_slow_the_store_is(
    waits: list[float], seconds: str, slow: Slow, route: str, pushing: Outcome, dies: bool
) -> None:
    pauses = itertools.cycle(waits)

    async def around(_: str, call: Callable[[], Awaitable[Any]]) -> Any:
        await asyncio.sleep(next(pauses))
        result = await call()
        await asyncio.sleep(next(pauses))
        return result

    told = run_virtually(converse(seconds, slow, route, pushing, dies=dies, around=around))
    assert told.shown + told.pushed == 1 or (told.shown + told.pushed == 0 and told.refused and dies)


@pytest.mark.parametrize("slow", [PUSH, LATER, PUSH_AT_ONCE, LATER_AT_ONCE, HOLD_ONLY], ids=str)
@pytest.mark.parametrize("pushing", [Completed(None), REFUSED, UNKNOWN], ids=["sent", "refused", "unknown"])
def test_a_reply_that_no_delivery_comes_for_any_more_goes_another_way(slow: Slow, pushing: Outcome) -> None:
    for seconds, route in itertools.product(SECONDS, CUT_SHORT):
        if slow is HOLD_ONLY and float(seconds) > 16:
            continue
        told = run_virtually(converse(seconds, slow, route, pushing))
        assert (told.shown + told.pushed, told.calls) == (1, 1), (seconds, route, told)


@pytest.mark.parametrize("slow", [PUSH, LATER], ids=["push", "later"])
@pytest.mark.parametrize(
    ("seconds", "route", "lost"), [("0", "01", 1), ("7", "0101", 1), ("3", "0101", 2), ("4.48", "00", 1)]
)
def test_an_answer_that_does_not_arrive_is_given_again_whoever_is_asked(
    slow: Slow, seconds: str, route: str, lost: int
) -> None:
    told = run_virtually(converse(seconds, slow, route, lost=lost))
    assert (told.shown, told.pushed, told.calls) == (1, 0, 1)


@pytest.mark.parametrize("slow", [PUSH, LATER], ids=["push", "later"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_reply_goes_one_way_though_the_store_fails_once_and_wechat_gives_up(slow: Slow, after: bool) -> None:
    for seconds, route, number in itertools.product(("7", "12"), ("0", "00", "01", "010"), range(25)):
        told = run_virtually(converse(seconds, slow, route, around=failing_once(number, after=after)))
        assert told.shown + told.pushed == min(told.calls, 1), (seconds, route, number, told)
        assert told.calls or route == "0", (seconds, route, number, told)


@pytest.mark.parametrize(("seconds", "due"), [("7", 16), ("12", 16), ("17", 17)])
def test_what_no_delivery_comes_for_is_pushed_as_soon_as_none_can_come(seconds: str, due: float) -> None:
    async def scene() -> None:
        performer, clock = TimedPerformer(), LoopClock()
        process = Process(MemoryStore(), slow=PUSH, performer=performer, clock=clock, timing=Timing())
        await WeChat().send(f"call {seconds}", [process])
        await asyncio.sleep(due - 0.1 - clock.monotonic())
        assert performer.sent == []
        await asyncio.sleep(0.3)
        assert len(performer.sent) == 1
        await process.settle()

    run_virtually(scene())


def test_a_process_that_is_killed_leaves_what_no_delivery_came_for_to_the_others() -> None:
    told = run_virtually(converse("7", PUSH, "0", dies=True))
    assert (told.shown, told.pushed, told.refused) == (0, 1, 1)


@pytest.mark.parametrize(
    ("slow", "wanted"), [(PUSH, ["after 5 #1", "turn 2"]), (LATER, ["after 5 #1\nturn 2"])], ids=["push", "later"]
)
def test_what_went_another_way_is_not_told_to_a_late_delivery(slow: Slow, wanted: list[str]) -> None:
    async def scene() -> list[str]:
        store, performer, clock = MemoryStore(), TimedPerformer(), LoopClock()
        houses = [Process(store, slow=slow, performer=performer, clock=clock, timing=Timing()) for _ in range(2)]
        wechat = WeChat()
        await wechat.send("call 5", houses[:1], key="same")
        await asyncio.sleep(20 if slow is PUSH else 1)
        await wechat.send("hi", houses[1:])
        for house in houses:
            await wechat.send("call 5", [house], key="same")
        return [*performer.attempts, *wechat.shown]

    assert run_virtually(scene()) == wanted


def test_the_last_delivery_is_answered_though_the_store_is_gone() -> None:
    async def scene() -> list[str]:
        memory, performer, clock = MemoryStore(), TimedPerformer(), LoopClock()

        async def around(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
            if 3 < clock.monotonic() < 20 and name != "load":
                raise StoreUnavailable("gone")
            return await call()

        store = ShakyStore(memory, around)
        process = Process(store, slow=PUSH, performer=performer, clock=clock, timing=Timing())  # type: ignore[arg-type]
        shown = await process.engine.handle(replace(arrival("call 6"), is_last=True))
        await asyncio.sleep(60)
        await process.settle()
        return [str(shown, "ascii"), *performer.attempts]

    assert run_virtually(scene()) == ["wait", "after 6 #1"]


@pytest.mark.parametrize("seconds", ["0", "4.4", "7", "9.6", "12", "14.4"])
def test_a_turn_of_up_to_fourteen_seconds_is_answered_when_deliveries_are_held(seconds: str) -> None:
    told = run_virtually(converse(seconds, LATER, "000"))
    assert (told.shown, told.notices) == (1, 0)


@pytest.mark.parametrize(("slow", "pushed"), [(PUSH, 1), (LATER, 0)])
def test_a_longer_one_gets_a_notice_first(slow: Slow, pushed: int) -> None:
    told = run_virtually(converse("17", slow, "011"))
    assert (told.notices, told.pushed) == (1, pushed)


@pytest.mark.parametrize("route", ["0", "01", "11"])
@pytest.mark.parametrize("slow", [PUSH, LATER], ids=["push", "later"])
def test_a_reply_is_not_kept_for_a_delivery_that_nobody_has_counted(slow: Slow, route: str) -> None:
    told = run_virtually(converse("17", slow, route))
    assert (told.shown + told.pushed, told.refused) == (1, 1)


def test_what_has_no_way_to_go_is_dropped_and_mentioned(caplog: pytest.LogCaptureFixture) -> None:
    told = run_virtually(converse("17", NEITHER, "000"))
    assert (told.shown, told.pushed, told.notices) == (0, 0, 1)
    assert caplog.text.count("1 replies were not delivered") == 1
