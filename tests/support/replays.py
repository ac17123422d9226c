"""Random conversations as bytes: everything that the steps gave, in a form that says the same in every process.

`python -m support.replays COUNT` prints a digest for each hundred conversations.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from random import Random

from interpreter.machine.effects import CallService
from interpreter.machine.events import Event, TimerFired
from interpreter.machine.session import Session, Step
from interpreter.machine.step import step
from interpreter.machine.waits import wake_at
from interpreter.program.tables import Program
from interpreter.stores.codec import write_conversation, write_memory
from support.talks import BOTS, START, answer, program_of, receive, words_of

CHUNK = 100


def digests(count: int) -> Iterator[str]:
    """A digest of each hundred of so many conversations."""
    for start in range(0, count, CHUNK):
        whole = sha256()
        for number in range(start, min(start + CHUNK, count)):
            for written in conversation(number):
                whole.update(written.encode("utf-8", "surrogatepass"))
        yield whole.hexdigest()


def conversation(number: int) -> Iterator[str]:
    """A conversation of one user with one bot, its timers included, chosen by its number alone."""
    chance = Random(number)
    path = chance.choice(BOTS)
    program, words, session, at = program_of(path), words_of(path), Session("u"), START
    for _ in range(chance.randint(3, 12)):
        at += timedelta(seconds=chance.choice((0, 1, 30, 200, 700, 4_000)))
        seed = chance.getrandbits(63)
        while (due := wake_at(program, session)) is not None and due <= at:
            for outcome in turn(program, session, TimerFired(due, seed), seed):
                yield written(outcome)
                session = outcome.session
        for outcome in turn(program, session, receive(chance.choice(words), at, seed), seed):
            yield written(outcome)
            session = outcome.session


def turn(program: Program, session: Session, event: Event, seed: int) -> Iterator[Step]:
    """The steps of one turn."""
    while True:
        outcome = step(program, session, event)
        yield outcome
        if outcome.is_done:
            return
        session, event = outcome.session, answer(program, outcome, event.at, seed)


def written(outcome: Step) -> str:
    """All of a step."""
    effects = [
        repr((replace(effect, hosts=frozenset()), sorted(effect.hosts)) if isinstance(effect, CallService) else effect)
        for effect in outcome.effects
    ]
    session = outcome.session
    trace = [
        (line.kind, line.name, line.detail, line.place and (line.place.line, line.place.column))
        for line in outcome.trace
    ]
    parts = (write_conversation(session), write_memory(session), repr(session.turn), repr(outcome.replies))
    return "\n".join((*parts, *effects, repr(trace), ""))


if __name__ == "__main__":
    sys.stdout.writelines(f"{digest}\n" for digest in digests(int(sys.argv[1])))
