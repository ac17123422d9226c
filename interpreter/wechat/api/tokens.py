"""One token for all processes: who needs one takes it from the shared values, and one of them at a time fetches it.

A process keeps a copy and uses it until it should be renewed. Then, or when WeChat refuses it, one task of the process
looks for all: first at the shared value, which somebody else may have renewed, and then for the lease. Only who holds
the lease fetches, the others wait for the value. A token that is merely old goes on being used meanwhile; WeChat
accepts it for five minutes beside the new one.

How often a token is fetched is counted where all processes see it, and beyond the cap nothing is fetched at all: a
loop must not use up the account's quota.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from interpreter.diagnostics.wording import Wording
from interpreter.stores.protocol import SharedValues, StoreError
from interpreter.wechat.api.errors import ApiFailure, CallRefused, NoAnswer
from interpreter.wechat.api.sources import Source

FETCHES_AN_HOUR = 20
_FORCED_A_DAY = 20
_FORCED_PAUSE = 30.0
_LEASE = 20.0
"""Seconds one fetch may take, until another process may try."""
_LOOK = 0.1
"""Seconds between two looks at what the holder of the lease is doing."""
_RETRY = 30.0
"""Seconds until a renewal that was only early is tried again."""
_LONGEST_REST = 300.0
"""Seconds between two attempts when the token cannot be had, such as with a wrong secret."""
_JITTER = 0.1
"""Part of what is left of a token's life by which renewals are spread, so that processes do not meet."""


