"""Looking into a store from outside of the server: what it holds, one user's record, and records put back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from interpreter.stores.protocol import MessageKey, Parcel, SessionKey


@dataclass(frozen=True, slots=True)
class RememberedReply:
    """What a message was answered with."""

    message: MessageKey
    at: datetime
    reply: bytes


@dataclass(frozen=True, slots=True)
class Record:
    """All that a store keeps of a user for longer than a turn. A `revision` of 0 means that there is no session."""

    key: SessionKey
    revision: int = 0
    at: datetime | None = None
    """When the session was last saved."""
    conversation: str | None = None
    """In the form of `codec`, and so is the memory."""
    memory: str = ""
    wake: datetime | None = None
    parcels: tuple[Parcel, ...] = ()
    replies: tuple[RememberedReply, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """How much there is of what. It says nothing of any user."""

    users: int = 0
    conversations: int = 0
    replies: int = 0
    parcels: int = 0
    waiting: int = 0
    """Parcels for the next message."""
    timers: int = 0
    oldest: datetime | None = None
    newest: datetime | None = None
    """When the first and the last of the sessions was saved."""


class Inventory(Protocol):
    """A store seen from outside. Every method may raise `StoreUnavailable`."""

    def keys(self, bots: Collection[str]) -> AsyncGenerator[SessionKey, None]:
        """Every user of some bots, each once."""
        ...

    async def record(self, key: SessionKey) -> Record:
        """What is kept of a user; an empty record of an unknown one."""
        ...

    async def figures(self, bots: Collection[str]) -> Figures:
        """How much is kept for some bots."""
        ...

    async def size(self) -> int:
        """Bytes that the store takes, for all of its bots."""
        ...

    async def restore(self, records: Sequence[Record], gone: Sequence[SessionKey] = ()) -> None:
        """Put records back, each in the place of what is kept of its user, and forget other users."""
        ...

    async def erase(self, key: SessionKey) -> None:
        """Forget everything about a user."""
        ...

    async def close(self) -> None:
        """Let go."""
        ...
