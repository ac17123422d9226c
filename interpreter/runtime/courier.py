"""Sending what turns have left in the outbox.

Every parcel is sent at most once: whoever takes it out of the store is the only one who sends it, and sends it once.
What certainly was not sent may go another way; what may have been sent is not sent again. The parcels of one user go
out one after another. What could not be taken stays in the store, where the next look for what is due finds it.

The spare of an answer is kept in mind until it is due, and sent only if no delivery has taken the answer by then.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from interpreter.catalogue.codes import describe_code
from interpreter.machine.effects import Send
from interpreter.runtime.about import about
from interpreter.runtime.clock import Clock
from interpreter.runtime.parcels import REPLY, UnreadableParcel, read_parcel
from interpreter.runtime.performer import Failed, Performer
from interpreter.runtime.spare import claim_spare, is_spare
from interpreter.runtime.spoken_of import spoken_of
from interpreter.runtime.timing import Timing
from interpreter.stores.protocol import Parcel, SessionKey, SessionStore, Stored, StoreError, StoreUnavailable

_log = logging.getLogger("interpreter.runtime")

_AT_ONCE = 64
"""How many messages are on their way at the same time."""
_MOST_WAITING = 10_000
"""Parcels kept in mind; more of them wait in the store."""
_LONGEST_WAIT = 1.0
"""Seconds; a clock that was set back must not hold up a message."""
_ATTEMPTS = 5
"""How often it is tried to keep a message that could not be sent."""
_LAST_SECOND = 1.0
"""For messages on their way when the courier is closed."""


class Courier:
    """Sends the parcels of one bot."""

    def __init__(
        self, bot: str, store: SessionStore, performer: Performer, clock: Clock, timing: Timing, *, else_later: bool
    ) -> None:
        self._bot = bot
        self._store = store
        self._performer = performer
        self._clock = clock
        self._timing = timing
        self._else_later = else_later
        self._rounds: dict[SessionKey, asyncio.Task[None]] = {}
        self._queues: dict[SessionKey, dict[str, Parcel]] = {}
        self._spares: dict[str, asyncio.TimerHandle] = {}
        """Those that are not due, by their ids."""
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self._is_closing = False

    @property
    def waiting(self) -> int:
        """How many parcels are to be sent by this process."""
        return self._waiting

    def send(self, key: SessionKey, parcels: Iterable[Parcel]) -> None:
        """Send a user's parcels in the background; those for the next message are not the courier's."""
        for parcel in parcels:
            if parcel.for_next:
                continue
            left = (parcel.due - self._clock.now()).total_seconds() if is_spare(parcel) else 0.0
            if left > 0:
                self._put_off(key, parcel, left)
            else:
                self._enqueue(key, parcel)

    async def close(self, seconds: float) -> None:
        """Go on for some seconds; what is not sent by then stays in the store."""
        for handle in self._spares.values():
            handle.cancel()
        self._spares.clear()
        tasks = set(self._rounds.values())
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        self._is_closing = True
        if any(not task.done() for task in tasks):
            await asyncio.wait(tasks, timeout=_LAST_SECOND)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _put_off(self, key: SessionKey, spare: Parcel, seconds: float) -> None:
        if spare.id not in self._spares and len(self._spares) < _MOST_WAITING:
            loop = asyncio.get_running_loop()
            self._spares[spare.id] = loop.call_later(seconds, self._enqueue, key, spare)

    def _enqueue(self, key: SessionKey, parcel: Parcel) -> None:
        self._spares.pop(parcel.id, None)
        queue = self._queues.get(key, {})
        if parcel.id in queue or self._is_closing or self._waiting >= _MOST_WAITING:
            return
        queue[parcel.id] = parcel
        self._waiting += 1
        if key not in self._queues:
            self._queues[key] = queue
            self._rounds[key] = asyncio.create_task(self._go_round(key, queue))

    async def _go_round(self, key: SessionKey, queue: dict[str, Parcel]) -> None:
        """Send a user's parcels one after another; what cannot be sent now is left to a later look."""
        spoken_of.set(key.user)
        try:
            while queue and not self._is_closing:
                parcel = next(iter(queue.values()))
                await self._wait_for(parcel)
                async with self._room:
                    if not self._is_closing:
                        await self._send(key, parcel)
                del queue[parcel.id]
                self._waiting -= 1
        except StoreError as error:
            _log.error(
                "%s: messages stay in the store for now: %s",
                self._bot,
                error,
                extra=about(self._bot, error=str(error)),
            )
        except Exception:
            _log.exception("%s: a message was lost by a mistake of this program", self._bot, extra=about(self._bot))
        finally:
            self._waiting -= len(queue)
            del self._queues[key], self._rounds[key]

    async def _wait_for(self, parcel: Parcel) -> None:
        wait = (parcel.due - self._clock.now()).total_seconds()
        if wait > 0:
            await asyncio.sleep(min(wait, _LONGEST_WAIT))

    async def _send(self, key: SessionKey, parcel: Parcel) -> None:
        if is_spare(parcel) and not await self._claim(key, parcel):
            return
        if not await self._take(key, parcel):
            return
        try:
            send = read_parcel(parcel.body)
        except UnreadableParcel as error:
            _log.error("%s: a message is lost: %s", self._bot, error, extra=about(self._bot, error=str(error)))
            return
        outcome = await self._performer.deliver(send, parcel.id)
        if isinstance(outcome, Failed):
            await self._conclude(key, parcel, send, outcome)

    async def _claim(self, key: SessionKey, spare: Parcel) -> bool:
        """Whether no delivery has taken an answer, and none will."""
        left = await self._store.parcels(key)
        return any(other.id == spare.id for other in left) and await claim_spare(
            self._store, key, spare, self._clock.now()
        )

    async def _take(self, key: SessionKey, parcel: Parcel) -> bool:
        """Whether a parcel is ours to send.

        When the store's answer is lost, a parcel that has gone is ours as long as nobody else may have taken it.
        """
        try:
            return await self._store.take(key, parcel.id)
        except StoreUnavailable:
            left = await self._store.parcels(key)
            if any(other.id == parcel.id for other in left):
                return await self._store.take(key, parcel.id)
            return self._clock.now() < parcel.due + timedelta(seconds=self._timing.grace / 2)

    async def _put(self, key: SessionKey, parcel: Parcel) -> None:
        """Let a parcel wait for the user's next message.

        When the store's answer is lost, it is tried again unless that message may have come and taken the parcel.
        """
        before = await self._load(key)
        for _ in range(_ATTEMPTS):
            with contextlib.suppress(StoreUnavailable):
                return await self._store.put(key, (parcel,))
            await asyncio.sleep(self._timing.retry)
            after = await self._load(key)
            if after.revision != before.revision or any(other.id == parcel.id for other in after.waiting):
                return None
        raise StoreUnavailable("a message that was not sent could not be kept")

    async def _load(self, key: SessionKey) -> Stored:
        """What is stored of a user, as soon as the store says so."""
        for _ in range(_ATTEMPTS - 1):
            with contextlib.suppress(StoreUnavailable):
                return await self._store.load(key)
            await asyncio.sleep(self._timing.retry)
        return await self._store.load(key)

    async def _conclude(self, key: SessionKey, parcel: Parcel, send: Send, outcome: Failed) -> None:
        """What becomes of a message that was not, or perhaps not, sent."""
        why = outcome.message if outcome.code is None or outcome.is_ours else describe_code(outcome.code).en
        if outcome.kind != "refused":
            told = "a message may not have been sent"
        elif self._else_later and send.id == REPLY:
            await self._put(key, replace(parcel, for_next=True))
            told = "a reply waits for the user's next message"
        else:
            told = "a message was not sent"
        _log.warning("%s: %s: %s", self._bot, told, why, extra=about(self._bot, error=why))
