"""Sessions in one SQLite file, safe against `kill -9` and power failure.

Write-ahead log with `synchronous=FULL`: an acknowledged turn survives a power cut. One process with one connection
(see `sqlite_thread`) also stays clear of the WAL-reset race of SQLite before 3.51.3 (https://sqlite.org/wal.html).
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

from interpreter.machine.session import Session
from interpreter.stores import sqlite_rows, sqlite_turns, sqlite_values
from interpreter.stores.codec import UnreadableSession
from interpreter.stores.protocol import (
    SWEEP_SIZE,
    AtOnce,
    Commit,
    Committed,
    Knock,
    MessageKey,
    Parcel,
    Saved,
    SessionConflict,
    SessionKey,
    Stored,
)
from interpreter.stores.sqlite_ahead import Ahead
from interpreter.stores.sqlite_batch import Batch
from interpreter.stores.sqlite_desk import Settle
from interpreter.stores.sqlite_file import FileInUse, hold, open_connection, write_header
from interpreter.stores.sqlite_lock import SoleUse
from interpreter.stores.sqlite_thread import PAUSE, SqliteThread, Work
from interpreter.stores.sqlite_turns import Row

_log = logging.getLogger("interpreter.stores")

_PORTION = 25
"""Rows that are swept in one go; turns are done in between."""
_PORTIONS = 2
"""After so many the log is brought into the file: their rows lie anywhere in it, and turns wait for the disk."""

_TRUST_SECONDS = 5.0
"""For so long it is believed that the file can be written, unless that has failed."""
_PATIENCE_SECONDS = 3.0
"""For a process to end that served from the file before."""
_PAUSE_SECONDS = 0.05

_T = TypeVar("_T")


class SqliteStore:
    """The sessions of one or more bots in one file.

    Raises:
        StoreUnusable: the file cannot be opened.
    """

    def __init__(
        self,
        path: Path,
        opener: Callable[[Path], sqlite3.Connection] = open_connection,
        *,
        ahead: Ahead | None = None,
        pause: float = PAUSE,
    ) -> None:
        self._thread = SqliteThread(path, opener, ahead if ahead is not None else Ahead(), pause=pause)
        self._held: SoleUse | None = None
        self._overcome, self._proved = 0, time.monotonic()
        """Failures before the file was last seen to be written, and when that was."""

    @classmethod
    def alone(cls, path: Path) -> SqliteStore:
        """The store of a server, which no other process serves from until it is closed.

        Raises:
            StoreUnusable: the file cannot be opened, or another process serves from it.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        held = hold(path, _PATIENCE_SECONDS)
        try:
            while True:
                try:
                    store = cls(path)
                    break
                except FileInUse:  # by an older version, which holds nothing else
                    if time.monotonic() >= deadline:
                        raise
                    time.sleep(_PAUSE_SECONDS)
        except BaseException:
            held.release()
            raise
        store._held = held
        return store

    @property
    def at_once(self) -> AtOnce | None:
        """The same store for turns that do not wait before they are saved."""
        return self

    # ------------------------------------------------------------------------------------ turns

    def load_now(self, key: SessionKey, message: MessageKey | None = None) -> Stored | None:
        """What `load` gives, if that is no more than a session and it can be had without waiting."""
        known = self._thread.known(key)
        if known is None or known.session is None or known.has_answered(message):
            return None
        return Stored(known.session, known.revision)

    async def load(self, key: SessionKey, message: MessageKey | None = None) -> Stored:
        """The user's session, the parcels for the next message and, for `message`, the reply it got before."""
        stored = self.load_now(key, message)
        if stored is not None:
            return stored
        row, found, waiting = await self._thread.ask(lambda batch: sqlite_turns.load(batch, key, message), writes=False)
        reply = None if message is None or found is None else sqlite_rows.intact_reply(key, message, found)
        if row.revision is None:
            return Stored(reply=reply, waiting=waiting)
        try:
            session: Session | None = sqlite_turns.read(key, row)
        except UnreadableSession:
            session = await self._set_aside(key, row)
        return Stored(session, row.revision, reply, waiting)

    async def commit(self, turn: Commit) -> Committed:
        """Save a turn, all or nothing."""
        saved = self._thread.ask(self._writing(turn))
        return await cast("asyncio.Future[Committed]", saved)  # a `SessionConflict` is its failure

    def commit_soon(self, turn: Commit, then: Saved) -> None:
        """Begin to do what `commit` does, and tell `then` what came of it.

        Raises:
            StoreUnavailable: the store is closed.
        """
        self._thread.bring(self._writing(turn), cast("Settle", then))

    def _writing(self, turn: Commit) -> Work[Committed | SessionConflict]:
        return partial(sqlite_turns.commit, turn, sqlite_turns.written(turn, self._thread.last_known(turn.key)))

    async def knock(self, key: SessionKey, message: MessageKey, at: datetime, limit: int) -> Knock:
        """Count a delivery whose wait is over; the `limit`-th gives the message up, unless its reply is there."""
        return await self._change(key, lambda connection: sqlite_rows.knock(connection, key, message, at, limit))

    async def claim(self, key: SessionKey, message: MessageKey, holder: str, at: datetime, seconds: float) -> bool:
        """Take, or hold on to, the right to perform the calls of a message's turn; False while another holds it."""
        return await self._write(lambda connection: sqlite_rows.claim(connection, key, message, holder, at, seconds))

    async def disclaim(self, key: SessionKey, message: MessageKey, holder: str) -> None:
        """Let go of a claim, if one holds it, so that another one has it at once."""
        await self._write(lambda connection: sqlite_rows.disclaim(connection, key, message, holder))

    # ------------------------------------------------------------------------------------ parcels

    async def take(self, key: SessionKey, parcel: str) -> bool:
        """Take a parcel out to send it; False when it is not there any more. Nobody else gets it after that."""
        return await self._change(key, lambda connection: sqlite_rows.take(connection, key, (parcel,)) > 0)

    async def put(self, key: SessionKey, parcels: Sequence[Parcel]) -> None:
        """Add parcels without a turn, such as one that was taken and certainly not sent."""
        if parcels:
            await self._change(key, lambda connection: sqlite_rows.put(connection, key, parcels))

    async def parcels(self, key: SessionKey) -> tuple[Parcel, ...]:
        """The parcels of a user that are not for the next message, by `due`."""
        return await self._read(lambda connection: sqlite_rows.parcels(connection, key, for_next=False))

    async def waking(self, bot: str, before: datetime, limit: int) -> tuple[SessionKey, ...]:
        """Up to `limit` users of a bot with a timer or a parcel that was due before then, the longest due first."""
        moment = before.timestamp()
        users = await self._read(lambda connection: sqlite_rows.waking(connection, bot, moment, limit))
        return tuple(SessionKey(bot, user) for user in users)

    # ------------------------------------------------------------------------------------ forgetting

    async def erase(self, key: SessionKey) -> None:
        """Forget everything about a user."""
        await self._change(key, lambda connection: sqlite_rows.erase(connection, key))

    async def sweep_replies(self, before: datetime) -> int:
        """Remove remembered replies, knocks and waiting parcels that are older; how many there were."""
        moment = before.timestamp()

        def sweep(batch: Batch) -> tuple[int, int]:
            gone = sqlite_rows.sweep_replies(batch.connection, moment, _PORTION)
            return gone, gone

        return await self._sweep(sweep)

    async def sweep_conversations(self, bot: str, before: datetime) -> int:
        """Forget older conversations of a bot without a timer, but not what it remembers of the users; how many."""
        moment = before.timestamp()

        def sweep(batch: Batch) -> tuple[int, int]:
            for user in sqlite_rows.idle(batch.connection, bot, moment, _PORTION):
                batch.settle(SessionKey(bot, user))
            seen, gone = sqlite_rows.sweep_conversations(batch.connection, bot, moment, _PORTION)
            for user in seen:
                batch.learn(SessionKey(bot, user), None)
            return len(seen), gone

        return await self._sweep(sweep)

    async def _sweep(self, sweep: Callable[[Batch], tuple[int, int]]) -> int:
        """Look at rows a few at a time, so that turns are done in between, and remove them; how many were."""
        gone = portions = 0
        while gone < SWEEP_SIZE:
            seen, part = await self._thread.ask(sweep)
            gone, portions = gone + part, portions + 1
            if portions % _PORTIONS == 0:
                await self._thread.bring_in()
            if seen < _PORTION:
                break
        return gone

    async def ping(self) -> None:
        """Make sure that the file can be written.

        An empty transaction takes the lock. Now and then, and after a failure, something is written: to a full disk
        nothing else is.
        """
        failures, now = self._thread.failures, time.monotonic()
        if failures == self._overcome and now - self._proved < _TRUST_SECONDS:
            await self._thread.ask(_touch)
            return
        await self._thread.ask(_write_header)
        self._overcome, self._proved = failures, now

    async def close(self) -> None:
        """Finish what was asked for, then close the file."""
        await self._thread.close()
        if self._held is not None:
            self._held.release()

    async def _set_aside(self, key: SessionKey, row: Row) -> Session | None:
        """A row that cannot be read is kept for a person to look at; the user starts anew, with what memory is left."""
        _log.warning("a stored session of bot %s cannot be read; it was set aside and the user starts anew", key.bot)
        await self._write(lambda connection: sqlite_turns.quarantine(connection, key, row))
        try:
            return sqlite_turns.read(key, row._replace(conversation=None))
        except UnreadableSession:
            return None

    # ------------------------------------------------------------------------------------ shared values

    async def read_value(self, name: str, at: datetime) -> str | None:
        """The value, unless it has come to its end."""
        now = at.timestamp()
        return await self._read(lambda connection: sqlite_values.read_value(connection, name, now))

    async def write_value(self, name: str, value: str | None, until: datetime) -> None:
        """Set a value, or with None remove it."""
        end = until.timestamp()
        await self._write(lambda connection: sqlite_values.write_value(connection, name, value, end))

    async def count(self, name: str, at: datetime, until: datetime) -> int:
        """Add one to a counter that begins anew after `until` (given when it begins); what it is now."""
        now, end = at.timestamp(), until.timestamp()
        return await self._write(lambda connection: sqlite_values.count(connection, name, now, end))

    async def lease(self, name: str, holder: str, at: datetime, seconds: float) -> bool:
        """Take, or hold on to, what only one may have at a time; False while another holds it."""
        now = at.timestamp()
        return await self._write(lambda connection: sqlite_values.lease(connection, name, holder, now, seconds))

    async def release(self, name: str, holder: str) -> None:
        """Let go of a lease, if one holds it."""
        await self._write(lambda connection: sqlite_values.release(connection, name, holder))

    # ------------------------------------------------------------------------------------ kinds of requests

    async def _read(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        return await self._thread.ask(lambda batch: work(batch.connection), writes=False)

    async def _write(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        return await self._thread.ask(lambda batch: work(batch.connection))

    async def _change(self, key: SessionKey, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Write something of a user, of whom nothing is known after it until the file is looked into."""

        def change(batch: Batch) -> _T:
            batch.settle(key)
            batch.learn(key, None)
            return work(batch.connection)

        return await self._thread.ask(change)


def _touch(_: Batch) -> None:
    """Nothing; the transaction around it is what counts."""


def _write_header(batch: Batch) -> None:
    write_header(batch.connection)
