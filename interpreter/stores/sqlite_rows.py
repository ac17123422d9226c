"""What the SQLite store says to its database about sessions, replies and parcels; each function runs in the thread.

A turn that sends nothing costs one look-up when it is loaded, and a look-up and two rows when it is saved.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zlib import crc32

from interpreter.stores.protocol import Commit, Knock, MessageKey, Parcel, SessionKey, StoreUnavailable

_OF_USER = "bot = ?1 AND user = ?2"
_OF_MESSAGE = "bot = ?1 AND user = ?2 AND message = ?3"


class Row(NamedTuple):
    """One user's session as it is stored; `revision` is None when there is none."""

    revision: int | None
    conversation: str | None
    memory: str
    conversation_sum: int | None
    memory_sum: int | None
    reply: bytes | None
    reply_sum: int | None
    has_waiting: int


class Written(NamedTuple):
    """A session as text; a conversation of None forgets the user."""

    conversation: str | None
    memory: str
    conversation_sum: int
    memory_sum: int
    reply_sum: int


def sum_of(text: str | bytes, *owner: str) -> int:
    """A checksum over a text and whose it is."""
    whose = "\0".join(owner)
    if isinstance(text, bytes):
        return crc32(text, crc32(whose.encode(errors="replace")))
    return crc32(f"{whose}\0{text}".encode(errors="replace"))


def moment_of(timestamp: float) -> datetime:
    """A stored time; one that no clock showed is the nearest that one could, so that a damaged row does little harm."""
    return datetime.fromtimestamp(min(max(timestamp, _FIRST), _LAST), UTC)


_FIRST, _LAST = 0.0, datetime(2200, 1, 1, tzinfo=UTC).timestamp()

_LOAD = f"""
SELECT revision, conversation, memory, conversation_sum, memory_sum, reply, sum,
       EXISTS (SELECT 1 FROM parcels WHERE {_OF_USER})
FROM (SELECT 1)
LEFT JOIN sessions AS s ON s.bot = ?1 AND s.user = ?2
LEFT JOIN replies AS r ON r.bot = ?1 AND r.user = ?2 AND r.message = ?3
"""  # noqa: S608 - fixed text
_SAVE = """
INSERT INTO sessions (bot, user, revision, conversation, memory, at, wake, conversation_sum, memory_sum)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (bot, user) DO UPDATE SET revision = excluded.revision, conversation = excluded.conversation,
    memory = excluded.memory, at = excluded.at, wake = excluded.wake,
    conversation_sum = excluded.conversation_sum, memory_sum = excluded.memory_sum
"""
_FOUND = f"""
SELECT (SELECT revision FROM sessions WHERE {_OF_USER}), (SELECT given_up FROM knocks WHERE {_OF_MESSAGE})
"""  # noqa: S608 - fixed text


def load(connection: sqlite3.Connection, key: SessionKey, message: MessageKey | None) -> tuple[Row, tuple[Parcel, ...]]:
    """The row of a user, and the parcels for their next message."""
    row = Row._make(_lenient(connection, _LOAD, (key.bot, key.user, message)))
    return row, parcels(connection, key, for_next=True) if row.has_waiting else ()


