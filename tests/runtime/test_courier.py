from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from fakes.clock import START, FakeClock, LoopClock, run_virtually
from fakes.deliveries import ShakyStore, TimedPerformer
from fakes.engines import ANN, AT_ONCE
from fakes.performer import FakePerformer

from interpreter.machine.effects import Send
from interpreter.machine.replies import TextReply
from interpreter.machine.session import Session
from interpreter.runtime.clock import Clock
from interpreter.runtime.courier import Courier
from interpreter.runtime.parcels import Outgoing, pack, reply_to
from interpreter.runtime.performer import Failed, Outcome
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import Commit, Parcel, SessionKey, SessionStore, StoreUnavailable

REFUSED = Failed("refused", "the window is closed")
UNKNOWN = Failed("timeout", "no answer")


class Office:
    """A courier with all it works with."""

    def __init__(
        self,
        performer: FakePerformer | None = None,
        store: SessionStore | None = None,
        clock: Clock | None = None,
        *,
        else_later: bool = True,
    ) -> None:
        self.memory = MemoryStore()
        self.performer = performer or FakePerformer()
        self.clock = clock or FakeClock()
        self.courier = Courier("demo", store or self.memory, self.performer, self.clock, AT_ONCE, else_later=else_later)

    async def send(self, *texts: str, key: SessionKey = ANN, delay: float = 0) -> tuple[Parcel, ...]:
        """Save replies as parcels and send them."""
        outgoing = [Outgoing(reply_to(key.user, TextReply(text)), delay) for text in texts]
        parcels = pack(f"{key.user}{texts}", outgoing, self.clock.now())
        await self.memory.put(key, parcels)
        self.courier.send(key, parcels)
        return parcels

    async def waiting(self) -> list[str]:
        """The bodies of the parcels for the next message."""
        return [parcel.body for parcel in (await self.memory.load(ANN)).waiting]

    @property
    def sent(self) -> list[str]:
        """The texts that were sent."""
        return [send.reply.text for send in self.performer.sent if isinstance(send.reply, TextReply)]


async def test_parcels_of_a_user_go_out_in_order_and_leave_the_store() -> None:
    office = Office()
    await office.send("one", "two", "three")
    assert office.courier.waiting == 3
    await office.courier.close(5)
    assert office.sent == ["one", "two", "three"]
    assert await office.memory.parcels(ANN) == ()
    assert office.courier.waiting == 0


async def test_a_parcel_given_twice_goes_out_once() -> None:
    office = Office()
    parcels = await office.send("one")
    office.courier.send(ANN, parcels)
    await office.courier.close(5)
    assert office.sent == ["one"]


async def test_a_parcel_that_somebody_else_has_taken_is_theirs() -> None:
    office = Office()
    parcels = await office.send("one")
    await office.memory.take(ANN, parcels[0].id)
    await office.courier.close(5)
    assert office.sent == []


def test_a_parcel_is_not_sent_before_it_is_due() -> None:
    async def scene() -> list[str]:
        office = Office(clock=LoopClock())
        await office.send("one", delay=0.5)
        await asyncio.sleep(0.4)
        assert office.sent == []
        await asyncio.sleep(0.2)
        return office.sent

    assert run_virtually(scene()) == ["one"]


def test_a_clock_that_was_set_back_does_not_hold_a_parcel_up() -> None:
    async def scene() -> list[str]:
        office = Office(clock=LoopClock())
        await office.send("one", delay=3600)
        await asyncio.sleep(2)
        return office.sent

    assert run_virtually(scene()) == ["one"]


def test_different_users_do_not_wait_for_one_another_but_not_too_many_go_at_once() -> None:
    async def scene() -> float:
        office = Office(TimedPerformer(), clock=LoopClock())
        for number in range(128):
            await office.send("hi", key=SessionKey("demo", f"user{number}"))
        await office.courier.close(60)
        assert len(office.sent) == 128
        return asyncio.get_running_loop().time()

    assert run_virtually(scene()) == pytest.approx(0.2)


# ---------------------------------------------------------------------------------------------------- what is not sent


