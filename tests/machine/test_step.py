"""The step as a pure function: over random conversations with every bot of the language tests and every shipped bot."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from support.bots import compile_path, compile_text

from interpreter.machine.effects import CallApi, CallService
from interpreter.machine.events import EffectCompleted, EffectFailed, Event, MessageReceived
from interpreter.machine.inspection import mock_answer, waiting_places
from interpreter.machine.replies import TextReply
from interpreter.machine.session import Session, Step
from interpreter.machine.simulation import simulate, text_message
from interpreter.machine.step import DEFAULT_FAILURE, step
from interpreter.program.tables import Program
from interpreter.stores.codec import read_session, write_conversation, write_memory
from interpreter.values import Fault

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
    common = {"user": user, "account": "bot", "time": int(at.timestamp()), "id": "1"}
    if text.startswith("@"):
        return MessageReceived(at, seed, simulate(text[1:], **common))  # type: ignore[arg-type]
    return MessageReceived(at, seed, text_message(text, **common))  # type: ignore[arg-type]


def answer(program: Program, outcome: Step, at: datetime, seed: int) -> Event:
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
    return replace(read, turn=session.turn)


@st.composite
def conversations(draw: st.DrawFn) -> tuple[Path, list[tuple[str, int, int]]]:
    path = draw(st.sampled_from(BOTS))
    words = st.sampled_from(words_of(path)) | st.text(max_size=8).filter(lambda text: not text.startswith("@"))
    turn = st.tuples(words, st.integers(0, 400), st.integers(0, 2**63))
    return path, draw(st.lists(turn, min_size=1, max_size=12))


@settings(max_examples=300, deadline=None)
@given(conversations())
def test_a_step_is_pure_and_its_session_survives_being_stored(talk: tuple[Path, list[tuple[str, int, int]]]) -> None:
    path, turns = talk
    program, session, at = program_of(path), Session("u"), START
    for text, seconds, seed in turns:
        at += timedelta(seconds=seconds)
        event: Event = receive(text, at, seed)
        while True:
            first = step(program, session, event)
            again = step(program, stored(session), event)
            assert first == again
            session = first.session
            if first.is_done:
                break
            event = answer(program, first, at, seed)


def test_a_turn_that_waits_for_an_effect_keeps_the_session_as_it_was() -> None:
    program = program_of(ROOT / "tests/data/language/world.yaml")
    outcome = step(program, Session("u"), receive("find x", START))
    assert not outcome.is_done
    assert outcome.replies == ()
    assert replace(outcome.session, turn=None) == Session("u")


def test_a_result_that_nobody_waits_for_changes_nothing() -> None:
    program = program_of(ROOT / "tests/data/language/world.yaml")
    session = Session("u")
    assert step(program, session, EffectCompleted(START, 0, "7", None)) == Step(session)


def test_a_new_message_drops_a_turn_that_never_ended() -> None:
    program = program_of(ROOT / "tests/data/language/world.yaml")
    waiting = step(program, Session("u"), receive("find x", START)).session
    outcome = step(program, waiting, receive("shout", START))
    assert outcome.is_done
    assert outcome.replies == (TextReply("HELLO"),)


def test_the_result_of_an_api_call_goes_where_it_should() -> None:
    program = program_of(ROOT / "tests/data/language/modes.yaml")
    asked = step(program, Session("u"), receive("api", START))
    assert asked.effects == (CallApi("1", "user.info", {"openid": "u"}),)
    done = step(program, asked.session, EffectCompleted(START, 0, "1", {"nickname": "x"}))
    assert done.replies == (TextReply("done"),)


def test_effects_of_different_turns_have_different_ids() -> None:
    program = program_of(ROOT / "tests/data/language/world.yaml")
    first = step(program, Session("u"), receive("send", START))
    second = step(program, first.session, receive("send", START))
    ids = [effect.id for effect in (*first.effects, *second.effects)]
    assert len(set(ids)) == len(ids) == 6


def test_a_failed_turn_sends_nothing() -> None:
    program = compile_text(
        "dialog: 1\nname: t\nvars: {n: int = 0}\n"
        "rules:\n  x: {do: [{send: hi}, {set: n = 5}, {reply: '$(1 / n - 1 / (n - 5))'}]}\n"
    ).program
    assert program is not None
    outcome = step(program, Session("u"), receive("x", START))
    assert outcome.effects == ()
    assert outcome.session.vars == {"n": 0}
    assert outcome.replies == (TextReply(DEFAULT_FAILURE["zh"]),)


def test_a_fault_names_its_line_in_the_trace() -> None:
    program = program_of(ROOT / "tests/data/language/world.yaml")
    outcome = step(program, Session("u"), receive("divide 0", START))
    fault = next(line for line in outcome.trace if line.kind == "fault")
    assert fault.place is not None
    assert "divide:" in (ROOT / "tests/data/language/world.yaml").read_text().splitlines()[fault.place.line - 1]


def test_a_failure_that_fails_still_answers() -> None:
    program = compile_text(
        "dialog: 1\nname: t\nlocales: [en]\nvars: {n: int = 0}\nrules:\n  x: $(1 / n)\nfailure: $(2 / n)\n"
    ).program
    assert program is not None
    assert step(program, Session("u"), receive("x", START)).replies == (TextReply(DEFAULT_FAILURE["en"]),)


def test_an_edited_bot_finds_its_users_again() -> None:
    head = "dialog: 1\nname: t\nrules:\n  go: {wait: WHERE}\nfallback: lost\nstates:\n"
    state = "  WHERE: {rules: {any: {always: true, reply: here}}}\n"
    before = compile_text((head + state).replace("WHERE", "guess")).program
    gone = compile_text((head + state).replace("WHERE", "ask")).program
    after = compile_text((head + state).replace("WHERE", "ask") + "renamed: {states.guess: states.ask}\n").program
    assert before is not None
    assert after is not None
    assert gone is not None
    session = step(before, Session("u"), receive("go", START)).session
    assert waiting_places(before, session, START) == ("guess",)
    assert step(after, session, receive("hi", START)).replies == (TextReply("here"),)
    assert step(gone, session, receive("hi", START)).replies == (TextReply("lost"),)