def _lenient(connection: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> Iterable[Any]:
    """One row; damaged text, which is not even UTF-8, comes with replacement characters and so with a wrong sum."""
    try:
        found: Iterable[Any] = connection.execute(statement, values).fetchone()
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorname", None) is not None:
            raise
        connection.text_factory = lambda raw: raw.decode(errors="replace")
        try:
            found = connection.execute(statement, values).fetchone()
        finally:
            connection.text_factory = str
    return found


def commit(connection: sqlite3.Connection, turn: Commit, written: Written) -> tuple[int, bool]:
    """The revision that was found and whether the message had been given up.

    When the revision is not the expected one nothing was written.
    """
    key, at = turn.key, turn.at.timestamp()
    found, given_up = connection.execute(_FOUND, (key.bot, key.user, turn.message)).fetchone()
    revision = found or 0
    if revision != turn.expected:
        return revision, False
    if written.conversation is None:
        erase(connection, key)
    else:
        wake = None if turn.wake is None else turn.wake.timestamp()
        connection.execute(
            _SAVE,
            (
                key.bot,
                key.user,
                turn.next_revision,
                written.conversation,
                written.memory,
                at,
                wake,
                written.conversation_sum,
                written.memory_sum,
            ),
        )
    reply, sent = turn.saved(was_given_up=bool(given_up))
    if turn.delivered:
        take(connection, key, turn.delivered)
    if sent:
        put(connection, key, sent)
    if turn.message is None:
        return revision, False
    connection.execute(
        "INSERT OR REPLACE INTO replies (bot, user, message, reply, at, sum) VALUES (?, ?, ?, ?, ?, ?)",
        (
            key.bot,
            key.user,
            turn.message,
            reply,
            at,
            sum_of(reply, key.bot, key.user, turn.message) if given_up else written.reply_sum,
        ),
    )
    if given_up is not None:
        connection.execute(f"DELETE FROM knocks WHERE {_OF_MESSAGE}", (key.bot, key.user, turn.message))  # noqa: S608
    return revision, bool(given_up)


def knock(connection: sqlite3.Connection, key: SessionKey, message: MessageKey, at: datetime, limit: int) -> Knock:
    """Count a delivery whose wait is over."""
    found = connection.execute(
        f"SELECT reply, sum FROM replies WHERE {_OF_MESSAGE}",  # noqa: S608 - fixed text
        (key.bot, key.user, message),
    ).fetchone()
    if found is not None:
        return Knock(intact_reply(key, message, *found), 0)
    (count,) = connection.execute(
        "INSERT INTO knocks VALUES (?1, ?2, ?3, 1, 1 >= ?5, ?4) ON CONFLICT DO UPDATE"
        " SET count = count + 1, given_up = given_up OR count + 1 >= ?5, at = ?4 RETURNING count",
        (key.bot, key.user, message, at.timestamp(), limit),
    ).fetchone()
    return Knock(None, count)


def intact_reply(key: SessionKey, message: MessageKey | None, reply: bytes | None, found: int | None) -> bytes | None:
    """A reply as it was remembered.

    Raises:
        StoreUnavailable: it was damaged.
    """
    if reply is not None and found is not None and found != sum_of(reply, key.bot, key.user, message or ""):
        raise StoreUnavailable("a remembered reply is damaged")
    return reply


def claim(
    connection: sqlite3.Connection, key: SessionKey, message: MessageKey, holder: str, at: datetime, seconds: float
) -> bool:
    """Take the right to perform the calls of a message's turn."""
    now = at.timestamp()
    taken = connection.execute(
        "INSERT INTO claims VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET holder = ?4, until = ?5"
        " WHERE holder = ?4 OR until <= ?6",
        (key.bot, key.user, message, holder, now + seconds, now),
    )
    return taken.rowcount > 0


def disclaim(connection: sqlite3.Connection, key: SessionKey, message: MessageKey, holder: str) -> None:
    """Let go of that right."""
    connection.execute(f"DELETE FROM claims WHERE {_OF_MESSAGE} AND holder = ?4", (key.bot, key.user, message, holder))  # noqa: S608


def take(connection: sqlite3.Connection, key: SessionKey, ids: Sequence[str]) -> int:
    """Remove parcels; how many were there."""
    rows = [(key.bot, key.user, id) for id in ids]
    return connection.executemany("DELETE FROM parcels WHERE bot = ? AND user = ? AND id = ?", rows).rowcount


def put(connection: sqlite3.Connection, key: SessionKey, parcels: Iterable[Parcel]) -> None:
    """Add parcels."""
    connection.executemany(
        "INSERT OR REPLACE INTO parcels VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                key.bot,
                key.user,
                parcel.id,
                parcel.body,
                parcel.due.timestamp(),
                parcel.for_next,
                sum_of(parcel.body, key.bot, key.user, parcel.id),
            )
            for parcel in parcels
        ],
    )


