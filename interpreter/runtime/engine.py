"""The engine: one message in, the bytes that answer it out; and what is due by itself.

How a message goes through here
-------------------------------
*Once.* A message that is delivered again joins its turn while that runs, and afterwards gets the same bytes from the
store. Both are found under the message's key; the reply is saved in the same write as the session.

*In order.* The turns of one user wait for one another, in the order their messages arrived here. Different users do
not. Of two processes, the one that saves first comes first.

*All or nothing.* A turn loads the session, lets the machine step until it is done (performing the calls it asks for on
the way), and commits: session, reply and everything to be sent in one write (`taking`, `deciding`, `outbox`). Until
then nothing is stored, logged for the author or sent. What is to be sent leaves the store when it is sent (`courier`).

*In time.* WeChat delivers a message three times, five seconds apart, and takes the answer to any of them; but once it
is told that nothing follows, it asks no more. A delivery that waits in vain knocks at the store. While another one
will follow it is not answered; the last one is answered with a notice, and the turn, once it is saved, sends its reply
another way (`slow`). The reply that waits for a delivery goes that way, too, if none comes (`spare`). Knock and commit
are decided by the store, so this holds when every delivery comes to another process: a reply goes exactly one way.

*Without waiting.* A task costs more than most turns. So a turn that has nothing to wait for, with a store that knows
its session at once, is done where its message is handed in (`Taking.take_now`); one that waits for nothing but its
write ends in a callback of that. Any other turn, and whatever comes of a write but success, has a task.

Whatever goes wrong inside a turn is logged once and ends that turn alone. A turn that the store could not save is left
to the next delivery.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta

from interpreter.runtime.arrival import Arrival, HeldBack, Overloaded
from interpreter.runtime.clock import Clock
from interpreter.runtime.courier import Courier
from interpreter.runtime.observing import Observer, tell
from interpreter.runtime.outbox import Outbox
from interpreter.runtime.performer import Performer
from interpreter.runtime.seeds import Seeds
from interpreter.runtime.slow import Slow
from interpreter.runtime.spare import SEAL, unseal
from interpreter.runtime.spoken_of import spoken_of
from interpreter.runtime.taking import Saving, Taking
from interpreter.runtime.timing import ANSWER_WITHIN, DELIVERIES, HOLD_SECONDS, LISTENS, Timing
from interpreter.runtime.turn import ELSEWHERE, TIMER, Taken, Turn
from interpreter.runtime.version import BotVersion
from interpreter.runtime.waiting import Deadline, ends, pass_on
from interpreter.runtime.watch import Watch
from interpreter.stores.protocol import (
    REPLY_LIFE,
    SWEEP_SIZE,
    Committed,
    Knock,
    MessageKey,
    SessionKey,
    SessionStore,
    StoreError,
    StoreUnavailable,
)

_log = logging.getLogger("interpreter.runtime")

_FAILED = Taken("failed")
_MOST_LOST = 1_000
"""Messages whose lost turns are counted."""

_Place = tuple[SessionKey, MessageKey]


@dataclass(slots=True)
class Running:
    """A turn that has to wait for something; `ended` is its task, or comes with its write."""

    turn: Turn
    ended: asyncio.Future[Taken | None]


class Engine:
    """Runs one bot."""

    def __init__(
        self,
        bot: str,
        version: BotVersion,
        store: SessionStore,
        performer: Performer,
        *,
        clock: Clock,
        seeds: Seeds,
        alias: Callable[[str], str],
        slow: Slow | None = None,
        observers: Sequence[Observer] = (),
        max_turns: int = 2_000,
        timing: Timing | None = None,
    ) -> None:
        slow, timing = slow or Slow(), timing or Timing()
        self._bot = bot
        self._version = version
        self._store = store
        self._at_once = store.at_once
        self._clock = clock
        self._seeds = seeds
        self._alias = alias
        self._slow = slow
        self._observers = tuple(observers)
        self._max_turns = max_turns
        self._timing = timing
        self._outbox = Outbox(slow, clock, timing)
        self._courier = Courier(bot, store, performer, clock, timing, else_later=slow.else_later)
        self._taking = Taking(
            bot,
            store,
            performer,
            self._outbox,
            self._courier,
            clock,
            timing,
            timer=lambda key: self._turn(key, TIMER),
            told=self._observe,
        )
        self._watch = Watch(bot, store, self._courier, clock, timing, self._begin_timer, self._renew_wake)
        self._running: dict[_Place, Running] = {}
        self._last: dict[SessionKey, asyncio.Future[Taken | None]] = {}
        self._lost: dict[_Place, int] = {}
        """How many deliveries have found the turn of their message lost."""
        self._alarm: asyncio.TimerHandle | None = None
        """Rings when a turn that has no task may have taken too long."""
        self._is_closing = False

    @property
    def version(self) -> BotVersion:
        """The version that new turns run on."""
        return self._version

    @property
    def answers_at_once(self) -> bool:
        """Whether most messages are answered without waiting."""
        return self._at_once is not None

    @property
    def running(self) -> int:
        """How many turns are running or wait for another of their user."""
        return len(self._running)

    @property
    def unsent(self) -> int:
        """How many messages this process has yet to send."""
        return self._courier.waiting

    async def handle(
        self, arrival: Arrival, *, within: float = ANSWER_WITHIN, hold: float = HOLD_SECONDS
    ) -> bytes | None:
        """The answer to a message; None when there will be none.

        Raises:
            Overloaded: too many turns are running.
            HeldBack: this delivery must not be answered, and another one will follow.
        """
        begun = self.begin(arrival, within=within, hold=hold)
        return begun if begun is None or isinstance(begun, bytes) else await begun

    def begin(
        self, arrival: Arrival, *, within: float = ANSWER_WITHIN, hold: float = HOLD_SECONDS
    ) -> bytes | Coroutine[object, object, bytes | None] | None:
        """The answer to a message if it can be had without waiting, else what is left of `handle`, to be awaited.

        Raises:
            Overloaded: too many turns are running.
        """
        running = self._running.get((arrival.key, arrival.message_key)) if self._running else None
        if running is None:
            turn = self._turn(arrival.key, arrival.message_key, arrival)
            turn.until = turn.began + within
            if self._is_closing or len(self._running) >= self._max_turns:
                self._observe(turn, Taken("shed"))
                raise Overloaded
            if self._at_once is not None and not (self._last and arrival.key in self._last):
                try:
                    taken = self._taking.take_now(turn, self._at_once)
                except Exception:
                    taken = self._failed()
                if isinstance(taken, Taken):
                    self._observe(turn, taken)
                    return taken.body
                running = self._save(turn, taken) if taken is not None else None
            running = running or self._enqueue(turn)
        return self._wait(running, arrival, within, hold)

    async def _wait(self, running: Running, arrival: Arrival, within: float, hold: float) -> bytes | None:
        """The answer to a message whose turn has to wait."""
        body = await self._await_turn(running, arrival, within, hold)
        if body is None or not body.startswith(SEAL):
            return body
        return await self._unseal(arrival, body)

    async def _await_turn(self, running: Running, arrival: Arrival, within: float, hold: float) -> bytes | None:
        """What is remembered as the answer to a message whose turn has to wait."""
        task = running.ended
        until = self._clock.monotonic() + within
        if until < running.turn.until:
            running.turn.until = until
        if not await ends(task, within):
            patience = 1 if arrival.is_last else self._slow.deliveries
            knock = await self._knock(arrival, patience)
            if knock is not None and knock.reply is not None:
                return knock.reply
            if arrival.is_last if knock is None else knock.count >= patience:
                return self._outbox.notice(arrival)
            if not await ends(task, hold) or self._clock.monotonic() > until + LISTENS:
                await asyncio.sleep(max(until + hold - self._clock.monotonic(), 0))
                raise HeldBack
        if running.turn.is_lost:
            return await self._answer_lost(arrival)
        if task.cancelled():
            raise HeldBack
        taken = task.result()
        return taken.body if taken is not None else None

    async def wake(self) -> None:
        """Let timers fire that are due, and send what another process has left behind; to be called often."""
        if not self._is_closing:
            await self._watch.look()

    def renew(self, version: BotVersion) -> None:
        """Take another version of the bot. Turns that have begun finish on the one they began with."""
        self._version = version

    async def sweep(self) -> None:
        """Forget old replies and conversations that are over, a few rows at a time."""
        now = self._clock.now()
        over = now - self._version.idle - timedelta(hours=1)
        await _repeat(lambda: self._store.sweep_replies(now - timedelta(seconds=REPLY_LIFE)))
        await _repeat(lambda: self._store.sweep_conversations(self._bot, over))

    async def close(self) -> None:
        """Let running turns finish and send what they send, for a few seconds; take no others."""
        self._is_closing = True
        end = self._clock.monotonic() + self._timing.drain
        tasks = [running.ended for running in self._running.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._timing.drain)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self._alarm is not None:
            self._alarm.cancel()
        await self._courier.close(max(end - self._clock.monotonic(), 0))

    # ------------------------------------------------------------------------------------ deliveries

    async def _unseal(self, arrival: Arrival, body: bytes) -> bytes | None:
        """A reply that has a spare, unless the spare went to the user; what the store cannot say is left to it."""
        try:
            return await unseal(self._store, arrival.key, arrival.message_key, body, self._clock.now())
        except StoreUnavailable as error:
            _log.error("%s: a reply is left to another delivery: %s", self._bot, error)
            if arrival.is_last:
                return None
            raise HeldBack from error

    async def _answer_lost(self, arrival: Arrival) -> bytes | None:
        """What a delivery gets whose turn the store could not save, as far as that is known."""
        place = (arrival.key, arrival.message_key)
        if len(self._lost) >= _MOST_LOST:
            del self._lost[next(iter(self._lost))]
        self._lost[place] = count = self._lost.get(place, 0) + 1
        knock = await self._knock(arrival, DELIVERIES)
        if knock is not None and knock.reply is not None:
            return knock.reply
        if not arrival.is_last and max(count, knock.count if knock is not None else 0) < DELIVERIES:
            raise HeldBack
        return None

    async def _knock(self, arrival: Arrival, limit: int) -> Knock | None:
        """Count a delivery that has waited in vain; None when the store cannot. One knock too many does no harm."""
        for _ in range(2):
            try:
                return await self._store.knock(arrival.key, arrival.message_key, self._clock.now(), limit)
            except StoreUnavailable as error:
                cause = error
        _log.error("%s: a delivery could not be counted: %s", self._bot, cause)
        return None

    # ------------------------------------------------------------------------------------ the queue

    def _begin_timer(self, key: SessionKey) -> asyncio.Future[Taken | None] | None:
        if self._is_closing or len(self._running) >= self._max_turns or (key, TIMER) in self._running:
            return None
        return self._enqueue(self._turn(key, TIMER)).ended

    async def _renew_wake(self, key: SessionKey) -> None:
        await self._taking.save_wake(self._turn(key, TIMER))

    def _turn(self, key: SessionKey, message: MessageKey, arrival: Arrival | None = None) -> Turn:
        version = self._version
        at = self._clock.now().astimezone(version.zone)
        return Turn(key, message, version, at, self._seeds(), self._clock.monotonic(), arrival)

    def _enqueue(self, turn: Turn) -> Running:
        """Begin a turn, or let it wait for the one before it."""
        return self._note(turn, asyncio.create_task(self._finish(turn, self._last.get(turn.key))))

    def _save(self, turn: Turn, saving: Saving) -> Running:
        """Let a turn end with its write. One whose write is nothing special needs no task."""
        ended: asyncio.Future[Taken | None] = asyncio.get_running_loop().create_future()

        def end(saved: asyncio.Future[Committed]) -> None:
            is_usual = not (saved.cancelled() or saved.exception() or saved.result().was_given_up)
            if ended.done():  # it was given up
                return
            if not is_usual:
                pass_on(asyncio.create_task(self._finish(turn, None, saving)), ended)
                return
            try:
                taken = self._taking.conclude(turn, saving.step, saving.commit, saving.dropped)
            except Exception:
                taken = self._failed()
            self._observe(turn, taken)
            ended.set_result(taken)

        asyncio.ensure_future(saving.saved).add_done_callback(end)
        if self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(self._timing.turn, self._give_up)
        return self._note(turn, ended)

    def _note(self, turn: Turn, ended: asyncio.Future[Taken | None]) -> Running:
        place = (turn.key, turn.message_key)
        self._last[turn.key] = ended
        self._running[place] = running = Running(turn, ended)
        ended.add_done_callback(lambda _: self._end(place, ended))
        return running

    def _end(self, place: _Place, ended: asyncio.Future[Taken | None]) -> None:
        del self._running[place]
        if self._last.get(place[0]) is ended:
            del self._last[place[0]]

    async def _finish(
        self, turn: Turn, before: asyncio.Future[Taken | None] | None, saving: Saving | None = None
    ) -> Taken | None:
        """A turn, or the rest of it, after the turn before it, and within the time a turn may take."""
        if before is not None:
            await asyncio.wait({before})
        deadline = Deadline(self._timing.turn)
        try:
            return await self._run(turn, saving)
        except asyncio.CancelledError:
            if not deadline.has_cancelled():
                raise
            return self._given_up(turn)
        finally:
            deadline.lift()

    def _give_up(self) -> None:
        """End turns whose writes last longer than a turn may take; those that have a task see to it themselves."""
        self._alarm = None
        for running in list(self._running.values()):
            if running.ended.done() or isinstance(running.ended, asyncio.Task):
                continue
            left = running.turn.began + self._timing.turn - self._clock.monotonic()
            if left > 0:
                self._alarm = asyncio.get_running_loop().call_later(left, self._give_up)
                return
            running.ended.set_result(self._given_up(running.turn))

    def _given_up(self, turn: Turn) -> Taken:
        _log.error("%s: a turn was given up after %d s", self._bot, self._timing.turn)
        self._observe(turn, _FAILED)
        return _FAILED

    async def _run(self, turn: Turn, saving: Saving | None) -> Taken | None:
        """The boundary at which every failure of a turn ends."""
        if turn.arrival is None:
            spoken_of.set(turn.key.user)
        taken: Taken | None = _FAILED
        try:
            taken = await self._taking.take(turn, saving)
        except StoreError as error:
            turn.is_lost = True
            _log.error("%s: a turn was lost: %s", self._bot, error)
        except Exception:
            taken = self._failed()
            await self._postpone(turn)
        if taken is not None and taken is not ELSEWHERE:
            self._observe(turn, taken)
        return taken

    def _failed(self) -> Taken:
        """Say what is wrong with us."""
        _log.exception("%s: a turn failed by a mistake of this program", self._bot)
        return _FAILED

    async def _postpone(self, turn: Turn) -> None:
        """Let a timer whose turn fails by a mistake of ours not fail every second."""
        if turn.arrival is not None:
            return
        try:
            await self._taking.save_wake(turn, postponed=self._timing.postponed)
        except StoreError as error:
            _log.error("%s: a timer could not be postponed: %s", self._bot, error)

    def _observe(self, turn: Turn, taken: Taken) -> None:
        if not self._observers:
            return
        ms = (self._clock.monotonic() - turn.began) * 1000
        tell(self._observers, turn.record(self._bot, self._alias(turn.key.user), taken, ms))


async def _repeat(sweep: Callable[[], Coroutine[object, object, int]]) -> None:
    while await sweep() >= SWEEP_SIZE:
        pass
