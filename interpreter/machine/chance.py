"""Chance that can be repeated: grown from the seed an event carries, or pinned by a test."""

from __future__ import annotations

from msgspec import Struct

from interpreter.machine.events import Seed

_MASK = (1 << 64) - 1


class SeededChance(Struct, eq=False, gc=False):
    """The splitmix64 generator (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014)."""

    _state: int
    """Counts modulo 2 to the 64th."""

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        span = high - low + 1
        return low + (self._next() * span >> 64)

    def pick(self, count: int) -> int:
        """An index from 0 to `count - 1`."""
        return self._next() * count >> 64

    def _next(self) -> int:
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)


class PinnedChance:
    """Gives the numbers a test has named, over and over."""

    __slots__ = ("_given", "_next")

    def __init__(self, given: tuple[int, ...]) -> None:
        self._given = given
        self._next = 0

    def between(self, low: int, high: int) -> int:
        """The next given number, kept within the bounds."""
        return max(low, min(high, self._take()))

    def pick(self, count: int) -> int:
        """The next given number, modulo the count."""
        return self._take() % count

    def _take(self) -> int:
        number = self._given[self._next % len(self._given)]
        self._next += 1
        return number


def chance_from(seed: Seed) -> SeededChance | PinnedChance:
    """The chance of one turn."""
    return PinnedChance(seed) if isinstance(seed, tuple) else SeededChance(seed)
