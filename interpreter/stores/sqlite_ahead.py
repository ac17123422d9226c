"""Sessions that are ahead of their rows.

What a turn costs is above all the pages it changes, and the rows of users who write in the same moment lie anywhere.
So when many turns are saved together, what has changed of their sessions goes side by side into one row of the table
`ahead`. A few thousand turns later it comes to the rows of these sessions, unless a later turn has gone there or is
ahead itself, as it mostly is while many turns come. When they do not, everything comes to its row after a second.

Only a session goes ahead that has its row already, no timer now and none in that row, and a conversation in both: so
the columns by which rows are found, to wake or to be swept, are always right.

An entry of the table also names users who were ahead and are not any more. So what a process leaves behind that was
killed is clear, and whoever opens the file brings it home; whoever only looks into it reads what is ahead as well.

Should a row be such that nothing can be brought home to it (the file is damaged), nobody goes ahead any more and
everybody else is saved as before.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections import deque
from collections.abc import Iterable, Mapping
from zlib import crc32

import msgspec
from msgspec import Struct

from interpreter.stores.protocol import SessionKey
from interpreter.stores.sqlite_layout import owner_of
from interpreter.stores.sqlite_rows import sum_under

_log = logging.getLogger("interpreter.stores")

MOST_AHEAD = 8_192
"""Turns whose sessions are ahead at most."""
MOST_LETTERS = 1_500
"""In such a session. There is little to be gained with a larger one, and much to be kept in memory."""
MOST_LETTERS_AHEAD = 4_000_000
"""In all of them."""
LAST_REVISION = 1 << 53
"""Of a session that may go ahead; no clock makes a larger one."""
WORTH_IT = 8
"""So many are saved together at least; fewer go to their rows at once, as the disk is waited for in any case."""


class Late(Struct, array_like=True, frozen=True, gc=False):
    """What is in a session and not yet in its row."""

    bot: str
    user: str
    revision: int
    conversation: str
    memory: str
    at: float
    loose: bytes


class Entry(Struct, array_like=True, frozen=True, gc=False):
    """One row of the table; `home` are the users who are not ahead any more by what was written before."""

    sessions: list[Late]
    home: list[SessionKey]


class AheadEntry(Struct, frozen=True, gc=False):
    """What is known of an entry in the file: its number, who is in it, and the letters of their sessions."""

    number: int
    users: tuple[SessionKey, ...]
    letters: int


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Entry).decode


_NEWER = "SELECT id, CAST(sessions AS BLOB), CAST(sum AS INTEGER) FROM ahead WHERE id > ? ORDER BY id"
"""Damaged text, which is not even UTF-8, can be read as bytes."""


class Ahead:
    """Who is ahead, as the file says."""

    def __init__(
        self, worth_it: int = WORTH_IT, most: int = MOST_AHEAD, most_letters: int = MOST_LETTERS_AHEAD
    ) -> None:
        """From `worth_it` turns on that are saved together they go ahead; `most` turns may be, of so many letters."""
        self.worth_it = worth_it
        self.most = most
        self.most_letters = most_letters
        self.sessions: dict[SessionKey, tuple[int, Late]] = {}
        """Each with the number of its entry."""
        self.entries: deque[AheadEntry] = deque()
        """The entries in the file, the oldest first."""
        self.turns = self.letters = 0
        """How many turns are in them, and how many letters."""
        self.is_stuck = False
        """Whether something could not be brought home."""
        self.last = int(time.time() * 1000)
        """The number of the last entry; those of a process are above those of the one before."""

    def change(
        self,
        removed: int,
        home: Iterable[SessionKey],
        entry: AheadEntry | None,
        late: Mapping[SessionKey, Late],
    ) -> None:
        """Note that so many of the oldest entries are gone, who else came home, and an entry that was written."""
        for _ in range(removed):
            oldest = self.entries.popleft()
            self.turns -= len(oldest.users)
            self.letters -= oldest.letters
            for key in oldest.users:
                if key in self.sessions and self.sessions[key][0] == oldest.number:
                    del self.sessions[key]
        for key in home:
            self.sessions.pop(key, None)
        if entry is not None:
            self.entries.append(entry)
            self.last = entry.number
            self.turns += len(entry.users)
            self.letters += entry.letters
            for key, each in late.items():
                self.sessions[key] = self.last, each

    def forget(self) -> None:
        """Know of nobody any more."""
        self.sessions.clear()
        self.entries.clear()
        self.turns = self.letters = 0


def write_entry(
    connection: sqlite3.Connection, number: int, sessions: Iterable[Late], home: Iterable[SessionKey]
) -> None:
    """Write an entry."""
    raw = _encode(Entry(list(sessions), list(home)))
    connection.execute("INSERT INTO ahead VALUES (?, ?, ?)", (number, raw, crc32(raw)))


def remove_entries(connection: sqlite3.Connection, last: int) -> None:
    """Remove the entries up to one, all of whose sessions are in their rows or in later entries."""
    connection.execute("DELETE FROM ahead WHERE id <= ?", (last,))


_HOME = (
    "UPDATE sessions SET revision = ?, conversation = ?, memory = ?, at = ?, conversation_sum = ?, memory_sum = ?,"
    " loose = ? WHERE bot = ? AND user = ? AND (revision < ? OR typeof(revision) <> 'integer')"
)


def bring_home(connection: sqlite3.Connection) -> None:
    """Bring all that is ahead to its rows, in a transaction of the caller's; a row that is newer stays as it is.

    What cannot be read or written is passed over, as its row is damaged.
    """
    late = AheadReader(connection).everything()
    lost = sum(not _is_home(connection, each) for each in late)
    connection.execute("DELETE FROM ahead")
    if lost:
        _log.warning("%d sessions could not be brought to their rows, which are damaged", lost)


def _is_home(connection: sqlite3.Connection, late: Late) -> bool:
    """Bring one session to its row; whether that could be done."""
    sums = sums_of(late.bot, late.user, late.revision, late.conversation, late.memory)
    written = late.revision, late.conversation, late.memory, late.at, *sums, late.loose
    try:
        connection.execute(_HOME, (*written, late.bot, late.user, late.revision))
    except (sqlite3.Error, OverflowError) as error:
        if concerns_all(error):
            raise
        return False
    return True


def is_any(connection: sqlite3.Connection) -> bool:
    """Whether anybody is ahead in the file."""
    (found,) = connection.execute("SELECT EXISTS (SELECT 1 FROM ahead)").fetchone()
    return bool(found)


def sums_of(bot: str, user: str, revision: int, conversation: str, memory: str) -> tuple[int, int]:
    """The checksums of a conversation and a memory."""
    owner = owner_of(bot, user)
    return sum_under(owner, f"{revision}\0{conversation}"), sum_under(owner, memory)


class AheadReader:
    """What is ahead in a file that another process may be writing to."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._found: dict[SessionKey, tuple[int, Late]] = {}
        self._first, self._last = 0, 0

    def late(self, key: SessionKey) -> Late | None:
        """What is in a user's session now and not yet in its row."""
        self._look()
        found = self._found.get(key)
        return found[1] if found is not None else None

    def everything(self) -> list[Late]:
        """All sessions that are ahead now."""
        self._look()
        return [late for _, late in self._found.values()]

    def _look(self) -> None:
        (first,) = self._connection.execute("SELECT min(id) FROM ahead").fetchone()
        if first is not None and first < self._first:  # another process writes, whose clock is behind
            self._found.clear()
            self._first = self._last = 0
        rows = self._connection.execute(_NEWER, (self._last,))
        for number, raw, sum in rows.fetchall():
            self._last = number
            entry = _read(raw, sum)
            if entry is None:
                _log.warning("turns that were saved together are damaged; their users go on from before")
                continue
            for key in entry.home:
                self._found.pop(key, None)
            for late in entry.sessions:
                self._found[SessionKey(late.bot, late.user)] = number, late
        if first is None:
            self._found.clear()
        elif first != self._first:
            self._first = first
            self._found = {key: each for key, each in self._found.items() if each[0] >= first}


_OF_ALL = ("SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_NOMEM", "SQLITE_READONLY")


def concerns_all(error: Exception) -> bool:
    """Whether it is no matter what is done: the file is locked, full, unreadable."""
    return getattr(error, "sqlite_errorname", "").startswith(_OF_ALL)


def _read(raw: object, sum: object) -> Entry | None:
    """An entry; None if it is not what was written."""
    if not isinstance(raw, bytes) or crc32(raw) != sum:
        return None
    try:
        return _decode(raw)
    except msgspec.DecodeError:
        return None
