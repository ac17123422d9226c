"""Taking a turn: from what the store knows of a user to what it knows afterwards.

A turn is decided on the session as it was loaded, and saved on top of it. If somebody else has saved the session
meanwhile, everything is thrown away but the turn's time, its chance and the answers of services, and it is decided
again. So whoever saves first has come first, and nobody ever writes over another's work, however long they slept.

Timers fire before a message that came after they were due, even when nobody let them fire in time.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from interpreter.machine.effects import LogLine
from interpreter.machine.replies import Reply
from interpreter.machine.session import Step
from interpreter.runtime.about import about
from interpreter.runtime.arrival import Arrival
from interpreter.runtime.clock import Clock
from interpreter.runtime.courier import Courier
from interpreter.runtime.deciding import Decider, Unclaimed
from interpreter.runtime.goodbye import has_left_since, is_mark
from interpreter.runtime.media import find_all, sends_files
from interpreter.runtime.outbox import Outbox
from interpreter.runtime.performer import Performer
from interpreter.runtime.spare import claim_spare, is_spare
from interpreter.runtime.timing import Timing
from interpreter.runtime.turn import ELSEWHERE, Taken, Turn
from interpreter.runtime.version import never
from interpreter.stores.protocol import (
    AtOnce,
    Commit,
    Committed,
    MessageKey,
    Parcel,
    SessionConflict,
    SessionKey,
    SessionStore,
    Stored,
    StoreError,
    StoreUnavailable,
)

_log = logging.getLogger("interpreter.runtime")

_ATTEMPTS = 50
"""How often a turn is decided: one that lost a race to save has let another one win it, so the queue gets shorter."""
_PATIENT_AFTER = 3
_PAUSE_MS = 20


class Saving(Struct, gc=False, eq=False):
    """A turn that is decided and being saved: its step, its replies, its write, what finds no way to its user."""

    step: Step
    replies: tuple[Reply, ...]
    commit: Commit
    dropped: int
    outcome: Committed | StoreError | None = None
    """What came of the write, once that is known."""
    then: Callable[[Saving], None] | None = None
    """Hears that it is known."""

    def end(self, outcome: Committed | StoreError) -> None:
        """The write has ended."""
        self.outcome = outcome
        if self.then is not None:
            self.then(self)


class Taking:
    """Takes turns of one bot."""

    def __init__(
        self,
        bot: str,
        store: SessionStore,
        performer: Performer,
        outbox: Outbox,
        courier: Courier,
        clock: Clock,
        timing: Timing,
        timer: Callable[[SessionKey], Turn],
        told: Callable[[Turn, Taken], None],
    ) -> None:
        """`timer` makes the turn of a user's timer; `told` hears of those that are taken before another turn."""
        self._timer = timer
        self._told = told
        self._bot = bot
        self._store = store
        self._performer = performer
        self._outbox = outbox
        self._courier = courier
        self._clock = clock
        self._timing = timing
        self._decider = Decider(store, performer, clock, timing, holder=secrets.token_hex(8))

    def take_now(self, turn: Turn, store: AtOnce) -> Taken | Saving | None:
        """Do the turn of a message in which there is nothing to wait for, or nothing but its write.

        Of any other turn it is None, and nothing has been done; `take` does all of it. To `take` is left, too, what
        the end of a write asks for that is not as usual.
        """
        try:
            stored = store.load_now(turn.key, turn.message_key)
            if stored is None or (turn.version.wake_at is not never and _is_overdue(turn, stored)):
                return None
            step = turn.first_step(stored.session)
            if step.session.turn is not None or sends_files(step.replies):
                return None
            if self._clock.monotonic() >= turn.until - self._timing.early:
                return None
            commit, dropped = self._outbox.write(turn, stored, step, step.replies)
            saving = Saving(step, step.replies, commit, dropped)
            if store.commit_soon(commit, saving.end) is None:
                return saving
        except StoreError:
            return None
        return self.conclude(turn, step, commit, dropped)

    async def take(self, turn: Turn, saving: Saving | None = None) -> Taken | None:
        """Do a turn, or go on with one whose write has ended; None when there was nothing to be done.

        Raises:
            StoreError: nothing was saved, or the store has not said whether it was.
        """
        taken: Taken | None = None
        try:
            taken = await self._take(turn, saving)
        finally:
            if turn.is_claimed and (taken is None or turn.arrival is None):
                await self._decider.disclaim(turn)
        return taken

    async def _take(self, turn: Turn, saving: Saving | None) -> Taken | None:
        conflicts = 0
        while True:
            try:
                if saving is not None:
                    begun, saving = saving, None
                    return await self._go_on(turn, begun)
                if turn.arrival is None:
                    return await self._fire(turn)
                stored = await self._store.load(turn.key, turn.message_key)
                if stored.reply is not None:
                    return Taken("repeated", stored.reply)
                if stored.waiting and has_left_since(turn.arrival.message, stored.waiting):
                    return Taken("repeated")
                if turn.can_catch_up and _is_overdue(turn, stored):
                    await self._catch_up(turn, turn.arrival)
                    continue
                return await self._attempt(turn, stored)
            except Unclaimed:
                await self._claim(turn)
            except SessionConflict:
                conflicts += 1
                if conflicts == _ATTEMPTS:
                    raise
                if conflicts > _PATIENT_AFTER:
                    await asyncio.sleep(secrets.randbelow(_PAUSE_MS) / 1000)
            except StoreUnavailable:
                if self._clock.monotonic() < turn.until:
                    raise  # the message will be delivered again
                await asyncio.sleep(self._timing.retry)

    async def save_wake(self, turn: Turn, *, postponed: float | None = None) -> None:
        """Save a session as it is, so that it wakes when its timer is due, or else in so many seconds."""
        stored = await self._store.load(turn.key)
        if stored.session is None:
            return
        wake = turn.version.wake_at(stored.session)
        if postponed is not None:
            wake = turn.at + timedelta(seconds=postponed)
        try:
            await self._store.commit(Commit(turn.key, stored.session, stored.revision, turn.at, wake=wake))
        except SessionConflict:
            _log.debug("%s: somebody else has saved the session", self._bot)

    # ------------------------------------------------------------------------------------ one attempt

    async def _fire(self, turn: Turn) -> Taken | None:
        """Do a timer's turn, if it is still due and nobody else is at it."""
        if not await self._decider.claim(turn):
            return ELSEWHERE
        stored = await self._store.load(turn.key)
        due = turn.version.wake_at(stored.session) if stored.session is not None else None
        if due is None or due > turn.at:
            return None
        turn.message_key = MessageKey(f"timer|{turn.key.user}|{stored.revision}|{due.isoformat()}")
        return await self._attempt(turn, stored)

    async def _claim(self, turn: Turn) -> None:
        """Claim the calls of a turn, or wait a little for whoever has."""
        if not await self._decider.claim(turn):
            await asyncio.sleep(self._timing.look)

    async def _catch_up(self, turn: Turn, arrival: Arrival) -> None:
        """Let the timer fire that a message has found overdue, or wait for whoever lets it fire.

        A mistake of ours in there does not keep the message from its answer.
        """
        timer = self._timer(turn.key)
        timer.version, timer.at, timer.ahead_of = turn.version, turn.at, arrival
        try:
            taken = await self.take(timer)
        except StoreError:
            raise
        except Exception:
            _log.exception(
                "%s: a turn failed by a mistake of this program", self._bot, extra=about(self._bot, turn=timer.name())
            )
            taken, turn.can_catch_up = Taken("failed"), False
        if taken is ELSEWHERE:
            await asyncio.sleep(self._timing.look)
        elif taken is not None:
            self._told(timer, taken)

    async def _attempt(self, turn: Turn, stored: Stored) -> Taken:
        """Decide a turn on the session as it was loaded, save it, and begin what follows."""
        step = turn.first_step(stored.session)
        if step.session.turn is not None:
            step = await self._decider.finish(turn, step)
        if stored.waiting:
            stored = await self._with_replies(turn, stored)
        replies = self._outbox.answer(turn, stored, step)
        needs_media = turn.arrival is not None and sends_files(replies)
        media = await asyncio.ensure_future(find_all(replies, self._performer)) if needs_media else None
        now = self._clock.monotonic()
        if now < turn.until - self._timing.early:
            commit, dropped = self._outbox.write(turn, stored, step, replies, media)
            return await self._go_on(turn, Saving(step, replies, commit, dropped, await self._store.commit(commit)))
        commit, dropped = self._outbox.write(turn, stored, step, replies, media, may_be_given_up=True)
        is_given_up = now - turn.began > self._timing.deliveries  # nobody can be waiting any more
        if is_given_up:
            reply, parcels = commit.saved(was_given_up=True)
            commit = replace(commit, reply=reply, parcels=parcels)
        committed = await self._store.commit(commit)
        return self.conclude(turn, step, commit, dropped, is_given_up=is_given_up or committed.was_given_up)

    async def _go_on(self, turn: Turn, saving: Saving) -> Taken:
        """Begin what follows a write, or raise its failure."""
        saved, commit = saving.outcome, saving.commit
        if isinstance(saved, StoreError):
            raise saved
        is_given_up = saved is not None and saved.was_given_up
        if is_given_up:
            commit = await self._repack(turn, saving.step, saving.replies, commit)
        return self.conclude(turn, saving.step, commit, saving.dropped, is_given_up=is_given_up)

    def conclude(self, turn: Turn, step: Step, commit: Commit, dropped: int, *, is_given_up: bool = False) -> Taken:
        """Begin what follows a turn that was saved."""
        reply, parcels = commit.reply, commit.parcels
        if is_given_up:
            reply, parcels = commit.saved(was_given_up=True)
            dropped = len(step.replies) if self._outbox.drops_slow else 0
        if parcels or step.effects or dropped:
            self._follow(turn, step, parcels, dropped)
        if turn.arrival is None:
            return Taken("fired", None, step)
        return Taken("given-up" if is_given_up else "answered", reply, step)

    async def _with_replies(self, turn: Turn, stored: Stored) -> Stored:
        """What is stored but for what is no reply, and for spares of answers that deliveries take; the rest is ours."""
        if turn.arrival is None or not turn.arrival.message.is_answer:
            return stored
        now = self._clock.now()
        waiting = [
            parcel
            for parcel in stored.waiting
            if not is_mark(parcel) and (not is_spare(parcel) or await claim_spare(self._store, turn.key, parcel, now))
        ]
        return replace(stored, waiting=tuple(waiting))

    def _follow(self, turn: Turn, step: Step, parcels: Sequence[Parcel], dropped: int) -> None:
        """Begin what follows a turn that was saved; nothing here can undo it or keep its answer back."""
        if parcels:
            self._courier.send(turn.key, parcels)
        if step.effects:
            self._write_lines(step)
        if dropped:
            self._mention(dropped)

    async def _repack(self, turn: Turn, step: Step, replies: tuple[Reply, ...], commit: Commit) -> Commit:
        """Mend a turn whose write took so long that its message was given up meanwhile, against all expectation."""
        given_up = self._outbox.given_up(turn, step, replies)
        for parcel in commit.parcels:
            await self._store.take(turn.key, parcel.id)
        await self._store.put(turn.key, given_up.parcels)
        return replace(commit, given_up=given_up)

    def _mention(self, dropped: int) -> None:
        _log.warning(
            "%s: %d replies were not delivered: they found no room in an answer, and the account can send them no "
            "other way",
            self._bot,
            dropped,
            extra=about(self._bot),
        )

    def _write_lines(self, step: Step) -> None:
        """Write the author's lines; nothing here can undo a turn that was saved."""
        try:
            for effect in step.effects:
                if isinstance(effect, LogLine):
                    self._performer.log(effect)
        except Exception:
            _log.exception(
                "%s: a line of the bot could not be logged by a mistake of this program",
                self._bot,
                extra=about(self._bot),
            )


def _is_overdue(turn: Turn, stored: Stored) -> bool:
    """Whether a timer should have fired before this message came."""
    due = turn.version.wake_at(stored.session) if stored.session is not None else None
    return due is not None and due <= turn.at
