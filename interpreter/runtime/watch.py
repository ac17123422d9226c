"""Looking for what is due: timers of sessions, and parcels that a process has left behind.

Every process of a bot looks, and may find the same. One of them claims a user's timer and lets it fire; should two do
so all the same, the one that saves second finds the session changed. A parcel is taken by one of them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from interpreter.runtime.clock import Clock
from interpreter.runtime.courier import Courier
from interpreter.runtime.timing import Timing
from interpreter.runtime.turn import Taken
from interpreter.stores.protocol import SessionKey, SessionStore, StoreError

_log = logging.getLogger("interpreter.runtime")

_PAGE = 500
"""Users looked up at once."""
_PATIENCE = 0.25
"""Seconds to wait for timers that call services, before looking on."""

Begin = Callable[[SessionKey], "asyncio.Future[Taken | None] | None"]
"""Begins the turn of a user's timer; None when there is no room for it or it runs already."""
Renew = Callable[[SessionKey], Awaitable[None]]
"""Saves again when a user's timer is due."""


class Watch:
    """Looks after the sessions of one bot."""

    def __init__(
        self, bot: str, store: SessionStore, courier: Courier, clock: Clock, timing: Timing, begin: Begin, renew: Renew
    ) -> None:
        self._bot = bot
        self._store = store
        self._courier = courier
        self._clock = clock
        self._grace = timedelta(seconds=timing.grace)
        self._begin = begin
        self._renew = renew
        self._idle: set[SessionKey] = set()
        """Users the last look found for nothing."""
        self._is_blind = False
        self._has_told = False
        """Whether it was said that something cannot be read."""

    async def look(self) -> None:
        """Begin what is due, and wait a moment for it; a store that does not answer is mentioned once."""
        try:
            await self._look()
        except StoreError as error:
            if not self._is_blind:
                _log.warning("%s: timers and messages must wait: %s", self._bot, error)
            self._is_blind = True
        else:
            self._is_blind = False

    async def _look(self) -> None:
        now, limit = self._clock.now(), _PAGE
        seen: set[SessionKey] = set()
        idle: set[SessionKey] = set()
        while True:
            keys = await self._store.waking(self._bot, now, limit)
            fresh = [key for key in keys if key not in seen]
            seen.update(fresh)
            idle |= await self._wake(fresh, now)
            if len(keys) < limit:
                break
            if not fresh:
                limit *= 2
        for key in idle & self._idle:
            try:
                await self._renew(key)
            except StoreError:
                raise
            except Exception:  # one bad row must not keep the others from being looked at
                self._pass_over()
        self._idle = idle - self._idle

    async def _wake(self, keys: Sequence[SessionKey], now: datetime) -> set[SessionKey]:
        """Begin what is due of some users; those for whom there was nothing to do."""
        tasks = {key: task for key in keys if (task := self._begin(key)) is not None}
        with_parcels = set()
        for key in keys:
            try:
                parcels = await self._store.parcels(key)
            except StoreError:
                raise
            except Exception:  # one bad row must not keep the others from being looked at
                self._pass_over()
                continue
            if parcels:
                with_parcels.add(key)
                self._courier.send(key, [parcel for parcel in parcels if parcel.due <= now - self._grace])
        if tasks:
            await asyncio.wait(tasks.values(), timeout=_PATIENCE)
        return {key for key, task in tasks.items() if _was_idle(task)} - with_parcels

    def _pass_over(self) -> None:
        """Say once that something of somebody cannot be read; nobody is named."""
        if not self._has_told:
            _log.exception("%s: a timer or a message in the store cannot be read; it is passed over", self._bot)
        self._has_told = True


def _was_idle(task: asyncio.Future[Taken | None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None and task.result() is None
