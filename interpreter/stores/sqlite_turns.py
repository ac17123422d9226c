"""Loading and saving turns of the SQLite store.

The turn of a user who is known (see `sqlite_known`) costs no look into the file when it is loaded, and two rows when it
is saved, or with others one and a part of another (see `sqlite_ahead`). What the loop can do is done there: everybody
waits for the thread.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from interpreter.machine.session import Session
from interpreter.stores import sqlite_replies, sqlite_rows
from interpreter.stores.codec import UnreadableSession, read_session, write_conversation, write_memory
from interpreter.stores.protocol import Commit, Committed, MessageKey, Parcel, SessionConflict, SessionKey
from interpreter.stores.sqlite_batch import Batch, ReplyRow, SessionRow
from interpreter.stores.sqlite_known import Known, size_of
from interpreter.stores.sqlite_layout import PLACES, first_place, owner_of, place_of, place_under
from interpreter.stores.sqlite_loose import is_full, read_loose, with_reply
from interpreter.stores.sqlite_replies import OF_MESSAGE, OF_USER, Found
from interpreter.stores.sqlite_rows import sum_of, sum_under

_MOST_ANSWERED = 200
"""Replies somebody may have in the file to be known: so many are looked up in a moment."""


class Row(NamedTuple):
    """One user's session as it is stored; `revision` is None when there is none."""

    revision: int | None
    conversation: str | None
    memory: str
    conversation_sum: int | None
    memory_sum: int | None
    loose: bytes | None
    """Loose replies as they are stored; None without a session."""
    has_waiting: int
    has_knocks: int
    answered: str
    """Places of the user's other replies, as JSON."""


class Written(Struct, frozen=True, gc=False):
    """A turn as rows; no session to forget the user, no reply to remember none."""

    session: SessionRow | None
    reply: ReplyRow | None


_REVISION = "CASE typeof(revision) WHEN 'integer' THEN revision WHEN 'null' THEN NULL ELSE 0 END"
"""A damaged one is none that there can be, so that the row has a wrong sum."""
_LOAD = f"""
SELECT {_REVISION}, conversation, memory, conversation_sum, memory_sum, loose,
       EXISTS (SELECT 1 FROM parcels WHERE {OF_USER} AND for_next), EXISTS (SELECT 1 FROM knocks WHERE {OF_USER}),
       (SELECT json_group_array(place) FROM
           (SELECT place FROM places WHERE place BETWEEN ?3 AND ?3 + {PLACES - 1} LIMIT {_MOST_ANSWERED + 1}))
FROM (SELECT 1) LEFT JOIN sessions ON {OF_USER}
"""  # noqa: S608 - fixed text
_FOUND = f"""
SELECT (SELECT {_REVISION} FROM sessions WHERE {OF_USER}), (SELECT loose FROM sessions WHERE {OF_USER}),
    (SELECT given_up FROM knocks WHERE {OF_MESSAGE})
"""  # noqa: S608 - fixed text


def load(batch: Batch, key: SessionKey, message: MessageKey | None) -> tuple[Row, Found | None, tuple[Parcel, ...]]:
    """The row of a user, the reply to a message, and the parcels for the next one."""
    connection = batch.connection
    row = Row._make(_lenient(connection, _LOAD, (*key, first_place(*key))))
    late = batch.late(key)
    if late is not None and row.revision is not None and row.revision < late.revision:
        row = Row(late.revision, late.conversation, late.memory, None, None, late.loose, *row[6:])
    loose = read_loose(row.loose)
    answered = _answered(key, row, loose)
    if answered is None or row.has_waiting or row.has_knocks:
        batch.learn(key, None)
    else:
        batch.learn(key, Known(row.revision or 0, answered, size_of(0, len(answered)), owner_of(*key), loose))
    reply = None
    if message is not None and (answered is None or place_of(*key, message) in answered):
        reply = sqlite_replies.find(connection, key, message, loose)
    return row, reply, sqlite_rows.parcels(connection, key, for_next=True) if row.has_waiting else ()


def _answered(key: SessionKey, row: Row, loose: bytes) -> set[int] | None:
    """The places of a user's replies; None when they are too many or cannot be read."""
    try:
        entered = json.loads(row.answered)
    except ValueError:  # damaged
        return None
    return sqlite_replies.places(key, loose).union(entered) if len(entered) <= _MOST_ANSWERED else None


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


