"""What the SQLite store says to its database about shared values; each function runs in the thread."""

from __future__ import annotations

import sqlite3


def read_value(connection: sqlite3.Connection, name: str, now: float) -> str | None:
    """A value that has not ended."""
    found = connection.execute("SELECT value FROM shared_values WHERE name = ? AND until > ?", (name, now)).fetchone()
    return None if found is None else found[0]


def write_value(connection: sqlite3.Connection, name: str, value: str | None, until: float) -> None:
    """Set or remove a value."""
    if value is None:
        connection.execute("DELETE FROM shared_values WHERE name = ?", (name,))
    else:
        connection.execute("INSERT OR REPLACE INTO shared_values VALUES (?, ?, ?)", (name, value, until))


def count(connection: sqlite3.Connection, name: str, now: float, until: float) -> int:
    """Add one to a counter, or begin it anew."""
    (counted,) = connection.execute(
        "INSERT INTO counters VALUES (?1, 1, ?3) ON CONFLICT DO UPDATE SET"
        " count = CASE WHEN until > ?2 THEN count + 1 ELSE 1 END,"
        " until = CASE WHEN until > ?2 THEN until ELSE ?3 END RETURNING count",
        (name, now, until),
    ).fetchone()
    return int(counted)


def lease(connection: sqlite3.Connection, name: str, holder: str, now: float, seconds: float) -> bool:
    """Take or hold on to a lease."""
    taken = connection.execute(
        "INSERT INTO leases VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET holder = ?2, until = ?3"
        " WHERE holder = ?2 OR until <= ?4",
        (name, holder, now + seconds, now),
    )
    return taken.rowcount > 0


def release(connection: sqlite3.Connection, name: str, holder: str) -> None:
    """Let go of a lease."""
    connection.execute("DELETE FROM leases WHERE name = ? AND holder = ?", (name, holder))
