"""Where the remembered replies of a user are found.

Replies are numbered as they come, so that each is written beside the one before it. The numbers of a user's last few
stand in the row of their session, which every turn writes anyway: these replies are loose. When there are `MOST_LOOSE`
of them they are entered in the table `places` together; there they lie side by side, so that one page changes for all
of them. Replies of a user without a session are entered at once.

A number may be that of a reply that is gone, and by now of somebody else's: whose a reply is stands in its own row.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from interpreter.stores.protocol import MessageKey, SessionKey
from interpreter.stores.sqlite_layout import PLACES, first_place, place_of
from interpreter.stores.sqlite_loose import numbered, read_loose
from interpreter.stores.sqlite_many import insert

OF_USER = "bot = ?1 AND user = ?2"
OF_MESSAGE = "bot = ?1 AND user = ?2 AND message = ?3"

Entry = tuple[int, int]
"""The place of a reply and its number."""
_LAST_NUMBER = (1 << 63) - 1
_OF_USER = f"""
FROM replies WHERE {OF_USER} AND id IN
    (SELECT id FROM places WHERE place BETWEEN ?3 AND ?3 + {PLACES - 1} UNION SELECT value FROM json_each(?4))
"""  # noqa: S608 - fixed text
_FIND = f"""
SELECT id, reply, sum FROM replies WHERE {OF_MESSAGE} AND id IN
    (SELECT id FROM places WHERE place = ?4 UNION SELECT value FROM json_each(?5))
"""  # noqa: S608 - fixed text

Found = tuple[int, bytes, int | None]
"""A reply: its number, the bytes, their checksum."""


def numbers(loose: bytes) -> list[int]:
    """The numbers of loose replies."""
    return [id for id, _ in numbered(loose)]


def entries(owner: int, loose: bytes) -> list[Entry]:
    """What the table says of loose replies, those with a number that there can be; `owner` is a user's checksum."""
    first = owner << 31
    return [(first | rest % PLACES, id) for id, rest in numbered(loose) if id <= _LAST_NUMBER]


def places(key: SessionKey, loose: bytes) -> set[int]:
    """The places that loose replies will have."""
    first = first_place(*key)
    return {first | rest for _, rest in numbered(loose)}


def loose_of(connection: sqlite3.Connection, key: SessionKey) -> bytes:
    """The loose replies of a user."""
    row = connection.execute(f"SELECT loose FROM sessions WHERE {OF_USER}", key).fetchone()  # noqa: S608 - fixed text
    return read_loose(row[0]) if row is not None else b""


def find(connection: sqlite3.Connection, key: SessionKey, message: MessageKey, loose: bytes) -> Found | None:
    """The reply to a message of a user who has these loose ones."""
    place = place_of(*key, message)
    ids = [id for id, rest in numbered(loose) if rest == place % PLACES]
    found: Found | None = connection.execute(_FIND, (*key, message, place, _as_json(ids))).fetchone()
    return found


def enter(connection: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Enter replies in the table, those of them that have not been swept.

    To look for each would cost more than all the rest. They are swept as they have come, so the first that is there
    tells; one that went by itself stays in the table until it is empty, and harms nobody.
    """
    loose = sorted(entries)
    (first,) = connection.execute("SELECT min(id) FROM replies").fetchone() if loose else (None,)
    if first is not None:
        there = [entry for entry in loose if entry[1] >= first]
        insert(connection, "places", "place, id", list(chain.from_iterable(there)), "ON CONFLICT DO NOTHING")


def forget(connection: sqlite3.Connection, key: SessionKey, message: MessageKey, loose: bytes) -> None:
    """Remove the reply to a message, if there is one."""
    found = find(connection, key, message, loose)
    if found is not None:
        _remove(connection, [(place_of(*key, message), found[0])])


def of_user(
    connection: sqlite3.Connection, key: SessionKey, loose: bytes, columns: str, order: str = "id"
) -> list[tuple[Any, ...]]:
    """Columns of all replies of a user who has these loose ones."""
    values = (*key, first_place(*key), _as_json(numbers(loose)))
    return connection.execute(f"SELECT {columns} {_OF_USER} ORDER BY {order}", values).fetchall()


def erase(connection: sqlite3.Connection, key: SessionKey) -> None:
    """Remove all replies of a user; to be done before the session goes."""
    _remove(connection, of_user(connection, key, loose_of(connection, key), "place, id"))


def sweep(connection: sqlite3.Connection, before: float, limit: int) -> int:
    """Remove replies that are older; how many there were."""
    old = connection.execute("SELECT place, id FROM replies WHERE at < ? ORDER BY at LIMIT ?", (before, limit))
    gone = _remove(connection, old.fetchall())
    if gone and connection.execute("SELECT NOT EXISTS (SELECT 1 FROM replies)").fetchone()[0]:
        connection.execute("DELETE FROM places")
    return gone


def _remove(connection: sqlite3.Connection, found: Sequence[tuple[Any, ...]]) -> int:
    if found:
        connection.executemany("DELETE FROM places WHERE place = ? AND id = ?", found)
        connection.executemany("DELETE FROM replies WHERE id = ?", [(id,) for _, id in found])
    return len(found)


def _as_json(ids: Iterable[int]) -> str:
    return json.dumps(list(ids))
