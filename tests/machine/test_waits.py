"""Timers: when they are due, which of them are stale, and what a turn is in which the user has said nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from textwrap import dedent

import pytest
from msgspec.structs import replace
from support.bots import compile_text
from support.talks import START, receive

from interpreter.machine.effects import CallService, Send
from interpreter.machine.events import EffectCompleted, EffectFailed, Event, TimerFired
from interpreter.machine.replies import TextReply
from interpreter.machine.session import Session, Step
from interpreter.machine.step import DEFAULT_FAILURE, step
from interpreter.machine.waits import wake_at
from interpreter.program.tables import Program

BOT = """
dialog: 1
name: t
locales: [en]
session: 1h
vars: {n: int = 0}
services: {s: {url: https://a.example.com, operations: {drop: {args: {n: int}, delete: /$(n)}}}}
before: [{if: text == "", then: [{reply: before}]}, {set: n += 1}]
after: [{set: reply = (reply ?? "") + "!"}]
rules:
  pay: {pattern: =pay, reply: pay now, wait: pay}
  drop: {pattern: =drop, reply: drop it, wait: drop}
  hour: {pattern: =hour, reply: one hour, wait: hour}
  two: {pattern: =two, reply: too long, wait: two}
  chat: {pattern: =chat, reply: chat, wait: chat}
  quick: {pattern: =quick, reply: quick, wait: quick}
  help: {pattern: =help, anywhere: true, reply: help}
  bye: {pattern: =bye, anywhere: true, end: true}
states:
  pay:
    timeout: 10m
    interrupt: resume
    timed_out: [{send: '$(message.type) $(text) $(message.text) $(user.id) $(state.name ?? "-")'}, too late]
    rules: {paid: {pattern: =paid, reply: thanks}}
  drop: {timeout: 10m, timed_out: [{fetch: s.drop(n)}, dropped], rules: {a: {pattern: =a, reply: b}}}
  hour: {timeout: 1h, timed_out: [{send: hour}, hour is over], rules: {a: {pattern: =a, reply: b}}}
  two: {timeout: 2h, timed_out: [{send: two}], rules: {a: {pattern: =a, reply: b}}}
  quick: {timeout: 5m, timed_out: [{send: quick}, {wait: chat}], rules: {a: {pattern: =a, reply: b}}}
  chat: {prompt: chat prompt, timeout: 5m, timed_out: that was long, rules: {a: {pattern: =a, reply: b}}}
fallback: lost
"""


@cache
def program(more: str = "") -> Program:
    compiled = compile_text(BOT + more)
    assert compiled.program is not None, [item.message.en for item in compiled.diagnostics]
    return compiled.program


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def said(*words: str, more: str = "") -> Session:
    """The session after words that were all said at once."""
    session = Session("u")
    for word in words:
        session = step(program(more), session, receive(word, START)).session
    return session


def fire(session: Session, minutes: float, more: str = "") -> Step:
    return step(program(more), session, TimerFired(after(minutes), 7))


def texts(outcome: Step) -> list[str]:
    return [reply.text for reply in outcome.replies if isinstance(reply, TextReply)]


def test_a_timer_is_due_when_its_time_has_passed() -> None:
    assert wake_at(program(), said("pay")) == after(10)
    assert wake_at(program(), said("hour")) == after(60)


@pytest.mark.parametrize("words", [[], ["chat"], ["pay", "paid"], ["pay", "bye"], ["two"]])
def test_nothing_is_due_without_a_wait_that_acts_before_it_is_forgotten(words: list[str]) -> None:
    assert wake_at(program(), said(*words)) is None


def test_a_timer_speaks_for_a_user_who_says_nothing() -> None:
    session = said("pay")
    outcome = fire(session, 10)
    assert outcome.effects == (Send("1", "u", TextReply("timer   u pay")),)
    assert texts(outcome) == ["too late!"]
    assert outcome.session == replace(session, levels=(), effects=1)
    assert wake_at(program(), outcome.session) is None
    assert [line.name for line in outcome.trace if line.kind == "timer"] == ["pay"]


def test_a_late_message_after_the_timer_is_no_answer() -> None:
    session = fire(said("pay"), 10).session
    assert texts(step(program(), session, receive("paid", after(11)))) == ["lost!"]


def test_a_message_that_comes_before_a_late_timer_is_late_itself() -> None:
    outcome = step(program(), said("pay"), receive("paid", after(11)))
    assert texts(outcome) == ["too late!"]
    assert len(outcome.effects) == 1
    assert fire(outcome.session, 12) == Step(outcome.session)


def test_a_timer_that_is_stale_changes_nothing() -> None:
    waiting = said("pay")
    renewed = step(program(), waiting, receive("help", after(5))).session
    assert wake_at(program(), renewed) == after(15)
    for session, minutes in [(waiting, 9.9), (renewed, 10), (said("pay", "paid"), 10), (Session("u"), 10)]:
        assert fire(session, minutes) == Step(session)


def test_a_timer_that_was_due_in_time_fires_even_long_after() -> None:
    session = said("pay")
    assert texts(fire(session, 600)) == ["too late!"]
    assert texts(step(program(), session, receive("paid", after(600)))) == ["lost!"]


def test_a_timer_turn_waits_for_what_it_asks_of_the_world() -> None:
    session = said("drop")
    asked = fire(session, 10)
    call = asked.effects[0]
    assert isinstance(call, CallService)
    assert (call.method, call.url) == ("DELETE", "https://a.example.com/1")
    assert not asked.is_done
    assert fire(asked.session, 10) == Step(asked.session)
    result: Event = EffectCompleted(after(11), 7, call.id, {"status": 200, "headers": {}, "body": None})
    done = step(program(), asked.session, result)
    assert texts(done) == ["dropped!"]
    assert done.session.levels == ()
    assert (done.session.turns, done.session.seen) == (1, START)


FAILS = 'failure: [{send: "fault $(error.kind)"}, sorry]\n'


@pytest.mark.parametrize(("more", "words"), [("", []), (FAILS, ["sorry!"])])
def test_a_timer_that_fails_ends_its_wait_and_only_the_bots_own_words_are_said(more: str, words: list[str]) -> None:
    asked = fire(said("drop", more=more), 10, more)
    failed = EffectFailed(after(10), 7, asked.effects[0].id, "timeout", "no answer")
    outcome = step(program(more), asked.session, failed)
    assert texts(outcome) == words
    assert outcome.session.levels == ()
    assert wake_at(program(more), outcome.session) is None
    assert DEFAULT_FAILURE["en"] not in words


def test_the_first_of_several_timers_is_due_first() -> None:
    session = said("pay", "quick")
    assert wake_at(program(), session) == after(5)
    outcome = fire(session, 5)
    assert [effect.reply for effect in outcome.effects if isinstance(effect, Send)] == [TextReply("quick")]
    assert wake_at(program(), outcome.session) == after(10)


def test_a_wait_that_lies_on_one_with_a_timer_stays() -> None:
    session = said("pay", "chat")
    outcome = fire(session, 10)
    assert texts(outcome) == ["too late!"]
    assert outcome.session.levels == session.levels[1:]


def test_a_late_wait_below_is_left_to_its_timer() -> None:
    session = step(program(), said("pay", "chat"), receive("a", after(4))).session
    assert wake_at(program(), session) == after(14)
    late = said("pay", "hour")
    late = step(program(), replace(late, levels=late.levels), receive("a", after(11))).session
    assert wake_at(program(), late) == after(10)
    assert texts(fire(late, 11)) == ["too late!"]


def test_a_bot_without_such_waits_never_wakes() -> None:
    compiled = compile_text("dialog: 1\nname: t\nrules: {go: {wait: w}}\nstates: {w: {timeout: 1m, timed_out: late}}\n")
    assert compiled.program is not None
    session = step(compiled.program, Session("u"), receive("go", START)).session
    assert session.levels
    assert wake_at(compiled.program, session) is None


def test_the_last_reminder_does_not_go_out_beside_the_goodbye() -> None:
    bot = """
    dialog: 1
    name: t
    locales: [en]
    rules: {go: {wait: w}}
    states:
      w:
        prompt: well?
        tries: 2
        timeout: 1m
        timed_out: [{send: still there?}, {send: told, to: '"staff"'}, {send: {template: x}}, {again: true}]
        give_up: [{send: farewell}, {reply: bye}]
        rules: {no: {pattern: =no, do: [{send: really?}, {again: true}]}}
    """
    compiled = compile_text(dedent(bot))
    assert compiled.program is not None, [item.message.en for item in compiled.diagnostics]
    entered = step(compiled.program, Session("u"), receive("go", START)).session
    again = step(compiled.program, entered, TimerFired(after(1), 7))
    assert sent(again) == ["still there?", "staff: told", ""]
    last = step(compiled.program, again.session, TimerFired(after(2), 7))
    assert (sent(last), texts(last)) == (["staff: told", "farewell"], ["bye"])
    assert len({effect.id for effect in (*again.effects, *last.effects)}) == len([*again.effects, *last.effects])
    refused = step(compiled.program, again.session, receive("no", after(1.5)))
    assert (sent(refused), texts(refused)) == (["farewell"], ["bye"])


def sent(outcome: Step) -> list[str]:
    sends = [effect for effect in outcome.effects if isinstance(effect, Send)]
    return [("" if send.to == "u" else f"{send.to}: ") + getattr(send.reply, "text", "") for send in sends]
