"""The names of things in Redis, and parcels as text.

All keys of a user share a hash tag, so one script touches one slot of a cluster:

    dialog:{bot:user}          the session; with :r replies, :t their times, :p parcels, :d deliveries
    dialog:waking:{bot}        zset of what will be due, by microseconds: a parcel's id, a line break, the user
    dialog:value:{name}        a shared value; count and lease likewise

The index of what is due lies in another slot than what it is about, so it is only a hint. A hint is written before the
thing itself, and each is a member of its own, so a hint without a thing is possible and a thing without a hint is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from interpreter.stores.protocol import Parcel, SessionKey

_EPOCH = datetime.fromtimestamp(0, UTC)
_LAST = (datetime(2200, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_TIMER = "@"


def base_key(key: SessionKey) -> str:
    """The name of a user's session."""
    return f"dialog:{{{key.bot}:{key.user}}}"


def user_keys(base: str) -> tuple[str, ...]:
    """Everything that is kept of a user, by the name of the session."""
    return (base, f"{base}:r", f"{base}:p", f"{base}:t", f"{base}:d")


def index_key(bot: str) -> str:
    """The index of what is due."""
    return f"dialog:waking:{{{bot}}}"


def lease_key(name: str) -> str:
    """A lease."""
    return f"dialog:lease:{{{name}}}"


def escaped(text: str) -> str:
    """A name inside a SCAN pattern."""
    return "".join("\\" + letter if letter in "*?[]^\\" else letter for letter in text)


def microseconds(moment: datetime) -> int:
    """A moment as a whole number."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def milliseconds(moment: datetime) -> int:
    """A moment as a whole number."""
    since = moment - _EPOCH  # dividing it takes four times as long
    return (since.days * 86_400 + since.seconds) * 1_000 + since.microseconds // 1_000


def parcel_hint(user: str, parcel: str) -> str:
    """The member of the index for a parcel."""
    return f"{parcel}\n{user}"


def timer_hint(user: str, wake: int) -> str:
    """The member of the index for a timer; one for each moment, so that taking one out harms no other."""
    return f"{_TIMER}{wake}\n{user}"


def hints(user: str, parcels: Iterable[Parcel], wake: int | None) -> list[int | str]:
    """What `ZADD` takes for what will be due: moments and members in turn."""
    due: list[int | str] = []
    for parcel in parcels:
        if not parcel.for_next:
            due += microseconds(parcel.due), parcel_hint(user, parcel.id)
    if wake is not None:
        due += wake, timer_hint(user, wake)
    return due


def hinted_user(hint: bytes) -> str:
    """Whom a member of the index is about."""
    return hint.decode(errors="replace").partition("\n")[2]


def pack(parcel: Parcel) -> str:
    """A parcel as text."""
    return f"{'n' if parcel.for_next else 'd'}{microseconds(parcel.due)}\n{parcel.body}"


def unpack(id: bytes, packed: bytes) -> Parcel | None:
    """A parcel from its text, due when a clock could show it; None when it is damaged."""
    try:
        head, _, body = packed.decode().partition("\n")
        due = _EPOCH + timedelta(microseconds=min(max(int(head[1:]), 0), _LAST))
        return Parcel(id.decode(), body, due, for_next=head[0] == "n")
    except (ValueError, IndexError, OverflowError):
        return None
