"""A conversation over the machine, without a world: several users, a clock that is moved by hand, mocked answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zlib import crc32

from interpreter.machine.effects import CallApi, CallService, Effect
from interpreter.machine.events import EffectCompleted, EffectFailed, Event, Message, MessageReceived, Seed
from interpreter.machine.inspection import mock_answer
from interpreter.machine.replies import Reply
from interpreter.machine.session import Session, Step, TraceLine
from interpreter.machine.step import step
from interpreter.program.tables import Program
from interpreter.values import Fault, Value

EFFECT_LIMIT = 200
"""How many results one turn may wait for, before it is taken for an endless one."""


@dataclass(slots=True)
class Exchange:
    """What the last message led to."""

    replies: tuple[Reply, ...] = ()
    effects: list[Effect] = field(default_factory=list)
    trace: tuple[TraceLine, ...] = ()
    unanswered: list[str] = field(default_factory=list)
    """Operations that were called and have neither a mock nor a given answer."""


@dataclass(slots=True)
class Conversation:
    """The users of one test and what is given to it."""

    program: Program
    now: datetime
    answers: Mapping[str, Value] = field(default_factory=dict)
    """Given answers by `service.operation`; a list gives one after the other, its last one from then on."""
    pinned: tuple[int, ...] | None = None
    vars: Mapping[str, Value] = field(default_factory=dict)
    memory: dict[str, Value] = field(default_factory=dict)
    perform: Callable[[CallService], EffectCompleted | EffectFailed] | None = None
    """Who calls a service that has neither a given answer nor a mock; nobody does in a test."""
    sessions: dict[str, Session] = field(default_factory=dict)
    last: Exchange = field(default_factory=Exchange)
    _turns: int = 0
    _calls: dict[str, int] = field(default_factory=dict)

    def session(self, user: str) -> Session:
        """A user's session; a new user begins with what is given."""
        known = self.sessions.get(user)
        return known or Session(user, vars=dict(self.vars), memory=dict(self.memory))

    def advance(self, duration: timedelta) -> None:
        """Move the clock on."""
        self.now += duration

    def receive(self, message: Message) -> Exchange:
        """Let a user send a message, and perform what the turn asks for."""
        self._turns += 1
        self.last = exchange = Exchange()
        outcome = self._step(message.user, MessageReceived(self.now, self._seed(), message))
        for _ in range(EFFECT_LIMIT):
            exchange.effects += outcome.effects
            if outcome.is_done:
                break
            outcome = self._step(message.user, self._perform(outcome))
        exchange.replies, exchange.trace = outcome.replies, outcome.trace
        return exchange

    def _seed(self) -> Seed:
        return self.pinned if self.pinned is not None else crc32(f"{self.program.name}{self._turns}".encode())

    def _step(self, user: str, event: Event) -> Step:
        outcome = step(self.program, self.session(user), event)
        self.sessions[user] = outcome.session
        return outcome

    def _perform(self, outcome: Step) -> EffectCompleted | EffectFailed:
        effect = outcome.effects[-1]
        seed = self._seed()
        if isinstance(effect, CallService):
            return self._answer(outcome.session, effect)
        name = effect.method if isinstance(effect, CallApi) else effect.id
        given = self._given(f"api.{name}")
        if given is None:
            self.last.unanswered.append(name)
            return EffectFailed(self.now, seed, effect.id, "api", f"no answer is given for {name}")
        return EffectCompleted(self.now, seed, effect.id, given)

    def _answer(self, session: Session, call: CallService) -> EffectCompleted | EffectFailed:
        name, seed = f"{call.service}.{call.operation}", self._seed()
        answer = self._given(name)
        if answer is None:
            try:
                answer = mock_answer(self.program, replace(session, turn=None), self.now, call)
            except Fault as fault:
                return EffectFailed(self.now, seed, call.id, "network", f"the mock of {name} failed: {fault.message}")
        if answer is None and self.perform is not None:
            return self.perform(call)
        if not isinstance(answer, Mapping):
            self.last.unanswered.append(name)
            return EffectFailed(self.now, seed, call.id, "network", f"{name} has neither a mock nor a given answer")
        if answer.get("timeout") is True:
            return EffectFailed(self.now, seed, call.id, "timeout", f"{name} did not answer in time")
        value: Value = {
            "status": answer.get("status", 200),
            "headers": answer.get("headers", {}),
            "body": answer.get("body"),
        }
        return EffectCompleted(self.now, seed, call.id, value)

    def _given(self, name: str) -> Value:
        answer = self.answers.get(name)
        if not isinstance(answer, (list, tuple)):
            return answer
        used = self._calls.get(name, 0)
        self._calls[name] = used + 1
        return answer[min(used, len(answer) - 1)] if answer else None
