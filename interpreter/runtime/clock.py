"""Where time comes from. Nothing but a clock of this kind asks the computer what time it is."""

from __future__ import annotations

import time
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Protocol


class Clock(Protocol):
    """A source of time."""

    def now(self) -> datetime:
        """The time of day, in UTC."""
        ...

    def now_in(self, zone: tzinfo) -> datetime:
        """The time of day, in a zone."""
        ...

    def timestamp(self) -> float:
        """The same in seconds since 1970."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards, for how long things take and last."""
        ...


class SystemClock:
    """The computer's clock."""

    now = staticmethod(partial(datetime.now, UTC))
    """The time of day, in UTC."""
    now_in = staticmethod(datetime.now)
    """The time of day, in a zone."""
    timestamp = staticmethod(time.time)
    """The same in seconds since 1970."""
    monotonic = staticmethod(time.monotonic)
    """Seconds that never run backwards."""
