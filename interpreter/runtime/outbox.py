"""What is saved of a turn: its session, its reply, and what is to be sent afterwards, all in one write.

A reply goes one way only, so a turn that may be given up is saved with both: what is sent when its answer reaches a
delivery, and what is sent when no delivery is left. The store knows which of them holds at that moment. Since the
delivery that should take the answer may never come, a `spare` of it is saved, too.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from interpreter.machine.effects import Send
from interpreter.machine.media import Use
from interpreter.machine.replies import Reply, TextReply
from interpreter.machine.session import Step
from interpreter.runtime.arrival import Arrival
from interpreter.runtime.clock import Clock
from interpreter.runtime.goodbye import goodbye_mark, is_goodbye
from interpreter.runtime.media import ready
from interpreter.runtime.parcels import Outgoing, UnreadableParcel, pack, read_parcel, reply_to
from interpreter.runtime.slow import Slow, Way
from interpreter.runtime.spare import SEAL, make_spare
from interpreter.runtime.timing import Timing
from interpreter.runtime.turn import Turn
from interpreter.stores.protocol import Commit, GivenUp, Parcel, Stored

_log = logging.getLogger("interpreter.runtime")


class Outbox:
    """Writes turns by an account's policy about what is slow and what finds no room."""

    def __init__(self, slow: Slow, clock: Clock, timing: Timing) -> None:
        self._slow = slow
        self._clock = clock
        self._timing = timing

    @property
    def drops_slow(self) -> bool:
        """Whether the replies of a turn that was given up go nowhere."""
        return self._slow.then is None

    def answer(self, turn: Turn, stored: Stored, step: Step) -> tuple[Reply, ...]:
        """What the answer to a message should hold: what waited for it, then what the turn says."""
        waiting = _waiting(turn, stored) if stored.waiting else ()
        return joined([*_replies(waiting), *step.replies]) if waiting else step.replies

    def write(
        self,
        turn: Turn,
        stored: Stored,
        step: Step,
        replies: tuple[Reply, ...],
        media: Mapping[Use, str] | None = None,
        *,
        may_be_given_up: bool = False,
    ) -> tuple[Commit, int]:
        """The write of a turn that is done, and how many of its replies have no way to their user.

        `replies` are what `answer` gave, `media` the ids of the files among them, if there are any; what is delivered
        later keeps the names of its files.
        """
        if turn.arrival is None:
            return self._write_timer(turn, stored, step)
        message = turn.arrival.message
        encoded = turn.arrival.encode(replies if media is None else ready(turn.key.bot, replies, media))
        session, rest = (None, ()) if is_goodbye(message) else (step.session, encoded.rest)
        body, given_up = encoded.body, None
        parcels: tuple[Parcel, ...] = ()
        if rest or step.effects:
            parcels = self._parcels(turn, step, rest, self._slow.rest, self._timing.after_answer)
        if session is None:
            parcels = (*parcels, goodbye_mark(message))
        elif may_be_given_up:
            given_up = self.given_up(turn, step, replies)
            if encoded.first is not None:
                body, parcels = SEAL + body, (self._spare(turn, encoded.first), *parcels)
        commit = Commit(
            turn.key,
            session,
            stored.revision,
            turn.at,
            turn.message_key,
            body,
            parcels,
            given_up,
            tuple([parcel.id for parcel in _waiting(turn, stored)]) if stored.waiting else (),
            turn.version.wake_at(session) if session is not None else None,
        )
        return commit, len(rest) if rest and self._slow.rest is None else 0

    def given_up(self, turn: Turn, step: Step, replies: Sequence[Reply]) -> GivenUp:
        """What is saved of a turn whose message no delivery is left to answer."""
        assert turn.arrival is not None
        return GivenUp(self.notice(turn.arrival), self._parcels(turn, step, replies, self._slow.then, 0.0))

    def notice(self, arrival: Arrival) -> bytes:
        """What answers the last delivery of a message that is given up; events are given up silently."""
        if not self._slow.notice or not arrival.message.is_answer:
            return arrival.encode(()).body
        return arrival.encode((TextReply(self._slow.notice),)).body

    def _spare(self, turn: Turn, answer: Reply) -> Parcel:
        """What delivers an answer if no delivery takes it: sent as soon as none can follow, or for the next message."""
        way, now = self._slow.untaken, self._clock.now()
        passed = self._clock.monotonic() - turn.began
        delay = max(self._timing.deliveries - passed, 0.0) if way == "push" else 0.0
        return make_spare(turn.message_key, turn.key.user, answer, now, delay, for_next=way == "later")

    def _write_timer(self, turn: Turn, stored: Stored, step: Step) -> tuple[Commit, int]:
        takes_along = turn.ahead_of is not None and turn.ahead_of.message.is_answer
        way: Way | None = "later" if takes_along else self._slow.rest
        commit = Commit(
            key=turn.key,
            session=step.session,
            expected=stored.revision,
            at=turn.at,
            parcels=self._parcels(turn, step, step.replies, way, 0.0),
            wake=turn.version.wake_at(step.session),
        )
        return commit, len(step.replies) if way is None else 0

    def _parcels(
        self, turn: Turn, step: Step, replies: Sequence[Reply], way: Way | None, delay: float
    ) -> tuple[Parcel, ...]:
        """The messages a turn wants sent, then replies that go some way of their own."""
        outgoing = [Outgoing(effect) for effect in step.effects if isinstance(effect, Send)]
        if way is not None:
            outgoing += [Outgoing(reply_to(turn.key.user, reply), delay, way == "later") for reply in replies]
        return pack(turn.message_key, outgoing, self._clock.now()) if outgoing else ()


def _waiting(turn: Turn, stored: Stored) -> tuple[Parcel, ...]:
    """The replies that this message takes along."""
    return stored.waiting if turn.arrival is not None and turn.arrival.message.is_answer else ()


def joined(replies: Sequence[Reply]) -> tuple[Reply, ...]:
    """Replies with texts that follow one another made one."""
    result: list[Reply] = []
    for reply in replies:
        last = result[-1] if result else None
        if isinstance(last, TextReply) and isinstance(reply, TextReply):
            result[-1] = TextReply(f"{last.text}\n{reply.text}")
        else:
            result.append(reply)
    return tuple(result)


def _replies(waiting: Sequence[Parcel]) -> list[Reply]:
    """The replies that waited for this message; one that cannot be read is dropped."""
    replies = []
    for parcel in waiting:
        try:
            send = read_parcel(parcel.body)
        except UnreadableParcel as error:
            _log.error("a message that waited for its user is lost: %s", error)
            continue
        if send.reply is not None:
            replies.append(send.reply)
    return replies
