"""Work that is begun where it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from interpreter.runtime.at_once import Unfinished, begin


async def add(*terms: Awaitable[int] | int) -> int:
    total = 0
    for term in terms:
        total += term if isinstance(term, int) else await term
    return total


def rest_of(begun: int | Unfinished[int]) -> Unfinished[int]:
    assert isinstance(begun, Unfinished)
    return begun


def test_work_that_never_waits_is_over_without_a_loop() -> None:
    assert begin(add(1, add(2, 3))) == 6


def test_a_failure_comes_out_where_the_work_is_begun() -> None:
    async def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        begin(fail())


async def test_what_waits_goes_on_in_a_task_as_often_as_it_must() -> None:
    loop = asyncio.get_running_loop()
    first, second = loop.create_future(), loop.create_future()
    task = asyncio.create_task(rest_of(begin(add(1, first, second))).finish())
    first.set_result(10)
    await asyncio.sleep(0)
    second.set_result(100)
    assert await task == 111


async def test_what_has_come_meanwhile_is_taken() -> None:
    coming = asyncio.get_running_loop().create_future()
    rest = rest_of(begin(add(coming)))
    coming.set_result(5)
    assert await rest == 5


async def test_the_failure_of_what_it_waits_for_comes_out() -> None:
    coming = asyncio.get_running_loop().create_future()
    rest = rest_of(begin(add(coming)))
    coming.set_exception(ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        await rest


async def test_a_failure_may_be_mended_inside() -> None:
    coming = asyncio.get_running_loop().create_future()

    async def mended() -> int:
        try:
            return await add(coming)
        except ValueError:
            await asyncio.sleep(0)
            return 7

    rest = rest_of(begin(mended()))
    coming.set_exception(ValueError("no"))
    assert await rest == 7


async def test_a_task_that_is_cancelled_cancels_the_work() -> None:
    seen: list[str] = []

    async def careful() -> int:
        try:
            return await add(asyncio.get_running_loop().create_future())
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    task = asyncio.create_task(rest_of(begin(careful())).finish())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["cancelled"]
