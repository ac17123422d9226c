"""Taking a bot's file anew while it is served: on SIGHUP, or when it changes and somebody watches.

A file is read, checked and compiled beside the running version, in a thread of its own. Only a program without errors
takes over, at once and whole; whatever else the file may be (half-written, broken, gone), the running version stays.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.formats import render_short
from interpreter.diagnostics.wording import Wording
from interpreter.machine.step import step
from interpreter.program.tables import Program
from interpreter.runtime.engine import Engine

_log = logging.getLogger("interpreter.server")

_LOOK_SECONDS = 1.0
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Reread:
    """What came of reading a bot again: no program when it has errors; `sources` are its files."""

    path: Path
    program: Program | None
    diagnostics: tuple[Diagnostic, ...]
    sources: tuple[str, ...]


class Reloader:
    """Renews engines, by the names of their accounts."""

    def __init__(self, engines: Mapping[str, Engine], read: Callable[[str], Reread], language: str) -> None:
        self._engines = engines
        self._read = read
        self._language = language
        self._stamps: dict[str, Stamp] = {}
        self._sources: dict[str, tuple[str, ...]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._lock = asyncio.Lock()

    def start(self, *, watch: bool) -> None:
        """Listen for SIGHUP where there is such a signal, and with `watch` look at the files every second."""
        loop = asyncio.get_running_loop()
        if hasattr(signal, "SIGHUP"):
            loop.add_signal_handler(signal.SIGHUP, self._hear)
        if watch:
            self._spawn(self._watch())

    async def stop(self) -> None:
        """Listen and look no more."""
        for task in self._tasks:
            task.cancel()
        for task in tuple(self._tasks):
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def reload(self, name: str) -> bool:
        """Read the bot of an account again; whether a new version has taken over."""
        async with self._lock:
            again = await asyncio.to_thread(self._read, name)
        if again.sources:
            self._sources[name] = again.sources
        self._stamps[name] = self._stamp(name, again.path)
        if again.program is None:
            self._refuse(name, again)
            return False
        program = again.program
        self._engines[name].renew(partial(step, program), zone=ZoneInfo(program.timezone), idle=program.session_idle)
        self._say(
            logging.INFO,
            Wording(f"{name}: version {program.version} has taken over", f"{name}：新版本 {program.version} 已生效"),
        )
        return True

    # ------------------------------------------------------------------------------------ when

    def _hear(self) -> None:
        self._spawn(self._reload_all())

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reload_all(self) -> None:
        for name in self._engines:
            await self.reload(name)

    async def _watch(self) -> None:
        for name in self._engines:
            again = await asyncio.to_thread(self._read, name)
            self._sources[name] = again.sources
            self._stamps[name] = self._stamp(name, again.path)
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            for name, stamp in list(self._stamps.items()):
                path = Path(stamp[0][0])
                if self._stamp(name, path) != stamp:
                    await self.reload(name)

    def _stamp(self, name: str, path: Path) -> Stamp:
        """What a change of any file of a bot changes; a file that is not there has a stamp too."""
        names = [str(path), *(source for source in self._sources.get(name, ()) if source != str(path))]
        return tuple((source, *_time_and_size(Path(source))) for source in names)

    # ------------------------------------------------------------------------------------ words

    def _refuse(self, name: str, again: Reread) -> None:
        self._say(
            logging.ERROR,
            Wording(
                f"{name}: {again.path} has errors; the running version stays",
                f"{name}：{again.path} 有错误，继续使用当前版本",
            ),
        )
        for line in render_short(again.diagnostics, self._language).splitlines()[:20]:
            _log.error("%s", line)

    def _say(self, level: int, wording: Wording) -> None:
        _log.log(level, "%s", wording.say(self._language))


def _time_and_size(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, -1
    return status.st_mtime_ns, status.st_size
