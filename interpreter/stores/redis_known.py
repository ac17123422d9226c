"""Sessions that were read or written of late, by their text, so that most of them need not be read from it again.

A text stands for one session only, so it does not matter who wrote it, nor what is kept here of it.
"""

from __future__ import annotations

from collections import OrderedDict

from interpreter.machine.session import Session
from interpreter.stores.protocol import SessionKey

Texts = tuple[bytes, bytes]
"""A conversation and a memory as they are stored."""

_ENTRY_BYTES, _BYTES_OF_LETTER = 1_000, 5
"""Roughly what an entry takes, and what each letter of a text becomes in memory."""


class KnownSessions:
    """The last text of each user; bounded in number and size, and who was not heard of the longest goes first."""

    def __init__(self, max_users: int = 10_000, max_bytes: int = 32 * 1024 * 1024) -> None:
        self._max_users = max_users
        self._max_bytes = max_bytes
        self._bytes = 0
        self._users: OrderedDict[SessionKey, tuple[Texts, Session]] = OrderedDict()

    def get(self, key: SessionKey, texts: Texts) -> Session | None:
        """The session that is written so, if that is known."""
        known = self._users.get(key)
        return known[1] if known is not None and known[0] == texts else None

    def put(self, key: SessionKey, texts: Texts, session: Session) -> None:
        """Remember the session that is written so."""
        self.drop(key)
        size = _size_of(texts)
        if size > self._max_bytes // 100:
            return
        self._users[key] = texts, session
        self._bytes += size
        while len(self._users) > self._max_users or self._bytes > self._max_bytes:
            self.drop(next(iter(self._users)))

    def drop(self, key: SessionKey) -> None:
        """Remember nothing of a user."""
        known = self._users.pop(key, None)
        if known is not None:
            self._bytes -= _size_of(known[0])


def _size_of(texts: Texts) -> int:
    return _ENTRY_BYTES + _BYTES_OF_LETTER * (len(texts[0]) + len(texts[1]))
