"""What is counted besides turns: what was refused or found no room, failures of the store, calls of the API."""

from __future__ import annotations

from typing import Literal, Protocol

Refusal = Literal["address", "signature", "time", "replay", "encryption", "decryption", "body", "path"]
"""Why a request was refused."""


class Tally(Protocol):
    """Counts what happens around turns."""

    def refused(self, bot: str, why: Refusal) -> None:
        """A request was refused."""
        ...

    def shed(self, bot: str) -> None:
        """A message was not taken, because too many turns were running."""
        ...

    def store_failed(self, operation: str, kind: str) -> None:
        """The store could not do what it was asked for."""
        ...

    def called(self, bot: str, family: str, outcome: str, seconds: float) -> None:
        """WeChat's API was called, by a method of that family; how that ended, and after how long."""
        ...


class NoTally:
    """Counts nothing."""

    def refused(self, bot: str, why: Refusal) -> None:
        """Leave it."""

    def shed(self, bot: str) -> None:
        """Leave it."""

    def store_failed(self, operation: str, kind: str) -> None:
        """Leave it."""

    def called(self, bot: str, family: str, outcome: str, seconds: float) -> None:
        """Leave it."""
