"""Clocks that move when they are told to, and an event loop in which waiting takes no time."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, TypeVar

_Result = TypeVar("_Result")

START = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)


class FakeClock:
    """Starts at 2026-01-01 08:00 UTC."""

    def __init__(self) -> None:
        self._now = START
        self._seconds = 1_000.0

    def now(self) -> datetime:
        """The time of day, in UTC."""
        return self._now

    def now_in(self, zone: tzinfo) -> datetime:
        """The time of day, in a zone."""
        return self.now().astimezone(zone)

    def timestamp(self) -> float:
        """The same in seconds since 1970."""
        return self._now.timestamp()

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return self._seconds

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)
        self._seconds += seconds


class LoopClock:
    """The time of the running event loop, which starts at 2026-01-01 08:00 UTC too."""

    def now(self) -> datetime:
        """The time of day, in UTC."""
        return START + timedelta(seconds=self.monotonic())

    def now_in(self, zone: tzinfo) -> datetime:
        """The time of day, in a zone."""
        return self.now().astimezone(zone)

    def timestamp(self) -> float:
        """The same in seconds since 1970."""
        return self.now().timestamp()

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return asyncio.get_running_loop().time()


class Stuck(Exception):  # noqa: N818  named for what happened
    """Everybody waits and nothing will ever happen."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose time passes only while everybody waits, and then at once. It knows no world outside."""

    def __init__(self) -> None:
        self._virtual = 0.0
        super().__init__(_Impatient(self))

    def time(self) -> float:
        """Seconds since the loop began."""
        return self._virtual

    def skip(self, seconds: float) -> None:
        """Let time pass."""
        self._virtual += seconds


class _Impatient(selectors.SelectSelector):
    """Waits for nothing: lets its loop's time pass instead."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now."""
        if timeout is None:
            raise Stuck
        if timeout > 0:
            self._loop.skip(timeout)
        return super().select(0)


def run_virtually(main: Coroutine[Any, Any, _Result]) -> _Result:
    """Run something to its end in a loop of its own, however long it takes there."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
