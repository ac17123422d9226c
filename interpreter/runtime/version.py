"""A version of a bot: its machine and what the engine must know to run it. A turn never mixes two versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import partial
from zoneinfo import ZoneInfo

from interpreter.machine.events import Event
from interpreter.machine.session import Session, Step
from interpreter.machine.step import step
from interpreter.machine.waits import wake_at
from interpreter.program.tables import Program

Machine = Callable[[Session, Event], Step]
"""`step` with its program filled in."""


def never(_: Session) -> datetime | None:
    """When the timers of a bot without timers are due."""
    return None


@dataclass(frozen=True, slots=True)
class BotVersion:
    """A bot as it is written now; `version` is its author's word for it."""

    name: str
    version: str
    step: Machine
    zone: tzinfo
    idle: timedelta
    """After which a conversation is over."""
    wake_at: Callable[[Session], datetime | None] = never
    """When the next timer of a session is due."""

    @classmethod
    def of(cls, program: Program) -> BotVersion:
        """The version a program is."""
        return cls(
            program.name,
            program.version,
            partial(step, program),
            ZoneInfo(program.timezone),
            program.session_idle,
            partial(wake_at, program) if program.timers else never,
        )
