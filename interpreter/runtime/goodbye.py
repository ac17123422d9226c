"""When a user leaves: what was sent before must not bring them back.

A goodbye forgets its user, the answers to earlier messages included. One of those that is delivered again, or whose
turn is still running in another process, would look like the first message of somebody new. So a goodbye leaves its
time behind, and nothing else, as a parcel for the next message: that comes with the session, and is swept like others.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from interpreter.machine.events import Message
from interpreter.stores.protocol import Parcel

_EVENTS = frozenset({"unsubscribe"})
"""Events after which nothing is kept of a user: they can neither be answered nor asked for consent any more."""
_NAME = "goodbye"


def is_goodbye(message: Message) -> bool:
    """Whether a message is the last one of a user who leaves."""
    return message.type == "event" and message.event in _EVENTS


def goodbye_mark(message: Message) -> Parcel:
    """What a goodbye leaves behind."""
    return Parcel(_NAME, _NAME, datetime.fromtimestamp(message.time, UTC), for_next=True)


def is_mark(parcel: Parcel) -> bool:
    """Whether a parcel is what a goodbye has left."""
    return parcel.id == _NAME


def has_left_since(message: Message, waiting: Iterable[Parcel]) -> bool:
    """Whether the user left after sending a message. All times are of WeChat's clock, in whole seconds."""
    return any(is_mark(parcel) and message.time < parcel.due.timestamp() for parcel in waiting)
