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
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone

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
    """What is known of a day: the paths that are used up, and how often counting has begun anew; one text in the store.

    A day that is not today is over, also one that is yet to come: then the clock was wrong when it was written.
    """

    day: str
    spent: tuple[str, ...] = ()
    round: int = 0
    """Of all paths."""
    rounds: Mapping[str, int] = field(default_factory=dict)
    """Of a path, besides."""

    @property
    def written(self) -> str:
        return json.dumps([self.day, list(self.spent), self.round, dict(self.rounds)])

    def without(self, path: str) -> _Known:
        """WeChat takes calls of it again: what was counted of them is worth nothing any more."""
        left = tuple(other for other in self.spent if other != path)
        return _Known(self.day, left, self.round, {**self.rounds, path: self.rounds.get(path, 0) + 1})

    def anew(self) -> _Known:
        """WeChat takes all calls again."""
        return _Known(self.day, (), self.round + 1)

    def counter(self, path: str) -> str:
        """What the calls of a path are counted by."""
        return f"{self.day}:{self.round}.{self.rounds.get(path, 0)}:{path}"


def _read(written: str | None, today: str) -> _Known:
    try:
        day, spent, round, rounds = json.loads(written or "")
        if day == today:
            return _Known(today, tuple(map(str, spent)), int(round), {str(path): int(rounds[path]) for path in rounds})
    except (ValueError, TypeError):  # of another version: WeChat says it again
        pass
    return _Known(today)


class Quotas:
    """The quotas of one account, shared by all processes."""

    def __init__(self, app_id: str, shared: SharedValues, clock: Clock) -> None:
        self._name = f"quota:{app_id}"
        self._shared = shared
        self._clock = clock
        self._lock = asyncio.Lock()
        self._known = _Known("")
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
            number = await self._shared.count(f"{self._name}:calls:{known.counter(path)}", now, next_day(now))
            if number > method.daily:
                return await self._probe(name, path, _all_made(method.daily))
        return False

    async def exhaust(self, path: str) -> None:
        """WeChat says that none is left today; it is not asked again at once."""
        self._known_until = None
        known = await self._look()
        if path not in known.spent:
            await self._write(replace(known, spent=(*known.spent, path)))
        await self._note_asked(path)

    async def reopen(self, path: str) -> None:
        """WeChat has taken a probe."""
        self._known_until = None
        await self._write((await self._look()).without(path))

    async def reset(self) -> None:
        """WeChat has set its counters back."""
        self._known_until = None
        await self._write((await self._look()).anew())

    async def _probe(self, name: str, path: str, why: Wording) -> bool:
        """Let one call of all processes pass, now and then.

        Raises:
            CallRefused: another one has passed a moment ago.
        """
        now = self._clock.now()
        asked = await self._asked(path)
        if asked is None or abs(now - asked) >= _PAUSE:  # one that is far ahead was told by a clock that was wrong
            moment = f"{self._name}:probe:{now.timestamp() // _PAUSE.total_seconds():.0f}:{path}"
            if await self._shared.count(moment, now, now + _PAUSE) == 1:
                with contextlib.suppress(StoreError):
                    await self._note_asked(path)
                return True
        raise CallRefused(name, "quota", why, code=QUOTA_USED)

    async def _asked(self, path: str) -> datetime | None:
        """When WeChat was asked last whether a method is still used up."""
        try:
            written = await self._shared.read_value(f"{self._name}:asked:{path}", self._clock.now())
            return datetime.fromtimestamp(float(written), UTC) if written else None
        except (ValueError, OverflowError, OSError):  # of another version
            return None

    async def _note_asked(self, path: str) -> None:
        now = self._clock.now()
        await self._shared.write_value(f"{self._name}:asked:{path}", str(now.timestamp()), now + _PAUSE)

    async def _write(self, known: _Known) -> None:
        self._known = known
        await self._shared.write_value(self._name, known.written, next_day(self._clock.now()))

    async def _look(self) -> _Known:
        """What any process has met the end of, looked up now and then; a store that is away stops no call."""
        async with self._lock:
            now = self._clock.now()
            if self._known_until is None or not self._known_until - _LOOK <= now < self._known_until:
                today = _day(now)
                try:
                    self._known = _read(await self._shared.read_value(self._name, now), today)
                except StoreError:
                    self._known = self._known if self._known.day == today else _Known(today)
                self._known_until = min(now + _LOOK, next_day(now))
            return self._known


def next_day(now: datetime) -> datetime:
    """When the next day of Beijing begins."""
    local = now.astimezone(_BEIJING)
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def _day(now: datetime) -> str:
    return now.astimezone(_BEIJING).date().isoformat()


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
