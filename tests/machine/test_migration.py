"""Conversations that go on in an edited bot, and in the old one again: by name, else asked anew, else politely over."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from support.bots import compile_text
from support.talks import BOTS, START, fire_timers, program_of, receive, run_turn, words_of

from interpreter.machine.events import TimerFired
from interpreter.machine.inspection import waiting_places
from interpreter.machine.migration import RESTARTED
from interpreter.machine.replies import TextReply
from interpreter.machine.session import Session, Step
from interpreter.machine.step import step
from interpreter.machine.waits import wake_at
from interpreter.program.tables import Program

CONVERSATIONS = 10_000 if os.environ.get("DIALOG_LONG") else 1_000
GONE = RESTARTED["en"]
BOT = """
dialog: 1
name: t
locales: [en]
vars: {n: int = 0, note: text?, user.name: text = "you"}
rules:
  menu: {pattern: =menu, wait: main}
  survey: {pattern: =survey, do: [{call: survey, with: {topic: '"tea"'}, into: age}, 'done $(age)']}
  help: {pattern: =help, reply: help here}
  stop: {pattern: =stop, anywhere: true, reply: stopped, cancel: true}
  count: {pattern: =count, set: n += 1, reply: '$(n) $(user.name) $(note ?? "-")'}
  name: {pattern: '=name <x:text>', set: [user.name = x, note = x], reply: noted}
  list: {pattern: =list, do: [{each: 'i in [1, 2]', do: [{ask: 'item $(i)?', into: item}]}, listed]}
  sex: {pattern: =sex, reply: boy or girl?, replies: {girl: hi girl, boy: hi boy}}
states:
  main:
    prompt: main menu
    choices:
      1: {label: names, wait: names}
      2: {label: survey, call: survey, with: {topic: '"milk"'}}
  names:
    prompt: which name?
    interrupt: resume
    choices: {1: {label: Ann, set: user.name = "Ann", reply: Ann it is}}
    back: 0
    timeout: 10m
    timed_out: [{send: too late}, too late]
flows:
  survey:
    args: {topic: text}
    do:
      - ask: 'how old, for $(topic)?'
        into: age
        type: int
      - let: half = age // 2
      - form:
          city: {ask: which city?}
          score: {ask: how many?, type: int, invalid: a number}
      - reply: $(topic), $(half), $(city), $(score + 1)
    return: age
