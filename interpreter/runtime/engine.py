"""The engine: one message in, the bytes that answer it out.

How a message goes through here
-------------------------------
*Once.* A message that is delivered again joins its turn while that runs, and afterwards gets the same bytes from the
store. Both are found under the message's key; the reply is saved in the same write as the session.

*In order.* The turns of one user wait for one another, in the order their messages arrived. Different users do not.

*All or nothing.* A turn loads the session, lets the machine step until it is done (performing the calls it asks for on
the way), and commits. Until then nothing is stored, logged for the author or sent. If another process has saved the
session meanwhile, the turn is decided again on the newer one, with the same seed, time and answers of services.

*In time.* WeChat delivers a message three times, five seconds apart, and takes the answer to any of them; but once it
is told that nothing follows, it asks no more. So a turn that takes longer than one delivery holds the first ones back
without an answer, and only the last one is told that there is none. Turns that take up to about 14 seconds are
answered in this way; the reply of a longer one is kept.

Whatever goes wrong inside a turn is logged once and ends that turn alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from interpreter.diagnostics.fault_words import fault_words
from interpreter.machine.effects import Effect, LogLine, Send
from interpreter.machine.events import EffectCompleted, EffectFailed, Event, Message, MessageReceived, Seed
from interpreter.machine.replies import Reply
from interpreter.machine.session import Session, Step, TraceLine
from interpreter.runtime.clock import Clock
from interpreter.runtime.performer import Call, Completed, Outcome, Performer
from interpreter.runtime.seeds import Seeds
from interpreter.stores.protocol import (
    REPLY_LIFE,
    SWEEP_SIZE,
    Commit,
    MessageKey,
    SessionConflict,
    SessionKey,
    SessionStore,
    Stored,
    StoreError,
)

_log = logging.getLogger("interpreter.runtime")
_turn_log = logging.getLogger("interpreter.turns")

Machine = Callable[[Session, Event], Step]
"""`step` with its program filled in."""

ANSWER_WITHIN = 4.5
"""Seconds; WeChat hangs up after five."""
DELIVERIES = 3
"""How often WeChat delivers a message that is not answered."""
_HOLD_SECONDS = 1.0
"""How much longer a delivery is held that another one will follow: until WeChat has surely hung up."""
_TURN_SECONDS = 300.0
_DRAIN_SECONDS = 5.0
_ATTEMPTS = 4
_GOODBYE = frozenset({"unsubscribe"})
"""Events after which nothing is kept of a user: they can neither be answered nor asked for consent any more."""


class Encoded(Protocol):
    """Replies in the form they are sent: the bytes that answer the message, and what found no room there."""

    @property
    def body(self) -> bytes:
        """What answers the request."""
        ...

    @property
    def rest(self) -> tuple[Reply, ...]:
        """What must go another way."""
        ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message at the door: whose it is, what makes it this message, and how its replies become bytes."""

    key: SessionKey
    message_key: MessageKey
    message: Message
    encode: Callable[[Sequence[Reply]], Encoded]


class HeldBack(Exception):  # noqa: N818  named for what happened
    """The turn is still running; the message should be delivered again, and must not be answered now."""


class Overloaded(Exception):  # noqa: N818  named for what happened
    """More turns are running than may; the message was not taken and should be delivered again."""


@dataclass(slots=True)
class _Running:
    """A turn that is running, and how often its message has been delivered meanwhile."""

    task: asyncio.Task[bytes | None]
    deliveries: int = 0


@dataclass(frozen=True, slots=True)
class _Decided:
    step: Step
    effects: tuple[Effect, ...]


@dataclass(slots=True)
class _Turn:
    """What a turn keeps when it must be decided again: its chance, its time, and what services answered."""

    arrival: Arrival
    machine: Machine
    """The one that ran when the turn began: a turn never mixes two versions of a bot."""
    at: datetime
    seed: Seed
    began: float
    answers: dict[tuple[str, int], Outcome] = field(default_factory=dict)
    """By request, and how often the turn had made an equal one before."""


