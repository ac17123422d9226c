"""Requests of services are built of whatever there is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.clock import START
from msgspec import structs
from support.bots import compile_text
from support.talks import receive

from interpreter.machine.conversation import Conversation
from interpreter.machine.effects import CallService
from interpreter.machine.events import EffectCompleted
from interpreter.machine.replies import TextReply
from interpreter.machine.session import Session, Step
from interpreter.machine.step import step
from interpreter.values import Value

BOT = """\
dialog: 1
name: demo
services:
  s:
    url: https://a.example
    operations: {o: {args: {q: text}, OPERATION}}
rules:
  hi: {always: true, do: [{fetch: 's.o(text)', into: x}, {reply: done}]}
failure: failed
"""


def outcome_of(operation: str, said: str) -> Step:
    program = compile_text(BOT.replace("OPERATION", operation)).program
    assert program is not None
    return step(program, Session("u"), receive(said, START))


@pytest.mark.parametrize(
    ("operation", "sent"),
    [
        ("get: /x, query: {q: $(q)}", "https://a.example/x?q=%3Fa"),
        ("get: '/$(q)'", "https://a.example/%3Fa"),
        ("post: /x, json: {q: $(q)}", b'{"q": "?a"}'),
        ("post: /x, form: {q: $(q)}", b"q=%3Fa"),
    ],
)
def test_half_of_a_character_is_sent_as_a_question_mark(operation: str, sent: str | bytes) -> None:
    (call,) = outcome_of(operation, "\ud800a").effects
    assert isinstance(call, CallService)
    assert sent in (call.url, call.body)


@pytest.mark.parametrize("failed", ["", ", failed: sorry"])
@pytest.mark.parametrize(
    ("pick", "body", "is_taken"),
    [
        ("body.n", {"n": 5}, True),
        ("body.n", {"n": "oops"}, False),
        ("body.n", "<html>", False),
        ("body.m.n", {}, False),
    ],
)
def test_a_step_tells_the_calls_whose_answers_the_bot_cannot_take(
    failed: str, pick: str, body: Value, is_taken: bool
) -> None:
    text = BOT.replace("OPERATION", f"get: /x, pick: {pick}").replace("into: x", f"into: n{failed}")
    program = compile_text(f"{text}vars: {{n: int = 0}}\n").program
    assert program is not None
    asked = step(program, Session("u"), receive("hi", START))
    (call,) = asked.effects
    answer: Value = {"status": 200, "headers": {}, "body": body}
    assert asked.unfit == ()
    assert step(program, asked.session, EffectCompleted(START, 0, call.id, answer)).unfit == (
        () if is_taken else (call.id,)
    )


def test_a_conversation_tells_who_made_a_call_that_its_answer_could_not_be_taken() -> None:
    program = compile_text(
        f"{BOT.replace('OPERATION', 'get: /x').replace('into: x', 'into: n')}vars: {{n: int = 0}}\n"
    ).program
    assert program is not None
    answers: list[Value] = ["oops", 5]
    forgotten: list[str] = []

    def perform(call: CallService) -> EffectCompleted:
        return EffectCompleted(START, 0, call.id, {"status": 200, "headers": {}, "body": answers.pop(0)})

    talk = Conversation(program, START, perform=perform, forget=lambda call: forgotten.append(call.url))
    for said, replied, told in (("hi", "failed", ["https://a.example/x"]), ("hi", "done", ["https://a.example/x"])):
        assert talk.receive(receive(said, START).message).replies == (TextReply(replied),)
        assert forgotten == told


def test_half_of_a_character_that_came_through_all_the_same_is_answered_by_failure() -> None:
    program = compile_text(BOT.replace("OPERATION", "get: /x")).program
    assert program is not None
    operation = structs.replace(program.operations["s.o"], json=lambda _: "\ud800".encode().decode())
    outcome = step(replace(program, operations={"s.o": operation}), Session("u"), receive("hi", START))
    assert outcome.replies == (TextReply("failed"),)
    assert [line.name for line in outcome.trace if line.kind == "fault"] == ["type"]
