"""What the engine wants of a store, and how a store fails.

StoreError
├── StoreUnavailable     it cannot be read or written now; the turn is lost, the next may succeed
├── StoreUnusable        it cannot be opened at all: a wrong path, a damaged or newer file
└── SessionConflict      somebody else saved the session since it was loaded
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, NewType, Protocol

from msgspec import Struct

from interpreter.diagnostics.wording import Wording
from interpreter.machine.session import Session

MessageKey = NewType("MessageKey", str)
"""What makes two deliveries the same message."""

REPLY_LIFE = 24 * 3600.0
"""Seconds for which a reply is remembered."""
SWEEP_SIZE = 500
"""Rows one sweep removes at most, so that no turn waits long behind it."""


class SessionKey(NamedTuple):
    """One user of one bot; a bot with several accounts has a name for each."""

    bot: str
    user: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something to be sent to a user after a turn. It is saved with the turn and leaves the store when it is taken.

    `id` is unique for its user and the same however often the turn is decided, so that it is an idempotency key.
    `body` is the runtime's own JSON. A parcel that is `for_next` waits for the user's next message and comes with
    `load`; any other is taken by whoever sends it, from `due` on.
    """

    id: str
    body: str
    due: datetime
    for_next: bool = False


class Stored(Struct, frozen=True, gc=False):
    """What is known when a message arrives.

    `revision` is 0 while nothing is stored. `reply` is what was answered to the message asked for, None when it is new.
    `waiting` are the parcels for the user's next message, oldest first.
    """

    session: Session | None = None
    revision: int = 0
    reply: bytes | None = None
    waiting: tuple[Parcel, ...] = ()


class Commit(Struct, frozen=True, gc=False):
    """One turn's write: the session on top of the revision it was loaded at, and the reply to remember.

    A session of None forgets the user, all but this reply. Without a `message` no reply is remembered.
    """

    key: SessionKey
    session: Session | None
    expected: int
    at: datetime
    message: MessageKey | None = None
    reply: bytes = b""
    parcels: tuple[Parcel, ...] = ()
    """What is to be sent when `reply` can still be given to a delivery of the message."""
    given_up: GivenUp | None = None
    """What is saved in place of `reply` and `parcels` when the message was given up before (see `knock`)."""
    delivered: tuple[str, ...] = ()
    """Ids of `waiting` parcels that the reply contains; they leave the store."""
    wake: datetime | None = None
    """When a timer of the session is due; None for no timer."""

    def saved(self, *, was_given_up: bool) -> tuple[bytes, tuple[Parcel, ...]]:
        """The reply and the parcels that are saved."""
        if was_given_up and self.given_up is not None:
            return self.given_up.reply, self.given_up.parcels
        return self.reply, self.parcels

    @property
    def next_revision(self) -> int:
        """The revision of the session once it is saved; 0 of one that is forgotten.

        Revisions go up by one. Those of a session that begins, perhaps not the first one of its user, start at the
        time, in milliseconds: so no two sessions of a user have one in common, and whoever slept while one was
        forgotten and another began does not take it for the one it knew.
        """
        if self.session is None:
            return 0
        return self.expected + 1 if self.expected else max(1, int(self.at.timestamp() * 1000))


class GivenUp(Struct, frozen=True):
    """The reply to remember, and what is sent, when no delivery of the message is left to answer."""

    reply: bytes
    parcels: tuple[Parcel, ...]


class Committed(Struct, frozen=True, gc=False):
    """A turn that was saved: its revision, and whether its message had been given up."""

    revision: int
    was_given_up: bool = False


def in_order(parcels: Iterable[Parcel]) -> tuple[Parcel, ...]:
    """Parcels by the time they are due; those of one turn, due at once, by the number at the end of their ids."""
    return tuple(sorted(parcels, key=lambda parcel: (parcel.due, len(parcel.id), parcel.id)))


class Knock(Struct, frozen=True):
    """A delivery that waited in vain: the reply, if it is there by now, else how many deliveries waited so far."""

    reply: bytes | None
    count: int


Saved = Callable[["Committed | StoreError"], None]
"""Hears what came of a turn's write; it must not fail."""


class AtOnce(Protocol):
    """A store for turns that do not wait, or not before they are saved."""

    def load_now(self, key: SessionKey, message: MessageKey) -> Stored | None:
        """What `load` gives, if it is no more than a session and is at hand.

        None when there is a reply to the message, when a delivery has knocked, when parcels wait, or when nobody knows.
        """
        ...

    def commit_soon(self, turn: Commit, then: Saved) -> Committed | None:
        """Do what `commit` does. If that takes time it is None, and later the event loop tells `then` what came of it.

        That `then` is called by itself, in no context of the turn's, is because a future costs more than most turns.
        """
        ...


