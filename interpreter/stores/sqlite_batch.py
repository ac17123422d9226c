"""Requests that are done together: all of what they write is saved, or none of it.

The rows that turns write gather here and go into the file together, a statement for many of them: what costs most is
not a row but a statement, at each of which the thread must wait for the interpreter's lock again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

from interpreter.stores.protocol import SessionKey
from interpreter.stores.sqlite_known import Known, KnownUsers

_ROWS = 64
"""Rows of one statement: so many that their values are fewer than the 999 which any SQLite takes."""
SessionRow = tuple[str, str, int, str, str, float, float | None, int, int, float | None]
ReplyRow = tuple[str, str, str, bytes, float, int, int]

_SESSIONS = """
INSERT INTO sessions (bot, user, revision, conversation, memory, at, wake, conversation_sum, memory_sum, idle_from)
"""
_AGAIN = """
ON CONFLICT (bot, user) DO UPDATE SET revision = excluded.revision, conversation = excluded.conversation,
    memory = excluded.memory, at = excluded.at, wake = excluded.wake,
    conversation_sum = excluded.conversation_sum, memory_sum = excluded.memory_sum
"""
_ANEW = f"{_AGAIN}, idle_from = excluded.idle_from"
_REPLIES = "INSERT INTO replies (bot, user, message, reply, at, sum, place)"


class Batch:
    """What some requests do to the file, one after another, and what is known after it."""

    def __init__(self, connection: sqlite3.Connection, users: KnownUsers) -> None:
        self._connection = connection
        self._users = users
        self._learnt: dict[SessionKey, Known | None] = {}
        self._begun: list[SessionRow] = []
        self._continued: list[SessionRow] = []
        self._replies: list[ReplyRow] = []

    @property
    def connection(self) -> sqlite3.Connection:
        """The file, with everything in it that was done before."""
        self.write()
        return self._connection

    def save(self, key: SessionKey, row: SessionRow, *, idle_from: float | None) -> None:
        """Write a session in the place of what is there; `idle_from` is that of the row there, None if not known."""
        if key in self._learnt:  # perhaps it was saved in this batch
            self.write()
        *_, idle_now = row
        continues = idle_from is not None and idle_now is not None and idle_now >= idle_from
        (self._continued if continues else self._begun).append(row)

    def remember(self, row: ReplyRow) -> None:
        """Write the reply of a message that has none."""
        self._replies.append(row)

    def known(self, key: SessionKey) -> Known | None:
        """What is known of a user at this point."""
        return self._learnt[key] if key in self._learnt else self._users.get(key)

    def learn(self, key: SessionKey, known: Known | None) -> None:
        """What is known of a user from here on; None for nothing."""
        self._learnt[key] = known

    def write(self) -> None:
        """Write the rows that have gathered."""
        if self._begun:
            _insert(self._connection, _SESSIONS, self._begun, _ANEW)
            self._begun.clear()
        if self._continued:
            _insert(self._connection, _SESSIONS, self._continued, _AGAIN)
            self._continued.clear()
        if self._replies:
            _insert(self._connection, _REPLIES, self._replies)
            self._replies.clear()

    def publish(self) -> None:
        """Let everybody know, now that it is saved."""
        for key, known in self._learnt.items():
            if known is None:
                self._users.drop(key)
            else:
                self._users.put(key, known)


def _insert(connection: sqlite3.Connection, head: str, rows: Sequence[tuple[object, ...]], tail: str = "") -> None:
    """Write rows with as few statements as powers of two make, so that there are not too many to keep prepared."""
    begin = 0
    while begin < len(rows):
        count = min(_ROWS, 1 << (len(rows) - begin).bit_length() - 1)
        values = tuple(chain.from_iterable(rows[begin : begin + count]))
        connection.execute(_statement(head, count, len(rows[0]), tail), values)
        begin += count


@lru_cache
def _statement(head: str, rows: int, columns: int, tail: str) -> str:
    row = f"({', '.join('?' * columns)})"
    return f"{head} VALUES {', '.join([row] * rows)} {tail}"
