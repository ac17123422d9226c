"""Where chance comes from: one seed for each turn, from which the machine grows all the random numbers it needs."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from interpreter.machine.events import Seed

Seeds = Callable[[], Seed]
"""Gives the seed of the next turn."""


def fresh_seed() -> int:
    """A seed nobody can foresee."""
    return secrets.randbits(64)
