"""Engines with all they work with, and messages for them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from fakes.clock import FakeClock
from fakes.machine import count_turns, counting
from fakes.performer import FakePerformer
from msgspec.structs import replace

from interpreter.machine.events import Message
from interpreter.machine.replies import Reply, TextReply
from interpreter.machine.session import Session
from interpreter.runtime.arrival import Arrival
from interpreter.runtime.clock import Clock
from interpreter.runtime.engine import Engine
from interpreter.runtime.observing import TurnRecord
from interpreter.runtime.slow import Slow
from interpreter.runtime.timing import Timing
from interpreter.runtime.turn_log import TurnLog
from interpreter.runtime.version import Machine
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import MessageKey, SessionKey, SessionStore

ANN = SessionKey("demo", "ann")
NUMBERS = itertools.count()

AT_ONCE = Timing(look=0, retry=0, after_answer=0)
"""For tests that do not wait."""

PUSH = Slow(hold=True, then="push", notice="wait", can_push=True)
LATER = Slow(hold=True, then="later", notice="ask again")
NEITHER = Slow(hold=True, then=None, notice="sorry", else_later=False)


@dataclass(frozen=True)
class Plain:
    """Replies as bytes: the first text, and everything after it."""

    body: bytes
    rest: tuple[Reply, ...] = ()
    first: Reply | None = None


def plain(replies: Sequence[Reply]) -> Plain:
    """What answers a message in these tests."""
    first = replies[0] if replies else None
    return Plain(first.text.encode() if isinstance(first, TextReply) else b"success", tuple(replies[1:]), first)


def arrival(text: str, user: str = "ann", key: str = "", **message: object) -> Arrival:
    """A message at the door; without a key it is a new one."""
    said = replace(Message(type="text", user=user, account="gh_bot", time=0, text=text), **message)  # type: ignore[arg-type]
    return Arrival(SessionKey("demo", user), MessageKey(key or f"m{next(NUMBERS)}"), said, plain)


class Seen:
    """Keeps what observers are told."""

    def __init__(self) -> None:
        self.records: list[TurnRecord] = []

    def turn(self, record: TurnRecord) -> None:
        """A turn has ended."""
        self.records.append(record)

    @property
    def outcomes(self) -> list[str]:
        """How the turns ended."""
        return [record.outcome for record in self.records]


class EngineHouse:
    """An engine and all it works with; several can share a store, a clock and a performer."""

    def __init__(
        self,
        store: SessionStore | None = None,
        machine: Machine = count_turns,
        *,
        slow: Slow = LATER,
        performer: FakePerformer | None = None,
        clock: Clock | None = None,
        max_turns: int = 2_000,
        timing: Timing = AT_ONCE,
    ) -> None:
        self.store = store or MemoryStore()
        self.performer = performer or FakePerformer()
        self.clock = clock or FakeClock()
        self.seen = Seen()
        seeds = itertools.count(100)
        self.engine = Engine(
            "demo",
            counting(machine),
            self.store,
            self.performer,
            clock=self.clock,
            seeds=lambda: next(seeds),
            alias=lambda user: f"<{len(user)}>",
            slow=slow,
            observers=(TurnLog(), self.seen),
            max_turns=max_turns,
            timing=timing,
        )

    async def say(self, text: str, user: str = "ann", key: str = "") -> str | None:
        """What is answered to a text."""
        body = await self.engine.handle(arrival(text, user, key))
        return None if body is None else body.decode()

    async def session(self, user: str = "ann") -> Session:
        """What is stored of a user."""
        return (await self.store.load(SessionKey("demo", user))).session or Session(user=user)

    async def settle(self) -> None:
        """Let everything that was begun come to its end."""
        await self.engine.close()

    @property
    def pushed(self) -> list[str]:
        """The texts of the messages that were sent."""
        return [send.reply.text for send in self.performer.sent if isinstance(send.reply, TextReply)]
