"""The step as a pure function: over random conversations with every bot of the language tests and every shipped bot."""

from __future__ import annotations

import gc
from dataclasses import replace as altered
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.bots import compile_text
from support.talks import BOTS, ROOT, START, fire_timers, program_of, receive, run_turn, words_of

from interpreter.machine.effects import CallApi
from interpreter.machine.events import EffectCompleted, TimerFired
from interpreter.machine.inspection import waiting_places
from interpreter.machine.migration import RESTARTED
from interpreter.machine.replies import TextReply
from interpreter.machine.session import Session, Step
from interpreter.machine.step import DEFAULT_FAILURE, step
from interpreter.machine.waits import wake_at
from interpreter.program.rules import RuleList
from interpreter.program.tables import Program
from interpreter.stores.codec import write_conversation, write_memory


@st.composite
def conversations(draw: st.DrawFn) -> tuple[Path, list[tuple[str, int, int]]]:
    path = draw(st.sampled_from(BOTS))
    words = st.sampled_from(words_of(path)) | st.text(max_size=8).filter(lambda text: not text.startswith("@"))
    turn = st.tuples(words, st.integers(0, 900), st.integers(0, 2**63))
    return path, draw(st.lists(turn, min_size=1, max_size=12))


def step_by_step(program: Program) -> Program:
    """The same program, but whatever says something and does nothing else does it as any other routine would."""

    def listed(rules: RuleList) -> RuleList:
        return replace(rules, rules=tuple(replace(rule, words=None) for rule in rules.rules))

    return altered(
        program,
        root=listed(program.root),
        anywhere=listed(program.anywhere),
        rules={name: replace(rule, words=None) for name, rule in program.rules.items()},
        states={name: replace(state, rules=listed(state.rules)) for name, state in program.states.items()},
        routines={name: replace(routine, says=None) for name, routine in program.routines.items()},
    )


@settings(max_examples=200, deadline=None)
@given(conversations())
def test_rules_that_only_say_something_need_not_be_run_as_routines(
    talk: tuple[Path, list[tuple[str, int, int]]],
) -> None:
    path, turns = talk
    program, session, at = program_of(path), Session("u"), START
    general = step_by_step(program)
    for text, seconds, seed in turns:
        at += timedelta(seconds=seconds)
        event = receive(text, at, seed)
        outcome = step(program, session, event)
        assert outcome == step(general, session, event)
        session = outcome.session


def test_words_that_find_no_room_fail_where_they_stand() -> None:
    text = f"""
dialog: 1
name: t
rules:
  go: {{do: [{{reply: "$(repeat('x', 60000))"}}, {{goto: rules.more}}]}}
  more: {{pattern: =more, reply: {"y" * 6000}}}
"""
    program = compile_text(text).program
    assert program is not None
    (rule,) = (rule for rule in program.root.rules if rule.name == "more")
    assert rule.words == "y" * 6000
    outcome = step(program, Session("u"), receive("go", START))
    assert outcome == step(step_by_step(program), Session("u"), receive("go", START))
    (fault,) = (line for line in outcome.trace if line.kind == "fault")
    assert fault.place == program.routines[rule.routine].places[0]


def test_a_rule_that_only_says_something_takes_a_step_of_the_turn_as_any_other_does() -> None:
    failed = set()
    for more in range(38, 48):
        steps = "\n".join(["- let: z = 1"] * more)
        text = f"""
dialog: 1
name: t
before:
- each: x in {[*range(55)]}
  do:
  - each: y in {[*range(59)]}
    do:
    - let: z = y
{steps}
after:
- let: z = 1
rules:
  words: {{pattern: =words, reply: yes}}
  text: {{pattern: =text <n>, reply: $(n)}}
"""
        program = compile_text(text).program
        assert program is not None
        for said in ("words", "text yes"):
            outcome = step(program, Session("u"), receive(said, START))
            assert outcome == step(step_by_step(program), Session("u"), receive(said, START))
            failed.add((said, any(line.kind == "fault" for line in outcome.trace)))
    assert failed == {("words", False), ("words", True), ("text yes", False), ("text yes", True)}


@settings(max_examples=300, deadline=None)
@given(conversations(), st.integers(0, 90))
def test_a_step_is_pure_and_its_session_survives_being_stored(
    talk: tuple[Path, list[tuple[str, int, int]]], lag: int
) -> None:
    path, turns = talk
    program, session, at = program_of(path), Session("u"), START
    for text, seconds, seed in turns:
        at += timedelta(seconds=seconds)
        while (due := wake_at(program, session)) is not None and due <= at:
            early = TimerFired(due - timedelta(seconds=1), seed)
            assert step(program, session, early) == Step(session)
            waiting = session
            session = run_turn(program, session, TimerFired(max(due, at - timedelta(seconds=lag)), seed), seed).session
            assert session != waiting
        if due is None:
            assert step(program, session, TimerFired(at + timedelta(days=1), seed)) == Step(session)
        session = run_turn(program, session, receive(text, at, seed), seed).session