def parcels(connection: sqlite3.Connection, key: SessionKey, *, for_next: bool) -> tuple[Parcel, ...]:
    """The parcels of a user, in order; damaged ones are passed over."""
    found = connection.execute(
        f"SELECT id, body, due, sum FROM parcels WHERE {_OF_USER} AND for_next = ?3"  # noqa: S608 - fixed text
        " ORDER BY due, length(id), id",
        (key.bot, key.user, for_next),
    ).fetchall()
    return tuple(
        Parcel(id, body, moment_of(due), for_next)
        for id, body, due, sum in found
        if sum == sum_of(body, key.bot, key.user, id)
    )


def waking(connection: sqlite3.Connection, bot: str, before: float, limit: int) -> list[str]:
    """Users with something due."""
    found = connection.execute(
        "SELECT user FROM ("
        " SELECT * FROM (SELECT user, wake AS due FROM sessions"
        "  WHERE bot = ?1 AND wake IS NOT NULL AND wake < ?2 ORDER BY wake LIMIT ?3)"
        " UNION ALL"
        " SELECT user, min(due) AS due FROM parcels WHERE bot = ?1 AND NOT for_next AND due < ?2 GROUP BY user"
        ") GROUP BY user ORDER BY min(due), user LIMIT ?3",
        (bot, before, limit),
    )
    return [user for (user,) in found]


_TABLES = ("sessions", "replies", "parcels", "knocks", "claims", "unreadable")


def erase(connection: sqlite3.Connection, key: SessionKey) -> None:
    """Forget a user."""
    for table in _TABLES:
        connection.execute(f"DELETE FROM {table} WHERE {_OF_USER}", (key.bot, key.user))  # noqa: S608 - fixed names


def quarantine(connection: sqlite3.Connection, key: SessionKey, row: Row) -> None:
    """Keep an unreadable row for a person to look at."""
    connection.execute(
        "INSERT INTO unreadable (bot, user, revision, conversation, memory) VALUES (?, ?, ?, ?, ?)",
        (key.bot, key.user, row.revision, row.conversation, row.memory),
    )


def sweep_replies(connection: sqlite3.Connection, before: float, limit: int) -> int:
    """Remove what is older of replies, knocks and waiting parcels, and what has ended of the rest."""
    gone = 0
    for table, age, condition in (("replies", "at", ""), ("knocks", "at", ""), ("parcels", "due", " AND for_next")):
        name = "id" if table == "parcels" else "message"
        gone += connection.execute(
            f"DELETE FROM {table} WHERE (bot, user, {name}) IN (SELECT bot, user, {name} FROM {table}"  # noqa: S608
            f" WHERE {age} < ?{condition} ORDER BY {age} LIMIT ?)",
            (before, limit - gone),
        ).rowcount
    for table in ("claims", "shared_values", "counters", "leases"):
        connection.execute(f"DELETE FROM {table} WHERE until < ?", (before,))  # noqa: S608 - fixed names
    connection.execute(f"PRAGMA incremental_vacuum({limit})").fetchall()
    return gone


def sweep_conversations(connection: sqlite3.Connection, bot: str, before: float, limit: int) -> int:
    """Forget older conversations."""
    old = connection.execute(
        "SELECT user, memory FROM sessions"
        " WHERE bot = ? AND at < ? AND conversation IS NOT NULL AND wake IS NULL ORDER BY at LIMIT ?",
        (bot, before, limit),
    ).fetchall()
    for user, memory in old:
        if memory:
            connection.execute(
                "UPDATE sessions SET conversation = NULL, conversation_sum = NULL, revision = revision + 1"
                " WHERE bot = ? AND user = ?",
                (bot, user),
            )
        else:
            connection.execute("DELETE FROM sessions WHERE bot = ? AND user = ?", (bot, user))
    return len(old)
