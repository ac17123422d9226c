"""The log: lines that hold no secrets, written by a thread of its own, so that whoever logs never waits for a reader.

What reads standard error may be slow or stuck. Lines wait for it in a queue with an end; once that is full, further
lines are dropped and counted, and when lines flow again one of them says how many are missing.

Waking a thread costs more than making a line, so it is woken for the first one, and then looks by itself every few
milliseconds until it finds none.

A process that forks has no threads; it writes its few lines itself, and drops what nobody reads.
"""

from __future__ import annotations

import logging
import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from interpreter.diagnostics.wording import Wording

_log = logging.getLogger("interpreter.server")

_MOST_WAITING = 10_000
_BATCH = 1_000
_CLOSING_SECONDS = 2.0
_LOOK_SECONDS = 0.02
"""Between two looks at what waits."""
_QUIET = ("asyncio", "aiohttp")
"""Libraries that say too much below a warning."""
_PATIENCE_SECONDS = 0.1

_Handler = TypeVar("_Handler", bound=logging.Handler)


class Journal(logging.Handler):
    """A log handler that hands lines to a thread."""

    def __init__(
        self, lines: logging.Formatter, write: Callable[[bytes], None], language: str, most: int = _MOST_WAITING
    ) -> None:
        super().__init__()
        self.setFormatter(lines)
        self.dropped = 0
        """How many lines were dropped since the start."""
        self._write = write
        self._language = language
        self._most = most
        self._waiting: deque[str] = deque()
        self._untold = 0
        self._change = threading.Condition()
        self._is_awake = True
        """Whether the thread is going to look at what waits without being told to."""
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Make the line and leave it to the thread; this never fails and never waits."""
        try:
            line = self.format(record)
        except Exception as error:
            line = f"a line of {record.name} cannot be written: {type(error).__name__}"
        self.write(line)

    def write(self, line: str) -> None:
        """Leave a line that holds no secrets to the thread."""
        if len(self._waiting) >= self._most:
            with self._change:
                self.dropped += 1
                self._untold += 1
            return
        self._waiting.append(line)
        if not self._is_awake:  # it has said so before its last look, so no line is left lying
            self._wake()

    def _wake(self) -> None:
        with self._change:
            self._is_awake = True
            self._change.notify()

    def close(self) -> None:
        """Write what waits, unless nobody reads it."""
        self._closing.set()
        self._wake()
        self._thread.join(_CLOSING_SECONDS)
        super().close()

    def _run(self) -> None:
        while batch := self._gather():
            with suppress(OSError, ValueError):  # nobody reads any more
                self._write("\n".join([*batch, ""]).encode("utf-8", "backslashreplace"))
            self._closing.wait(_LOOK_SECONDS)

    def _gather(self) -> list[str]:
        """The next lines, with a word about those that are missing before them; none at the end."""
        with self._change:
            while not (self._waiting or self._untold or self._closing.is_set()):
                self._is_awake = False
                if not self._waiting:
                    self._change.wait_for(lambda: self._is_awake)
            self._is_awake = True
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), _BATCH))]
            untold = 0
            if len(self._waiting) < self._most:
                untold, self._untold = self._untold, 0
        return [*batch, self._missing(untold)] if untold else batch

    def _missing(self, count: int) -> str:
        wording = Wording(
            f"{count} log lines were dropped, because nobody read them", f"日志无人读取，丢弃了 {count} 行"
        )
        record = _log.makeRecord(_log.name, logging.WARNING, "", 0, wording.say(self._language), (), None)
        return self.format(record)


class Notes(logging.Handler):
    """A log handler without a thread, for a process that says little and must never be held up."""

    def __init__(self, lines: logging.Formatter, write: Callable[[bytes], None]) -> None:
        super().__init__()
        self.setFormatter(lines)
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line, unless nobody reads."""
        with suppress(OSError, ValueError):
            self._write(f"{self.format(record)}\n".encode("utf-8", "backslashreplace"))


def to_descriptor(number: int) -> Callable[[bytes], None]:
    """A writer that goes round Python's buffers: a blocked one could not even be left at the end of the process."""

    def write(content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            try:
                rest = rest[os.write(number, rest) :]
            except BlockingIOError:
                time.sleep(0.01)

    return write


def if_read(number: int) -> Callable[[bytes], None]:
    """A writer that waits for no reader."""

    def write(content: bytes) -> None:
        for start in range(0, len(content), select.PIPE_BUF):  # so much fits into a pipe that is ready
            if not select.select([], [number], [], _PATIENCE_SECONDS)[1]:
                return
            os.write(number, content[start : start + select.PIPE_BUF])

    return write


@contextmanager
def installed(journal: _Handler, *, debug: bool) -> Iterator[_Handler]:
    """Let everything that is logged, warned of or left uncaught by a thread go into the journal."""
    root = logging.getLogger()
    level, hooks = root.level, (threading.excepthook, sys.unraisablehook)
    root.addHandler(journal)
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    threading.excepthook, sys.unraisablehook = _thread_failed, _unraisable
    try:
        yield journal
    finally:
        threading.excepthook, sys.unraisablehook = hooks
        logging.captureWarnings(False)
        root.setLevel(level)
        root.removeHandler(journal)
        journal.close()


def _thread_failed(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_value is not None:
        _log.error("a thread failed by a mistake of this program", exc_info=failure.exc_value)


def _unraisable(failure: sys.UnraisableHookArgs) -> None:
    if failure.exc_value is not None:
        _log.error("something failed where it could not be told", exc_info=failure.exc_value)
