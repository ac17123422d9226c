"""A store whose failures are told to somebody who counts them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from interpreter.stores.protocol import SessionConflict, StoreError, StoreUnavailable

Told = Callable[[str, str], None]
"""Hears of a failure: what the store was asked for, and the kind of it."""


class ObservedStore:
    """Does what `inner` does. What can be asked of it is what can be asked of that."""

    def __init__(self, inner: object, told: Told) -> None:
        self.inner = inner
        self._told = told

    def __getattr__(self, name: str) -> object:
        method = getattr(self.inner, name)
        if name.startswith("_") or not callable(method):
            return method
        watched = self._watched(name, method)
        setattr(self, name, watched)  # the next time it is there
        return watched

    def _watched(
        self, name: str, method: Callable[..., Coroutine[Any, Any, object]]
    ) -> Callable[..., Coroutine[Any, Any, object]]:
        async def watched(*arguments: object, **named: object) -> object:
            try:
                return await method(*arguments, **named)
            except StoreError as error:
                self._told(name, kind_of(error))
                raise

        return watched


def kind_of(error: StoreError) -> str:
    """The kind of a failure, in a word."""
    match error:
        case SessionConflict():
            return "conflict"
        case StoreUnavailable():
            return "unavailable"
        case _:
            return "other"
