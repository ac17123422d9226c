"""Random talks with every bot of the language tests and every shipped bot, straight over the machine."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import structs

from interpreter.machine.effects import CallService
from interpreter.machine.events import EffectCompleted, EffectFailed, Event, MessageReceived, TimerFired
from interpreter.machine.inspection import mock_answer
from interpreter.machine.session import Session, Step
from interpreter.machine.simulation import simulate, text_message
from interpreter.machine.step import step
from interpreter.machine.waits import wake_at
from interpreter.program.tables import Program
from interpreter.stores.codec import read_session, write_conversation, write_memory
from interpreter.values import Fault
from support.bots import compile_path

ROOT = Path(__file__).parents[2]
BOTS = [*sorted((ROOT / "tests/data/language").glob("*.yaml")), *sorted((ROOT / "bots").glob("*/bot.yaml"))]
START = datetime(2026, 1, 1, 8, tzinfo=ZoneInfo("Asia/Shanghai"))


@cache
def program_of(path: Path) -> Program:
    program = compile_path(path).program
    assert program is not None
    return replace(program, env=dict.fromkeys(program.env_names, "secret"))


@cache
def words_of(path: Path) -> tuple[str, ...]:
    """What users say in a bot's own tests: words that are likely to matter to it."""
    suite = compile_path(path).suite
    assert suite is not None
    return tuple(sorted({line.text for test in suite.tests for line in test.lines if line.kind == "send"}))


def receive(text: str, at: datetime, seed: int = 0, user: str = "u") -> MessageReceived:
    """A message, written as in a test."""
    common = {"user": user, "account": "bot", "time": int(at.timestamp()), "id": "1"}
    if text.startswith("@"):
        return MessageReceived(at, seed, simulate(text[1:], **common))  # type: ignore[arg-type]
    return MessageReceived(at, seed, text_message(text, **common))  # type: ignore[arg-type]


def answer(program: Program, outcome: Step, at: datetime, seed: int) -> Event:
    """What the world answers to what a step asks for: what is mocked."""
    call = outcome.effects[-1]
    if not isinstance(call, CallService):
        return EffectCompleted(at, seed, call.id, None)
    try:
        mocked = mock_answer(program, outcome.session, at, call)
    except Fault:
        mocked = None
    if mocked is None:
        return EffectFailed(at, seed, call.id, "timeout", "no mock")
    return EffectCompleted(at, seed, call.id, {"status": 200, **mocked})  # type: ignore[dict-item]


def stored(session: Session) -> Session:
    """The session as a store gives it back; a turn in flight is not stored."""
    read = read_session(session.user, write_conversation(session), write_memory(session))
    return structs.replace(read, turn=session.turn)


def fire_timers(program: Program, session: Session, at: datetime, seed: int) -> Session:
    """Let the timers fire that are due by then, each when it is."""
    while (due := wake_at(program, session)) is not None and due <= at:
        session = run_turn(program, session, TimerFired(due, seed), seed).session
        assert wake_at(program, session) != due, "a timer that never ends"
    return session


def run_turn(program: Program, session: Session, event: Event, seed: int) -> Step:
    """One turn to its end; every step of it is taken twice, the second time from the session as a store keeps it."""
    while True:
        first = step(program, session, event)
        again = step(program, stored(session), event)
        assert first == again
        session = first.session
        if first.is_done:
            return first
        event = answer(program, first, event.at, seed)
