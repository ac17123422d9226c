"""Where chance comes from: one seed for each turn, from which the machine grows all the random numbers it needs."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable

from interpreter.machine.events import Seed

Seeds = Callable[[], Seed]
"""Gives the seed of the next turn."""

_AT_ONCE = struct.Struct("256Q")
_left: list[int] = []
"""Seeds that no turn has had: to ask the system for many takes no longer than for a few."""


def fresh_seed() -> int:
    """A seed nobody can foresee."""
    if not _left:
        _left.extend(_AT_ONCE.unpack(os.urandom(_AT_ONCE.size)))
    return _left.pop()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_left.clear)  # or two processes would use the same
