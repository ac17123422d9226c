"""Looking into a session file, also while a server is using it.

It is read through a connection that does not write unless it is told to, and leaves the write-ahead log to the server.
A file of an older version, which may be running, is left as it is; what it holds is read from a copy in the new layout.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from interpreter.stores import sqlite_replies, sqlite_rows
from interpreter.stores.inventory import Figures, Record, RememberedReply
from interpreter.stores.protocol import SessionKey, StoreUnavailable, StoreUnusable
from interpreter.stores.sqlite_ahead import AheadReader, bring_home
from interpreter.stores.sqlite_file import DAMAGED, as_of_now, is_damage, open_connection, open_for_reading
from interpreter.stores.sqlite_layout import keep_copy, place_of
from interpreter.stores.sqlite_rows import sum_of

_PARTS = ("sessions", "replies", "parcels")


class SqliteInventory:
    """What a session file holds; to `create` it also brings an older one to the present layout.

    Raises:
        StoreUnusable: the file cannot be opened.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        if create:
            open_connection(path).close()
        self.path = path
        self._file = open_for_reading(path)
        self._file.text_factory = _lenient
        self._copied: sqlite3.Connection | None = None

    @contextmanager
    def _glance(self) -> Iterator[sqlite3.Connection]:
        """What the file holds at one moment."""
        with _translated():
            connection = self._connection
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("COMMIT")

    @property
    def _connection(self) -> sqlite3.Connection:
        """The file, or the copy of an older one."""
        if self._copied is None:
            self._copied = as_of_now(self._file, self.path)
            self._copied.text_factory = _lenient
            self._ahead = AheadReader(self._copied)
        return self._copied

    async def keys(self, bots: Collection[str]) -> AsyncGenerator[SessionKey, None]:
        """Every user of some bots, each once."""
        everybody = " UNION ".join(f"SELECT user FROM {table} WHERE bot = ?1" for table in _PARTS)  # noqa: S608
        with _translated():
            for bot in bots:
                for (user,) in self._connection.execute(everybody, (bot,)):
                    yield SessionKey(bot, user)

    async def record(self, key: SessionKey) -> Record:
        """What is kept of a user; an empty record of an unknown one."""
        whose = (key.bot, key.user)
        with self._glance() as connection:
            row = connection.execute(
                "SELECT revision, at, conversation, memory, wake FROM sessions WHERE bot = ? AND user = ?", whose
            ).fetchone()
            late = self._ahead.late(key)
            loose = late.loose if late is not None else sqlite_replies.loose_of(connection, key)
            replies = sqlite_replies.of_user(connection, key, loose, "message, at, reply", "at, message")
            parcels = [sqlite_rows.parcels(connection, key, for_next=each) for each in (False, True)]
        revision, at, conversation, memory, wake = row or (0, None, None, "", None)
        if late is not None:
            revision, at, conversation, memory = late.revision, late.at, late.conversation, late.memory
        return Record(
            key,
            revision,
            _moment(at),
            conversation,
            memory,
            _moment(wake),
            (*parcels[0], *parcels[1]),
            tuple(RememberedReply(message, sqlite_rows.moment_of(at), reply) for message, at, reply in replies),
        )

    async def figures(self, bots: Collection[str]) -> Figures:
        """How much is kept for some bots."""
        with self._glance():
            late = [each for each in self._ahead.everything() if each.bot in bots]
            counts = [self._count(bot, {each.user for each in late if each.bot == bot}) for bot in bots]
        times = [moment for *_, oldest, newest in counts for moment in (oldest, newest) if moment is not None]
        times += [each.at for each in late]
        sums = [sum(column) for column in zip(*(numbers for *numbers, _, _ in counts), strict=True)]
        return Figures(*sums, *((_moment(min(times)), _moment(max(times))) if times else ()))

    def _count(
        self, bot: str, ahead: Collection[str]
    ) -> tuple[int, int, int, int, int, int, float | None, float | None]:
        """Numbers, and the oldest and newest time in the rows of users who are not ahead."""
        (found,) = self._connection.execute(
            "SELECT count(*), count(conversation), (SELECT count(*) FROM replies WHERE bot = ?1),"
            " (SELECT count(*) FROM parcels WHERE bot = ?1 AND NOT for_next),"
            " (SELECT count(*) FROM parcels WHERE bot = ?1 AND for_next), count(wake)"
            " FROM sessions WHERE bot = ?1",
            (bot,),
        )
        sessions, conversations, replies, parcels, waiting, timers = found
        ends = [self._end(bot, ahead, way) for way in (1, -1)]
        return sessions, conversations, replies, parcels, waiting, timers, *ends

    def _end(self, bot: str, ahead: Collection[str], way: int) -> float | None:
        rows = self._connection.execute(
            "SELECT user, at FROM sessions WHERE bot = ? ORDER BY at * ? LIMIT ?", (bot, way, len(ahead) + 1)
        )
        return next((at for user, at in rows if user not in ahead), None)

    async def others(self, bots: Collection[str]) -> Mapping[str, int]:
        """How many users bots have that are not among these, by the names of those bots."""
        with _translated():
            found = self._file.execute("SELECT bot, count(*) FROM sessions GROUP BY bot").fetchall()
        return {bot: count for bot, count in found if bot not in bots}

    async def size(self) -> int:
        """Bytes of the file and its log."""
        files = (self.path, self.path.with_name(self.path.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    async def copy(self, path: Path) -> None:
        """Write a consistent copy of the whole file, while it may be written to.

        Raises:
            OSError: it cannot be written.
            StoreUnusable: the file is damaged; what was at `path` is still there.
        """
        try:
            keep_copy(self._file, path)
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                raise StoreUnusable(str(self.path), *DAMAGED, is_damaged=True) from error
            raise StoreUnavailable(str(error)) from error

    async def restore(self, records: Sequence[Record], gone: Sequence[SessionKey] = ()) -> None:
        """Put records back, each in the place of what is kept of its user, and forget other users, or do nothing."""
        with self._writing() as connection:
            for key in gone:
                sqlite_rows.erase(connection, key)
            for record in records:
                _restore(connection, record)

    async def erase(self, key: SessionKey) -> None:
        """Forget everything about a user."""
        with self._writing() as connection:
            sqlite_rows.erase(connection, key)

    async def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        if self._copied is not None:
            self._copied.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._file
        with _translated():
            for setting in ("query_only = OFF", "synchronous = FULL", "wal_autocheckpoint = 0"):
                connection.execute(f"PRAGMA {setting}")
            connection.execute("BEGIN IMMEDIATE")
            try:
                bring_home(connection)
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                connection.execute("PRAGMA query_only = ON")


def _restore(connection: sqlite3.Connection, record: Record) -> None:
    key = record.key
    sqlite_rows.erase(connection, key)
    if record.revision and record.at is not None:
        conversation_sum = (
            None
            if record.conversation is None
            else sum_of(record.conversation, key.bot, key.user, str(record.revision))
        )
        connection.execute(
            "INSERT INTO sessions (bot, user, revision, conversation, memory, at, wake, conversation_sum, memory_sum,"
            " idle_from) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key.bot,
                key.user,
                record.revision,
                record.conversation,
                record.memory,
                record.at.timestamp(),
                None if record.wake is None else record.wake.timestamp(),
                conversation_sum,
                sum_of(record.memory, key.bot, key.user),
                record.at.timestamp() if record.wake is None and record.conversation is not None else None,
            ),
        )
    sqlite_rows.put(connection, key, record.parcels)
    (last,) = connection.execute("SELECT ifnull(max(id), 0) FROM replies").fetchone()
    places = [place_of(*key, each.message) for each in record.replies]
    connection.executemany(
        "INSERT INTO replies (bot, user, message, reply, at, sum, place) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (*key, each.message, each.reply, each.at.timestamp(), _reply_sum(key, each), place)
            for each, place in zip(record.replies, places, strict=True)
        ],
    )
    sqlite_replies.enter(connection, zip(places, itertools.count(last + 1), strict=False))


def _lenient(raw: bytes) -> str:
    return raw.decode(errors="replace")


def _reply_sum(key: SessionKey, reply: RememberedReply) -> int:
    return sum_of(reply.reply, key.bot, key.user, reply.message)


def _moment(timestamp: float | None) -> datetime | None:
    return None if timestamp is None else sqlite_rows.moment_of(timestamp)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(str(error)) from error
