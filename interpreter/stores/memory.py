"""A store that forgets everything when the process ends; for tests, trials and bots that remember nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from msgspec import Struct

from interpreter.machine.session import Session
from interpreter.stores.codec import forget_conversation
from interpreter.stores.protocol import (
    SWEEP_SIZE,
    AtOnce,
    Commit,
    Committed,
    Knock,
    MessageKey,
    Parcel,
    Saved,
    SessionConflict,
    SessionKey,
    Stored,
    in_order,
)

_Key = TypeVar("_Key")
_Item = TypeVar("_Item")

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """What is known of a message whose reply took too long."""

    count: int
    was_given_up: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class _Lease:
    holder: str
    until: datetime


class _Reply(Struct, frozen=True, gc=False):
    """What a message was answered, and when; each turn leaves one behind, and the garbage collector shall not look."""

    at: datetime
    body: bytes


class _User(Struct, gc=False):
    """Everything that is kept of a user; the time and the timer are those of the session."""

    session: Session | None = None
    revision: int = 0
    at: datetime = _NEVER
    wake: datetime | None = None
    replies: dict[MessageKey, _Reply] = {}
    parcels: dict[str, Parcel] = {}
    deliveries: dict[MessageKey, _Delivery] = {}
    claims: dict[MessageKey, _Lease] = {}

    @property
    def is_empty(self) -> bool:
        return self.session is None and not (self.replies or self.parcels or self.deliveries or self.claims)

    @property
    def times(self) -> list[datetime]:
        """When something is due by itself."""
        times = [parcel.due for parcel in self.parcels.values() if not parcel.for_next]
        return times if self.wake is None else [*times, self.wake]

    def conversation_before(self, at: datetime) -> Session | None:
        """The session, if it is a conversation without a timer that is older."""
        is_old = self.wake is None and self.at < at
        return self.session if is_old and self.session is not None and self.session.started is not None else None


class MemoryStore:
    """Sessions in a dictionary. Sessions are frozen, so what is given out cannot be changed behind its back."""

    def __init__(self) -> None:
        self._users: dict[SessionKey, _User] = {}
        self._timed: set[SessionKey] = set()
        """Those who may have a timer, or a parcel that is due by itself; they are looked for often."""
        self._values: dict[str, tuple[str, datetime]] = {}
        self._counters: dict[str, tuple[int, datetime]] = {}
        self._leases: dict[str, _Lease] = {}

    @property
    def at_once(self) -> AtOnce | None:
        """The same store for turns that do not wait."""
        return self

    # ------------------------------------------------------------------------------------ turns

    def load_now(self, key: SessionKey, message: MessageKey) -> Stored | None:
        """What `load` gives, if it is no more than a session."""
        user = self._users.get(key)
        if user is None:
            return Stored()
        if user.parcels or user.deliveries or message in user.replies:
            return None
        return Stored(user.session, user.revision)

    async def load(self, key: SessionKey, message: MessageKey | None = None) -> Stored:
        """The user's session, the parcels for the next message and, for `message`, the reply it got before."""
        user = self._users.get(key)
        if user is None:
            return Stored()
        reply = user.replies.get(message) if message is not None else None
        waiting = in_order(parcel for parcel in user.parcels.values() if parcel.for_next)
        return Stored(user.session, user.revision, reply.body if reply is not None else None, waiting)

    async def commit(self, turn: Commit) -> Committed:
        """Save a turn, all or nothing."""
        return self._commit(turn)

    def commit_soon(self, turn: Commit, then: Saved) -> Committed:  # noqa: ARG002  it takes no time
        """Save a turn, all or nothing."""
        return self._commit(turn)

    def _commit(self, turn: Commit) -> Committed:
        key, message = turn.key, turn.message
        known = self._users.get(key)
        user = known or _User()
        if user.revision != turn.expected:
            raise SessionConflict(turn.expected, user.revision)
        delivery = user.deliveries.pop(message, None) if message is not None and user.deliveries else None
        was_given_up = delivery is not None and delivery.was_given_up
        reply, parcels = turn.saved(was_given_up=True) if was_given_up else (turn.reply, turn.parcels)
        if turn.session is None:
            user = _User()
        else:
            user.session, user.at, user.wake = turn.session, turn.at, turn.wake
            user.revision = turn.next_revision
        if user is not known:
            self._users[key] = user
        for taken in turn.delivered:
            user.parcels.pop(taken, None)
        if parcels:
            user.parcels.update((parcel.id, parcel) for parcel in parcels)
        if parcels or turn.wake is not None:
            self._timed.add(key)
        if message is not None:
            user.replies[message] = _Reply(turn.at, reply)
        else:
            self._drop_if_empty(key)
        return Committed(user.revision, was_given_up)

    async def knock(self, key: SessionKey, message: MessageKey, at: datetime, limit: int) -> Knock:
        """Count a delivery whose wait is over; the `limit`-th gives the message up, unless its reply is there."""
        user = self._user(key)
        if message in user.replies:
            return Knock(user.replies[message].body, 0)
        before = user.deliveries.get(message, _Delivery(0, was_given_up=False, at=at))
        count = before.count + 1
        user.deliveries[message] = _Delivery(count, before.was_given_up or count >= limit, at)
        return Knock(None, count)

    async def claim(self, key: SessionKey, message: MessageKey, holder: str, at: datetime, seconds: float) -> bool:
        """Take, or hold on to, the right to perform the calls of a message's turn; False while another holds it."""
        return _take_lease(self._user(key).claims, message, holder, at, seconds)

    async def disclaim(self, key: SessionKey, message: MessageKey, holder: str) -> None:
        """Let go of a claim, if one holds it, so that another one has it at once."""
        user = self._users.get(key)
        if user is not None:
            _leave_lease(user.claims, message, holder)
            self._drop_if_empty(key)

    # ------------------------------------------------------------------------------------ parcels

    async def take(self, key: SessionKey, parcel: str) -> bool:
        """Take a parcel out to send it; False when it is not there any more. Nobody else gets it after that."""
        user = self._users.get(key)
        taken = user is not None and user.parcels.pop(parcel, None) is not None
        self._drop_if_empty(key)
        return taken

    async def put(self, key: SessionKey, parcels: Sequence[Parcel]) -> None:
        """Add parcels without a turn, such as one that was taken and certainly not sent."""
        if parcels:
            self._user(key).parcels.update((parcel.id, parcel) for parcel in parcels)
            self._timed.add(key)

    async def parcels(self, key: SessionKey) -> tuple[Parcel, ...]:
        """The parcels of a user that are not for the next message, by `due`."""
        user = self._users.get(key)
        return in_order(parcel for parcel in user.parcels.values() if not parcel.for_next) if user else ()

    async def waking(self, bot: str, before: datetime, limit: int) -> tuple[SessionKey, ...]:
        """Up to `limit` users of a bot with a timer or a parcel that was due before then, the longest due first."""
        due: dict[SessionKey, datetime] = {}
        for key in list(self._timed):
            times = self._users[key].times if key in self._users else ()
            if times:
                due[key] = min(times)
            else:
                self._timed.discard(key)
        found = sorted((when, key.user) for key, when in due.items() if key.bot == bot and when < before)
        return tuple(SessionKey(bot, user) for _, user in found[:limit])

    # ------------------------------------------------------------------------------------ forgetting

    async def erase(self, key: SessionKey) -> None:
        """Forget everything about a user."""
        self._users.pop(key, None)

    async def sweep_replies(self, before: datetime) -> int:
        """Remove remembered replies, knocks and waiting parcels that are older; how many there were."""
        swept = 0
        for key, user in list(self._users.items()):
            swept += _drop(user.replies, [name for name, reply in user.replies.items() if reply.at < before], swept)
            swept += _drop(user.deliveries, [name for name, row in user.deliveries.items() if row.at < before], swept)
            late = [name for name, parcel in user.parcels.items() if parcel.for_next and parcel.due < before]
            swept += _drop(user.parcels, late, swept)
            user.claims = {name: claim for name, claim in user.claims.items() if claim.until >= before}
            self._drop_if_empty(key)
        self._values = {name: value for name, value in self._values.items() if value[1] >= before}
        self._counters = {name: counter for name, counter in self._counters.items() if counter[1] >= before}
        self._leases = {name: lease for name, lease in self._leases.items() if lease.until >= before}
        return swept

    async def sweep_conversations(self, bot: str, before: datetime) -> int:
        """Forget older conversations of a bot without a timer, but not what it remembers of the users; how many."""
        old = [
            (key, user, session)
            for key, user in self._users.items()
            if key.bot == bot and (session := user.conversation_before(before)) is not None
        ][:SWEEP_SIZE]
        for key, user, session in old:
            rest = forget_conversation(session)
            user.session, user.revision = rest, 0 if rest is None else user.revision + 1
            self._drop_if_empty(key)
        return len(old)

    async def ping(self) -> None:
        """Nothing can be wrong with it."""

    async def close(self) -> None:
        """Nothing to let go of."""

    def _user(self, key: SessionKey) -> _User:
        user = self._users.get(key)
        if user is None:
            user = self._users[key] = _User()
        return user

    def _drop_if_empty(self, key: SessionKey) -> None:
        if key in self._users and self._users[key].is_empty:
            del self._users[key]

    # ------------------------------------------------------------------------------------ shared values

    async def read_value(self, name: str, at: datetime) -> str | None:
        """The value, unless it has come to its end."""
        value, until = self._values.get(name, (None, at))
        return value if until > at else None

    async def write_value(self, name: str, value: str | None, until: datetime) -> None:
        """Set a value, or with None remove it."""
        if value is None:
            self._values.pop(name, None)
        else:
            self._values[name] = (value, until)

    async def count(self, name: str, at: datetime, until: datetime) -> int:
        """Add one to a counter that begins anew after `until` (given when it begins); what it is now."""
        count, end = self._counters.get(name, (0, at))
        self._counters[name] = (count + 1, end) if end > at else (1, until)
        return self._counters[name][0]

    async def lease(self, name: str, holder: str, at: datetime, seconds: float) -> bool:
        """Take, or hold on to, what only one may have at a time; False while another holds it."""
        return _take_lease(self._leases, name, holder, at, seconds)

    async def release(self, name: str, holder: str) -> None:
        """Let go of a lease, if one holds it."""
        _leave_lease(self._leases, name, holder)


def _take_lease(leases: dict[_Key, _Lease], name: _Key, holder: str, at: datetime, seconds: float) -> bool:
    held = leases.get(name)
    if held is not None and held.holder != holder and held.until > at:
        return False
    leases[name] = _Lease(holder, at + timedelta(seconds=seconds))
    return True


def _leave_lease(leases: dict[_Key, _Lease], name: _Key, holder: str) -> None:
    if name in leases and leases[name].holder == holder:
        del leases[name]


def _drop(rows: dict[_Key, _Item], names: Sequence[_Key], already: int) -> int:
    """Remove as many rows as the sweep has left."""
    gone = names[: SWEEP_SIZE - already]
    for name in gone:
        del rows[name]
    return len(gone)
