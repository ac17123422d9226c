"""A circuit breaker: when a server has not answered several times in a row, it is left alone for a while.

Closed, every call goes through. After `FAILURES` in a row it opens: calls fail at once. After `REST_SECONDS` one call
goes through to see; its success closes the circuit, its failure begins the rest anew.
"""

from __future__ import annotations

from collections.abc import Callable

FAILURES = 3
REST_SECONDS = 0.5


class CircuitOpen(Exception):  # noqa: N818  named for what it is
    """The call was not made."""


class Breaker:
    """Counts failures of the kinds `counted`; `now` is a clock in seconds that never goes back."""

    def __init__(self, counted: tuple[type[BaseException], ...], now: Callable[[], float]) -> None:
        self._counted = counted
        self._now = now
        self._failures = 0
        self._since = 0.0
        self._is_probing = False

    @property
    def is_open(self) -> bool:
        """Whether calls fail at once."""
        return self._failures >= FAILURES

    def begin(self) -> None:
        """Before a call.

        Raises:
            CircuitOpen: it is not the time to try.
        """
        if self.is_open:
            if self._is_probing or self._now() - self._since < REST_SECONDS:
                raise CircuitOpen
            self._is_probing = True

    def end(self, error: BaseException | None) -> None:
        """After a call that was begun; how it ended."""
        self._is_probing = False
        if isinstance(error, self._counted):
            self._failures += 1
            self._since = self._now()
        elif error is None or isinstance(error, Exception):  # an answer, if not the one that was hoped for
            self._failures = 0
