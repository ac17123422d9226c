"""A store whose failures are told to somebody who counts them."""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import cast

from interpreter.stores.protocol import (
    Admitted,
    AtOnce,
    Commit,
    Committed,
    MessageKey,
    Saved,
    SessionConflict,
    SessionKey,
    SharedSignatures,
    StoreError,
    StoreUnavailable,
)

Told = Callable[[str, str], None]
"""Hears of a failure: what the store was asked for, and the kind of it."""


class ObservedStore:
    """Does what `inner` does. What can be asked of it is what can be asked of that."""

    def __init__(self, inner: object, told: Told) -> None:
        self.inner = inner
        self._told = told

    @property
    def at_once(self) -> ObservedStore | None:
        """The same store for whoever does not wait; None if `inner` has to be waited for."""
        return self if getattr(self.inner, "at_once", None) is not None else None

    def __getattr__(self, name: str) -> object:
        method = getattr(self.inner, name)
        if name.startswith("_") or not callable(method):
            return method
        watched = self._awaited(name, method) if iscoroutinefunction(method) else self._done(name, method)
        setattr(self, name, watched)  # the next time it is there
        return watched

    def _awaited(self, name: str, method: Callable[..., object]) -> Callable[..., object]:
        async def watched(*arguments: object, **named: object) -> object:
            try:
                return await method(*arguments, **named)  # type: ignore[misc]
            except StoreError as error:
                self._told(name, kind_of(error))
                raise

        return watched

    def _done(self, name: str, method: Callable[..., object]) -> Callable[..., object]:
        """The same of what is done without waiting; its failures count as those of what can be awaited."""
        plain = name.removesuffix("_now")

        def watched(*arguments: object, **named: object) -> object:
            try:
                return method(*arguments, **named)
            except StoreError as error:
                self._told(plain, kind_of(error))
                raise

        return watched

    def commit_soon(self, turn: Commit, then: Saved) -> Committed | None:
        """What the inner store does; its failures count as those of `commit`."""

        def heard(outcome: Committed | StoreError) -> None:
            if isinstance(outcome, StoreError):
                self._told("commit", kind_of(outcome))
            then(outcome)

        try:
            return cast("AtOnce", self.inner).commit_soon(turn, heard)
        except StoreError as error:
            self._told("commit", kind_of(error))
            raise

    def admit(
        self, signature: str, holder: str, seconds: float, key: SessionKey, message: MessageKey, then: Admitted
    ) -> None:
        """What the inner store does; its failures count as those of `lease`."""

        def heard(outcome: bool | StoreError) -> None:
            if isinstance(outcome, StoreError):
                self._told("lease", kind_of(outcome))
            then(outcome)

        cast("SharedSignatures", self.inner).admit(signature, holder, seconds, key, message, heard)


def kind_of(error: StoreError) -> str:
    """The kind of a failure, in a word."""
    match error:
        case SessionConflict():
            return "conflict"
        case StoreUnavailable():
            return "unavailable"
        case _:
            return "other"
