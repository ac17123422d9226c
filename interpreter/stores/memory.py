"""A store that forgets everything when the process ends; for tests, trials and bots that remember nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from interpreter.machine.session import Session
from interpreter.stores.codec import forget_conversation
from interpreter.stores.protocol import SWEEP_SIZE, Commit, MessageKey, SessionConflict, SessionKey, Stored


@dataclass(frozen=True, slots=True)
class _Row:
    session: Session
    revision: int
    at: datetime


class MemoryStore:
    """Sessions in a dictionary. Sessions are frozen, so what is given out cannot be changed behind its back."""

    def __init__(self) -> None:
        self._rows: dict[SessionKey, _Row] = {}
        self._replies: dict[tuple[SessionKey, MessageKey], tuple[datetime, bytes]] = {}

    async def load(self, key: SessionKey, message: MessageKey | None = None) -> Stored:
        """The user's session and, for `message`, the reply it got before."""
        row = self._rows.get(key)
        _, reply = self._replies.get((key, message), (None, None)) if message is not None else (None, None)
        return Stored(reply=reply) if row is None else Stored(row.session, row.revision, reply)

    async def commit(self, turn: Commit) -> int:
        """Save a turn, all or nothing; the new revision."""
        row = self._rows.get(turn.key)
        found = 0 if row is None else row.revision
        if found != turn.expected:
            raise SessionConflict(turn.expected, found)
        if turn.session is None:
            await self.erase(turn.key)
        else:
            self._rows[turn.key] = _Row(turn.session, found + 1, turn.at)
        if turn.message is not None:
            self._replies[turn.key, turn.message] = (turn.at, turn.reply)
        return 0 if turn.session is None else found + 1

    async def erase(self, key: SessionKey) -> None:
        """Forget everything about a user."""
        self._rows.pop(key, None)
        for entry in [entry for entry in self._replies if entry[0] == key]:
            del self._replies[entry]

    async def sweep_replies(self, before: datetime) -> int:
        """Remove remembered replies that are older; how many there were."""
        old = [entry for entry, (at, _) in self._replies.items() if at < before][:SWEEP_SIZE]
        for entry in old:
            del self._replies[entry]
        return len(old)

    async def sweep_conversations(self, bot: str, before: datetime) -> int:
        """Forget older conversations of a bot, but not what it remembers of the users; how many there were."""
        old = [
            (key, row)
            for key, row in self._rows.items()
            if key.bot == bot and row.at < before and row.session.started is not None
        ][:SWEEP_SIZE]
        for key, row in old:
            self._forget(key, row)
        return len(old)

    async def close(self) -> None:
        """Nothing to let go of."""

    def _forget(self, key: SessionKey, row: _Row) -> None:
        rest = forget_conversation(row.session)
        if rest is None:
            del self._rows[key]
        else:
            self._rows[key] = _Row(rest, row.revision + 1, row.at)