def locked(session: Session) -> Session:
    """The same session; whoever changes it in place fails."""
    return replace(
        session,
        vars=MappingProxyType({**session.vars}),
        memory=MappingProxyType({**session.memory}),
        counters=MappingProxyType({**session.counters}),
        picks=MappingProxyType({**session.picks}),
        levels=tuple(
            replace(level, frames=tuple(replace(it, locals=MappingProxyType({**it.locals})) for it in level.frames))
            for level in session.levels
        ),
    )


@settings(max_examples=100, deadline=None)
@given(conversations())
def test_a_step_never_changes_the_session_it_was_given(talk: tuple[Path, list[tuple[str, int, int]]]) -> None:
    path, turns = talk
    program, session, at = program_of(path), Session("u"), START
    for text, seconds, seed in turns:
        at += timedelta(seconds=seconds)
        session = fire_timers(program, session, at, seed)
        kept = write_conversation(session), write_memory(session)
        outcome = step(program, session, receive(text, at, seed))
        assert step(program, locked(session), receive(text, at, seed)) == outcome
        assert (write_conversation(session), write_memory(session)) == kept
        session = run_turn(program, session, receive(text, at, seed), seed).session


def test_what_a_turn_assigns_nothing_to_is_kept_as_it_is() -> None:
    program = compile_text("dialog: 1\nname: t\nvars: {n: int = 1, user.x: int = 2}\nrules:\n  hi: [a, b]\n").program
    assert program is not None
    first = step(program, Session("u"), receive("hi", START)).session
    second = step(program, first, receive("hi", START)).session
    assert second.vars is first.vars
    assert second.memory is first.memory
    assert second.counters is first.counters
    assert second.picks is not first.picks
    assert second.picks != first.picks


def test_the_memory_as_a_whole_is_a_value_that_later_assignments_do_not_change() -> None:
    bot = (
        "dialog: 1\nname: t\nvars: {user.x: int = 1}\n"
        "rules:\n  hi:\n    do: [let: before = user, set: user.x = 2, reply: $(before.x) $(user.x)]\n"
    )
    program = compile_text(bot).program
    assert program is not None
    first = step(program, Session("u"), receive("hi", START))
    assert first.replies == (TextReply("1 2"),)
    assert step(program, first.session, receive("hi", START)).replies == (TextReply("2 2"),)


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


def test_a_turn_leaves_no_garbage_behind() -> None:
    program = compile_text(
        "dialog: 1\nname: t\nrules:\n  x: {pattern: <a>, if: text == a, reply: $(a)$(text)}\n"
    ).program
    assert program is not None
    session = step(program, Session("u"), receive("x", START)).session
    while gc.collect():
        """What other tests have left may leave something in its turn."""
    left = []
    for _ in range(3):  # other threads may leave something, but not always
        assert step(program, session, receive("x", START)).replies == (TextReply("xx"),)
        left.append(gc.collect())
    assert 0 in left


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
    assert step(gone, session, receive("hi", START)).replies == (TextReply(f"{RESTARTED['zh']}\nlost"),)


FAILING = """dialog: 1
name: t
locales: [en]
vars:
  n: int = 0
  user.phone: phone = text(env.PHONE)
rules:
  strict:
    if: 1 // n == 1
    reply: x
"""


def test_a_default_that_does_not_fit_is_named_once_with_the_place_of_its_variable() -> None:
    program = compile_text(FAILING).program
    assert program is not None
    outcome = step(altered(program, env={"PHONE": "110"}), Session("u"), receive("x", START))
    (fault,) = (line for line in outcome.trace if line.kind == "fault")
    assert str(fault.place) == "bot.yaml:6:3"
    assert fault.detail == "the default of user.phone is not of its type, which is phone"
    assert outcome.replies == (TextReply(DEFAULT_FAILURE["en"]),)


def test_a_condition_that_fails_has_the_place_of_its_rule() -> None:
    program = compile_text(FAILING).program
    assert program is not None
    known = Session("u", memory={"phone": "13800138000"})
    (fault,) = (line for line in step(program, known, receive("x", START)).trace if line.kind == "fault")
    assert (str(fault.place), fault.detail) == ("bot.yaml:8:3", "division by zero")
