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
write ends in a callback of that. Any other turn, and whatever comes of a write but success, has a task. A delivery is
answered when its turn ends; it gets a task when its turn has not ended in time, or not as turns do.

Whatever goes wrong inside a turn is logged once and ends that turn alone. A turn that the store could not save is left
to the next delivery.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine, Sequence
from contextvars import copy_context
from datetime import timedelta
from functools import partial

from interpreter.runtime.arrival import Arrival, HeldBack, Overloaded, StoreFailed
from interpreter.runtime.clock import Clock
from interpreter.runtime.complaints import Complaints
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
from interpreter.runtime.turn import ELSEWHERE, TIMER, Delivery, Place, Running, Taken, Turn
from interpreter.runtime.version import BotVersion
from interpreter.runtime.waiting import Alarm, Deadline, ends, pass_on
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

_MOST_LOST = 1_000
"""Messages whose lost turns are counted."""

_SLACK = 0.005
"""Seconds by which a delivery may be tired of waiting too early or too late, so that a timer is for many of them."""


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
        self._complaints = Complaints(bot, clock)
        self._running: dict[Place, Running] = {}
        self._last: dict[SessionKey, asyncio.Future[Taken | None]] = {}
        self._lost: dict[Place, int] = {}
        """How many deliveries have found the turn of their message lost."""
        self._alarm = Alarm(self._look)
        """Rings when somebody may have waited too long."""
        self._is_closing = False

    @property
    def version(self) -> BotVersion:
        """The version that new turns run on."""
        return self._version

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
    ) -> bytes | asyncio.Future[bytes | None] | None:
        """What `handle` gives if it can be had without waiting, else a future of it.

        Raises:
            Overloaded: too many turns are running.
        """
        running = self._running.get((arrival.key, arrival.message_key)) if self._running else None
        if running is not None:
            until = self._clock.monotonic() + within
            running.turn.until = min(running.turn.until, until)
        else:
            turn = self._turn(arrival.key, arrival.message_key, arrival)
            turn.until = until = turn.began + within
            if self._is_closing or len(self._running) >= self._max_turns:
                self._observe(turn, Taken("shed"))
                raise Overloaded
            if self._at_once is not None and not (self._last and arrival.key in self._last):
                try:
                    taken = self._taking.take_now(turn, self._at_once)
                except Exception:
                    taken = self._complaints.mistake(turn)
                if isinstance(taken, Taken):
                    self._observe(turn, taken)
                    return taken.body
                running = self._save(turn, taken) if taken is not None else None
            running = running or self._enqueue(turn)
        loop = asyncio.get_running_loop()
        tired = loop.time() + within
        delivery = Delivery(arrival, until, hold, tired, loop.create_future(), running.context or copy_context())
        running.deliveries.append(delivery)
        self._alarm.ring_by(tired)
        return delivery.answer

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
        left = list(self._running.values())
        tasks = [running.ended for running in left]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._timing.drain)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for running in left:
            if running.ended.cancelled():
                self._observe(running.turn, self._complaints.cut_off(running.turn))
            self._end(running)
        self._alarm.stop()
        await self._courier.close(max(end - self._clock.monotonic(), 0))

    # ------------------------------------------------------------------------------------ deliveries

    def _go_on(self, running: Running, delivery: Delivery) -> None:
        """Find another answer for a delivery than the one its turn has, or has not yet."""
        finding = asyncio.get_running_loop().create_task(self._find(running, delivery), context=delivery.context)
        pass_on(finding, delivery.answer)

    async def _find(self, running: Running, delivery: Delivery) -> bytes | None:
        body = await self._remembered(running, delivery)
        if body is None or not body.startswith(SEAL):
            return body
        return await self._unseal(delivery.arrival, body)

    async def _remembered(self, running: Running, delivery: Delivery) -> bytes | None:
        """What is remembered as the answer to a delivery that is tired of waiting, or whose turn has ended."""
        task, arrival, until = running.ended, delivery.arrival, delivery.until
        if not task.done():
            patience = 1 if arrival.is_last else self._slow.deliveries
            knock = await self._knock(arrival, patience)
            if knock is not None and knock.reply is not None:
                return knock.reply
            if arrival.is_last if knock is None else knock.count >= patience:
                return self._outbox.notice(arrival)
            if not await ends(task, delivery.hold) or self._clock.monotonic() > until + LISTENS:
                await asyncio.sleep(max(until + delivery.hold - self._clock.monotonic(), 0))
                raise HeldBack
        if running.turn.is_lost:
            return await self._answer_lost(arrival)
        if task.cancelled():
            raise HeldBack
        taken = task.result()
        return taken.body if taken is not None else None

    async def _unseal(self, arrival: Arrival, body: bytes) -> bytes | None:
        """A reply that has a spare, unless the spare went to the user; what the store cannot say is left to it."""
        try:
            return await unseal(self._store, arrival.key, arrival.message_key, body, self._clock.now())
        except StoreUnavailable as error:
            self._complaints.left(error)
            if arrival.is_last:
                return None
            raise StoreFailed from error

    async def _answer_lost(self, arrival: Arrival) -> bytes | None:
        """What a delivery gets whose turn the store could not save, as far as that is known."""
        place = (arrival.key, arrival.message_key)
        if len(self._lost) >= _MOST_LOST:
            del self._lost[next(iter(self._lost))]
        self._lost[place] = count = self._lost.get(place, 0) + 1
        knock = await self._knock(arrival, DELIVERIES, is_told=True)
        if knock is not None and knock.reply is not None:
            return knock.reply
        if not arrival.is_last and max(count, knock.count if knock is not None else 0) < DELIVERIES:
            raise StoreFailed
        return None

    async def _knock(self, arrival: Arrival, limit: int, *, is_told: bool = False) -> Knock | None:
        """Count a delivery that has waited in vain; None when the store cannot. One knock too many does no harm.

        `is_told` says that the log knows already of the store.
        """
        for _ in range(2):
            try:
                return await self._store.knock(arrival.key, arrival.message_key, self._clock.now(), limit)
            except StoreUnavailable as error:
                cause = error
        if not is_told:
            self._complaints.uncounted(cause)
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
        at = self._clock.now_in(version.zone)
        return Turn(key, message, version, at, self._seeds(), self._clock.monotonic(), arrival)

    def _enqueue(self, turn: Turn) -> Running:
        """Begin a turn, or let it wait for the one before it."""
        task = asyncio.create_task(self._finish(turn, self._last.get(turn.key)))
        running = self._note(turn, task)
        task.add_done_callback(partial(self._end, running))
        return running

    def _save(self, turn: Turn, saving: Saving) -> Running:
        """Let a turn end with its write. One whose write is nothing special needs no task."""
        running = self._note(turn, asyncio.get_running_loop().create_future())
        running.context = copy_context()
        saving.then = partial(running.context.run, self._end_write, running)  # type: ignore[call-arg]
        return running

    def _end_write(self, running: Running, saving: Saving) -> None:
        turn, ended, saved = running.turn, running.ended, saving.outcome
        if ended.done():  # it was given up
            return
        if not isinstance(saved, Committed) or saved.was_given_up:
            pass_on(asyncio.create_task(self._finish(turn, None, saving)), ended)
            ended.add_done_callback(partial(self._end, running))
            return
        try:
            taken = self._taking.conclude(turn, saving.step, saving.commit, saving.dropped)
        except Exception:
            taken = self._complaints.mistake(turn)
        ended.set_result(taken)
        self._end(running)
        self._observe(turn, taken)

    def _note(self, turn: Turn, ended: asyncio.Future[Taken | None]) -> Running:
        place = (turn.key, turn.message_key)
        self._last[turn.key] = ended
        self._running[place] = running = Running(place, turn, ended, [])
        return running

    def _end(self, running: Running, _: object = None) -> None:
        """Answer those who wait for a turn that has ended; to be called by whoever lets it end, but once is enough."""
        place, ended = running.place, running.ended
        if self._running.get(place) is not running:
            return
        del self._running[place]
        if self._last.get(place[0]) is ended:
            del self._last[place[0]]
        has_ended = not (ended.cancelled() or ended.exception() or running.turn.is_lost)
        taken = ended.result() if has_ended else None
        body = taken.body if taken is not None else None
        is_answer = has_ended and not (body and body.startswith(SEAL))
        for delivery in running.deliveries:
            if delivery.answer.done():  # it was given up
                continue
            if is_answer:
                delivery.answer.set_result(body)
            else:
                self._go_on(running, delivery)

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

    def _look(self) -> None:
        """See to deliveries that are tired of waiting, and to writes that last longer than a turn may take."""
        now = asyncio.get_running_loop().time()
        due = now + _SLACK
        soonest = math.inf
        for running in list(self._running.values()):
            if running.ended.done():
                continue
            waiting = [delivery for delivery in running.deliveries if not delivery.answer.done()]
            running.deliveries = [delivery for delivery in waiting if delivery.tired > due]
            for delivery in waiting:
                if delivery.tired <= due:
                    self._go_on(running, delivery)
                else:
                    soonest = min(soonest, delivery.tired)
            if not isinstance(running.ended, asyncio.Task):  # else it sees to it itself
                left = running.turn.began + self._timing.turn - self._clock.monotonic()
                if left > 0:
                    soonest = min(soonest, now + left)
                else:
                    running.ended.set_result(self._given_up(running.turn))
                    self._end(running)
        self._alarm.ring_by(max(soonest, due))

    def _given_up(self, turn: Turn) -> Taken:
        taken = self._complaints.given_up(turn, self._timing.turn)
        self._observe(turn, taken)
        return taken

    async def _run(self, turn: Turn, saving: Saving | None) -> Taken | None:
        """The boundary at which every failure of a turn ends."""
        if turn.arrival is None:
            spoken_of.set(turn.key.user)
        taken: Taken | None = None
        try:
            taken = await self._taking.take(turn, saving)
        except StoreError as error:
            turn.is_lost = True
            taken = self._complaints.lost(turn, error)
        except Exception:
            taken = self._complaints.mistake(turn)
            await self._postpone(turn)
        if taken is not None and taken is not ELSEWHERE:
            self._observe(turn, taken)
        return taken

    async def _postpone(self, turn: Turn) -> None:
        """Let a timer whose turn fails by a mistake of ours not fail every second."""
        if turn.arrival is not None:
            return
        try:
            await self._taking.save_wake(turn, postponed=self._timing.postponed)
        except StoreError as error:
            self._complaints.not_postponed(error)

    def _observe(self, turn: Turn, taken: Taken) -> None:
        if not self._observers:
            return
        ms = (self._clock.monotonic() - turn.began) * 1000
        tell(self._observers, turn.record(self._bot, self._alias(turn.key.user), taken, ms))


async def _repeat(sweep: Callable[[], Coroutine[object, object, int]]) -> None:
    while await sweep() >= SWEEP_SIZE:
        pass
