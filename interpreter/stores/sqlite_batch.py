"""Requests that are done together: all of what they write is saved, or none of it.

The rows that turns write gather here and go into the file together, a statement for each kind.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from interpreter.stores import sqlite_replies
from interpreter.stores.protocol import SessionKey
from interpreter.stores.sqlite_known import Known, KnownUsers
from interpreter.stores.sqlite_many import insert

SessionRow = tuple[str, str, int, str, str, float, float | None, int, int, float | None]
ReplyRow = tuple[str, str, str, bytes, float, int, int]

_SESSIONS = (
    "sessions",
    "bot, user, revision, conversation, memory, at, wake, conversation_sum, memory_sum, idle_from, loose",
)
_REPLIES = "replies", "id, bot, user, message, reply, at, sum, place"
_AGAIN = """
ON CONFLICT (bot, user) DO UPDATE SET revision = excluded.revision, conversation = excluded.conversation,
    memory = excluded.memory, at = excluded.at, wake = excluded.wake,
    conversation_sum = excluded.conversation_sum, memory_sum = excluded.memory_sum, loose = excluded.loose
"""
_ANEW = f"{_AGAIN}, idle_from = excluded.idle_from"


class Batch:
    """What some requests do to the file, one after another, and what is known after it."""

    def __init__(self, connection: sqlite3.Connection, users: KnownUsers) -> None:
        self._connection = connection
        self._users = users
        self._last_reply = users.last_reply
        self._learnt: dict[SessionKey, Known | None] = {}
        self._begun: list[object] = []
        self._continued: list[object] = []
        self._replies: list[object] = []
        """Like the others the values of rows, one row after another."""
        self._entered: list[sqlite_replies.Entry] = []

    @property
    def connection(self) -> sqlite3.Connection:
        """The file, with everything in it that was done before."""
        self.write()
        return self._connection

    def save(self, key: SessionKey, row: SessionRow, loose: bytes, *, idle_from: float | None) -> None:
        """Write a session in the place of what is there; `idle_from` is that of the row there, None if not known."""
        if key in self._learnt:  # perhaps it was saved in this batch
            self.write()
        idle_now = row[-1]
        continues = idle_from is not None and idle_now is not None and idle_now >= idle_from
        values = self._continued if continues else self._begun
        values += row
        values.append(loose)

    def remember(self, row: ReplyRow) -> int:
        """Write the reply of a message that has none; its number."""
        if self._last_reply is None:
            (self._last_reply,) = self._connection.execute("SELECT ifnull(max(id), 0) FROM replies").fetchone()
        self._last_reply += 1
        self._replies.append(self._last_reply)
        self._replies += row
        return self._last_reply

    def enter(self, entries: Iterable[sqlite_replies.Entry]) -> None:
        """Let replies be found that are not loose any more."""
        self._entered.extend(entries)

    def known(self, key: SessionKey) -> Known | None:
        """What is known of a user at this point."""
        return self._learnt[key] if key in self._learnt else self._users.get(key)

    def learn(self, key: SessionKey, known: Known | None) -> None:
        """What is known of a user from here on; None for nothing."""
        self._learnt[key] = known

    def write(self) -> None:
        """Write the rows that have gathered."""
        if self._begun:
            insert(self._connection, *_SESSIONS, self._begun, _ANEW)
            self._begun.clear()
        if self._continued:
            insert(self._connection, *_SESSIONS, self._continued, _AGAIN)
            self._continued.clear()
        if self._replies:
            insert(self._connection, *_REPLIES, self._replies)
            self._replies.clear()
        if self._entered:
            sqlite_replies.enter(self._connection, self._entered)
            self._entered.clear()

    def publish(self) -> None:
        """Let everybody know, now that it is saved."""
        self._users.last_reply = self._last_reply
        for key, known in self._learnt.items():
            if known is None:
                self._users.drop(key)
            else:
                self._users.put(key, known)
