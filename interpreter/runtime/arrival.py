"""A message at the door of the engine, and what may be said to whoever brought it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from interpreter.machine.events import Message
from interpreter.machine.replies import Reply
from interpreter.stores.protocol import MessageKey, SessionKey


class Encoded(Protocol):
    """Replies in the form they are sent: the bytes that answer the message, and what found no room there."""

    @property
    def body(self) -> bytes:
        """What answers the request."""
        ...

    @property
    def first(self) -> Reply | None:
        """What the body says; None when it says nothing."""
        ...

    @property
    def rest(self) -> tuple[Reply, ...]:
        """What must go another way."""
        ...


class Arrival(Struct, frozen=True, gc=False):
    """A message at the door: whose it is, what makes it this message, and how its replies become bytes."""

    key: SessionKey
    message_key: MessageKey
    message: Message
    encode: Callable[[Sequence[Reply]], Encoded]
    is_last: bool = False
    """Whether no other delivery will follow, as far as the message's own times tell. Those that came before may have
    been counted by a process that is dead."""


class HeldBack(Exception):  # noqa: N818  named for what happened
    """The turn is not over, or was lost; the message should be delivered again, and must not be answered now."""


class StoreFailed(HeldBack):
    """The same, and it is the store that keeps the answer back."""


class Overloaded(Exception):  # noqa: N818  named for what happened
    """More turns are running than may; the message was not taken and should be delivered again."""
