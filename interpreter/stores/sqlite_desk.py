"""Requests to the thread of a session file, gathered (see `gathering`) so that many of them share a transaction.

Those that come while the thread is at work wait until it has finished.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from msgspec import Struct

from interpreter.stores.gathering import Gathering, Outcome
from interpreter.stores.sqlite_batch import Batch

_log = logging.getLogger("interpreter.stores")

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
        self._gathering = Gathering(loop, self._hand_over_all)
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
        self._has_looked = bool(self._gathering.waiting)

    def add(self, request: Request) -> None:
        """Let a request wait."""
        self._gathering.add(request)

    def clear(self) -> None:
        """Hand over all that wait now."""
        self._gathering.clear()

    def _hand_over_all(self, requests: list[Request]) -> None:
        self._has_looked = False
        self._hand_over(Handful(self, requests))

    def deliver(self, requests: list[Request], outcomes: list[Outcome]) -> None:
        """Wake those who wait for requests; to be called by the thread, which needs neither list any more."""
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._settle, requests, outcomes)

    def _settle(self, requests: list[Request], outcomes: list[Outcome]) -> None:
        requests.reverse()
        outcomes.reverse()
        while requests:  # the memory of each is free for what is done about the next
            try:
                requests.pop().settle(outcomes.pop())
            except Exception:  # the others must hear of theirs
                _log.exception("what came of a request to the session store was not taken by a mistake of this program")
        self._gathering.end()


class Handful(NamedTuple):
    """Requests that are done together."""

    desk: Desk
    requests: list[Request]

    @property
    def writes(self) -> bool:
        """Whether any of them does."""
        return any(request.writes for request in self.requests)
