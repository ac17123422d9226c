"""What the operator is told of refused requests: why, but not a line for each request of a scanner."""

from __future__ import annotations

import logging

from interpreter.diagnostics.wording import Wording
from interpreter.runtime.clock import Clock
from interpreter.server.tally import NoTally, Refusal, Tally

_log = logging.getLogger("interpreter.server")

_QUIET_SECONDS = 60.0


class RefusalLog:
    """Says each reason once a minute and bot, with the number of refusals that were not mentioned; counts them all."""

    def __init__(self, clock: Clock, language: str, tally: Tally | None = None) -> None:
        self._clock = clock
        self._language = language
        self._tally = tally or NoTally()
        self._said: dict[tuple[str, str, str], float] = {}
        self._unsaid: dict[tuple[str, str, str], int] = {}

    def report(self, bot: str, why: Refusal, reason: Wording, *, method: str, client: str, status: int = 403) -> None:
        """Log a refused request; `client` is the address it came from."""
        self._tally.refused(bot, why)
        kind = (bot, why, reason.en[:20])
        now = self._clock.monotonic()
        if now - self._said.get(kind, -_QUIET_SECONDS) < _QUIET_SECONDS:
            self._unsaid[kind] = self._unsaid.get(kind, 0) + 1
            return
        self._said[kind] = now
        more = self._unsaid.pop(kind, 0)
        also = Wording(f" (and {more} more like it)", f"（另有 {more} 个同类请求）") if more else Wording("", "")
        told = Wording(f"{status} to a {method} from {client}: ", f"拒绝来自 {client} 的 {method} 请求（{status}）：")
        language = self._language
        _log.warning("%s: %s%s%s", bot, told.say(language), reason.say(language), also.say(language))
