"""What is used up: a method whose calls of the day are spent is not called again before the next day begins.

WeChat counts by days of Beijing. The numbers differ from account to account, so mostly it is WeChat that says when
they are spent; the few numbers that are the same for everybody are counted here.
https://developers.weixin.qq.com/doc/offiaccount/Message_Management/API_Call_Limits.html
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import datetime, timedelta, timezone

from interpreter.catalogue.methods import Method
from interpreter.diagnostics.wording import Wording
from interpreter.stores.protocol import SharedValues, StoreError
from interpreter.wechat.api.errors import QUOTA_USED, CallRefused
from interpreter.wechat.api.tokens import Clock

_LOOK = timedelta(seconds=10)
_BEIJING = timezone(timedelta(hours=8))


class Quotas:
    """The quotas of one account, shared by all processes."""

    def __init__(self, app_id: str, shared: SharedValues, clock: Clock) -> None:
        self._name = f"quota:{app_id}"
        self._shared = shared
        self._clock = clock
        self._lock = asyncio.Lock()
        self._known: list[str] = []
        self._known_until: datetime | None = None

    async def spend(self, name: str, path: str, method: Method | None) -> None:
        """Count one call.

        Raises:
            CallRefused: none is left today.
        """
        now = self._clock.now()
        if path in await self._spent():
            raise CallRefused(name, "quota", _NONE_LEFT, code=QUOTA_USED)
        if method is not None and method.daily is not None:
            number = await self._shared.count(f"{self._name}:calls:{path}", now, next_day(now))
            if number > method.daily:
                raise CallRefused(name, "quota", _NONE_LEFT, code=QUOTA_USED)

    async def exhaust(self, path: str) -> None:
        """WeChat says that none is left today."""
        self._known_until = None
        self._known = [*await self._spent(), path]
        await self._shared.write_value(self._name, json.dumps(self._known), next_day(self._clock.now()))

    async def reset(self) -> None:
        """WeChat has set its counters back."""
        self._known_until = None
        await self._shared.write_value(self._name, None, self._clock.now())

    async def _spent(self) -> list[str]:
        """What any process has met the end of, looked up now and then; a store that is away stops no call."""
        async with self._lock:
            await self._look()
        return self._known

    async def _look(self) -> None:
        now = self._clock.now()
        if self._known_until is None or not self._known_until - _LOOK <= now < self._known_until:
            with contextlib.suppress(StoreError):
                written = await self._shared.read_value(self._name, now)
                self._known = list(json.loads(written)) if written else []
            self._known_until = min(now + _LOOK, next_day(now))


def next_day(now: datetime) -> datetime:
    """When the next day of Beijing begins."""
    local = now.astimezone(_BEIJING)
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


_NONE_LEFT = Wording(
    "today's calls of this method are used up; it can be called again after midnight (Beijing)",
    "今天的调用次数已用完，北京时间零点后可再调用",
)
