"""What the operator is told of refused requests: why, but not a line for each request of a scanner."""

from __future__ import annotations

import logging

from interpreter.diagnostics.wording import Wording
from interpreter.runtime.clock import Clock

_log = logging.getLogger("interpreter.server")

_QUIET_SECONDS = 60.0


class RefusalLog:
    """Says each reason once a minute and bot, with the number of refusals that were not mentioned."""

    def __init__(self, clock: Clock, language: str) -> None:
        self._clock = clock
        self._language = language
        self._said: dict[tuple[str, str], float] = {}
        self._unsaid: dict[tuple[str, str], int] = {}

    def report(self, bot: str, method: str, reason: Wording) -> None:
        """Log a refused request."""
        kind = (bot, reason.en[:20])
        now = self._clock.monotonic()
        if now - self._said.get(kind, -_QUIET_SECONDS) < _QUIET_SECONDS:
            self._unsaid[kind] = self._unsaid.get(kind, 0) + 1
            return
        self._said[kind] = now
        more = self._unsaid.pop(kind, 0)
        also = Wording(f" (and {more} more like it)", f"（另有 {more} 个同类请求）") if more else Wording("", "")
        told = Wording("403 to a %s: ", "拒绝一个 %s 请求（403）：").say(self._language) % method
        _log.warning("%s: %s%s%s", bot, told, reason.say(self._language), also.say(self._language))
