"""Where chance comes from: one seed for each turn, from which the machine grows all the random numbers it needs."""

from __future__ import annotations

import os
from collections.abc import Callable

from interpreter.machine.events import Seed

Seeds = Callable[[], Seed]
"""Gives the seed of the next turn."""

_BYTES = 8
_AT_ONCE = 256 * _BYTES
_left = bytearray()
"""Random bytes that no seed has been made of: to ask the system for many takes no longer than for a few."""


def fresh_seed() -> int:
    """A seed nobody can foresee."""
    if not _left:
        _left.extend(os.urandom(_AT_ONCE))
    seed = int.from_bytes(_left[-_BYTES:])
    del _left[-_BYTES:]
    return seed


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_left.clear)  # or two processes would use the same
