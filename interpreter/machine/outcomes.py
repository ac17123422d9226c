"""How a run of routines can stop."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Struct

from interpreter.machine.session import Level


@dataclass(frozen=True, slots=True)
class Done:
    """It ran to its end."""


DONE = Done()
"""As nearly every run stops."""


@dataclass(frozen=True, slots=True)
class Passed:
    """It said `pass`: the search goes on."""


class Waiting(Struct, frozen=True):
    """It waits for the user; `level` is what to remember."""

    level: Level


@dataclass(frozen=True, slots=True)
class Stayed:
    """It said `again`."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """It said `cancel`."""


@dataclass(frozen=True, slots=True)
class Ended:
    """It said `end`."""


@dataclass(frozen=True, slots=True)
class Readmitted:
    """A domain's `else` is over and its guard holds: the level that was refused may take the message now."""


Outcome = Done | Passed | Waiting | Stayed | Cancelled | Ended | Readmitted
