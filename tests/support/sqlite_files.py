"""A session file that one user has used, and a store that is used as the engine does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from interpreter.machine.session import Session
from interpreter.stores.protocol import Commit, Committed, MessageKey, SessionKey, Stored
from interpreter.stores.sqlite import SqliteStore

NOW = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
BEGUN = int(NOW.timestamp() * 1000)
"""The first revision of a session that is saved then."""
ANN = SessionKey("demo", "ann")


class Asking(SqliteStore):
    """A store that is asked for a session before one is saved, and so knows what it saves."""

    async def commit(self, turn: Commit) -> Committed:
        """Save a turn after having looked at the session."""
        await self.load(turn.key)
        return await super().commit(turn)


async def save(path: Path, session: Session, expected: int = 0) -> None:
    """One turn of hers, with a reply to remember."""
    store = SqliteStore(path)
    await store.commit(Commit(ANN, session, expected, NOW, MessageKey("m"), b"reply"))
    await store.close()


async def load(path: Path) -> Stored:
    """What is kept of her."""
    store = SqliteStore(path)
    stored = await store.load(ANN, MessageKey("m"))
    await store.close()
    return stored
