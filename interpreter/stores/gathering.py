"""Gathering what comes in the same moment, so that it is done together.

What an exchange with a store costs is in the main the same for one request and for fifty. So requests are not handed
over one by one: an event loop goes round until a round has brought no more of them, and hands them over together. While
as many exchanges are under way as may be, those that come wait until one has ended. A request that is alone waits for
one round, which is nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from interpreter.stores.protocol import StoreError

MOST = 128
"""Requests that are handed over together at most."""

T = TypeVar("T")
Outcome = object
"""What came of a request; a `StoreError` to be raised where it was made."""


class Gathering(Generic[T]):
    """Where the requests of one event loop wait until they are handed over."""

    def __init__(self, loop: asyncio.AbstractEventLoop, hand_over: Callable[[list[T]], None], at_once: int = 1) -> None:
        """After each `hand_over` comes an `end`; up to `at_once` may be under way, unless everything is cleared."""
        self.loop = loop
        self.waiting: list[T] = []
        self._hand_over = hand_over
        self._at_once = at_once
        self._under_way = 0
        self._is_looking = False

    @property
    def is_full(self) -> bool:
        """Whether nothing more is handed over before something has been done."""
        return self._under_way >= self._at_once

    def add(self, request: T) -> None:
        """Let a request wait."""
        self.waiting.append(request)
        if not self._is_looking and self._under_way < self._at_once:
            self._begin_to_look()

    def end(self) -> None:
        """After what was handed over has been done, whatever came of it."""
        self._under_way -= 1
        if self.waiting and not self._is_looking:
            self._begin_to_look()

    def take(self) -> list[T]:
        """All that wait now, which are then not handed over."""
        taken, self.waiting = self.waiting, []
        return taken

    def clear(self) -> None:
        """Hand over all that wait now."""
        while self.waiting:
            self._hand_over_most()

    def _begin_to_look(self) -> None:
        self._is_looking = True
        self.loop.call_soon(self._look, 0)

    def _look(self, seen: int) -> None:
        """Hand over what waits, unless more has come since the last look."""
        count = len(self.waiting)
        if seen < count < MOST:
            self.loop.call_soon(self._look, count)
            return
        self._is_looking = False
        while self.waiting and self._under_way < self._at_once:  # none wait if it was cleared
            self._hand_over_most()

    def _hand_over_most(self) -> None:
        most, self.waiting = self.waiting[:MOST], self.waiting[MOST:]
        self._under_way += 1
        self._hand_over(most)


def settle(future: asyncio.Future[Outcome], outcome: Outcome) -> None:
    """Let a future have an outcome, unless nobody waits for it any more."""
    if future.done():
        return
    if isinstance(outcome, StoreError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
