"""A conversation over the machine, without a world: several users, a clock that is moved by hand, mocked answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zlib import crc32

from msgspec.structs import replace

from interpreter.machine.effects import CallApi, CallService, Effect
from interpreter.machine.events import EffectCompleted, EffectFailed, Event, Message, MessageReceived, Seed, TimerFired
from interpreter.machine.inspection import mock_answer
from interpreter.machine.replies import Reply
from interpreter.machine.session import Session, Step, TraceLine
from interpreter.machine.step import step
from interpreter.machine.waits import wake_at
from interpreter.program.tables import Program
from interpreter.values import Fault, Value

EFFECT_LIMIT = 200
"""How many results one turn may wait for, before it is taken for an endless one."""
TIMER_LIMIT = 1_000
"""How many timers may fire while the clock is moved once."""


@dataclass(slots=True)
class Exchange:
    """What the last message led to, or the last move of the clock."""

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
    play_api: Callable[[str, Mapping[str, Value]], Value] | None = None
    """What WeChat answers a call of its API for which nothing is given; a text says why the call would not be sent."""
    perform: Callable[[CallService], EffectCompleted | EffectFailed] | None = None
    """Who calls a service that has neither a given answer nor a mock; nobody does in a test."""
    forget: Callable[[CallService], None] | None = None
    """Told of a call that was performed and whose answer the bot could not take."""
    sessions: dict[str, Session] = field(default_factory=dict)
    last: Exchange = field(default_factory=Exchange)
    _turns: int = 0
    _calls: dict[str, int] = field(default_factory=dict)

    def session(self, user: str) -> Session:
        """A user's session; a new user begins with what is given."""
        known = self.sessions.get(user)
        if known is not None:
            return known
        return Session(user, vars=dict(self.vars), memory=dict(self.memory), edition=self.program.edition)

    def advance(self, duration: timedelta) -> Exchange:
        """Move the clock on.

        Raises:
            OverflowError: it cannot be moved that far, or too many timers fire on the way.
        """
        return self.move_to(self.now + duration)

    def move_to(self, moment: datetime) -> Exchange:
        """Set the clock; the timers that are due by then fire one after the other, each at its time.

        Raises:
            OverflowError: too many of them.
        """
        self.last = exchange = Exchange()
        for _ in range(TIMER_LIMIT):
            timer = min(self._timers(moment), default=None)
            if timer is None:
                self.now = moment
                return exchange
            due, user = timer
            self.now = max(self.now, due)
            self._turns += 1
            self._take_turn(user, TimerFired(self.now, self._seed()))
        raise OverflowError(f"more than {TIMER_LIMIT} timers")

    def _timers(self, until: datetime) -> Iterator[tuple[datetime, str]]:
        """When which user's next timer is due, for those that are due by then."""
        for user, session in self.sessions.items():
            due = wake_at(self.program, session)
            if due is not None and due <= until:
                yield due, user

    def receive(self, message: Message) -> Exchange:
        """Let a user send a message, and perform what the turn asks for."""
        self.last = exchange = Exchange()
        self._turns += 1
        self._take_turn(message.user, MessageReceived(self.now, self._seed(), message))
        return exchange

    def _take_turn(self, user: str, event: Event) -> None:
        exchange = self.last
        outcome = self._step(user, event)
        for _ in range(EFFECT_LIMIT):
            exchange.effects += outcome.effects
            if outcome.is_done:
                break
            call = outcome.effects[-1]
            outcome = self._step(user, self._perform(call, outcome.session))
            if self.forget is not None and isinstance(call, CallService) and call.id in outcome.unfit:
                self.forget(call)
        exchange.replies += outcome.replies
        exchange.trace += outcome.trace

    def _seed(self) -> Seed:
        return self.pinned if self.pinned is not None else crc32(f"{self.program.name}{self._turns}".encode())

    def _step(self, user: str, event: Event) -> Step:
        outcome = step(self.program, self.session(user), event)
        self.sessions[user] = outcome.session
        return outcome

    def _perform(self, effect: Effect, session: Session) -> EffectCompleted | EffectFailed:
        if isinstance(effect, CallService):
            return self._answer(session, effect)
        assert isinstance(effect, CallApi)
        return self._answer_api(effect)

    def _answer_api(self, call: CallApi) -> EffectCompleted | EffectFailed:
        name, seed = call.method, self._seed()
        answer = self._given(f"api.{name}")
        if answer is None and self.play_api is not None:
            answer = self.play_api(name, call.arguments)
            if isinstance(answer, str):
                return EffectFailed(self.now, seed, call.id, "refused", answer)
        if answer is None:
            self.last.unanswered.append(name)
            return EffectFailed(self.now, seed, call.id, "api", f"no answer is given for {name}")
        if not isinstance(answer, Mapping):
            return EffectCompleted(self.now, seed, call.id, answer)
        if answer.get("timeout") is True:
            return EffectFailed(self.now, seed, call.id, "timeout", f"{name} did not answer in time")
        code = answer.get("errcode", 0)
        if isinstance(code, int) and code != 0:
            said = f"{name}: error {code}: {answer.get('errmsg', '')}".rstrip(": ")
            return EffectFailed(self.now, seed, call.id, "api", said, code=code)
        return EffectCompleted(self.now, seed, call.id, answer)

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
