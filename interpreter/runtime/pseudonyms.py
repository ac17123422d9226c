"""Names for users in logs: the same for the same user, and of no use to anybody who reads the log."""

from __future__ import annotations

import hashlib
from functools import lru_cache

_MOST_KEPT = 4_096


class Pseudonyms:
    """Users under short names made with a secret; without it a name cannot be traced back to its user."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"pseudonyms:" + secret.encode()).digest()
        self._made = lru_cache(_MOST_KEPT)(self._make)

    def of(self, user: str) -> str:
        """The name of a user."""
        return self._made(user)

    def _make(self, user: str) -> str:
        return hashlib.blake2b(user.encode("utf-8", "replace"), key=self._key, digest_size=5).hexdigest()
