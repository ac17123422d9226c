"""A performer whose calls end when a test lets them."""

from __future__ import annotations

import asyncio

from interpreter.machine.effects import CallService, LogLine, Send
from interpreter.runtime.performer import Call, Completed, Failed, Outcome


class FakePerformer:
    """Answers a call with its operation's name and how often that was called; a `slow` one waits for `release`."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.dispatched: list[Send | LogLine] = []
        self.started = asyncio.Event()
        self.release = asyncio.Event()

    async def call(self, effect: Call) -> Outcome:
        """Do it and say how it went."""
        assert isinstance(effect, CallService)
        self.calls.append(effect.operation)
        self.started.set()
        if effect.operation.startswith("slow"):
            await self.release.wait()
        if effect.operation == "broken":
            return Failed("timeout", "svc.broken did not answer")
        return Completed(f"{effect.operation}{self.calls.count(effect.operation)}")

    async def dispatch(self, effect: Send | LogLine) -> None:
        """Do it; nobody waits for its outcome."""
        if isinstance(effect, LogLine) and effect.text == "crash":
            raise ZeroDivisionError("a mistake of this program")
        self.dispatched.append(effect)
