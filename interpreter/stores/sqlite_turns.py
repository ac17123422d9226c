"""Loading and saving turns of the SQLite store.

The turn of a user who is known (see `sqlite_known`) costs no look into the file when it is loaded, and two rows when it
is saved. What the loop can do is done there: everybody waits for the thread.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any, NamedTuple

from msgspec.structs import replace

from interpreter.machine.session import Session
from interpreter.stores import sqlite_rows
from interpreter.stores.codec import UnreadableSession, read_session, write_conversation, write_memory
from interpreter.stores.protocol import Commit, MessageKey, Parcel, SessionKey
from interpreter.stores.sqlite_batch import Batch, ReplyRow, SessionRow
from interpreter.stores.sqlite_known import Known, size_of
from interpreter.stores.sqlite_layout import PLACES, first_place, place_of
from interpreter.stores.sqlite_rows import OF_MESSAGE, OF_USER, sum_of

_MOST_ANSWERED = 200
"""Replies somebody may have in the file to be known: so many are looked up in a moment."""


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
    has_knocks: int
    answered: str
    """Places of the user's replies, as JSON."""


class Written(NamedTuple):
    """A turn as rows; no session to forget the user, no reply to remember none."""

    session: SessionRow | None
    reply: ReplyRow | None


_LOAD = f"""
SELECT revision, conversation, memory, conversation_sum, memory_sum, reply, sum,
       EXISTS (SELECT 1 FROM parcels WHERE {OF_USER} AND for_next), EXISTS (SELECT 1 FROM knocks WHERE {OF_USER}),
       (SELECT json_group_array(place) FROM
           (SELECT place FROM replies WHERE place BETWEEN ?5 AND ?5 + {PLACES - 1} LIMIT {_MOST_ANSWERED + 1}))
FROM (SELECT 1)
LEFT JOIN sessions AS s ON s.bot = ?1 AND s.user = ?2
LEFT JOIN replies AS r ON r.place = ?4 AND r.bot = ?1 AND r.user = ?2 AND r.message = ?3
"""  # noqa: S608 - fixed text
_FOUND = f"""
SELECT (SELECT revision FROM sessions WHERE {OF_USER}), (SELECT given_up FROM knocks WHERE {OF_MESSAGE})
"""  # noqa: S608 - fixed text


def load(batch: Batch, key: SessionKey, message: MessageKey | None) -> tuple[Row, tuple[Parcel, ...]]:
    """The row of a user, and the parcels for their next message."""
    connection = batch.connection
    places = (None if message is None else place_of(*key, message)), first_place(*key)
    row = Row._make(_lenient(connection, _LOAD, (*key, message, *places)))
    batch.learn(key, _known(row))
    return row, sqlite_rows.parcels(connection, key, for_next=True) if row.has_waiting else ()


def _known(row: Row) -> Known | None:
    if row.has_waiting or row.has_knocks:
        return None
    try:
        answered = set(json.loads(row.answered))
    except ValueError:  # damaged
        return None
    if len(answered) > _MOST_ANSWERED:
        return None
    return Known(row.revision or 0, answered, size_of(0, len(answered)))


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


def written(turn: Commit) -> Written:
    """A turn as rows."""
    (bot, user), session = turn.key, turn.session
    reply = None if turn.message is None else _reply_row(turn, turn.reply)
    if session is None:
        return Written(None, reply)
    revision, conversation, memory = turn.next_revision, write_conversation(session), write_memory(session)
    at, wake = turn.at.timestamp(), None if turn.wake is None else turn.wake.timestamp()
    sums = sum_of(conversation, bot, user, str(revision)), sum_of(memory, bot, user)
    idle_from = at if wake is None else None
    return Written((bot, user, revision, conversation, memory, at, wake, *sums, idle_from), reply)


def _reply_row(turn: Commit, reply: bytes) -> ReplyRow:
    (bot, user), message = turn.key, turn.message or ""
    sum, place = sum_of(reply, bot, user, message), place_of(bot, user, message)
    return (bot, user, message, reply, turn.at.timestamp(), sum, place)


def commit(batch: Batch, turn: Commit, rows: Written) -> tuple[int, bool]:
    """The revision that was found and whether the message had been given up.

    When the revision is not the expected one nothing was written.
    """
    key, known, given_up = turn.key, batch.known(turn.key), None
    if known is not None:
        found = known.revision
    else:
        found, given_up = batch.connection.execute(_FOUND, (*key, turn.message)).fetchone()
    if (found or 0) != turn.expected:
        return found or 0, False
    reply, parcels = turn.saved(was_given_up=bool(given_up))
    if rows.session is None:
        sqlite_rows.erase(batch.connection, key)
    else:
        batch.save(key, rows.session, idle_from=None if known is None else known.idle_from)
    if turn.delivered:
        sqlite_rows.take(batch.connection, key, turn.delivered)
    if parcels:
        sqlite_rows.put(batch.connection, key, parcels)
    if rows.reply is not None:
        *_, place = rows.reply
        if known is None or place in known.answered:
            _forget_message(batch.connection, key, turn.message, place)
        batch.remember(_reply_row(turn, reply) if given_up else rows.reply)
    batch.learn(key, _known_after(turn, rows, known))
    return turn.expected, bool(given_up)


def _forget_message(connection: sqlite3.Connection, key: SessionKey, message: MessageKey | None, place: int) -> None:
    connection.execute(f"DELETE FROM replies WHERE {OF_MESSAGE} AND place = ?4", (*key, message, place))  # noqa: S608
    connection.execute(f"DELETE FROM knocks WHERE {OF_MESSAGE}", (*key, message))  # noqa: S608 - fixed text


def _known_after(turn: Commit, rows: Written, known: Known | None) -> Known | None:
    """What is known when a turn was saved, if it was known before."""
    session, row = turn.session, rows.session
    if known is None or session is None or row is None:
        return None
    if turn.parcels and any(parcel.for_next for parcel in turn.parcels):
        return None
    _, _, revision, conversation, memory, *_, idle_from = row
    if rows.reply is not None:
        *_, place = rows.reply
        known.answered.add(place)
    if known.idle_from is not None and idle_from is not None:
        idle_from = min(known.idle_from, idle_from)
    if session.turn is not None:  # it is not stored
        session = replace(session, turn=None)
    size = size_of(len(conversation) + len(memory), len(known.answered))
    return Known(revision, known.answered, size, session, idle_from)


def read(key: SessionKey, row: Row) -> Session:
    """The session of a row.

    Raises:
        UnreadableSession: it is not what was written.
    """
    conversation, memory = row.conversation, row.memory
    if conversation is not None and row.conversation_sum is not None:
        _compare(row.conversation_sum, sum_of(conversation, key.bot, key.user, str(row.revision)))
    if row.memory_sum is not None:
        _compare(row.memory_sum, sum_of(memory, key.bot, key.user))
    return read_session(key.user, conversation, memory)


def _compare(stored: int, found: int) -> None:
    if stored != found:
        raise UnreadableSession("a stored session is not what was written")


def quarantine(connection: sqlite3.Connection, key: SessionKey, row: Row) -> None:
    """Keep an unreadable row for a person to look at."""
    connection.execute(
        "INSERT INTO unreadable (bot, user, revision, conversation, memory) VALUES (?, ?, ?, ?, ?)",
        (*key, row.revision, row.conversation, row.memory),
    )
