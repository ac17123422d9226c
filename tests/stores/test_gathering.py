"""How requests gather, with numbers in the place of requests; what comes of it is in `test_sqlite_desk`."""

from __future__ import annotations

import asyncio

from interpreter.stores.gathering import MOST, Gathering


class Counter:
    """What was handed over."""

    def __init__(self, at_once: int) -> None:
        self.handed_over: list[list[int]] = []
        self.gathering: Gathering[int] = Gathering(asyncio.get_running_loop(), self.handed_over.append, at_once)

    def add(self, count: int) -> None:
        for number in range(count):
            self.gathering.add(number)

    @property
    def sizes(self) -> list[int]:
        return [len(requests) for requests in self.handed_over]


async def rounds(count: int = 9) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_as_many_are_under_way_as_may_be_and_the_others_wait() -> None:
    counter = Counter(at_once=2)
    for count in (1, 2, 3, 4):
        counter.add(count)
        await rounds()
    assert counter.sizes == [1, 2]
    counter.gathering.end()
    await rounds()
    assert counter.sizes == [1, 2, 7]


async def test_more_than_go_together_go_at_once_as_far_as_they_may() -> None:
    counter = Counter(at_once=2)
    counter.add(3 * MOST)
    await rounds()
    assert counter.sizes == [MOST, MOST]
    counter.gathering.end()
    await rounds()
    assert counter.sizes == [MOST] * 3


async def test_requests_that_were_taken_are_not_handed_over() -> None:
    counter = Counter(at_once=1)
    counter.add(3)
    assert counter.gathering.take() == [0, 1, 2]
    await rounds()
    assert counter.sizes == []
    counter.add(1)
    await rounds()
    assert counter.sizes == [1]


async def test_an_end_without_anybody_waiting_leaves_room_for_the_next() -> None:
    counter = Counter(at_once=1)
    for _ in range(3):
        counter.add(1)
        await rounds()
        counter.gathering.end()
    assert counter.sizes == [1, 1, 1]
