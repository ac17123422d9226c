"""What is used up: a method whose calls of the day are spent is hardly called again before the next day begins.

WeChat counts by days of Beijing. The numbers differ from account to account, so mostly it is WeChat that says when
they are spent; the few numbers that are the same for everybody are counted here.

An owner can have WeChat set its counters back at any time, in its console or by a program that shares no store with
this one. So every few minutes one call of such a method, of all processes, is sent as a probe, and what WeChat says to
it goes.
https://developers.weixin.qq.com/doc/offiaccount/Message_Management/API_Call_Limits.html
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from interpreter.catalogue.methods import Method
from interpreter.diagnostics.wording import Wording
from interpreter.stores.protocol import SharedValues, StoreError
from interpreter.wechat.api.errors import QUOTA_USED, CallRefused
from interpreter.wechat.api.tokens import Clock

_LOOK = timedelta(seconds=10)
_PAUSE = timedelta(minutes=5)
"""Between two calls that ask WeChat whether a method is still used up."""
_BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class _Known:
    """The paths that are used up, and how often counting has begun anew; one text in the store."""

    spent: tuple[str, ...] = ()
    round: int = 0

    @property
    def written(self) -> str:
        return json.dumps([list(self.spent), self.round])

    def without(self, paths: Iterable[str]) -> _Known:
        """WeChat takes calls of these again: what was counted of them is worth nothing any more."""
        gone = frozenset(paths)
        return _Known(tuple(path for path in self.spent if path not in gone), self.round + 1)


def _read(written: str | None) -> _Known:
    try:
        spent, round = json.loads(written or "[[], 0]")
        return _Known(tuple(map(str, spent)), int(round))
    except (ValueError, TypeError):  # of another version: WeChat says it again
        return _Known()


class Quotas:
    """The quotas of one account, shared by all processes."""

    def __init__(self, app_id: str, shared: SharedValues, clock: Clock) -> None:
        self._name = f"quota:{app_id}"
        self._shared = shared
        self._clock = clock
        self._lock = asyncio.Lock()
        self._known = _Known()
        self._known_until: datetime | None = None

    async def spend(self, name: str, path: str, method: Method | None) -> bool:
        """Count one call; whether it is a probe of a method that was used up.

        Raises:
            CallRefused: none is left today.
        """
        now = self._clock.now()
        known = await self._look()
        if path in known.spent:
            return await self._probe(name, path, _NONE_LEFT)
        if method is not None and method.daily is not None:
            number = await self._shared.count(f"{self._name}:calls:{known.round}:{path}", now, next_day(now))
            if number > method.daily:
                return await self._probe(name, path, _all_made(method.daily))
        return False

    async def exhaust(self, path: str) -> None:
        """WeChat says that none is left today; it is not asked again at once."""
        self._known_until = None
        known = await self._look()
        if path not in known.spent:
            await self._write(replace(known, spent=(*known.spent, path)))
        now = self._clock.now()
        await self._shared.count(f"{self._name}:probe:{path}", now, now + _PAUSE)

    async def reopen(self, path: str) -> None:
        """WeChat has taken a probe."""
        self._known_until = None
        await self._write((await self._look()).without((path,)))

    async def reset(self) -> None:
        """WeChat has set its counters back."""
        self._known_until = None
        known = await self._look()
        await self._write(known.without(known.spent))

    async def _probe(self, name: str, path: str, why: Wording) -> bool:
        """Let one call of all processes pass, now and then.

        Raises:
            CallRefused: another one has passed a moment ago.
        """
        now = self._clock.now()
        if await self._shared.count(f"{self._name}:probe:{path}", now, now + _PAUSE) == 1:
            return True
        raise CallRefused(name, "quota", why, code=QUOTA_USED)

    async def _write(self, known: _Known) -> None:
        self._known = known
        await self._shared.write_value(self._name, known.written, next_day(self._clock.now()))

    async def _look(self) -> _Known:
        """What any process has met the end of, looked up now and then; a store that is away stops no call."""
        async with self._lock:
            now = self._clock.now()
            if self._known_until is None or not self._known_until - _LOOK <= now < self._known_until:
                with contextlib.suppress(StoreError):
                    self._known = _read(await self._shared.read_value(self._name, now))
                self._known_until = min(now + _LOOK, next_day(now))
            return self._known


def next_day(now: datetime) -> datetime:
    """When the next day of Beijing begins."""
    local = now.astimezone(_BEIJING)
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


_MINUTES = _PAUSE.seconds // 60
_NONE_LEFT = Wording(
    "WeChat was not asked: it has said that today's calls of this method are used up. Every "
    f"{_MINUTES} minutes one call asks whether they still are; token.clear sets them back",
    f"未请求微信：微信已表示今天的调用次数用完。每 {_MINUTES} 分钟会试一次；可用 token.clear 清零",
)


def _all_made(daily: int) -> Wording:
    return Wording(
        f"WeChat was not asked: the {daily} calls of this method that it allows a day are used up. Every "
        f"{_MINUTES} minutes one call asks whether they still are; token.clear sets them back",
        f"未请求微信：此接口每天 {daily} 次的调用次数已用完。每 {_MINUTES} 分钟会试一次；可用 token.clear 清零",
    )
