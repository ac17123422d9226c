"""What the SQLite store says to its database about parcels, knocks and claims, and how it forgets.

Each function runs in the thread; `sqlite_turns` has those that load and save turns.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from zlib import crc32

from interpreter.stores import sqlite_replies
from interpreter.stores.protocol import Knock, MessageKey, Parcel, SessionKey, StoreUnavailable
from interpreter.stores.sqlite_layout import owner_of
from interpreter.stores.sqlite_loose import read_loose
from interpreter.stores.sqlite_replies import OF_MESSAGE, OF_USER, Found


def sum_of(text: str | bytes, *owner: str) -> int:
    """A checksum over a text and whose it is."""
    return sum_under(crc32("\0".join(owner).encode(errors="replace")), text)


def sum_under(owner: int, text: str | bytes) -> int:
    """The same with the checksum of whose it is."""
    return crc32(text if isinstance(text, bytes) else f"\0{text}".encode(errors="replace"), owner)


def moment_of(timestamp: float) -> datetime:
    """A stored time; one that no clock showed is the nearest that one could, so that a damaged row does little harm."""
    return datetime.fromtimestamp(min(max(timestamp, _FIRST), _LAST), UTC)


_FIRST, _LAST = 0.0, datetime(2200, 1, 1, tzinfo=UTC).timestamp()


def knock(connection: sqlite3.Connection, key: SessionKey, message: MessageKey, at: datetime, limit: int) -> Knock:
    """Count a delivery whose wait is over."""
    found = sqlite_replies.find(connection, key, message, sqlite_replies.loose_of(connection, key))
    if found is not None:
        return Knock(intact_reply(key, message, found), 0)
    (count,) = connection.execute(
        "INSERT INTO knocks VALUES (?1, ?2, ?3, 1, 1 >= ?5, ?4) ON CONFLICT DO UPDATE"
        " SET count = count + 1, given_up = given_up OR count + 1 >= ?5, at = ?4 RETURNING count",
        (key.bot, key.user, message, at.timestamp(), limit),
    ).fetchone()
    return Knock(None, count)


def intact_reply(key: SessionKey, message: MessageKey, found: Found) -> bytes:
    """A reply as it was remembered.

    Raises:
        StoreUnavailable: it was damaged.
    """
    _, reply, sum = found
    if sum is not None and sum != sum_of(reply, key.bot, key.user, message):
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
    connection.execute(f"DELETE FROM claims WHERE {OF_MESSAGE} AND holder = ?4", (key.bot, key.user, message, holder))  # noqa: S608


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
        f"SELECT id, body, due, sum FROM parcels WHERE {OF_USER} AND for_next = ?3"  # noqa: S608 - fixed text
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


_TABLES = ("sessions", "parcels", "knocks", "claims", "unreadable")


def erase(connection: sqlite3.Connection, key: SessionKey) -> None:
    """Forget a user."""
    sqlite_replies.erase(connection, key)
    for table in _TABLES:
        connection.execute(f"DELETE FROM {table} WHERE {OF_USER}", (key.bot, key.user))  # noqa: S608 - fixed names


_SLACK = 10
"""One page of so many may be unused."""
_AGEING = (
    ("knocks", "bot, user, message", "at", ""),
    ("parcels", "bot, user, id", "due", " AND for_next"),
)


def sweep_replies(connection: sqlite3.Connection, before: float, limit: int) -> int:
    """Remove what is older of replies, knocks and waiting parcels, and what has ended of the rest."""
    gone = sqlite_replies.sweep(connection, before, limit)
    for table, name, age, condition in _AGEING:
        gone += connection.execute(
            f"DELETE FROM {table} WHERE ({name}) IN (SELECT {name} FROM {table}"  # noqa: S608 - fixed names
            f" WHERE {age} < ?{condition} ORDER BY {age} LIMIT ?)",
            (before, limit - gone),
        ).rowcount
    for table in ("claims", "shared_values", "counters", "leases"):
        connection.execute(f"DELETE FROM {table} WHERE until < ?", (before,))  # noqa: S608 - fixed names
    _shrink(connection, limit)
    return gone


def _shrink(connection: sqlite3.Connection, pages: int) -> None:
    """Give back up to so many pages that nothing uses; a tenth of the file is kept, for it will be used again.

    They are given back one by one: SQLite says of each that it is gone, in a row without columns, and the Python module
    does not go on after one of those.
    """
    (unused,) = connection.execute("PRAGMA freelist_count").fetchone()
    (all_pages,) = connection.execute("PRAGMA page_count").fetchone()
    for _ in range(min(unused - all_pages // _SLACK, pages)):
        connection.execute("PRAGMA incremental_vacuum(1)")


def idle(connection: sqlite3.Connection, bot: str, before: float, limit: int) -> list[str]:
    """Users whose conversations may be older; those of their rows that `sweep_conversations` looks at."""
    found = connection.execute(
        "SELECT user FROM sessions WHERE bot = ? AND idle_from < ? ORDER BY idle_from LIMIT ?", (bot, before, limit)
    )
    return [user for (user,) in found]


def sweep_conversations(
    connection: sqlite3.Connection, bot: str, before: float, limit: int
) -> tuple[Sequence[str], int]:
    """Forget older conversations; whose were looked at and how many were forgotten.

    Those that went on meanwhile come to their place in the index.
    """
    seen = connection.execute(
        "SELECT id, user, memory, at, loose FROM sessions WHERE bot = ? AND idle_from < ? ORDER BY idle_from LIMIT ?",
        (bot, before, limit),
    ).fetchall()
    for id, user, memory, at, loose in seen:
        if at >= before:
            connection.execute("UPDATE sessions SET idle_from = at WHERE id = ?", (id,))
        elif memory:
            connection.execute(
                "UPDATE sessions SET conversation = NULL, conversation_sum = NULL, idle_from = NULL,"
                " revision = revision + 1 WHERE id = ?",
                (id,),
            )
        else:
            entries = sqlite_replies.entries(owner_of(bot, user), read_loose(loose))
            sqlite_replies.enter(connection, entries)
            connection.execute("DELETE FROM sessions WHERE id = ?", (id,))
    return [user for _, user, *_ in seen], sum(at < before for *_, at, _ in seen)
