"""Requests that are done together: all of what they write is saved, or none of it.

The rows that turns write gather here and go into the file together, a statement for each kind.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from interpreter.stores import sqlite_replies
from interpreter.stores.protocol import SessionKey
from interpreter.stores.sqlite_ahead import (
    LAST_REVISION,
    MOST_LETTERS,
    Ahead,
    AheadEntry,
    Late,
    remove_entries,
    sums_of,
    write_entry,
)
from interpreter.stores.sqlite_known import Known, KnownUsers
from interpreter.stores.sqlite_many import insert

SessionRow = tuple[str, str, int, str, str, float, float | None, float | None]
ReplyRow = tuple[str, str, str, bytes, float, int, int]

_SESSIONS = (
    "sessions",
    "bot, user, revision, conversation, memory, at, conversation_sum, memory_sum, loose, wake, idle_from",
)
_REPLIES = "replies", "id, bot, user, message, reply, at, sum, place"
_AGAIN = """
ON CONFLICT (bot, user) DO UPDATE SET revision = excluded.revision, conversation = excluded.conversation,
    memory = excluded.memory, at = excluded.at,
    conversation_sum = excluded.conversation_sum, memory_sum = excluded.memory_sum, loose = excluded.loose
"""
_ANEW = f"{_AGAIN}, wake = excluded.wake, idle_from = excluded.idle_from"


class Batch:
    """What some requests do to the file, one after another, and what is known after it."""

    def __init__(self, connection: sqlite3.Connection, users: KnownUsers, ahead: Ahead) -> None:
        self._connection = connection
        self._users = users
        self._ahead = ahead
        self._last_reply = users.last_reply
        self._learnt: dict[SessionKey, Known | None] = {}
        self._begun: list[object] = []
        self._continued: list[object] = []
        self._replies: list[object] = []
        """Like the others the values of rows, one row after another."""
        self._entered: list[sqlite_replies.Entry] = []
        self._late: dict[SessionKey, Late] = {}
        """Sessions that may go ahead of their rows."""
        self._home: set[SessionKey] = set()
        """Who was ahead before and is not any more."""
        self._entry: AheadEntry | None = None
        """What was written of those that are ahead now."""
        self._removed = 0
        """How many of the oldest entries are gone."""

    @property
    def connection(self) -> sqlite3.Connection:
        """The file, with everything in it that was done before, but for sessions that are ahead (see `settle`)."""
        self.write()
        return self._connection

    def late(self, key: SessionKey) -> Late | None:
        """What is in a user's session and not yet in its row."""
        late = self._late.get(key)
        if late is not None or key in self._home:
            return late
        found = self._ahead.sessions.get(key)
        return found[1] if found is not None else None

    def settle(self, key: SessionKey) -> None:
        """Let a user's row say all that is in the session."""
        late = self.late(key)
        if late is not None:
            self._continue(late)
            self._come_home(key)

    def save(self, key: SessionKey, row: SessionRow, loose: bytes, *, idle_from: float | None) -> None:
        """Write a session in the place of what is there; `idle_from` is that of the row there, None if not known."""
        bot, user, revision, conversation, memory, at, wake, idle_now = row
        continues = idle_from is not None and idle_now is not None and idle_now >= idle_from
        late = Late(bot, user, revision, conversation, memory, at, loose)
        may_go = len(conversation) + len(memory) <= MOST_LETTERS and revision < LAST_REVISION
        if continues and may_go and not self._ahead.is_stuck:
            self._late[key] = late
            return
        if key in self._learnt:  # perhaps it was saved in this batch
            self.write()
        if continues:
            self._continue(late)
        else:
            sums = sums_of(bot, user, revision, conversation, memory)
            self._begun += (bot, user, revision, conversation, memory, at, *sums, loose, wake, idle_now)
        self._come_home(key)

    def _come_home(self, key: SessionKey) -> None:
        self._late.pop(key, None)
        if key in self._ahead.sessions:
            self._home.add(key)

    def _continue(self, late: Late) -> None:
        bot, user, revision, conversation, memory = late.bot, late.user, late.revision, late.conversation, late.memory
        sums = sums_of(bot, user, revision, conversation, memory)
        self._continued += (bot, user, revision, conversation, memory, late.at, *sums, late.loose, None, late.at)

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

    def finish(self, *, home: bool) -> None:
        """Write all that has gathered, now that nothing more will come; `home`: others may come to their rows, too."""
        ahead = self._ahead
        letters = sum(len(late.conversation) + len(late.memory) for late in self._late.values())
        if len(self._late) < ahead.worth_it or not home:
            for key in list(self._late):
                self.settle(key)
            turns, letters = ahead.worth_it, 0
        else:
            turns = ahead.turns + len(self._late) - ahead.most
        if home and not ahead.is_stuck:
            self.bring_home(turns, ahead.letters + letters - ahead.most_letters)
        self.write()
        if self._late or self._home:
            self._entry = AheadEntry(ahead.last + 1, tuple(self._late), letters)
            write_entry(self._connection, self._entry.number, self._late.values(), self._home)

    def bring_home(self, turns: int, letters: int = 0) -> None:
        """Let the sessions in the oldest entries, of so many turns and letters, come to their rows.

        Those who are in later entries stay ahead.
        """
        ahead, last, seen, read = self._ahead, 0, 0, 0
        while self._removed < len(ahead.entries) and (seen < turns or read < letters):
            oldest = ahead.entries[self._removed]
            last = oldest.number
            self._removed += 1
            seen += len(oldest.users)
            read += oldest.letters
            for key in oldest.users:
                found = ahead.sessions.get(key)
                if found is not None and found[0] == last and key not in self._late and key not in self._home:
                    self._continue(found[1])
        if last:
            remove_entries(self._connection, last)

    def publish(self) -> None:
        """Let everybody know, now that it is saved."""
        self._users.last_reply = self._last_reply
        self._ahead.change(self._removed, self._home, self._entry, self._late)
        for key, known in self._learnt.items():
            if known is None:
                self._users.drop(key)
            else:
                self._users.put(key, known)
