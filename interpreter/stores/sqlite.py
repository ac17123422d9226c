"""Sessions in one SQLite file, safe against `kill -9` and power failure.

One thread owns the only connection. It takes whatever requests have gathered since its last write and does them in one
transaction, so that a hundred turns in flight share one `fsync`; each is answered after the commit, never before.
A batch without a write needs no transaction. If the commit fails, nothing of the batch has happened and every request
of it fails.

Write-ahead log with `synchronous=FULL`: an acknowledged turn survives a power cut. One process with one connection also
stays clear of the WAL-reset race of SQLite before 3.51.3 (https://sqlite.org/wal.html).
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar, cast

from interpreter.stores.codec import UnreadableSession, read_session, write_conversation, write_memory
from interpreter.stores.protocol import (
    SWEEP_SIZE,
    Commit,
    MessageKey,
    SessionConflict,
    SessionKey,
    Stored,
    StoreError,
    StoreUnavailable,
)
from interpreter.stores.sqlite_file import open_connection

_log = logging.getLogger("interpreter.stores")

_BATCH = 128
"""Requests one transaction takes at most."""

_Row = tuple[int, str | None, str]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Request:
    work: Callable[[sqlite3.Connection], object]
    writes: bool
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[object]


class SqliteStore:
    """The sessions of one or more bots in one file.

    Raises:
        StoreUnusable: the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._requests: SimpleQueue[_Request | None] = SimpleQueue()
        self._closed = False
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(opened,), name="session store", daemon=True)
        self._thread.start()
        opened.result()

    # ------------------------------------------------------------------------------------ what the engine calls

    async def load(self, key: SessionKey, message: MessageKey | None = None) -> Stored:
        """The user's session and, for `message`, the reply it got before."""
        row, reply = await self._ask(lambda connection: _load(connection, key, message), writes=False)
        if row is None:
            return Stored(reply=reply)
        revision, conversation, memory = row
        try:
            return Stored(read_session(key.user, conversation, memory), revision, reply)
        except UnreadableSession:
            return await self._set_aside(key, row, reply)

    async def commit(self, turn: Commit) -> int:
        """Save a turn, all or nothing; the new revision."""
        conversation = None if turn.session is None else write_conversation(turn.session)
        memory = "" if turn.session is None else write_memory(turn.session)
        outcome = await self._ask(lambda connection: _commit(connection, turn, conversation, memory))
        if outcome != turn.expected:
            raise SessionConflict(turn.expected, outcome)
        return 0 if turn.session is None else turn.expected + 1

    async def erase(self, key: SessionKey) -> None:
        """Forget everything about a user."""
        await self._ask(lambda connection: _erase(connection, key))

    async def sweep_replies(self, before: datetime) -> int:
        """Remove remembered replies that are older; how many there were."""
        return await self._ask(lambda connection: _sweep_replies(connection, before.timestamp()))

    async def sweep_conversations(self, bot: str, before: datetime) -> int:
        """Forget older conversations of a bot, but not what it remembers of the users; how many there were."""
        return await self._ask(lambda connection: _sweep_conversations(connection, bot, before.timestamp()))

    async def close(self) -> None:
        """Finish what was asked for, then close the file."""
        if not self._closed:
            self._closed = True
            self._requests.put(None)
            await asyncio.get_running_loop().run_in_executor(None, self._thread.join)

    async def _set_aside(self, key: SessionKey, row: _Row, reply: bytes | None) -> Stored:
        """A row that cannot be read is kept for a person to look at; the user starts anew, with what memory is left."""
        revision, _, memory = row
        _log.warning("a stored session of bot %s cannot be read; it was set aside and the user starts anew", key.bot)
        await self._ask(lambda connection: _quarantine(connection, key, row))
        try:
            return Stored(read_session(key.user, None, memory), revision, reply)
        except UnreadableSession:
            return Stored(None, revision, reply)

    async def _ask(self, work: Callable[[sqlite3.Connection], _T], *, writes: bool = True) -> _T:
        if self._closed:
            raise StoreUnavailable("it is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[object] = loop.create_future()
        self._requests.put(_Request(work, writes, loop, future))
        return cast("_T", await future)

    # ------------------------------------------------------------------------------------ the thread

    def _run(self, opened: Future[None]) -> None:
        try:
            connection = open_connection(self._path)
        except BaseException as error:  # whoever opens the store waits for it
            opened.set_exception(error)
            return
        opened.set_result(None)
        while batch := self._gather():
            _deliver(batch, _perform(connection, batch))
        connection.close()

    def _gather(self) -> list[_Request]:
        """The requests that wait, at least one; none when the store is to close."""
        first = self._requests.get()
        if first is None:
            return []
        batch = [first]
        while len(batch) < _BATCH and not self._requests.empty():
            request = self._requests.get()
            if request is None:
                self._requests.put(None)  # close, but after this batch
                break
            batch.append(request)
        return batch


_Outcome = tuple[object, StoreError | None]


def _perform(connection: sqlite3.Connection, batch: Sequence[_Request]) -> list[_Outcome]:
    """Do a batch in one transaction, or, when one request spoils it, each by itself."""
    try:
        return [(result, None) for result in _transact(connection, batch)]
    except sqlite3.OperationalError as error:  # locked, full, unreadable: it would be the same for each
        return [(None, StoreUnavailable(str(error))) for _ in batch]
    except Exception as error:  # the thread must live on, or every turn would wait for ever
        if len(batch) > 1:
            return [outcome for request in batch for outcome in _perform(connection, [request])]
        _log.exception("a request to the session store failed")
        return [(None, StoreUnavailable(str(error)))]


def _transact(connection: sqlite3.Connection, batch: Sequence[_Request]) -> list[object]:
    if not any(request.writes for request in batch):
        return [request.work(connection) for request in batch]
    connection.execute("BEGIN IMMEDIATE")
    try:
        results = [request.work(connection) for request in batch]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return results


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


# ---------------------------------------------------------------------------------------------------- statements


def _load(
    connection: sqlite3.Connection, key: SessionKey, message: MessageKey | None
) -> tuple[_Row | None, bytes | None]:
    row = connection.execute(
        "SELECT revision, conversation, memory FROM sessions WHERE bot = ? AND user = ?", (key.bot, key.user)
    ).fetchone()
    if message is None:
        return row, None
    reply = connection.execute(
        "SELECT reply FROM replies WHERE bot = ? AND user = ? AND message = ?", (key.bot, key.user, message)
    ).fetchone()
    return row, reply[0] if reply else None


def _commit(connection: sqlite3.Connection, turn: Commit, conversation: str | None, memory: str) -> int:
    """The revision that was found; when it is not the expected one nothing was written."""
    key, at = turn.key, turn.at.timestamp()
    row = connection.execute("SELECT revision FROM sessions WHERE bot = ? AND user = ?", (key.bot, key.user)).fetchone()
    found: int = row[0] if row else 0
    if found != turn.expected:
        return found
    if turn.session is None:
        _erase(connection, key)
    else:
        connection.execute(
            "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?)",
            (key.bot, key.user, found + 1, conversation, memory, at),
        )
    if turn.message is not None:
        connection.execute(
            "INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?)", (key.bot, key.user, turn.message, turn.reply, at)
        )
    return found


def _erase(connection: sqlite3.Connection, key: SessionKey) -> None:
    for table in ("sessions", "replies", "unreadable"):
        connection.execute(f"DELETE FROM {table} WHERE bot = ? AND user = ?", (key.bot, key.user))  # noqa: S608 - fixed names


def _quarantine(connection: sqlite3.Connection, key: SessionKey, row: _Row) -> None:
    connection.execute(
        "INSERT INTO unreadable (bot, user, revision, conversation, memory) VALUES (?, ?, ?, ?, ?)",
        (key.bot, key.user, *row),
    )


def _sweep_replies(connection: sqlite3.Connection, before: float) -> int:
    gone = connection.execute(
        "DELETE FROM replies WHERE (bot, user, message) IN"
        " (SELECT bot, user, message FROM replies WHERE at < ? ORDER BY at LIMIT ?)",
        (before, SWEEP_SIZE),
    ).rowcount
    connection.execute(f"PRAGMA incremental_vacuum({SWEEP_SIZE})").fetchall()
    return gone


def _sweep_conversations(connection: sqlite3.Connection, bot: str, before: float) -> int:
    old = connection.execute(
        "SELECT user, memory FROM sessions WHERE bot = ? AND at < ? AND conversation IS NOT NULL ORDER BY at LIMIT ?",
        (bot, before, SWEEP_SIZE),
    ).fetchall()
    for user, memory in old:
        if memory:
            connection.execute(
                "UPDATE sessions SET conversation = NULL, revision = revision + 1 WHERE bot = ? AND user = ?",
                (bot, user),
            )
        else:
            connection.execute("DELETE FROM sessions WHERE bot = ? AND user = ?", (bot, user))
    return len(old)
