"""Whether the server should be sent messages: its store answers, and it is not about to end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

from interpreter.diagnostics.wording import Wording
from interpreter.runtime.clock import Clock

_log = logging.getLogger("interpreter.server")

_PING_SECONDS = 0.5
_FRESH_SECONDS = 1.0
_BAD_SECONDS = 0.25
"""For so long bad news are believed: whoever has been sent away should be sent here again soon."""
DRAIN_SECONDS = 5.5
"""From the wish to end until the last answer: a delivery that has begun is answered within 4.5 s, or let go at 5.5."""

_ENDING = Wording("the server is about to end", "服务正在停止")
_SILENT = Wording(f"the store does not answer within {_PING_SECONDS} s", f"会话存储在 {_PING_SECONDS} 秒内没有响应")
_FAILING = Wording("the store cannot be read or written; the log says why", "会话存储无法读写，原因见日志")


class Pingable(Protocol):
    """What can be asked whether it is there."""

    async def ping(self) -> None:
        """Make sure that it can be used now."""
        ...


class Readiness:
    """Asks the stores, at most once a second while they answer; and knows when the end was asked for."""

    def __init__(self, stores: Sequence[Pingable], clock: Clock) -> None:
        self._stores = stores
        self._clock = clock
        self._ends_at: float | None = None
        self.is_draining = False
        """Whether what was begun is finished and nothing else is wished for."""
        self._asked = -_FRESH_SECONDS
        self._lack: Wording | None = None
        self._lock = asyncio.Lock()

    @property
    def seconds_left(self) -> float:
        """How long an answer may still take; without end while nobody asked for one."""
        return float("inf") if self._ends_at is None else max(self._ends_at - self._clock.monotonic(), 0)

    def drain(self) -> None:
        """Be ready no more."""
        if self._ends_at is None:
            self.is_draining = True
            self._ends_at = self._clock.monotonic() + DRAIN_SECONDS

    async def lack(self) -> Wording | None:
        """Why messages should go elsewhere; None when they may come. It names no secret."""
        if self.is_draining:
            return _ENDING
        async with self._lock:
            if self._clock.monotonic() - self._asked >= (_FRESH_SECONDS if self._lack is None else _BAD_SECONDS):
                self._lack = await self._ask()
                self._asked = self._clock.monotonic()
        return _ENDING if self.is_draining else self._lack

    async def _ask(self) -> Wording | None:
        try:
            async with asyncio.timeout(_PING_SECONDS):
                for store in self._stores:
                    await store.ping()
        except TimeoutError:
            return _SILENT
        except Exception as error:
            if self._lack is not _FAILING:
                _log.warning("not ready: %s", error)
            return _FAILING
        return None
