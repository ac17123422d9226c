"""An event loop for tests, in which no time passes while the machine is busy with something else."""

from __future__ import annotations

import asyncio
import selectors
import time

_ROUND_SECONDS = 0.01
"""What a round of callbacks may take; what holds it up for longer is not the loop's doing."""


class SteadyLoop(asyncio.SelectorEventLoop):
    """A loop with the real world outside, whose time is what it spends waiting, and a little for what it does.

    So patience ends when nothing has come for so long, and not because this process was not let run meanwhile: whoever
    spoke in time is heard, however late.
    """

    def __init__(self) -> None:
        self._passed = self._began = time.monotonic()
        super().__init__(_Waiting(self))

    def time(self) -> float:
        """Seconds that never run backwards."""
        return self._passed + min(time.monotonic() - self._began, _ROUND_SECONDS)

    def stop_clock(self) -> None:
        """A round is over."""
        self._passed, self._began = self.time(), time.monotonic()

    def start_clock(self, timeout: float | None) -> None:
        """Another round begins, after no more than so many seconds."""
        now = time.monotonic()
        waited = now - self._began
        self._passed += waited if timeout is None else min(waited, max(timeout, 0.0))
        self._began = now


class _Waiting(selectors.DefaultSelector):
    """Tells its loop when it waits."""

    def __init__(self, loop: SteadyLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready."""
        self._loop.stop_clock()
        ready = super().select(timeout)
        self._loop.start_clock(timeout)
        return ready