class SessionStore(Protocol):
    """Keeps sessions, remembered replies and parcels. Every method may raise `StoreUnavailable`."""

    @property
    def at_once(self) -> AtOnce | None:
        """The same store for turns that do not wait; None of one that has to be waited for."""
        ...

    async def load(self, key: SessionKey, message: MessageKey | None = None) -> Stored:
        """The user's session, the parcels for the next message and, for `message`, the reply it got before."""
        ...

    async def commit(self, turn: Commit) -> Committed:
        """Save a turn, all or nothing.

        Raises:
            SessionConflict: the session is not at the expected revision any more.
        """
        ...

    async def knock(self, key: SessionKey, message: MessageKey, at: datetime, limit: int) -> Knock:
        """Count a delivery whose wait is over. The `limit`-th gives the message up, unless its reply is there by now.

        This and `commit` decide together, whatever process each runs in: either the reply is remembered before the
        last knock and the knock returns it, or the knock comes first and the commit saves what is for a message that
        was given up. So a reply goes exactly one way.
        """
        ...

    async def claim(self, key: SessionKey, message: MessageKey, holder: str, at: datetime, seconds: float) -> bool:
        """Take, or hold on to, the right to perform the calls of a message's turn; False while another holds it.

        The right to deliver its answer (`runtime.spare`) is another one, and has a key of its own.
        """
        ...

    async def disclaim(self, key: SessionKey, message: MessageKey, holder: str) -> None:
        """Let go of a claim, if one holds it, so that another one has it at once."""
        ...

    async def take(self, key: SessionKey, parcel: str) -> bool:
        """Take a parcel out to send it; False when it is not there any more. Nobody else gets it after that."""
        ...

    async def put(self, key: SessionKey, parcels: Sequence[Parcel]) -> None:
        """Add parcels without a turn, such as one that was taken and certainly not sent."""
        ...

    async def parcels(self, key: SessionKey) -> tuple[Parcel, ...]:
        """The parcels of a user that are not for the next message, by `due`."""
        ...

    async def waking(self, bot: str, before: datetime, limit: int) -> tuple[SessionKey, ...]:
        """Up to `limit` users of a bot with a timer or a parcel that was due before then, the longest due first."""
        ...

    async def erase(self, key: SessionKey) -> None:
        """Forget everything about a user."""
        ...

    async def sweep_replies(self, before: datetime) -> int:
        """Remove up to `SWEEP_SIZE` remembered replies, knocks and waiting parcels that are older; how many."""
        ...

    async def sweep_conversations(self, bot: str, before: datetime) -> int:
        """Forget up to `SWEEP_SIZE` older conversations of a bot, but not what it remembers of the users; how many.

        A conversation with a timer is not over.
        """
        ...

    async def ping(self) -> None:
        """Make sure that the store can be read and written now."""
        ...

    async def close(self) -> None:
        """Finish what was begun and let go."""
        ...


Admitted = Callable[["bool | StoreError"], None]
"""Hears whether a message may come in; it must not fail."""


class SharedSignatures(Protocol):
    """The signatures that all processes have seen, and what came with them."""

    def admit(
        self, signature: str, holder: str, seconds: float, key: SessionKey, message: MessageKey, then: Admitted
    ) -> None:
        """Ask whether a signature is new or came with this same holder before; the event loop tells `then`.

        It is remembered for so many seconds. A turn of this message may follow where that is told.
        """
        ...


class SharedValues(Protocol):
    """Small values with an end, shared by all processes: tokens, tickets, counters. Every store is one, too.

    Times are the caller's, so that tests can turn the clock; a store of several machines uses its own for leases.
    """

    async def read_value(self, name: str, at: datetime) -> str | None:
        """The value, unless it has come to its end."""
        ...

    async def write_value(self, name: str, value: str | None, until: datetime) -> None:
        """Set a value, or with None remove it."""
        ...

    async def count(self, name: str, at: datetime, until: datetime) -> int:
        """Add one to a counter that begins anew after `until` (given when it begins); what it is now."""
        ...

    async def lease(self, name: str, holder: str, at: datetime, seconds: float) -> bool:
        """Take, or hold on to, what only one may have at a time; False while another holds it."""
        ...

    async def release(self, name: str, holder: str) -> None:
        """Let go of a lease, if one holds it."""
        ...


class StoreError(Exception):
    """The root of the store's failures; `str()` is a sentence for the operator."""


class StoreUnavailable(StoreError):  # noqa: N818  named for what happened
    """The store cannot be read or written now."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"the session store does not answer: {cause}")
        self.cause = cause


class StoreUnusable(StoreError):  # noqa: N818  named for what happened
    """The store cannot be opened; `remedy` says what to do. What `is_damaged` can only be replaced."""

    def __init__(self, path: str, cause: Wording, remedy: Wording, *, is_damaged: bool = False) -> None:
        super().__init__(path, cause, remedy)
        self.is_damaged = is_damaged
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
