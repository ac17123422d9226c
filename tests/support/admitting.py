"""A Redis store that is asked like a server asks it: for the signature first, and without waiting."""

from __future__ import annotations

import asyncio
import secrets
from typing import TypeVar

from interpreter.stores.protocol import Commit, Committed, MessageKey, SessionKey, Stored, StoreError
from interpreter.stores.redis import RedisStore

_T = TypeVar("_T")


class Admitting(RedisStore):
    """Loads what it can with a signature, and tells of commits when they are over."""

    loaded_ahead = 0

    async def ahead(self, key: SessionKey, message: MessageKey) -> Stored | None:
        """What is at hand when a message may come in."""
        told: asyncio.Future[Stored | StoreError | None] = asyncio.get_running_loop().create_future()

        def come_in(outcome: bool | StoreError) -> None:
            assert outcome is not False
            told.set_result(self.load_now(key, message) if outcome is True else outcome)

        self.admit(secrets.token_hex(20), "holder", 600, key, message, come_in)
        return _raised(await told)

    async def load(self, key: SessionKey, message: MessageKey | None = None) -> Stored:
        """Load ahead, or else as usual."""
        stored = await self.ahead(key, message) if message is not None else None
        if stored is None:
            return await super().load(key, message)
        self.loaded_ahead += 1
        return stored

    async def commit(self, turn: Commit) -> Committed:
        """Begin to save a turn, unless it is already saved for want of another way, and hear how that ended."""
        if asyncio.current_task() in self._tasks:
            return await super().commit(turn)
        told: asyncio.Future[Committed | StoreError] = asyncio.get_running_loop().create_future()
        self.commit_soon(turn, told.set_result)
        return _raised(await told)


def _raised(outcome: _T | StoreError) -> _T:
    if isinstance(outcome, StoreError):
        raise outcome
    return outcome
