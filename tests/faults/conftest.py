"""A run that nobody watches: no test may hang for ever, and what failed is noted beside the figures."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest
from faults.figures import failed, is_long, is_soak

_LONGEST_SECONDS = 1_200
"""No test takes half as long, but those of a soak."""
_HERE = Path(__file__).parent


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]] | None:
    """At full length time is what the clock says, for it is measured."""
    return {"plain": asyncio.SelectorEventLoop} if is_long() else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test an end."""
    for item in items:
        if isinstance(item, pytest.Function) and item.path.parent == _HERE and inspect.iscoroutinefunction(item.obj):
            item.obj = _ending(item.obj)


def _ending(test: Callable[..., Coroutine[object, object, None]]) -> Callable[..., Coroutine[object, object, None]]:
    """A test that is given up some day."""

    @functools.wraps(test)
    async def run(**arguments: object) -> None:
        async with asyncio.timeout(None if is_soak() else _LONGEST_SECONDS):
            await test(**arguments)

    return run


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note a test that has failed."""
    if report.failed:
        failed(report.nodeid)
