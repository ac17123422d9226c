"""Requests to the thread of a session file, gathered so that many of them share a transaction.

What a transaction costs is in the main the same for one turn and for fifty. So requests are not handed over one by one:
an event loop goes round until a round has brought no more of them, and hands them over together. Those that come while
the thread is at work wait until it has finished. A request that is alone waits for one round, which is nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from msgspec import Struct

from interpreter.stores.protocol import StoreError
from interpreter.stores.sqlite_batch import Batch

_log = logging.getLogger("interpreter.stores")

_MOST = 128
"""Requests one transaction takes at most."""

Outcome = object
"""What came of a request; a `StoreError` to be raised where it was made."""
Settle = Callable[[Outcome], None]


class Request(Struct, frozen=True):
    """Something to be done, who hears what came of it, and whether it writes."""

    work: Callable[[Batch], object]
    settle: Settle
    writes: bool


class Desk:
    """Where the requests of one event loop wait for the thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, hand_over: Callable[[Handful], None]) -> None:
        """`hand_over` gives requests to the thread, which calls `deliver` of them when they are done."""
        self._loop = loop
        self._hand_over = hand_over
        self._waiting: list[Request] = []
        self._is_busy = False
        """Whether this loop is gathering requests or the thread is at work for it."""
        self._has_looked = False

    @property
    def is_deserted(self) -> bool:
        """Whether nobody will come here any more."""
        return self._loop.is_closed()

    @property
    def has_looked(self) -> bool:
        """Whether somebody has looked at the log (see `sqlite_thread`) since the requests that wait began to gather."""
        return self._has_looked

    def note_look(self) -> None:
        """Remember a look at the log while requests gather, which will not be long."""
        self._has_looked = bool(self._waiting)

    def add(self, request: Request) -> None:
        """Let a request wait."""
        self._waiting.append(request)
        if not self._is_busy:
            self._is_busy = True
            self._loop.call_soon(self._look, 0)

    def clear(self) -> None:
        """Hand over all that wait now."""
        while self._waiting:
            self._hand_over_most()

    def _look(self, seen: int) -> None:
        """Hand over what waits, unless more has come since the last look."""
        count = len(self._waiting)
        if seen < count < _MOST:
            self._loop.call_soon(self._look, count)
        elif count:  # else it was cleared
            self._hand_over_most()

    def _hand_over_most(self) -> None:
        self._has_looked = False
        self._hand_over(Handful(self, self._waiting[:_MOST]))
        del self._waiting[:_MOST]

    def deliver(self, requests: Sequence[Request], outcomes: Sequence[Outcome]) -> None:
        """Wake those who wait for requests; to be called by the thread."""
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._settle, requests, outcomes)

    def _settle(self, requests: Sequence[Request], outcomes: Sequence[Outcome]) -> None:
        for request, outcome in zip(requests, outcomes, strict=True):
            try:
                request.settle(outcome)
            except Exception:  # the others must hear of theirs
                _log.exception("what came of a request to the session store was not taken by a mistake of this program")
        self._is_busy = bool(self._waiting)
        if self._waiting:
            self._loop.call_soon(self._look, 0)


def settle(future: asyncio.Future[Outcome], outcome: Outcome) -> None:
    """Let a future have an outcome, unless nobody waits for it any more."""
    if future.done():
        return
    if isinstance(outcome, StoreError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


class Handful(NamedTuple):
    """Requests that are done together."""

    desk: Desk
    requests: Sequence[Request]

    @property
    def writes(self) -> bool:
        """Whether any of them does."""
        return any(request.writes for request in self.requests)