@pytest.mark.parametrize(
    ("outcome", "else_later", "waits", "told"),
    [
        (REFUSED, True, True, "waits for the user's next message: the window is closed"),
        (REFUSED, False, False, "was not sent: the window is closed"),
        (UNKNOWN, True, False, "may not have been sent: no answer"),
    ],
)
async def test_only_what_certainly_was_not_sent_may_go_another_way(
    outcome: Outcome, else_later: bool, waits: bool, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office(else_later=else_later)
    office.performer.outcomes["one"] = outcome
    parcels = await office.send("one", "two")
    await office.courier.close(5)
    assert office.sent == ["one", "two"]
    assert (await office.memory.load(ANN)).waiting == ((replace(parcels[0], for_next=True),) if waits else ())
    assert told in caplog.text
    assert "ann" not in caplog.text


async def test_a_message_the_bot_wanted_sent_does_not_become_a_reply() -> None:
    office = Office()
    office.performer.outcomes["news"] = REFUSED
    parcels = pack("m", [Outgoing(Send("e1", "ann", TextReply("news")))], START)
    await office.memory.put(ANN, parcels)
    office.courier.send(ANN, parcels)
    await office.courier.close(5)
    assert await office.waiting() == []


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (
            Failed("refused", "error 45047: … (hint: 你好 Ann)", code=45047),
            "waits for the user's next message: error 45047: as many messages as allowed were sent",
        ),
        (Failed("api", "error 99999: 你好 Ann", code=99999), "may not have been sent: error 99999"),
        (Failed("refused", "nobody was asked", code=45009, is_ours=True), "next message: nobody was asked"),
    ],
)
async def test_a_code_is_told_by_its_meaning_and_not_in_words_that_may_be_a_users(
    outcome: Outcome, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office()
    office.performer.outcomes["one"] = outcome
    await office.send("one")
    await office.courier.close(1)
    assert told in caplog.text
    assert "Ann" not in caplog.text


async def test_a_parcel_that_cannot_be_read_does_not_hold_up_the_others(caplog: pytest.LogCaptureFixture) -> None:
    office = Office()
    broken = Parcel("broken:0", "{", START)
    await office.memory.put(ANN, [broken])
    office.courier.send(ANN, [broken])
    await office.send("one")
    await office.courier.close(5)
    assert office.sent == ["one"]
    assert "a message is lost: JSONDecodeError in a stored message" in caplog.text


async def test_a_mistake_of_ours_is_logged_and_costs_one_message(caplog: pytest.LogCaptureFixture) -> None:
    office = Office()
    await office.send("crash", "two")
    await office.courier.close(5)
    assert caplog.text.count("Traceback") == 1
    assert len(await office.memory.parcels(ANN)) == 1
    assert office.courier.waiting == 0


# ------------------------------------------------------------------------------------ a store that fails


def failing(name: str, times: int, *, after: bool) -> Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]:
    """Fails at the first calls of a name."""
    left = times

    async def around(called: str, call: Callable[[], Awaitable[Any]]) -> Any:
        nonlocal left
        fails = called == name and left > 0
        left -= fails
        if fails and not after:
            raise StoreUnavailable("gone")
        result = await call()
        if fails:
            raise StoreUnavailable("gone")
        return result

    return around


@pytest.mark.parametrize("after", [False, True])
async def test_a_parcel_goes_out_once_though_the_answer_of_the_store_is_lost(after: bool) -> None:
    office = Office()
    office.courier._store = ShakyStore(office.memory, failing("take", 1, after=after))  # type: ignore[assignment]
    await office.send("one")
    await office.courier.close(5)
    assert office.sent == ["one"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("name", ["put", "load"])
async def test_what_was_refused_is_kept_once_though_the_store_fails(name: str, times: int, after: bool) -> None:
    office = Office()
    office.performer.outcomes["one"] = REFUSED
    office.courier._store = ShakyStore(office.memory, failing(name, times, after=after))  # type: ignore[assignment]
    await office.send("one")
    await office.courier.close(5)
    assert len(await office.waiting()) == 1


async def test_what_the_next_message_has_taken_meanwhile_is_not_kept_again() -> None:
    office = Office()
    office.performer.outcomes["one"] = REFUSED

    async def around(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        result = await call()
        if name == "put":
            delivered = tuple(parcel.id for parcel in (await office.memory.load(ANN)).waiting)
            await office.memory.commit(Commit(ANN, Session("ann"), 0, START, delivered=delivered))
            raise StoreUnavailable("gone")
        return result

    office.courier._store = ShakyStore(office.memory, around)  # type: ignore[assignment]
    await office.send("one")
    await office.courier.close(5)
    assert await office.waiting() == []


@pytest.mark.parametrize("name", ["put", "take"])
async def test_a_store_that_stays_away_is_mentioned(name: str, caplog: pytest.LogCaptureFixture) -> None:
    office = Office()
    office.performer.outcomes["one"] = REFUSED
    office.courier._store = ShakyStore(office.memory, failing(name, 99, after=False))  # type: ignore[assignment]
    await office.send("one", "two")
    await office.courier.close(5)
    assert "messages stay in the store for now" in caplog.text
    assert office.courier.waiting == 0


# ---------------------------------------------------------------------------------------------------- the end


def test_what_is_not_sent_when_the_courier_is_closed_stays_in_the_store() -> None:
    async def scene() -> tuple[list[str], int]:
        office = Office(TimedPerformer(), clock=LoopClock())
        await office.send(*(str(number) for number in range(100)))
        await office.courier.close(1.05)
        assert asyncio.get_running_loop().time() < 2.1
        return office.sent, len(await office.memory.parcels(ANN))

    sent, left = run_virtually(scene())
    assert 10 <= len(sent) <= 12
    assert len(sent) + left == 100


async def test_a_closed_courier_takes_nothing_more() -> None:
    office = Office()
    await office.courier.close(5)
    await office.send("one")
    assert (office.courier.waiting, len(await office.memory.parcels(ANN))) == (0, 1)


async def test_of_very_many_parcels_some_are_left_to_a_later_look() -> None:
    office = Office()
    parcels = pack("m", [Outgoing(reply_to("ann", TextReply("hi")))] * 10_050, START)
    office.courier.send(ANN, parcels)
    assert office.courier.waiting == 10_000
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await office.courier.close(0)
