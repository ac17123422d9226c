"""What the store knows of the users of late without looking into the file.

It is what the file says, as long as nobody else writes there: entries are made after what they say was saved, by the
one thread that saves. The event loop reads them meanwhile.
"""

from __future__ import annotations

from collections import OrderedDict

from msgspec import Struct

from interpreter.machine.session import Session
from interpreter.stores.protocol import MessageKey, SessionKey
from interpreter.stores.sqlite_layout import place_under

_ENTRY_BYTES, _BYTES_OF_LETTER, _MESSAGE_BYTES = 1_000, 4, 100
"""Roughly what an entry takes, what each letter of a stored session becomes in memory, and each answered message."""


class Known(Struct, frozen=True, gc=False):
    """All that a turn has to know of a user for whom no parcel waits and of whom no delivery has knocked.

    `session` is None while it is not at hand; then only the file has it, if there is one. `answered` are the places of
    replies, perhaps also of some that are not there; `loose` are the last ones (see `sqlite_replies`). `idle_from` is
    that of the row, None if it has none or may have another one (see `sqlite_layout`). `owner` is the user's checksum.
    """

    revision: int
    answered: set[int]
    size: int
    owner: int
    loose: bytes = b""
    session: Session | None = None
    memory: str = ""
    """What stands in the row of the memory in the session."""
    idle_from: float | None = None

    def has_answered(self, message: MessageKey | None) -> bool:
        """Whether there may be a reply to a message."""
        return message is not None and place_under(self.owner, message) in self.answered


def size_of(letters: int, answered: int) -> int:
    """Bytes that an entry takes, of a session of so many letters."""
    return _ENTRY_BYTES + _BYTES_OF_LETTER * letters + _MESSAGE_BYTES * answered


class KnownUsers:
    """Bounded in number and size; who was not written to the longest goes first."""

    def __init__(self, max_users: int = 10_000, max_bytes: int = 32 * 1024 * 1024) -> None:
        self._max_users = max_users
        self._max_bytes = max_bytes
        self._bytes = 0
        self._users: OrderedDict[SessionKey, Known] = OrderedDict()
        self.last_reply: int | None = None
        """The number of the last reply; None while only the file knows."""

    def get(self, key: SessionKey) -> Known | None:
        """What is known of a user."""
        return self._users.get(key)

    def put(self, key: SessionKey, known: Known) -> None:
        """Keep what is known of a user from now on."""
        before = self._users.pop(key, None)
        if before is not None:
            self._bytes -= before.size
        if known.size > self._max_bytes // 100:
            return
        self._users[key] = known
        self._bytes += known.size
        while len(self._users) > self._max_users or self._bytes > self._max_bytes:
            self.drop(next(iter(self._users)))

    def drop(self, key: SessionKey) -> None:
        """Know nothing of a user any more."""
        known = self._users.pop(key, None)
        if known is not None:
            self._bytes -= known.size

    def clear(self) -> None:
        """Know nothing of anybody any more."""
        self._users.clear()
        self.last_reply = None
        self._bytes = 0
