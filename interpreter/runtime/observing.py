"""What is told of every turn to whoever watches: the log, metrics, traces."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from interpreter.machine.session import TraceLine

_log = logging.getLogger("interpreter.runtime")

Ending = Literal["answered", "given-up", "fired", "repeated", "failed", "shed"]
"""How a turn ended.

`answered`: saved, and its reply was for a delivery of the message. `given-up`: saved, but too late for one; the reply
goes another way. `fired`: a timer's, saved. `repeated`: the message had been answered before, by this process or
another, and got the same bytes; or its user has left since, and it gets none. `failed`: nothing was saved. `shed`: not
begun, for too many were running.
"""


class TurnRecord(Struct, frozen=True, gc=False):
    """One turn, without anything a user said or is called."""

    turn: str
    """Eight digits of hex, made up for this turn."""
    bot: str
    version: str
    user: str
    """A pseudonym."""
    kind: str
    """The message's type, an event's name, or `timer`."""
    decided_by: str
    """The rules, states and flows that took part, by name, with commas between; empty when nothing was decided."""
    replies: int
    outcome: Ending
    at: datetime
    """When it began."""
    ms: float
    """From its beginning to its end, waiting for the user's turns before it included."""
    calls: int = 0
    """How many services and interfaces were called."""
    faults: tuple[TraceLine, ...] = ()
    """The bot's faults; `name` is the kind of each."""
    error: str = ""
    """Why nothing was saved, if nothing was."""


class Observer(Protocol):
    """Somebody who watches."""

    def turn(self, record: TurnRecord) -> None:
        """A turn has ended. This is called between two turns, so it must not take long."""
        ...


def tell(observers: Sequence[Observer], record: TurnRecord) -> None:
    """Tell all of them; one that fails harms nobody else."""
    for observer in observers:
        try:
            observer.turn(record)
        except Exception:
            _log.exception("%s: an observer failed by a mistake of this program", record.bot)
