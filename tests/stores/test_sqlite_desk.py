"""How requests to the thread gather, with a list in the place of the thread."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from interpreter.stores.gathering import Outcome, settle
from interpreter.stores.protocol import StoreUnavailable
from interpreter.stores.sqlite_desk import Desk, Handful, Request


class Counter:
    """A desk whose requests are numbers, and what it has handed over."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.handed_over: list[Handful] = []
        self.desk = Desk(self.loop, self.handed_over.append)
        self.futures: list[asyncio.Future[object]] = []

    def ask(self, count: int = 1, *, writes: bool = True) -> None:
        for _ in range(count):
            self.futures.append(self.loop.create_future())
            self.desk.add(Request(lambda _: None, partial(settle, self.futures[-1]), writes))

    @property
    def sizes(self) -> list[int]:
        return [len(handful.requests) for handful in self.handed_over]

    def finish(self, outcome: object = None) -> None:
        """Let the thread be done with all it has."""
        for desk, requests in self.handed_over:
            desk.deliver(requests, [outcome] * len(requests))
        self.handed_over.clear()


async def rounds(count: int = 9) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_request_that_is_alone_is_handed_over_alone() -> None:
    counter = Counter()
    counter.ask()
    assert counter.sizes == []
    await rounds()
    assert counter.sizes == [1]


async def test_requests_of_rounds_that_follow_each_other_are_handed_over_together() -> None:
    counter = Counter()
    for _ in range(5):
        counter.ask(2)
        await rounds(1)
    await rounds()
    assert counter.sizes == [10]


async def test_what_comes_while_the_thread_is_at_work_waits_for_it() -> None:
    counter = Counter()
    counter.ask()
    await rounds()
    for _ in range(3):
        counter.ask()
        await rounds()
    assert counter.sizes == [1]
    counter.finish("done")
    await rounds()
    assert counter.sizes == [3]
    assert [future.done() for future in counter.futures] == [True, False, False, False]
    assert counter.futures[0].result() == "done"


async def test_no_more_than_a_transaction_takes_are_handed_over_at_once() -> None:
    counter = Counter()
    counter.ask(300)
    sizes = []
    for _ in range(3):
        await rounds()
        sizes += counter.sizes
        counter.finish()
    await rounds()
    assert sizes == [128, 128, 44]
    assert all(future.done() for future in counter.futures)


async def test_a_look_is_remembered_while_requests_gather_and_no_longer() -> None:
    counter = Counter()
    counter.desk.note_look()
    assert not counter.desk.has_looked  # nothing gathers
    counter.ask()
    counter.desk.note_look()
    assert counter.desk.has_looked
    await rounds()
    assert (counter.sizes, counter.desk.has_looked) == ([1], False)


async def test_all_are_handed_over_before_the_end() -> None:
    counter = Counter()
    counter.ask(130)
    counter.desk.clear()
    assert counter.sizes == [128, 2]
    await rounds()
    assert counter.sizes == [128, 2]


async def test_a_failure_is_raised_where_the_request_was_made() -> None:
    counter = Counter()
    counter.ask(2)
    counter.futures[1].cancel()  # nobody waits for it any more
    await rounds()
    counter.finish(StoreUnavailable("it is full"))
    await rounds()
    with pytest.raises(StoreUnavailable, match="it is full"):
        await counter.futures[0]


async def test_who_cannot_hear_of_an_outcome_keeps_it_from_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    counter, heard = Counter(), list[Outcome]()

    def fail(_: Outcome) -> None:
        raise RuntimeError("hard of hearing")

    for hear in (fail, heard.append):
        counter.desk.add(Request(lambda _: None, hear, writes=True))
    await rounds()
    counter.finish("done")
    await rounds()
    assert heard == ["done"]
    assert "by a mistake of this program" in caplog.text


@pytest.mark.parametrize("writing", [0, 1, 3])
async def test_requests_write_if_one_of_them_does(writing: int) -> None:
    counter = Counter()
    counter.ask(2, writes=False)
    counter.ask(writing)
    await rounds()
    assert [handful.writes for handful in counter.handed_over] == [writing > 0]


async def test_the_desk_of_a_loop_that_is_over_is_deserted() -> None:
    loop = asyncio.new_event_loop()
    handed_over: list[Handful] = []
    desk = Desk(loop, handed_over.append)
    desk.add(Request(lambda _: None, lambda _: None, writes=True))
    desk.clear()
    assert not desk.is_deserted
    loop.close()
    assert desk.is_deserted
    desk.deliver(handed_over[0].requests, [None])  # nobody is there to be told