def written(turn: Commit, before: Known | None = None) -> Written:
    """A turn as rows; `before` is what was once known of the user, whose memory may still be the same."""
    (bot, user), session, at = turn.key, turn.session, turn.at.timestamp()
    owner = owner_of(bot, user) if before is None else before.owner
    reply = None if turn.message is None else _reply_row(turn.key, owner, turn.message, turn.reply, at)
    if session is None:
        return Written(None, reply)
    wake = None if turn.wake is None else turn.wake.timestamp()
    idle_from = at if wake is None else None
    conversation, memory = write_conversation(session), _memory_of(session, before)
    return Written((bot, user, turn.next_revision, conversation, memory, at, wake, idle_from), reply)


def _memory_of(session: Session, before: Known | None) -> str:
    last = before.session if before is not None else None
    if before is not None and last is not None and session.memory is last.memory and session.picks is last.picks:
        return before.memory
    return write_memory(session)


def _reply_row(key: SessionKey, owner: int, message: MessageKey, reply: bytes, at: float) -> ReplyRow:
    return (*key, message, reply, at, sum_under(sum_under(owner, message), reply), place_under(owner, message))


def commit(turn: Commit, rows: Written, batch: Batch) -> Committed | SessionConflict:
    """Save a turn, or nothing of it if the session is not at the expected revision."""
    key, known, given_up = turn.key, batch.known(turn.key), None
    if known is not None:
        found, loose = known.revision, known.loose
    else:
        batch.settle(key)
        found, stored, given_up = batch.connection.execute(_FOUND, (*key, turn.message)).fetchone()
        loose = read_loose(stored)
    if (found or 0) != turn.expected:
        return SessionConflict(turn.expected, found or 0)
    session, remembered, parcels = rows.session, rows.reply, turn.parcels
    owner = owner_of(*key) if known is None else known.owner
    if given_up:
        reply, parcels = turn.saved(was_given_up=True)
        if turn.message is not None:
            remembered = _reply_row(key, owner, turn.message, reply, turn.at.timestamp())
    if session is None:
        batch.settle(key)
        sqlite_rows.erase(batch.connection, key)
        loose = b""
    if turn.delivered:
        sqlite_rows.take(batch.connection, key, turn.delivered)
    if parcels:
        sqlite_rows.put(batch.connection, key, parcels)
    if remembered is not None:
        loose = _remember(batch, turn, remembered, known, loose, owner)
    if session is None:
        batch.enter(sqlite_replies.entries(owner, loose))
        batch.learn(key, None)
        return Committed(0, bool(given_up))
    batch.save(key, session, loose, idle_from=None if known is None else known.idle_from)
    batch.learn(key, None if known is None else _known_after(turn, session, known, loose))
    return Committed(session[2], bool(given_up))


def _remember(batch: Batch, turn: Commit, row: ReplyRow, known: Known | None, loose: bytes, owner: int) -> bytes:
    """Save a reply; those that are loose now."""
    place = row[-1]
    if known is None or place in known.answered:
        _forget_message(batch.connection, turn.key, turn.message, loose)
    if is_full(loose):
        batch.enter(sqlite_replies.entries(owner, loose))
        loose = b""
    if known is not None:
        known.answered.add(place)
    return with_reply(loose, batch.remember(row), place % PLACES)


def _forget_message(connection: sqlite3.Connection, key: SessionKey, message: MessageKey | None, loose: bytes) -> None:
    if message is not None:
        sqlite_replies.forget(connection, key, message, loose)
        connection.execute(f"DELETE FROM knocks WHERE {OF_MESSAGE}", (*key, message))  # noqa: S608 - fixed text


def _known_after(turn: Commit, row: SessionRow, known: Known, loose: bytes) -> Known | None:
    """What is known when a turn was saved, if it was known before."""
    if turn.parcels and any(parcel.for_next for parcel in turn.parcels):
        return None
    _, _, revision, conversation, memory, _, _, idle_from = row
    if known.idle_from is not None and idle_from is not None:
        idle_from = min(known.idle_from, idle_from)
    session = turn.session
    if session is not None and session.turn is not None:  # it is not stored
        session = replace(session, turn=None)
    size = size_of(len(conversation) + len(memory), len(known.answered))
    return Known(revision, known.answered, size, known.owner, loose, session, memory, idle_from)


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