fallback: lost
"""
WORDS = ("menu", "survey", "help", "stop", "count", "name Bob", "list", "sex", "girl", *"1207x", "@view u")
EDITS = {
    "the state is gone": ("wait: names}", "reply: no names}", "  names:\n", "  others:\n"),
    "the state has another name": ("wait: names}", "wait: called}", "  names:\n", "  called:\n"),
    "the menu is gone": ("wait: main}", "reply: no menu}", "  main:\n", "  entry:\n"),
    "the flow has another name": ("call: survey", "call: poll", "  survey:\n    args", "  poll:\n    args"),
    "the flow wants more": ("{topic: text}", '{topic: text, more: text = "m"}', "$(half)", "$(half)$(more)"),
    "the flow wants something else": ("{topic: text}", "{topic: int}", '"tea"\'', "5'", '"milk"\'', "5'"),
    "the question has another name": (
        "into: age\n",
        "into: years\n",
        "age // 2",
        "years // 2",
        "age\nf",
        "years\nf",
    ),
    "the first answer has another type": ("into: age\n        type: int", "into: age", "age // 2", "len(age)"),
    "a field is gone": ("          city: {ask: which city?}\n", "", "$(city), ", ""),
    "the last field is gone": (
        "          score: {ask: how many?, type: int, invalid: a number}\n",
        "",
        ", $(score + 1)",
        "",
    ),
    "a field has another type": ("{ask: which city?}", "{ask: which city?, type: int}", "$(city)", "$(city + 1)"),
    "a field is new": (
        "          score:",
        "          street: {ask: street?}\n          score:",
        "$(city)",
        "$(street)",
    ),
    "steps want another local": ("- let: half = age // 2", "- let: halves = [age // 2]", "$(half)", "$(halves[0])"),
    "the caller does something else": ("into: age}, 'done $(age)']", "into: age}, {set: n = age}, 'done $(age)']"),
    "the call is gone": ("do: [{call: survey, with: {topic: '\"tea\"'}, into: age}, 'done $(age)']", "reply: closed"),
    "the loop is gone": ("{each: 'i in [1, 2]', do: [{ask: 'item $(i)?', into: item}]}", "{ask: 'item?', into: item}"),
    "the loop is another": ("i in [1, 2]", "j in [[1], [2], [3]]", "item $(i)", "item $(j[0])"),
    "the rule has another name": ("sex: {pattern: =sex", "gender: {pattern: =sex"),
    "a variable has another type": ("n: int = 0", 'n: text = "n"', "n += 1", 'n = n + "!"', "n = age", 'n = "age"'),
    "a variable is not optional": ("note: text?", 'note: text = "none"', '$(note ?? "-")', "$(note)"),
    "a user's variable has another type": ('user.name: text = "you"', "user.name: int = 3", "user.name = x,", ""),
    "a user's variable is gone": (', user.name: text = "you"', "", "user.name = x, ", "", " $(user.name)", ""),
}
FITTING = {
    "a user's variable is gone": ('set: user.name = "Ann", ', ""),
    "a user's variable has another type": ('set: user.name = "Ann", ', ""),
}
"""What else must change, so that the edited bot is one."""


def edited(*names: str) -> str:
    """The bot with some of the edits; those that the others have left nothing to change are as if not made."""
    text = BOT
    for name in names:
        pieces = EDITS[name] + FITTING.get(name, ())
        for before, after in zip(pieces[::2], pieces[1::2], strict=True):
            text = text.replace(before, after)
    return text


@cache
def program(text: str) -> Program:
    compiled = compile_text(text)
    assert compiled.program is not None, [f"{item.span.line}: {item.message.en}" for item in compiled.diagnostics]
    return compiled.program


def talk(session: Session, text: str, *words: str) -> tuple[Session, list[str]]:
    """What is said to words in one version of the bot."""
    said = []
    for word in words:
        outcome = step(program(text), session, receive(word, START))
        session = outcome.session
        said.append("|".join(getattr(reply, "text", "") for reply in outcome.replies))
    return session, said


def across(edit: str, before: Sequence[str], after: Sequence[str], more: str = "") -> list[str]:
    """What the edited bot says to those who come from the one before."""
    session, _ = talk(Session("u"), BOT, *before)
    return talk(session, edited(*([edit] if edit else [])) + more, *after)[1]


@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_makes_another_bot(edit: str) -> None:
    assert edited(edit) != BOT
    assert program(edited(edit)).edition != program(BOT).edition


@pytest.mark.parametrize(
    ("edit", "before", "after", "said"),
    [
        ("", ["survey"], ["7"], ["which city?"]),
        ("the state is gone", ["menu", "1"], ["1"], ["main menu\n1 - names\n2 - survey"]),
        ("the state is gone", ["menu", "1"], ["help", "1"], ["help here", "lost"]),
        ("the state is gone", ["menu", "1"], ["stop", "1"], ["stopped", "lost"]),
        (
            "the state is gone",
            ["survey", "menu", "1"],
            ["1", "7"],
            ["main menu\n1 - names\n2 - survey", "which city?"],
        ),
        ("the menu is gone", ["menu"], ["1"], [f"{GONE}\nlost"]),
        ("the menu is gone", ["menu"], ["help"], [f"{GONE}\nhelp here"]),
        ("the menu is gone", ["menu"], ["@view u", "1"], ["", f"{GONE}\nlost"]),
        ("the menu is gone", ["survey", "menu"], ["1", "7"], ["how old, for tea?", "which city?"]),
        ("the flow has another name", ["survey"], ["7"], [f"{GONE}\nlost"]),
        ("the flow wants more", ["survey", "7", "x"], ["1"], ["tea, 3m, x, 2\ndone 7"]),
        ("the flow wants something else", ["survey", "7"], ["x", "1", "x"], ["how many?", GONE, "lost"]),
        ("the question has another name", ["survey"], ["7", "7"], ["how old, for tea?", "which city?"]),
        ("the first answer has another type", ["survey", "7"], ["x", "ten"], ["how old, for tea?", "which city?"]),
        ("a field is gone", ["survey", "7"], ["x", "3"], ["how many?", "tea, 3, 4\ndone 7"]),
        ("the last field is gone", ["survey", "7", "x"], ["1"], [f"{GONE}\nlost"]),
        ("the last field is gone", ["survey", "7"], ["x"], ["tea, 3, x\ndone 7"]),
        ("a field has another type", ["survey", "7", "x"], ["5", "5"], ["which city?", "how many?"]),
        ("steps want another local", ["survey", "7", "x"], ["5", "7"], [GONE, "lost"]),
        ("the call is gone", ["survey"], ["7"], [f"{GONE}\nlost"]),
        ("the loop is gone", ["list", "x"], ["y"], ["listed"]),
        ("the loop is another", ["list"], ["x", "y"], [GONE, "lost"]),
        ("the rule has another name", ["sex"], ["girl"], [f"{GONE}\nlost"]),
        ("a variable has another type", ["count"], ["count"], ["n! you -"]),
        ("a variable is not optional", ["count"], ["count"], ["2 you none"]),
        ("a user's variable has another type", ["name Bob"], ["count"], ["1 3 Bob"]),
    ],
)
def test_a_conversation_goes_on_in_an_edited_bot(
    edit: str, before: list[str], after: list[str], said: list[str]
) -> None:
    assert across(edit, before, after) == said


def test_renamed_places_are_found() -> None:
    assert across("the state has another name", ["menu", "1"], ["1"], "renamed: {names: called}\n") == ["Ann it is"]
    assert across("the flow has another name", ["survey"], ["7"], "renamed: {survey: poll}\n") == ["which city?"]


def test_a_timer_whose_wait_cannot_go_on_ends_it_without_a_word() -> None:
    old = "dialog: 1\nname: t\nlocales: [en]\nfallback: lost\nrules: {go: {call: a}}\nflows:\n"
    old += "  a: [{ask: one?, into: x, timeout: 5m, timed_out: [{send: late}, late]}]\n"
    session, _ = talk(Session("u"), old, "go")
    new = program(old.replace("{go: {call: a}}", "{went: {call: a}}"))
    at = START + timedelta(minutes=5)
    assert wake_at(new, session) == at
    outcome = step(new, session, TimerFired(at, 0))
    assert (outcome.replies, outcome.effects, outcome.session.levels) == ((), (), ())


def test_a_place_renamed_to_one_of_another_kind_is_gone() -> None:
    more = 'renamed: {"rules.survey/call survey": flows.survey/age}\n'
    assert across("the call is gone", ["survey"], ["7"], more) == [f"{GONE}\nlost"]


def test_the_answer_of_a_caller_that_is_none_any_more_is_missing_when_it_is_read() -> None:
    old = "dialog: 1\nname: t\nlocales: [en]\nfallback: lost\nrules: {go: {call: a}}\nflows:\n"
    old += "  a: [{ask: one?, into: x}, {call: b}, 'got $(x)']\n  b: [{ask: two?, into: y}]\n"
    session, _ = talk(Session("u"), old, "go", "first")
    new = old.replace("into: x}", "into: x, type: int}")
    assert talk(session, new, "second", "more")[1] == [GONE, "lost"]
    assert talk(session, new.replace("got $(x)", "got it"), "second")[1] == ["got it"]


def test_the_way_back_may_lead_to_a_renamed_state() -> None:
    more = "renamed: {main: entry}\n"
    assert across("the menu is gone", ["menu", "1"], ["0"], more) == ["main menu\n1 - names\n2 - survey"]


def test_what_happens_is_in_the_trace() -> None:
    session, _ = talk(Session("u"), BOT, "count", "menu", "1")
    text = edited("the state is gone", "a variable has another type")
    trace = [(line.kind, line.name, line.detail) for line in step(program(text), session, receive("x", START)).trace]
    assert trace[:2] == [("dropped", "n", ""), ("moved", "states.names", "states.main")]
    session, _ = talk(Session("u"), BOT, "menu")
    outcome = step(program(edited("the menu is gone")), session, receive("x", START))
    assert ("gone", "states.main") in [(line.kind, line.name) for line in outcome.trace]


def test_a_wait_that_an_event_meets_is_looked_over_by_the_next_message() -> None:
    session, _ = talk(Session("u"), BOT, "survey", "menu")
    text = edited("the menu is gone")
    session, _ = talk(session, text, "@view u")
    assert len(session.levels) == 2
    assert waiting_places(program(text), session, START) == ("survey/age",)
    assert talk(session, text, "x")[1] == ["how old, for tea?"]


def test_the_old_bot_knows_its_waits_when_it_comes_back() -> None:
    session, _ = talk(Session("u"), BOT, "survey", "7")
    session, said = talk(session, edited("the caller does something else"), "x")
    assert said == ["how many?"]
    assert talk(session, BOT, "3")[1] == ["tea, 3, x, 4\ndone 7"]


def test_a_session_is_of_one_edition_again_when_its_old_waits_are_over() -> None:
    session, _ = talk(Session("u"), BOT, "survey")
    assert session.edition == program(BOT).edition
    text = edited("the loop is gone")
    session, _ = talk(session, text, "7")
    assert session.edition == ""
    session, _ = talk(session, text, "stop", "survey")
    assert session.edition == program(text).edition
    assert (
        talk(structs.replace(session, seen=START - timedelta(days=1)), text, "survey")[0].edition
        == program(text).edition
    )


def test_a_mistake_of_the_machine_itself_is_not_taken_for_an_old_wait() -> None:
    broken = replace(program(BOT), states={})
    with pytest.raises(KeyError):
        step(broken, Session("u"), receive("menu", START))


def versions(draw: Random) -> tuple[str, str]:
    names = draw.sample(sorted(EDITS), draw.randint(1, 4))
    while True:
        try:
            program(edited(*names))
        except AssertionError:
            names = names[:-1]  # two edits that do not go together
            continue
        return BOT, edited(*names)


def test_random_conversations_go_on_in_edited_bots_and_back_in_the_old_one() -> None:
    said: set[str] = set()
    for seed in range(CONVERSATIONS):
        draw = Random(seed)
        old, new = versions(draw)
        session, at = Session("u"), START
        for text in (old, new, old):
            for _ in range(draw.randint(1, 6)):
                at += timedelta(seconds=draw.randint(0, 400))
                session = fire_timers(program(text), session, at, seed)
                outcome = run_turn(program(text), session, receive(draw.choice(WORDS), at, seed), seed)
                session = outcome.session
                said.update(reply.text for reply in outcome.replies if isinstance(reply, TextReply))
    assert any(GONE in text for text in said)


def comparable(outcome: Step) -> Step:
    return structs.replace(outcome, session=structs.replace(outcome.session, edition=""))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(BOTS), st.randoms(use_true_random=False))
def test_another_edition_that_says_the_same_changes_nothing(path: Path, draw: Random) -> None:
    one = program_of(path)
    programs = (one, replace(one, edition="another"))
    alone, changing, at = Session("u"), Session("u"), START
    for number in range(10):
        at += timedelta(seconds=draw.randint(0, 300))
        event = receive(draw.choice(words_of(path)), at, number)
        expected = run_turn(one, alone, event, number)
        found = run_turn(programs[number % 2], changing, event, number)
        if any(line.kind == "fault" and line.name in ("null", "type", "unset") for line in expected.trace):
            return
        assert comparable(found) == comparable(expected)
        alone, changing = expected.session, found.session