class Clock(Protocol):
    """A source of time."""

    def now(self) -> datetime:
        """The time of day, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class _Held:
    value: str = field(repr=False)
    until: float
    renew: float


class SharedToken:
    """A token, or a ticket, under a name that all processes know; `learn` is told of each value, which is a secret."""

    def __init__(
        self,
        name: str,
        source: Source,
        shared: SharedValues,
        clock: Clock,
        *,
        cap: int = FETCHES_AN_HOUR,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] | None = None,
        learn: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._name = name
        self._source = source
        self._shared = shared
        self._clock = clock
        self._cap = cap
        self._sleep = sleep
        self._learn = learn
        self._chance = chance or (lambda: secrets.randbelow(1000) / 1000)
        self._holder = secrets.token_hex(8)
        self._held: _Held | None = None
        self._flight: asyncio.Task[str] | None = None
        self._failure: ApiFailure | None = None
        self._failures = 0
        self._rest = 0.0

    async def current(self) -> str:
        """A token that should be valid.

        Raises:
            ApiFailure: there is none, and none can be had.
            StoreError: nobody can say.
        """
        now = self._now()
        held = self._held
        if held is None or now >= held.until:
            return await self._wait_for(None)
        if now >= held.renew and self._flight is None:
            self._begin(None)
        return held.value

    async def renew(self, failed: str) -> str:
        """A token other than the one that WeChat refused.

        Raises:
            ApiFailure: none can be had.
        """
        value = await self._wait_for(failed)
        # a flight that was under way already may have ended with the very token
        return value if value != failed else await self._wait_for(failed)

    @property
    def rest(self) -> float:
        """The seconds for which nothing is fetched, because the last try failed."""
        return max(0.0, self._rest - self._now()) if self._failure is not None else 0.0

    async def close(self) -> None:
        """Give up what is under way."""
        flight = self._flight
        if flight is not None:
            flight.cancel()
            with contextlib.suppress(asyncio.CancelledError, ApiFailure, StoreError):
                await flight

    async def _wait_for(self, failed: str | None) -> str:
        flight = self._flight or self._begin(failed)
        return await asyncio.shield(flight)

    def _note(self, failure: ApiFailure | None) -> None:
        """After a failure nothing is fetched for a while, twice as long each time."""
        self._failures = self._failures + 1 if failure is not None else 0
        self._failure = failure
        self._rest = self._now() + min(_LONGEST_REST, 2.0 ** (self._failures - 1))

    def _begin(self, failed: str | None) -> asyncio.Task[str]:
        self._flight = asyncio.create_task(self._obtain(failed))
        self._flight.add_done_callback(self._landed)
        return self._flight

    def _landed(self, flight: asyncio.Task[str]) -> None:
        self._flight = None
        if not flight.cancelled() and flight.exception() is not None and self._held is not None:
            held = self._held  # a later moment for what was only early
            self._held = _Held(held.value, held.until, min(held.until, self._now() + _RETRY))

    async def _obtain(self, failed: str | None) -> str:
        """Somebody else's new token, or one fetched under the lease."""
        lease = f"{self._name}:lease"
        waited = 0.0
        while waited < 2 * _LEASE:
            held = await self._usable(failed)
            if held is not None:
                return held.value
            if self._failure is not None and self.rest:
                raise self._failure
            if await self._shared.lease(lease, self._holder, self._clock.now(), _LEASE):
                try:
                    held = await self._usable(failed) or await self._fetch(failed)
                    self._note(None)
                except ApiFailure as failure:
                    self._note(failure)
                    raise
                finally:
                    await self._shared.release(lease, self._holder)
                self._held = held
                return held.value
            await self._sleep(_LOOK)
            waited += _LOOK
        raise NoAnswer(
            self._name.partition(":")[0],
            "timeout",
            Wording("another process has been fetching it for too long", "另一个进程获取它的时间太长"),
            may_have_arrived=False,
        )

    async def _usable(self, failed: str | None) -> _Held | None:
        held = await self._look()
        if held is None or held.value == failed:
            return None
        # somebody's refused token is renewed at once, an old one when it is time
        limit = held.until if failed is not None else held.renew
        if self._now() >= limit:
            return None
        self._held = held
        return held

    async def _fetch(self, failed: str | None) -> _Held:
        await self._count("fetches", self._cap, 3600)
        fetched = await self._source.fetch()
        if fetched.value == failed:
            if not self._source.can_force:
                raise CallRefused("", "token", _same(self._name))
            await self._permit_force()
            fetched = await self._source.fetch(force=True)
        self._learn(fetched.value)
        now = self._now()
        until = now + fetched.seconds
        renew = now + self._source.lasts(fetched.seconds)
        held = _Held(fetched.value, until, renew + (until - renew) * _JITTER * self._chance())
        await self._shared.write_value(self._name, _write(held), _moment(until))
        return held

    async def _permit_force(self) -> None:
        """WeChat allows it every 30 seconds, and 20 times a day."""
        now = self._clock.now()
        if await self._shared.read_value(f"{self._name}:forced", now):
            raise CallRefused("", "token", _same(self._name))
        await self._count("forced-today", _FORCED_A_DAY, 86400)
        await self._count("fetches", self._cap, 3600)
        await self._shared.write_value(f"{self._name}:forced", "1", now + timedelta(seconds=_FORCED_PAUSE))

    async def _count(self, what: str, most: int, seconds: float) -> None:
        now = self._clock.now()
        number = await self._shared.count(f"{self._name}:{what}", now, now + timedelta(seconds=seconds))
        if number > most:
            raise CallRefused(
                "",
                "token",
                Wording(
                    f"the token was fetched {most} times within {seconds / 3600:g} h, which is all that is allowed",
                    f"{seconds / 3600:g} 小时内已获取 {most} 次 token，达到上限",
                ),
            )

    async def _look(self) -> _Held | None:
        written = await self._shared.read_value(self._name, self._clock.now())
        held = _read(written) if written else None
        if held is not None and (self._held is None or held.value != self._held.value):
            self._learn(held.value)
        return held

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _write(held: _Held) -> str:
    return json.dumps([held.value, held.until, held.renew])


def _read(written: str) -> _Held | None:
    try:
        value, until, renew = json.loads(written)
        return _Held(str(value), float(until), float(renew))
    except (ValueError, TypeError):
        return None


def _same(name: str) -> Wording:
    kind = name.partition(":")[0]
    return Wording(
        f"the {kind} is refused, and no other one can be had now",
        f"{kind} 被拒绝，目前拿不到新的",
    )
