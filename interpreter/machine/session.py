"""What is remembered of one user: names and values, never code, never positions in a file.

A conversation is a stack of *levels*. A level is one line of talk: the routines that called one another and, on top,
the wait they are in. A rule that interrupts a wait which resumes opens a new level above it; when that level is over
the one below speaks its prompt again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from interpreter.machine.effects import Effect
from interpreter.machine.events import EffectCompleted, EffectFailed, Message, Seed
from interpreter.machine.replies import Reply
from interpreter.program.names import Place
from interpreter.values import Value


class Frame(Struct, frozen=True, gc=False):
    """A routine that is stopped at a site: waiting for a flow it called, for an answer, or for an effect."""

    routine: str
    site: str
    locals: Mapping[str, Value]


class Wait(Struct, frozen=True, gc=False):
    """What a level waits for: an answer in a state, or (`state` is None) to the question of its top frame."""

    state: str | None
    tries: int
    since: datetime
    """When it last asked; its timeout counts from here."""
    trail: tuple[str, ...] = ()
    """The states `back` leads to, the last one first to be returned to."""


class Level(Struct, frozen=True, gc=False):
    """One line of talk; `domain` guards every turn of it."""

    frames: tuple[Frame, ...]
    wait: Wait | None
    domain: str | None = None


class Turn(Struct, frozen=True, gc=False):
    """A turn that waits for the effect `effect`.

    It keeps what it began with and the results so far: the turn is a pure function of these, so it goes on by being run
    again, and nothing of a half-done turn has to be stored.
    """

    message: Message
    at: datetime
    seed: Seed
    effect: str
    results: tuple[EffectCompleted | EffectFailed, ...] = ()
    is_timer: bool = False
    """Whether a timer began it, and no message."""


class Session(Struct, frozen=True, gc=False):
    """One user's conversation and memory."""

    user: str
    started: datetime | None = None
    """None before the first message and after `end`."""
    seen: datetime | None = None
    """The last message that could answer."""
    turns: int = 0
    vars: Mapping[str, Value] = {}
    levels: tuple[Level, ...] = ()
    counters: Mapping[str, Value] = {}
    """Of sequences, cycles and their kin."""
    memory: Mapping[str, Value] = {}
    """User variables by name without `user.`, and `locale`; kept until erased."""
    picks: Mapping[str, int] = {}
    """The last random pick of each list, so that no user gets one twice in a row."""
    turn: Turn | None = None
    edition: str = ""
    """The edition of the bot (`Program.edition`) under which its waits began; empty when it was not one alone."""
    effects: int = 0
    """How many effects were ever asked for; ids grow from it."""


class TraceLine(Struct, frozen=True, gc=False):
    """What the machine did: `kind` is `rule`, `fallback`, `state`, `flow`, `fault`, …; for logs and coverage."""

    kind: str
    name: str
    place: Place | None = None
    detail: str = ""


class Step(Struct, frozen=True, gc=False):
    """The outcome of one event. While `session.turn` is set the turn waits for an effect and `replies` is empty."""

    session: Session
    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()
    trace: tuple[TraceLine, ...] = ()
    unfit: tuple[str, ...] = ()
    """The ids of calls to services whose answers are not what `pick` or `into` takes: no turn can use them."""

    @property
    def is_done(self) -> bool:
        """Whether the turn is over."""
        return self.session.turn is None
