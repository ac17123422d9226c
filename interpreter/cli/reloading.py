"""Taking a bot's file anew while it is served: on SIGHUP, or when it changes and somebody watches.

A file is read, checked and compiled beside the running version, in a thread of its own. Only a program without errors
takes over, at once and whole; whatever else the file may be (half-written, broken, gone), the running version stays.
So it does when the bot or an account has another name, or an account another path: conversations are kept under the
one, and WeChat calls the other.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from interpreter.cli.changes import Changes
from interpreter.cli.garbage import spare_what_stays
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.formats import render_short
from interpreter.diagnostics.wording import Wording
from interpreter.program.tables import Program
from interpreter.runtime.about import about
from interpreter.runtime.engine import Engine
from interpreter.runtime.version import BotVersion
from interpreter.server.settings import WrittenAccount

_log = logging.getLogger("interpreter.server")

_LOOK_SECONDS = 0.5
"""A file is taken once it has looked the same twice, so that one which is being written is left alone."""


@dataclass(frozen=True, slots=True)
class Reread:
    """What came of reading a bot again: no program when it cannot take over; `sources` are its files."""

    path: Path
    program: Program | None
    diagnostics: tuple[Diagnostic, ...]
    sources: tuple[str, ...]
    obstacle: Wording | None = None
    """Why it cannot take over before a restart; without one, errors keep it from that."""


def obstacle_to(served: Sequence[WrittenAccount], again: Sequence[WrittenAccount]) -> Wording | None:
    """Why a bot with such accounts cannot take over from the one that is served, if it cannot."""
    if served[0].bot != again[0].bot:
        old, new = served[0].bot, again[0].bot
        return Wording(f"the bot is called {new} now, and is served as {old}", f"机器人改名为 {new}，运行中的是 {old}")
    before, after = ({account.full_name: account.settings.get("path") for account in each} for each in (served, again))
    if before.keys() != after.keys():
        old, new = ", ".join(before), ", ".join(after)
        return Wording(f"its accounts are {new} now, and {old} is served", f"账号变为 {new}，运行中的是 {old}")
    changed = [name for name in before if before[name] != after[name]]
    if changed:
        listed = ", ".join(changed)
        return Wording(f"another path is given for {listed}", f"{listed} 的路径已更改")
    return None


class Reloader:
    """Renews engines, by the names of their accounts."""

    def __init__(
        self,
        engines: Mapping[str, Engine],
        read: Callable[[str], Reread],
        language: str,
        taken: Callable[[str, Program], None] = lambda _, __: None,
        changes: Changes | None = None,
        mention: Callable[[], None] = lambda: None,
    ) -> None:
        """`taken` is told of each program that takes over, by its account's name; `changes` knows what was read.

        `mention` says after SIGHUP what else there is to say.
        """
        self._engines = engines
        self._taken = taken
        self._read = read
        self._language = language
        self._changes = changes or Changes()
        self._mention = mention
        self._tasks: set[asyncio.Task[None]] = set()
        self._lock = asyncio.Lock()

    def start(self, *, watch: bool) -> None:
        """Listen for SIGHUP where there is such a signal, and with `watch` look at the files twice a second."""
        loop = asyncio.get_running_loop()
        if hasattr(signal, "SIGHUP"):
            loop.add_signal_handler(signal.SIGHUP, self._hear)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGHUP])  # one that came before counts
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
        try:
            again = await self._read_anew(name)
        except Exception:
            _log.exception("%s: reading it again failed; the running version stays", name, extra=about(name))
            return False
        if again.program is None:
            self._refuse(name, again)
            return False
        program = again.program
        self._taken(name, program)
        self._engines[name].renew(BotVersion.of(program))
        spare_what_stays()
        self._say(
            name,
            logging.INFO,
            Wording(f"{name}: version {program.version} has taken over", f"{name}：新版本 {program.version} 已生效"),
        )
        return True

    async def _read_anew(self, name: str) -> Reread:
        """Read a bot; what changes meanwhile is a change."""
        async with self._lock:
            before = self._changes.before(name)
            again = await asyncio.to_thread(self._read, name)
            self._changes.was_read(name, again.path, again.sources, before)
        return again

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
        await asyncio.to_thread(self._mention)

    async def _watch(self) -> None:
        for name in self._engines:
            if not self._changes.knows(name):
                with contextlib.suppress(Exception):  # what cannot be read now is told when it changes
                    await self._read_anew(name)
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            for name in self._changes.settled():
                await self.reload(name)

    # ------------------------------------------------------------------------------------ words

    def _refuse(self, name: str, again: Reread) -> None:
        lines = render_short(again.diagnostics, self._language).splitlines()[:20]
        error = lines[0] if lines else ""
        if again.obstacle is not None:
            en, zh = again.obstacle.en, again.obstacle.zh
            error = again.obstacle.say(self._language)
            said = Wording(
                f"{name}: {again.path} needs a restart: {en}; the running version stays",
                f"{name}：{again.path} 需要重启才能生效：{zh}；继续使用当前版本",
            )
        else:
            said = Wording(
                f"{name}: {again.path} has errors; the running version stays",
                f"{name}：{again.path} 有错误，继续使用当前版本",
            )
        self._say(name, logging.ERROR, said, error)
        for line in lines:
            _log.error("%s", line, extra=about(name, error=line))

    def _say(self, name: str, level: int, wording: Wording, error: str = "") -> None:
        _log.log(level, "%s", wording.say(self._language), extra=about(name, error=error))
