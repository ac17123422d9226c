"""The one thread that owns the connection to a session file, and its group commit.

It does the requests that come together (see `sqlite_desk`) in one transaction, so that a hundred turns in flight share
one `fsync`; each is answered after the commit, never before. A batch without a write needs no transaction. If the
commit fails, nothing of the batch has happened and every request of it fails.

What is known of the users (see `sqlite_known`) holds while nobody else writes to the file. SQLite says in each
transaction whether somebody has; between transactions the log looks different then. One look at it is good for all
requests that gather, which takes no longer than a few rounds of the loop; the transaction has the last word anyway.

The write-ahead log is brought into the file after so many transactions, when those who asked for the last one have been
answered: what they ask next is read meanwhile. So this takes a moment while few turns come, and while many come it is
done as seldom as it should be. When nothing is asked for a while, sessions that are ahead of their rows come there, a
few at a time (see `sqlite_ahead`), and the log is also cut, so that the two files together stay about as large as what
they hold.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar, cast

from interpreter.stores import sqlite_ahead
from interpreter.stores.gathering import Outcome, settle
from interpreter.stores.protocol import SessionKey, StoreUnavailable
from interpreter.stores.sqlite_ahead import Ahead
from interpreter.stores.sqlite_batch import Batch
from interpreter.stores.sqlite_desk import Desk, Handful, Request, Settle
from interpreter.stores.sqlite_file import DAMAGED, layout_of
from interpreter.stores.sqlite_known import Known, KnownUsers
from interpreter.stores.sqlite_layout import LAYOUT

_log = logging.getLogger("interpreter.stores")

PAUSE = 1.0
"""Seconds without a turn after which there is time for other things."""
_PORTION = 128
"""Turns whose sessions come to their rows in one go when nothing else is to be done."""
_SAY_AGAIN_SECONDS = 60.0
_MOST_TRANSACTIONS, _MOST_PAGES = 128, 2_000
"""After so many in the log it is brought into the file: seldom enough that fewer than one in a hundred turns that come
one by one waits for it, and that a page that changes often is written a few times only."""

_T = TypeVar("_T")
_Look = tuple[int, int]
Work = Callable[[Batch], _T]
Opener = Callable[[Path], sqlite3.Connection]


class SqliteThread:
    """Does what is asked of it on its own connection.

    Raises:
        StoreUnusable: the file cannot be opened.
    """

    def __init__(self, path: Path, opener: Opener, ahead: Ahead, *, pause: float = PAUSE) -> None:
        self._path = path
        self._pause = pause
        self._log_file = f"{path}-wal"
        self._opener = opener
        self._users = KnownUsers()
        self._ahead = ahead
        self._must_bring_home = False
        """Whether somebody may be ahead in the file of whom the thread does not know."""
        self._version = 0
        self._left: _Look | None = None
        """How the log looked after the last write; None while the thread is writing, and will find out by itself."""
        self._desks: dict[asyncio.AbstractEventLoop, Desk] = {}
        self._handed_over: SimpleQueue[Handful | Future[None] | None] = SimpleQueue()
        """Requests; somebody who waits until the log is in the file; None for the end."""
        self._transactions, self._requests = 0, 0
        """That have written to the log since it was brought into the file."""
        self._pages = 0
        """How many there were in the log when it was last brought into the file."""
        self._pages_each = 1.0
        """Pages that a request wrote there before."""
        self.failures = 0
        """Transactions that could not be written."""
        self._closed = False
        self._said: float | None = None
        """When it was last said what is wrong with the file."""
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(opened,), name="session store", daemon=True)
        self._thread.start()
        opened.result()

    def ask(self, work: Work[_T], *, writes: bool = True) -> asyncio.Future[_T]:
        """The outcome of some work, after it is safely stored; `StoreUnavailable` if it was not done.

        Raises:
            StoreUnavailable: the store is closed.
        """
        future: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
        self.bring(work, partial(settle, cast("asyncio.Future[object]", future)), writes=writes)
        return future

    def bring(self, work: Work[_T], heard: Settle, *, writes: bool = True) -> None:
        """The same, but `heard` is told of the outcome or the failure.

        Raises:
            StoreUnavailable: the store is closed.
        """
        if self._closed:
            raise StoreUnavailable("it is closed")
        loop = asyncio.get_running_loop()
        desk = self._desks.get(loop) or self._open_desk(loop)
        desk.add(Request(work, heard, writes))

    def _open_desk(self, loop: asyncio.AbstractEventLoop) -> Desk:
        self._desks = {each: desk for each, desk in self._desks.items() if not desk.is_deserted}
        desk = self._desks[loop] = Desk(loop, self._handed_over.put)
        return desk

    def last_known(self, key: SessionKey) -> Known | None:
        """What was known of a user some time ago."""
        return self._users.get(key)

    def known(self, key: SessionKey) -> Known | None:
        """What is known of a user, unless somebody else has written to the file before requests began to gather."""
        known, left = self._users.get(key), self._left
        if known is None or self._closed:
            return None
        if left is None:
            return known
        desk = self._desks.get(asyncio.get_running_loop())
        if desk is not None and desk.has_looked:
            return known
        if left != _look_at(self._log_file):
            return None
        if desk is not None:
            desk.note_look()
        return known

    async def bring_in(self) -> None:
        """Bring the log into the file after all that was asked for before.

        To be done now and then by who writes to many places, so that it takes little time: turns wait meanwhile.

        Raises:
            StoreUnavailable: the store is closed.
        """
        if self._closed:
            raise StoreUnavailable("it is closed")
        done: Future[None] = Future()
        self._handed_over.put(done)
        await asyncio.wrap_future(done)

    async def close(self) -> None:
        """Finish what was asked for, then close the file."""
        if not self._closed:
            self._closed = True
            for desk in self._desks.values():
                desk.clear()
            self._handed_over.put(None)
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
        idle_from: float | None = time.monotonic()  # the process before may have left its log
        while True:
            left = None if idle_from is None else max(idle_from + self._pause - time.monotonic(), 0.0)
            try:
                handful = self._handed_over.get(timeout=left)
            except Empty:
                if not self._can_bring_home:
                    self._bring_in(connection, "TRUNCATE")
                    self._leave(connection)
                    idle_from = None
                elif not self._bring_home(connection):
                    idle_from = time.monotonic()  # it is tried again
                continue
            if handful is None:
                break
            if isinstance(handful, Future):
                if handful.set_running_or_notify_cancel():
                    self._bring_in(connection, "PASSIVE")
                    handful.set_result(None)
            elif self._do(connection, handful):
                idle_from = time.monotonic()
            del handful  # the loop has it now, and its memory is used again sooner there
        while self._can_bring_home and self._bring_home(connection):
            pass  # what cannot be brought home is by whoever opens the file
        connection.close()

    @property
    def _can_bring_home(self) -> bool:
        return bool(self._ahead.entries) and not self._ahead.is_stuck

    def _bring_home(self, connection: sqlite3.Connection) -> bool:
        """Let some of those who are ahead come to their rows, unless somebody else is writing; whether they did."""
        bring = Request(lambda batch: batch.bring_home(_PORTION), lambda _: None, writes=True)
        self._left = None
        try:
            with _at_once(connection):
                self._transact(connection, [bring], writes=True)
        except Exception as error:
            if not sqlite_ahead.concerns_all(error):
                self._get_stuck(error)
            return False
        finally:
            self._leave(connection)
        return True

    def _get_stuck(self, error: Exception) -> None:
        """Bring nothing home any more, so that what cannot be does not keep others from being saved."""
        self._ahead.is_stuck = True
        self._report(error, LAYOUT)

    def _do(self, connection: sqlite3.Connection, handful: Handful) -> bool:
        """Do some requests and answer them; whether they write."""
        if not handful.writes:
            self._look_for_others(connection)
        writes, count = handful.writes or self._must_bring_home, len(handful.requests)
        if writes:
            self._left = None
        outcomes = self._perform(connection, handful.requests, writes=writes)
        if writes:
            self._leave(connection)
        handful.desk.deliver(handful.requests, outcomes)
        if writes:
            self._transactions += 1
            self._requests += count
            if self._transactions >= _MOST_TRANSACTIONS or self._requests * self._pages_each >= _MOST_PAGES:
                self._bring_in(connection, "PASSIVE")
        return writes

    def _bring_in(self, connection: sqlite3.Connection, how: str) -> None:
        """Bring the log into the file, as far as nobody is reading it at the moment."""
        requests, self._transactions, self._requests = self._requests, 0, 0
        with suppress(sqlite3.Error):  # it is not the time for it; the log stays valid
            with _at_once(connection):
                _, pages, _ = connection.execute(f"PRAGMA wal_checkpoint({how})").fetchone()
            new = pages - self._pages if pages >= self._pages else pages  # a log that was brought in begins anew
            self._pages = pages
            if requests and new > 0:
                self._pages_each = new / requests

    def _perform(
        self, connection: sqlite3.Connection, requests: Sequence[Request], *, writes: bool, home: bool = True
    ) -> list[Outcome]:
        """Do requests in one transaction, or, when one of them spoils it, each by itself.

        `home`: others who are ahead of their rows may come there, too.
        """
        try:
            return self._transact(connection, requests, writes=writes, home=home)
        except Exception as error:  # the thread must live on, or every turn would wait for ever
            self._users.clear()
            self.failures += writes
            if sqlite_ahead.concerns_all(error):
                return [StoreUnavailable(str(error))] * len(requests)
            if writes and home and self._ahead.entries and not self._ahead.is_stuck:
                outcomes = self._perform(connection, requests, writes=writes, home=False)
                if not any(isinstance(outcome, StoreUnavailable) for outcome in outcomes):
                    self._get_stuck(error)  # it was none of these requests
                return outcomes
            if len(requests) > 1:
                return [
                    outcome
                    for request in requests
                    for outcome in self._perform(
                        connection, [request], writes=request.writes or self._must_bring_home, home=False
                    )
                ]
            layout = _layout_of(connection)
            self._report(error, layout)
            return [StoreUnavailable(str(error) if layout == LAYOUT else _CHANGED)]

    def _transact(
        self, connection: sqlite3.Connection, requests: Sequence[Request], *, writes: bool, home: bool = True
    ) -> list[Outcome]:
        if not writes:
            batch = Batch(connection, self._users, self._ahead)
            outcomes = [request.work(batch) for request in requests]
            batch.publish()
            return outcomes
        connection.execute("BEGIN IMMEDIATE")
        try:
            self._note_others(connection)
            if self._must_bring_home:
                self._users.clear()  # what was read before may have been a row that was behind
                sqlite_ahead.bring_home(connection)
            batch = Batch(connection, self._users, self._ahead)
            outcomes = [request.work(batch) for request in requests]
            batch.finish(home=home)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        self._must_bring_home = False
        batch.publish()
        return outcomes

    def _note_others(self, connection: sqlite3.Connection) -> None:
        """Know nothing any more if somebody else has written since the last time.

        Raises:
            StoreUnavailable: the tables have become others.
        """
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._users.clear()
            self._ahead.forget()
            self._must_bring_home = True  # unless it turns out that there is nothing
            if layout_of(connection) != LAYOUT:
                raise StoreUnavailable(_CHANGED)
            self._must_bring_home = sqlite_ahead.is_any(connection)
            self._version = version

    def _leave(self, connection: sqlite3.Connection) -> None:
        """Note how the log looks now that the thread has written to it, and whether somebody else has, too."""
        left = _look_at(self._log_file)
        self._look_for_others(connection)
        self._left = left

    def _look_for_others(self, connection: sqlite3.Connection) -> None:
        """Note whether somebody else has written, if that can be said now."""
        try:
            self._note_others(connection)
        except (sqlite3.Error, StoreUnavailable):
            self._users.clear()

    def _report(self, error: Exception, layout: int) -> None:
        if layout == LAYOUT and not _means_damage(error):
            _log.error("a request to the session store failed", exc_info=error)
            return
        now = time.monotonic()
        if self._said is not None and now - self._said <= _SAY_AGAIN_SECONDS:
            return
        self._said = now
        if layout != LAYOUT:
            _log.error("the session store %s: %s", self._path, _CHANGED)
        else:
            cause, remedy = DAMAGED
            _log.error("the session store %s: %s (%s); stop, then %s", self._path, cause.en, error, remedy.en)


_CHANGED = "another version of this program has changed its layout; restart, so that the version that is installed runs"
_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


def _look_at(log: str) -> _Look:
    """Size and time of the log, by which to see whether it was written to."""
    try:
        found = os.stat(log)
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


@contextmanager
def _at_once(connection: sqlite3.Connection) -> Iterator[None]:
    """Do something without waiting for others."""
    (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout = {patience}")


def _layout_of(connection: sqlite3.Connection) -> int:
    """The layout that the file has now; the present one if that cannot be said."""
    try:
        return layout_of(connection)
    except sqlite3.Error:
        return LAYOUT


def _means_damage(error: Exception) -> bool:
    return getattr(error, "sqlite_errorname", "").startswith(_DAMAGE)
