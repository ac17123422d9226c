"""What the operator is told of refused requests: why, but not a line for each request of a scanner."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from interpreter.diagnostics.wording import Wording
from interpreter.runtime.about import about
from interpreter.runtime.clock import Clock
from interpreter.server.tally import NoTally, Refusal, Tally

_log = logging.getLogger("interpreter.server")

_QUIET_SECONDS = 60.0
_LINES = 3
"""Within that time, of one reason: somebody who tries one key after the other wants to read of each."""

PROBE = "doctor"
"""What a nonce begins with when a token is wrong on purpose. It is refused like any other, and only told otherwise."""
_ON_PURPOSE = Wording(
    "dialog-doctor has asked with a wrong token, to see that it is refused: all is well",
    "这是 dialog-doctor 故意使用错误 token 的检查，拒绝是正常的",
)


def told_of(query: Mapping[str, str], reason: Wording) -> Wording:
    """The reason that is told of a request with this query."""
    return _ON_PURPOSE if query.get("nonce", "").startswith(PROBE) else reason


class RefusalLog:
    """Tells a few refusals of each reason a minute and bot, then how many were not mentioned; counts them all."""

    def __init__(self, clock: Clock, language: str, tally: Tally | None = None) -> None:
        self._clock = clock
        self._language = language
        self._tally = tally or NoTally()
        self._began: dict[tuple[str, str, str], float] = {}
        self._number: dict[tuple[str, str, str], int] = {}

    def report(self, bot: str, why: Refusal, reason: Wording, *, method: str, client: str, status: int = 403) -> None:
        """Log a refused request; `client` is the address it came from."""
        self._tally.refused(bot, why)
        kind = (bot, why, reason.en[:20])
        now = self._clock.monotonic()
        more = 0
        if now - self._began.get(kind, -_QUIET_SECONDS) >= _QUIET_SECONDS:
            more = max(self._number.get(kind, 0) - _LINES, 0)
            self._began[kind], self._number[kind] = now, 0
        self._number[kind] += 1
        if self._number[kind] > _LINES:
            return
        also = Wording(f" (and {more} more like it)", f"（另有 {more} 个同类请求）") if more else Wording("", "")
        told = Wording(f"{status} to a {method} from {client}: ", f"拒绝来自 {client} 的 {method} 请求（{status}）：")
        language, level = self._language, logging.INFO if reason is _ON_PURPOSE else logging.WARNING
        said = reason.say(language)
        _log.log(level, "%s: %s%s%s", bot, told.say(language), said, also.say(language), extra=about(bot, error=said))
