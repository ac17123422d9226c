"""Warming bots up while their server has time for it.

A rule's routine is read, and its expressions are compiled, when it is first used. That is quick, but a bot of ten
thousand rules has ten thousand first times, and somebody waits for each. So a server does it soon after its start, a
few milliseconds at a time.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Sequence

from interpreter.compiler.warming import prepare, warm
from interpreter.program.tables import Program

_log = logging.getLogger("interpreter.server")

_DELAY_SECONDS = 0.25
"""After a start, so that the first messages are not kept waiting."""
_WORK_SECONDS = 0.002
_REST_SECONDS = 0.01


class Warming:
    """Warms up the programs of one server, on the running loop."""

    def __init__(self, *, delay: float = _DELAY_SECONDS, rest: float = _REST_SECONDS) -> None:
        """`delay` is how many seconds pass before any work, `rest` how many between two portions of it."""
        self._delay = delay
        self._rest = rest
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, *programs: Program) -> None:
        """Warm up some programs, one after the other, by and by."""
        task = asyncio.get_running_loop().create_task(self._warm_up(programs))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Wait until everything that was begun is warm."""
        await asyncio.gather(*self._tasks)

    async def stop(self) -> None:
        """Leave the rest cold."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _warm_up(self, programs: Sequence[Program]) -> None:
        await asyncio.sleep(self._delay)
        try:
            await asyncio.to_thread(prepare)
            for program in programs:
                await self._warm(program)
        except Exception:
            _log.exception("a bot could not be warmed up by a mistake of this program; it runs all the same")

    async def _warm(self, program: Program) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + _WORK_SECONDS
        for _ in warm(program):
            if loop.time() > until:
                await asyncio.sleep(self._rest)
                until = loop.time() + _WORK_SECONDS
        gc.freeze()  # it stays for as long as what `spare_what_stays` has spared
