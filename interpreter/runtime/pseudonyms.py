"""Names for users in logs: the same for the same user, and of no use to anybody who reads the log."""

from __future__ import annotations

import hashlib

_MOST_KEPT = 4_096


class Pseudonyms:
    """Users under short names made with a secret; without it a name cannot be traced back to its user."""

    def __init__(self, secret: str) -> None:
        self.of = _Made(hashlib.sha256(b"pseudonyms:" + secret.encode()).digest()).__getitem__
        """The name of a user."""


class _Made(dict[str, str]):
    """Names that were made, by users; all are forgotten when there are too many of them."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._key = key

    def __missing__(self, user: str) -> str:
        if len(self) >= _MOST_KEPT:
            self.clear()
        name = hashlib.blake2b(user.encode("utf-8", "replace"), key=self._key, digest_size=5).hexdigest()
        self[user] = name
        return name
