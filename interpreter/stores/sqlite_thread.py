"""The one thread that owns the connection to a session file, and its group commit.

It takes whatever requests have gathered since its last write and does them in one transaction, so that a hundred turns
in flight share one `fsync`; each is answered after the commit, never before. A batch without a write needs no
transaction. If the commit fails, nothing of the batch has happened and every request of it fails.

What is known of the users (see `sqlite_known`) holds while nobody else writes to the file. SQLite says in each
transaction whether somebody has; between transactions the log looks different then.

When nothing is asked for a while the write-ahead log is brought into the file and cut, so that the two together stay
about as large as what they hold.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import NamedTuple, TypeVar, cast

from interpreter.stores.protocol import SessionKey, StoreError, StoreUnavailable
from interpreter.stores.sqlite_batch import Batch
from interpreter.stores.sqlite_file import DAMAGED
from interpreter.stores.sqlite_known import Known, KnownUsers

_log = logging.getLogger("interpreter.stores")

_BATCH = 128
"""Requests one transaction takes at most."""
_IDLE_SECONDS = 1.0
_SAY_AGAIN_SECONDS = 60.0

_T = TypeVar("_T")
_Outcome = tuple[object, StoreError | None]
_Look = tuple[int, int]
Work = Callable[[Batch], _T]
Opener = Callable[[Path], sqlite3.Connection]


class _Request(NamedTuple):
    work: Work[object]
    writes: bool
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[object]


class SqliteThread:
    """Does what is asked of it on its own connection.

    Raises:
        StoreUnusable: the file cannot be opened.
    """

    def __init__(self, path: Path, opener: Opener) -> None:
        self._path = path
        self._log_file = f"{path}-wal"
        self._opener = opener
        self._users = KnownUsers()
        self._version = 0
        self._left: _Look | None = None
        """How the log looked after the last write; None while the thread is writing, and will find out by itself."""
        self._requests: SimpleQueue[_Request | None] = SimpleQueue()
        self._closed = False
        self._said_damaged: float | None = None
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(opened,), name="session store", daemon=True)
        self._thread.start()
        opened.result()

    async def ask(self, work: Work[_T], *, writes: bool = True) -> _T:
        """The outcome of some work, after it is safely stored.

        Raises:
            StoreUnavailable: it was not done.
        """
        if self._closed:
            raise StoreUnavailable("it is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[object] = loop.create_future()
        self._requests.put(_Request(work, writes, loop, future))
        return cast("_T", await future)

    def known(self, key: SessionKey) -> Known | None:
        """What is known of a user, unless somebody else has written to the file."""
        known, left = self._users.get(key), self._left
        if known is None or self._closed:
            return None
        return known if left is None or left == _look_at(self._log_file) else None

    async def close(self) -> None:
        """Finish what was asked for, then close the file."""
        if not self._closed:
            self._closed = True
            self._requests.put(None)
            await asyncio.get_running_loop().run_in_executor(None, self._thread.join)

    # ------------------------------------------------------------------------------------ in the thread

    def _run(self, opened: Future[None]) -> None:
        try:
            connection = self._opener(self._path)
        except BaseException as error:  # whoever opens the store waits for it
            opened.set_exception(error)
            return
        self._leave(connection)
        opened.set_result(None)
        has_written = True  # perhaps by the process before, which did not close the file
        while (batch := self._gather(_IDLE_SECONDS if has_written else None)) is not None:
            if not batch:
                _bring_in(connection)
                self._leave(connection)
                has_written = False
                continue
            writes = any(request.writes for request in batch)
            if writes:
                self._left = None
            outcomes = self._perform(connection, batch)
            if writes:
                self._leave(connection)
                has_written = True
            _deliver(batch, outcomes)
        connection.close()

    def _gather(self, patience: float | None) -> list[_Request] | None:
        """The requests that wait; an empty list when none comes, None when the store is to close."""
        try:
            first = self._requests.get(timeout=patience)
        except Empty:
            return []
        if first is None:
            return None
        batch = [first]
        while len(batch) < _BATCH and not self._requests.empty():
            request = self._requests.get()
            if request is None:
                self._requests.put(None)  # close, but after this batch
                break
            batch.append(request)
        return batch

    def _perform(self, connection: sqlite3.Connection, batch: Sequence[_Request]) -> list[_Outcome]:
        """Do a batch in one transaction, or, when one request spoils it, each by itself."""
        try:
            return [(result, None) for result in self._transact(connection, batch)]
        except Exception as error:  # the thread must live on, or every turn would wait for ever
            self._users.clear()
            if _concerns_all(error):
                return [(None, StoreUnavailable(str(error)))] * len(batch)
            if len(batch) > 1:
                return [outcome for request in batch for outcome in self._perform(connection, [request])]
            self._report(error)
            return [(None, StoreUnavailable(str(error)))]

    def _transact(self, connection: sqlite3.Connection, requests: Sequence[_Request]) -> list[object]:
        batch = Batch(connection, self._users)
        if not any(request.writes for request in requests):
            results = [request.work(batch) for request in requests]
            batch.publish()
            return results
        connection.execute("BEGIN IMMEDIATE")
        try:
            self._note_others(connection)
            results = [request.work(batch) for request in requests]
            batch.write()
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        batch.publish()
        return results

    def _note_others(self, connection: sqlite3.Connection) -> None:
        """Know nothing any more if somebody else has written since the last time."""
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._version = version
            self._users.clear()

    def _leave(self, connection: sqlite3.Connection) -> None:
        """Note how the log looks now that the thread has written to it, and whether somebody else has, too."""
        left = _look_at(self._log_file)
        try:
            self._note_others(connection)
        except sqlite3.Error:
            self._users.clear()
        self._left = left

    def _report(self, error: Exception) -> None:
        if not _means_damage(error):
            _log.error("a request to the session store failed", exc_info=error)
            return
        now = time.monotonic()
        if self._said_damaged is None or now - self._said_damaged > _SAY_AGAIN_SECONDS:
            self._said_damaged = now
            cause, remedy = DAMAGED
            _log.error("the session store %s: %s (%s); stop, then %s", self._path, cause.en, error, remedy.en)


_OF_ALL = ("SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_NOMEM", "SQLITE_READONLY")
_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


def _look_at(log: str) -> _Look:
    """Size and time of the log, by which to see whether it was written to."""
    try:
        found = os.stat(log)
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def _concerns_all(error: Exception) -> bool:
    """Whether it is no matter which request is done: the file is locked, full, unreadable."""
    return getattr(error, "sqlite_errorname", "").startswith(_OF_ALL)


def _means_damage(error: Exception) -> bool:
    return getattr(error, "sqlite_errorname", "").startswith(_DAMAGE)


def _bring_in(connection: sqlite3.Connection) -> None:
    """Bring the log into the file, unless somebody is reading it at the moment."""
    with suppress(sqlite3.Error):  # it is not the time for it; the log stays valid
        (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.execute(f"PRAGMA busy_timeout = {patience}")


def _deliver(batch: Sequence[_Request], outcomes: Sequence[_Outcome]) -> None:
    """Wake the waiting turns, with one call for each event loop."""
    loops = {request.loop for request in batch}
    for loop in loops:
        mine = [
            (request.future, *outcome) for request, outcome in zip(batch, outcomes, strict=True) if request.loop is loop
        ]
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(_settle, mine)


def _settle(results: Sequence[tuple[asyncio.Future[object], object, StoreError | None]]) -> None:
    for future, result, error in results:
        if future.done():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
