"""Looking after workers: processes that are forked from this one, and forked again when they die.

A worker is this process once more, with all that was imported and read so far, so it begins at once. That asks for a
supervisor without threads and without an event loop, of which a fork would have a half. It waits for signals, for words
of its workers and for their ends, and otherwise does nothing.

Each worker has a line to the supervisor. A byte on it says that the worker accepts requests; when the supervisor dies,
the line breaks, and the worker finishes what it has begun and ends.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from interpreter.cli.common import CLEAN, FINDINGS, INTERRUPTED, USAGE
from interpreter.cli.telling import stopped_by
from interpreter.diagnostics.wording import Wording

_log = logging.getLogger("interpreter.server")

_DEATHS, _WITHIN_SECONDS = 5, 60.0
_PAUSE_SECONDS = 0.25
"""Before a worker is replaced for the first time; twice as long each further time."""
_PATIENCE_SECONDS = 15.0
"""For workers to end; one answers what it has begun within 7 s, and may then finish turns for another 5."""
_LOOK_SECONDS = 0.5

_CODES = {signal.SIGTERM: CLEAN, signal.SIGINT: INTERRUPTED}
"""Signals that end the whole, and the exit codes they end it with."""


class Versions(Protocol):
    """What workers begin with; it keeps up with those that run."""

    def renew(self) -> None:
        """Workers were told to read their bots again."""
        ...

    def look(self) -> None:
        """Some time has passed, in which files may have changed."""
        ...


@dataclass(frozen=True, slots=True)
class Born:
    """What a worker is told: its number and its line."""

    number: int
    line: socket.socket


@dataclass(frozen=True, slots=True)
class _Worker:
    pid: int
    line: socket.socket


class Supervisor:
    """Keeps a number of workers alive."""

    def __init__(
        self,
        count: int,
        versions: Versions,
        ready: Callable[[], None],
        language: str,
        *,
        pause: float = _PAUSE_SECONDS,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self._versions = versions
        self._ready = ready
        self._language = language
        self._pause = pause
        self._patience = patience
        self._workers: dict[int, _Worker] = {}
        self._unready = set(range(count))
        self._due = dict.fromkeys(range(count), 0.0)
        """When each worker that does not live is started."""
        self._deaths: dict[int, deque[float]] = {number: deque(maxlen=_DEATHS) for number in range(count)}
        self._deaf: set[int] = set()
        """Workers that have said all they had to say."""
        self._next_look = monotonic()
        self._code: int | None = None
        self._wished: signal.Signals | None = None
        """The signal that was to end it all."""
        self._end = 0.0

    def run(self) -> int | Born:
        """Look after the workers until somebody stops it, or one of them keeps dying; the exit code.

        This returns once more in each worker, which is told who it is. There SIGHUP waits until the worker has
        a use for it.
        """
        with _heard() as signals:
            while self._code is None or (self._workers and monotonic() < self._end):
                born = self._start_due()
                if born is not None:
                    return born
                self._wait(signals)
                self._bury()
            self._pass_on(signal.SIGKILL)
            for worker in self._workers.values():
                worker.line.close()
                os.waitpid(worker.pid, 0)
            if self._wished is not None:
                self._say(logging.INFO, stopped_by(self._wished))
            return self._code

    # ------------------------------------------------------------------------------------ one worker

    def _start_due(self) -> Born | None:
        for number in [number for number, due in self._due.items() if due <= monotonic()]:
            del self._due[number]
            born = self._start(number)
            if born is not None:
                return born
        return None

    def _start(self, number: int) -> Born | None:
        """Fork a worker. What it returns there is all the worker gets to know."""
        ours, theirs = socket.socketpair()
        sys.stdout.flush()
        sys.stderr.flush()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [*_CODES, signal.SIGHUP])
        try:
            pid = os.fork()
        except OSError as error:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            ours.close()
            theirs.close()
            self._mourn(number, FINDINGS, error.strerror or "OSError")
            return None
        if pid == 0:
            ours.close()
            self._begin_life()
            return Born(number, theirs)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        self._deaf.discard(number)
        self._workers[number] = _Worker(pid, ours)
        return None

    def _begin_life(self) -> None:
        """Let go of what is the supervisor's alone."""
        os.setpgid(0, 0)  # Ctrl-C is for the supervisor, which passes it on
        for worker in self._workers.values():
            worker.line.close()
        self._workers.clear()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)

    def _bury(self) -> None:
        """See which workers have died."""
        for number, worker in list(self._workers.items()):
            pid, status = os.waitpid(worker.pid, os.WNOHANG)
            if pid:
                del self._workers[number]
                worker.line.close()
                self._mourn(number, os.waitstatus_to_exitcode(status))

    def _mourn(self, number: int, code: int, why: str = "") -> None:
        """Let a worker that has ended be started again, unless it keeps ending or nobody wants it any more."""
        if self._code is not None:
            return
        deaths = self._deaths[number]
        deaths.append(monotonic())
        recent = sum(monotonic() - death <= _WITHIN_SECONDS for death in deaths)
        how = why or _how(code)
        if (code == USAGE and number in self._unready) or recent >= _DEATHS:
            if code != USAGE:  # else the worker has said why
                self._say_given_up(number, how, recent)
            self._stop(signal.SIGTERM, USAGE if code == USAGE else FINDINGS)
            return
        pause = self._pause * 2 ** (recent - 1)
        self._due[number] = monotonic() + pause
        self._say(
            logging.WARNING,
            Wording(
                f"worker {number} has ended ({how}); it is started again in {pause:g} s",
                f"工作进程 {number} 已退出（{how}），{pause:g} 秒后重新启动",
            ),
        )

    # ------------------------------------------------------------------------------------ what is heard

    def _wait(self, signals: socket.socket) -> None:
        """Wait until something is heard or due, and heed what is heard."""
        lines = {worker.line: number for number, worker in self._workers.items() if number not in self._deaf}
        until = min([*self._due.values(), self._next_look if self._code is None else self._end])
        heard, _, _ = select.select([signals, *lines], [], [], max(until - monotonic(), 0))
        for line, number in lines.items():
            if line in heard:
                self._hear(number, line)
        for number in sorted(set(signals.recv(1024))) if signals in heard else ():
            self._heed(signal.Signals(number))
        if self._code is None and monotonic() >= self._next_look:
            self._next_look = monotonic() + _LOOK_SECONDS
            self._versions.look()

    def _hear(self, number: int, line: socket.socket) -> None:
        """A worker says that it is ready, or its line is broken."""
        self._deaf.add(number)
        with contextlib.suppress(OSError):
            if line.recv(1) and number in self._unready:
                self._unready.discard(number)
                if not self._unready:
                    self._ready()

    def _heed(self, number: signal.Signals) -> None:
        if number in _CODES:
            self._wished = self._wished or number
            self._stop(number, _CODES[number])
        elif number == signal.SIGHUP and self._code is None:
            self._pass_on(number)
            self._versions.renew()

    def _stop(self, number: signal.Signals, code: int) -> None:
        """Let all workers end; they have some time for it, but not for ever."""
        self._pass_on(number)
        if self._code is None:
            self._code = code
            self._end = monotonic() + self._patience
            self._due.clear()

    def _pass_on(self, number: signal.Signals) -> None:
        for worker in self._workers.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker.pid, number)

    # ------------------------------------------------------------------------------------ words

    def _say_given_up(self, number: int, how: str, deaths: int) -> None:
        self._say(
            logging.ERROR,
            Wording(
                f"worker {number} has ended {deaths} times within a minute (the last time: {how}); giving up",
                f"工作进程 {number} 一分钟内退出了 {deaths} 次（最近一次：{how}），不再重启，服务停止",
            ),
        )

    def _say(self, level: int, wording: Wording) -> None:
        _log.log(level, "%s", wording.say(self._language))


@contextlib.contextmanager
def _heard() -> Iterator[socket.socket]:
    """Signals as bytes of a socket.

    A worker leaves this with its signals held back, and gets them when all is as it was before.
    """
    hearing, telling = socket.socketpair()
    hearing.setblocking(False)
    telling.setblocking(False)
    numbers = [*_CODES, signal.SIGHUP, signal.SIGCHLD]
    before = signal.set_wakeup_fd(telling.fileno(), warn_on_full_buffer=False)
    actions = {number: signal.signal(number, lambda *_: None) for number in numbers}
    try:
        yield hearing
    finally:
        signal.set_wakeup_fd(before)
        for number, action in actions.items():
            signal.signal(number, signal.SIG_DFL if action is None else action)
        hearing.close()
        telling.close()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _CODES)


def _how(code: int) -> str:
    """How a process ended: the name of a signal, or an exit code."""
    if code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit {code}"
