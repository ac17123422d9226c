"""The loop that all tests run in."""

from __future__ import annotations

import asyncio
import time

import pytest
from fakes.steady_loop import SteadyLoop


async def test_tests_run_in_it() -> None:
    assert isinstance(asyncio.get_running_loop(), SteadyLoop)


async def test_who_is_not_let_run_has_not_been_impatient() -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(0.2):
        for _ in range(3):
            loop.call_soon(time.sleep, 0.1)
            await asyncio.sleep(0.001)


async def test_patience_ends_when_nothing_comes() -> None:
    began = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await asyncio.Event().wait()
    assert asyncio.get_running_loop().time() - began >= 0.05


async def test_time_passes_though_there_is_always_something_to_do() -> None:
    async def be_busy() -> None:
        while True:  # noqa: ASYNC110  nothing is waited for
            await asyncio.sleep(0)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(be_busy(), 0.05)
