"""A turn: what it keeps when it must be decided again, and what becomes of it."""

from __future__ import annotations

import asyncio
import itertools
import os
import secrets
from contextvars import Context
from datetime import datetime

from msgspec import Struct

from interpreter.machine.events import Event, MessageReceived, Seed, TimerFired
from interpreter.machine.session import Session, Step, TraceLine
from interpreter.runtime.arrival import Arrival
from interpreter.runtime.observing import Ending, TurnRecord
from interpreter.runtime.performer import Outcome
from interpreter.runtime.version import BotVersion
from interpreter.stores.protocol import MessageKey, SessionKey

_numbers = [itertools.count(secrets.randbits(32))]
"""Of turns; begun anywhere, so that two processes hardly ever give the same one."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: _numbers.__setitem__(0, itertools.count(secrets.randbits(32))))
TIMER = MessageKey("timer")
"""Stands for a user's timers in the place of a message."""
_DECIDERS = frozenset({"rule", "state", "flow", "fallback"})


class Turn(Struct, gc=False):
    """A turn that is running: a message's, or (`arrival` is None) a timer's."""

    key: SessionKey
    message_key: MessageKey
    """A timer gets one of its own as soon as its session is known."""
    version: BotVersion
    """The one that ran when the turn began: a turn never mixes two versions of a bot."""
    at: datetime
    seed: Seed
    began: float
    arrival: Arrival | None = None
    answers: dict[tuple[str, int], Outcome] = {}
    """What services answered, by request and how often the turn had made an equal one before."""
    is_claimed: bool = False
    """Whether this process holds the claim of the turn, so that its calls are ours to make."""
    ahead_of: Arrival | None = None
    """The message that came when this timer was overdue, and is answered next."""
    can_catch_up: bool = True
    """Whether timers that are overdue fire before this message is answered."""
    until: float = float("inf")
    """When the first of its deliveries in this process is tired of waiting."""
    is_lost: bool = False
    """Whether it failed for want of a store, so that another attempt may succeed."""
    error: str = ""
    """Why it came to nothing, if it did."""
    id: str = ""
    """Empty until somebody asks for its name."""

    def name(self) -> str:
        """Eight digits of hex that belong to this turn alone."""
        if not self.id:
            self.id = f"{next(_numbers[0]) & 0xFFFFFFFF:08x}"
        return self.id

    def first_step(self, session: Session | None) -> Step:
        """What the machine makes of what begins it."""
        if self.arrival is None:
            event: Event = TimerFired(self.at, self.seed)
        else:
            event = MessageReceived(self.at, self.seed, self.arrival.message)
        return self.version.step(session or Session(user=self.key.user), event)

    @property
    def claim_key(self) -> MessageKey:
        """What one process at a time may claim: a message, or whatever is due of a user's timers."""
        return TIMER if self.arrival is None else self.message_key

    def record(self, bot: str, user: str, taken: Taken, ms: float) -> TurnRecord:
        """What observers are told."""
        message = self.arrival.message if self.arrival is not None else None
        deciders: list[str] = []
        faults: list[TraceLine] = []
        step = taken.step
        for line in step.trace if step is not None else ():
            if line.kind in _DECIDERS:
                deciders.append(line.name)
            elif line.kind == "fault":
                faults.append(line)
        return TurnRecord(
            self.name(),
            bot,
            self.version.version,
            user,
            (message.type if message.type != "event" else message.event or "event") if message is not None else "timer",
            ",".join(deciders),
            len(step.replies) if step is not None else 0,
            taken.outcome,
            self.at,
            ms,
            len(self.answers),
            tuple(faults),
            self.error,
        )


class Taken(Struct, frozen=True, gc=False):
    """A turn that is over: how it ended, what answers its message, and the step that was saved."""

    outcome: Ending
    body: bytes | None = None
    step: Step | None = None


ELSEWHERE = Taken("repeated")
"""A timer's turn that another process is taking; nobody is told."""


class Delivery(Struct, eq=False):
    """A delivery of a message whose turn is running: until when it waits, and its answer."""

    arrival: Arrival
    until: float
    hold: float
    tired: float
    """When `until` is in the time of the event loop."""
    answer: asyncio.Future[bytes | None]
    context: Context


Place = tuple[SessionKey, MessageKey]
"""Where the turn of a message is found."""


class Running(Struct, eq=False):
    """A turn that has to wait for something; `ended` is its task, or comes with its write."""

    place: Place
    turn: Turn
    ended: asyncio.Future[Taken | None]
    deliveries: list[Delivery]
    """Those that wait for its end."""
    context: Context | None = None
    """What the end of its write runs in."""
