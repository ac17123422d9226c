"""What waits, in a loop in which waiting takes no time."""

from __future__ import annotations

import asyncio

import pytest
from fakes.clock import run_virtually

from interpreter.runtime.waiting import Alarm, pass_on


@pytest.mark.parametrize(
    ("asked", "rung"), [([3.0], [3.0]), ([3.0, 1.0, 2.0], [1.0]), ([float("inf")], []), ([2.0, 2.0], [2.0])]
)
def test_an_alarm_rings_once_for_all_at_the_first_of_their_times(asked: list[float], rung: list[float]) -> None:
    async def main() -> list[float]:
        loop, heard = asyncio.get_running_loop(), list[float]()
        alarm = Alarm(lambda: heard.append(loop.time() - began))
        began = loop.time()
        for seconds in asked:
            alarm.ring_by(began + seconds)
        await asyncio.sleep(10)
        return heard

    assert run_virtually(main()) == pytest.approx(rung)


def test_an_alarm_can_be_set_again_where_it_rings_and_can_be_stopped() -> None:
    async def main() -> list[float]:
        loop, heard = asyncio.get_running_loop(), list[float]()

        def ring() -> None:
            heard.append(loop.time() - began)
            alarm.ring_by(loop.time() + 2)

        alarm, began = Alarm(ring), loop.time()
        alarm.ring_by(began + 1)
        await asyncio.sleep(4)
        alarm.stop()
        await asyncio.sleep(4)
        return heard

    assert run_virtually(main()) == pytest.approx([1, 3])


async def fail() -> int:
    raise ZeroDivisionError


async def succeed() -> int:
    return 7


async def test_what_becomes_of_a_task_is_passed_on() -> None:
    good, bad, never = (asyncio.get_running_loop().create_future() for _ in range(3))
    sleeping = asyncio.create_task(asyncio.sleep(99, 1))
    pass_on(asyncio.create_task(succeed()), good)
    pass_on(asyncio.create_task(fail()), bad)
    pass_on(sleeping, never)
    assert await good == 7
    with pytest.raises(ZeroDivisionError):
        await bad
    sleeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await never


async def test_a_task_is_given_up_with_what_waits_for_it() -> None:
    future, task = asyncio.get_running_loop().create_future(), asyncio.create_task(asyncio.sleep(99, 1))
    pass_on(task, future)
    future.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
