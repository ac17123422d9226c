"""The signatures that several processes have seen, without a store."""

from __future__ import annotations

import asyncio

from interpreter.stores.protocol import Admitted, MessageKey, SessionKey, StoreError


class FakeSignatures:
    """Knows who came first with a signature, unless it fails; it says so when the event loop comes by."""

    def __init__(self, failure: StoreError | None = None) -> None:
        self.failure = failure
        self.seen: dict[str, str] = {}

    def admit(
        self,
        signature: str,
        holder: str,
        seconds: float,  # noqa: ARG002
        key: SessionKey,  # noqa: ARG002
        message: MessageKey,  # noqa: ARG002
        then: Admitted,
    ) -> None:
        """Say whether this holder was the first."""
        first = self.seen.setdefault(signature, holder)
        asyncio.get_running_loop().call_soon(then, self.failure or first == holder)
