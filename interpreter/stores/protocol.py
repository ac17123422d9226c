"""What the engine wants of a store, and how a store fails.

StoreError
├── StoreUnavailable     it cannot be read or written now; the turn is lost, the next may succeed
├── StoreUnusable        it cannot be opened at all: a wrong path, a damaged or newer file
└── SessionConflict      somebody else saved the session since it was loaded
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType, Protocol

from interpreter.diagnostics.wording import Wording
from interpreter.machine.session import Session

MessageKey = NewType("MessageKey", str)
"""What makes two deliveries the same message."""

REPLY_LIFE = 24 * 3600.0
"""Seconds for which a reply is remembered."""
SWEEP_SIZE = 500
"""Rows one sweep removes at most, so that no turn waits long behind it."""


@dataclass(frozen=True, slots=True)
class SessionKey:
    """One user of one bot; a bot with several accounts has a name for each."""

    bot: str
    user: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known when a message arrives.

    `revision` is 0 while nothing is stored. `reply` is what was answered to the message asked for, None when it is new.
    """

    session: Session | None = None
    revision: int = 0
    reply: bytes | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """One turn's write: the session on top of the revision it was loaded at, and the reply to remember.

    A session of None forgets the user, all but this reply. Without a `message` no reply is remembered.
    """

    key: SessionKey
    session: Session | None
    expected: int
    at: datetime
    message: MessageKey | None = None
    reply: bytes = b""


class SessionStore(Protocol):
    """Keeps sessions and remembered replies. Every method may raise `StoreUnavailable`."""

    async def load(self, key: SessionKey, message: MessageKey | None = None) -> Stored:
        """The user's session and, for `message`, the reply it got before."""
        ...

    async def commit(self, turn: Commit) -> int:
        """Save a turn, all or nothing; the new revision.

        Raises:
            SessionConflict: the session is not at the expected revision any more.
        """
        ...

    async def erase(self, key: SessionKey) -> None:
        """Forget everything about a user."""
        ...

    async def sweep_replies(self, before: datetime) -> int:
        """Remove up to `SWEEP_SIZE` remembered replies that are older; how many there were."""
        ...

    async def sweep_conversations(self, bot: str, before: datetime) -> int:
        """Forget up to `SWEEP_SIZE` older conversations of a bot, but not what it remembers of the users; how many."""
        ...

    async def close(self) -> None:
        """Finish what was begun and let go."""
        ...


class StoreError(Exception):
    """The root of the store's failures; `str()` is a sentence for the operator."""


class StoreUnavailable(StoreError):  # noqa: N818  named for what happened
    """The store cannot be read or written now."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"the session store does not answer: {cause}")
        self.cause = cause


class StoreUnusable(StoreError):  # noqa: N818  named for what happened
    """The store cannot be opened; `remedy` says what to do."""

    def __init__(self, path: str, cause: Wording, remedy: Wording) -> None:
        super().__init__(path, cause, remedy)
        self.path = path
        self.cause = cause
        self.remedy = remedy

    def __str__(self) -> str:
        return self.say("en")

    def say(self, language: str) -> str:
        """The whole sentence in `zh` or `en`."""
        if language == "zh":
            return f"无法使用会话存储 {self.path}：{self.cause.zh}；{self.remedy.zh}"
        return f"the session store {self.path} cannot be used: {self.cause.en}; {self.remedy.en}"


class SessionConflict(StoreError):  # noqa: N818  named for what happened
    """Somebody else saved the session since it was loaded."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(f"the session is at revision {found}, not {expected}")
        self.expected = expected
        self.found = found
