"""A performer whose calls end when a test lets them."""

from __future__ import annotations

import asyncio

from interpreter.machine.effects import CallService, LogLine, Send
from interpreter.machine.replies import TextReply
from interpreter.program.media import MediaKind
from interpreter.runtime.performer import Call, Completed, Failed, Outcome


class FakePerformer:
    """Answers a call with its operation's name and how often that was called; a `slow` one waits for `release`.

    `said` is what the bot has logged; `sent` are the messages that went out. How sending one ends is what `outcomes`
    says of its text, and else well.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.made: list[CallService] = []
        self.forgotten: list[str] = []
        self.said: list[str] = []
        self.sent: list[Send] = []
        self.keys: list[str] = []
        self.outcomes: dict[str, Outcome] = {}
        self.started = asyncio.Event()
        self.release = asyncio.Event()

    async def call(self, effect: Call) -> Outcome:
        """Do it and say how it went."""
        assert isinstance(effect, CallService)
        self.calls.append(effect.operation)
        self.made.append(effect)
        self.started.set()
        if effect.operation.startswith("slow"):
            await self.release.wait()
        if effect.operation == "broken":
            return Failed("timeout", "svc.broken did not answer")
        return Completed(f"{effect.operation}{self.calls.count(effect.operation)}")

    def forget(self, call: CallService) -> None:
        """Keep which operation's answer could not be taken."""
        self.forgotten.append(call.operation)

    def log(self, line: LogLine) -> None:
        """Write a line of the author's."""
        if line.text == "crash":
            raise ZeroDivisionError("a mistake of this program")
        self.said.append(line.text)

    async def deliver(self, send: Send, key: str) -> Outcome:
        """Send a message to a user and say how it went."""
        text = send.reply.text if isinstance(send.reply, TextReply) else ""
        if text == "crash":
            raise ZeroDivisionError("a mistake of this program")
        self.sent.append(send)
        self.keys.append(key)
        return self.outcomes.get(text, Completed(None))

    async def find_media(self, name: str, kind: MediaKind) -> str | None:
        """A media id that tells what it is of."""
        return None if name == "lost" else f"{name}-{kind}"