class Engine:
    """Runs one bot."""

    def __init__(
        self,
        bot: str,
        machine: Machine,
        store: SessionStore,
        performer: Performer,
        *,
        clock: Clock,
        seeds: Seeds,
        zone: tzinfo,
        idle: timedelta,
        alias: Callable[[str], str],
        language: str = "en",
        max_turns: int = 2_000,
    ) -> None:
        self._bot = bot
        self._machine = machine
        self._store = store
        self._performer = performer
        self._clock = clock
        self._seeds = seeds
        self._zone = zone
        self._idle = idle
        self._alias = alias
        self._language = language
        self._max_turns = max_turns
        self._running: dict[tuple[SessionKey, MessageKey], _Running] = {}
        self._last: dict[SessionKey, asyncio.Task[bytes | None]] = {}

    async def handle(
        self, arrival: Arrival, *, within: float = ANSWER_WITHIN, hold: float = _HOLD_SECONDS
    ) -> bytes | None:
        """The answer to a message; None when there is none in time for its last delivery, or none at all.

        Raises:
            Overloaded: too many turns are running.
            HeldBack: the turn takes longer than this delivery, and another one will follow.
        """
        running = self._running.get((arrival.key, arrival.message_key)) or self._begin(arrival)
        running.deliveries += 1
        is_last = running.deliveries >= DELIVERIES
        done, _ = await asyncio.wait({running.task}, timeout=max(within if is_last else within + hold, 0))
        if done:
            return running.task.result()
        if not is_last:
            raise HeldBack
        _log.warning("%s: a turn takes longer than WeChat waits; its reply is not delivered", self._bot)
        return None

    def renew(self, machine: Machine, *, zone: tzinfo, idle: timedelta) -> None:
        """Take another version of the bot. Turns that have begun finish on the one they began with."""
        self._machine, self._zone, self._idle = machine, zone, idle

    async def sweep(self) -> None:
        """Forget old replies and conversations that are over, a few rows at a time."""
        now = self._clock.now()
        over = now - self._idle - timedelta(hours=1)
        await _repeat(lambda: self._store.sweep_replies(now - timedelta(seconds=REPLY_LIFE)))
        await _repeat(lambda: self._store.sweep_conversations(self._bot, over))

    async def close(self) -> None:
        """Let running turns finish, for a few seconds."""
        if self._running:
            tasks = [running.task for running in self._running.values()]
            _, late = await asyncio.wait(tasks, timeout=_DRAIN_SECONDS)
            for task in late:
                task.cancel()

    # ------------------------------------------------------------------------------------ the queue

    def _begin(self, arrival: Arrival) -> _Running:
        if len(self._running) >= self._max_turns:
            raise Overloaded
        before = self._last.get(arrival.key)
        task = asyncio.create_task(self._run(arrival, before))
        self._running[arrival.key, arrival.message_key] = running = _Running(task)
        self._last[arrival.key] = task
        task.add_done_callback(lambda done: self._end(arrival, done))
        return running

    def _end(self, arrival: Arrival, task: asyncio.Task[bytes | None]) -> None:
        del self._running[arrival.key, arrival.message_key]
        if self._last.get(arrival.key) is task:
            del self._last[arrival.key]

    async def _run(self, arrival: Arrival, before: asyncio.Task[bytes | None] | None) -> bytes | None:
        """The turn after the one before it; the boundary at which every failure of a turn ends."""
        if before is not None:
            await asyncio.wait({before})
        try:
            async with asyncio.timeout(_TURN_SECONDS):
                return await self._answer(arrival)
        except StoreError as error:
            _log.error("%s: a turn was lost: %s", self._bot, error)
        except TimeoutError:
            _log.error("%s: a turn was given up after %d s", self._bot, _TURN_SECONDS)
        except Exception:
            _log.exception("%s: a turn failed by a mistake of this program", self._bot)
        return None

    # ------------------------------------------------------------------------------------ the turn

    async def _answer(self, arrival: Arrival) -> bytes | None:
        now = self._clock.now().astimezone(self._zone)
        turn = _Turn(arrival, self._machine, now, self._seeds(), self._clock.monotonic())
        for attempt in range(1, _ATTEMPTS + 1):
            stored = await self._store.load(arrival.key, arrival.message_key)
            if stored.reply is not None:
                return stored.reply
            decided = await self._decide(turn, stored.session or Session(user=arrival.key.user))
            encoded = arrival.encode(decided.step.replies)
            try:
                await self._store.commit(self._commit(turn, stored, decided.step, encoded.body))
            except SessionConflict:
                if attempt == _ATTEMPTS:
                    raise
                continue
            await self._conclude(turn, decided, encoded.rest)
            return encoded.body
        raise AssertionError("the last attempt returns or raises")

    def _commit(self, turn: _Turn, stored: Stored, step: Step, body: bytes) -> Commit:
        leaves = turn.arrival.message.event in _GOODBYE
        return Commit(
            key=turn.arrival.key,
            session=None if leaves else step.session,
            expected=stored.revision,
            at=turn.at,
            message=turn.arrival.message_key,
            reply=body,
        )

    async def _decide(self, turn: _Turn, session: Session) -> _Decided:
        """Step until the turn is done."""
        effects: dict[str, Effect] = {}
        asked: Counter[str] = Counter()
        step = turn.machine(session, MessageReceived(turn.at, turn.seed, turn.arrival.message))
        while True:
            effects.update((effect.id, effect) for effect in step.effects)
            if step.session.turn is None:
                return _Decided(step, tuple(effects.values()))
            awaited = effects[step.session.turn.effect]
            assert not isinstance(awaited, (Send, LogLine)), "a turn waits for calls only"
            request = repr(replace(awaited, id=""))
            if (request, asked[request]) not in turn.answers:
                turn.answers[request, asked[request]] = await self._performer.call(awaited)
            outcome = turn.answers[request, asked[request]]
            asked[request] += 1
            step = turn.machine(step.session, self._result(turn, awaited, outcome))

    def _result(self, turn: _Turn, effect: Call, outcome: Outcome) -> EffectCompleted | EffectFailed:
        at = self._clock.now().astimezone(turn.at.tzinfo)
        if isinstance(outcome, Completed):
            return EffectCompleted(at, turn.seed, effect.id, outcome.value)
        return EffectFailed(at, turn.seed, effect.id, outcome.kind, outcome.message, outcome.status, outcome.code)

    async def _conclude(self, turn: _Turn, decided: _Decided, rest: Sequence[Reply]) -> None:
        """What follows a turn that was saved; nothing here can undo it or keep its answer back."""
        self._log_turn(turn, decided.step)
        if rest:
            _log.warning("%s: %d more replies were not delivered: one fits into an answer", self._bot, len(rest))
        try:
            for effect in decided.effects:
                if isinstance(effect, (Send, LogLine)):
                    await self._performer.dispatch(effect)
        except Exception:
            _log.exception("%s: an effect of a turn failed by a mistake of this program", self._bot)

    def _log_turn(self, turn: _Turn, step: Step) -> None:
        for line in step.trace:
            if line.kind == "fault":
                said = fault_words(line.name, line.detail).say(self._language)
                _log.warning("%s: %s", line.place or self._bot, said)
        if not _turn_log.isEnabledFor(logging.INFO):
            return
        message = turn.arrival.message
        _turn_log.info(
            "bot=%s user=%s type=%s by=%s replies=%d ms=%.0f",
            self._bot,
            self._alias(message.user),
            message.event or message.type,
            _deciders(step.trace),
            len(step.replies),
            (self._clock.monotonic() - turn.began) * 1000,
        )


def _deciders(trace: Sequence[TraceLine]) -> str:
    names = [line.name for line in trace if line.kind in {"rule", "state", "flow", "fallback"}]
    return ",".join(names).replace(" ", "_") or "-"


async def _repeat(sweep: Callable[[], Coroutine[object, object, int]]) -> None:
    while await sweep() >= SWEEP_SIZE:
        pass
