"""What the log is told of turns that come to nothing: whose, which, and why.

A store that fails does so for every message. Each cause is told once a minute, with how many there were besides; the
line of every turn is there all the same.
"""

from __future__ import annotations

import logging
import re

from interpreter.runtime.about import about
from interpreter.runtime.clock import Clock
from interpreter.runtime.turn import Taken, Turn

_log = logging.getLogger("interpreter.runtime")

_FAILED = Taken("failed")
_QUIET_SECONDS = 60.0
_MOST_CAUSES = 100
_NUMBER = re.compile(r"\d+")


class Complaints:
    """Tells what fails in one bot; of a turn, what becomes of it."""

    def __init__(self, bot: str, clock: Clock) -> None:
        self._bot = bot
        self._clock = clock
        self._said: dict[str, float] = {}
        self._unsaid: dict[str, int] = {}

    def lost(self, turn: Turn, cause: Exception) -> Taken:
        """The store did not save a turn."""
        turn.error = str(cause)
        self._now_and_then("a turn was lost", turn.error, turn)
        return _FAILED

    def left(self, cause: Exception) -> None:
        """The store did not say who gets a reply."""
        self._now_and_then("a reply is left to another delivery", str(cause))

    def uncounted(self, cause: Exception) -> None:
        """The store did not count a delivery."""
        self._now_and_then("a delivery could not be counted", str(cause))

    def not_postponed(self, cause: Exception) -> None:
        """The store did not put a timer off."""
        _log.error("%s: a timer could not be postponed: %s", self._bot, cause, extra=about(self._bot, error=str(cause)))

    def given_up(self, turn: Turn, seconds: float) -> Taken:
        """A turn took longer than any may."""
        turn.error = f"given up after {seconds:g} s"
        _log.error("%s: a turn was %s (turn=%s)", self._bot, turn.error, turn.name(), extra=self._about(turn))
        return _FAILED

    def cut_off(self, turn: Turn) -> Taken:
        """A turn was running when the server ended."""
        seconds = self._clock.monotonic() - turn.began
        turn.error = f"cut off after {seconds:.1f} s by the end of the server"
        _log.warning(
            "%s: a turn was %s; nothing of it was saved (turn=%s)",
            self._bot,
            turn.error,
            turn.name(),
            extra=self._about(turn),
        )
        return _FAILED

    def mistake(self, turn: Turn) -> Taken:
        """Something of ours has failed, as an `except` tells."""
        turn.error = "a mistake of this program"
        _log.exception(
            "%s: a turn failed by a mistake of this program (turn=%s)",
            self._bot,
            turn.name(),
            extra=about(self._bot, turn=turn.name()),  # the traceback says what the error is
        )
        return _FAILED

    def _about(self, turn: Turn) -> dict[str, dict[str, str]]:
        return about(self._bot, turn=turn.name(), error=turn.error)

    def _now_and_then(self, what: str, cause: str, turn: Turn | None = None) -> None:
        kind, now = _NUMBER.sub("", f"{what}: {cause}"), self._clock.monotonic()
        if now - self._said.get(kind, -_QUIET_SECONDS) < _QUIET_SECONDS:
            self._unsaid[kind] = self._unsaid.get(kind, 0) + 1
            return
        if len(self._said) >= _MOST_CAUSES:
            self._said.clear()
            self._unsaid.clear()
        self._said[kind] = now
        more = self._unsaid.pop(kind, 0)
        name = turn.name() if turn is not None else ""
        behind = (f" (turn={name})" if name else "") + (
            f" (and {more} more like it since the last line)" if more else ""
        )
        _log.error("%s: %s: %s%s", self._bot, what, cause, behind, extra=about(self._bot, turn=name, error=cause))
