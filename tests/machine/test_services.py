"""Requests of services are built of whatever there is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.clock import START
from msgspec import structs
from support.bots import compile_text
from support.talks import receive

from interpreter.machine.effects import CallService
from interpreter.machine.replies import TextReply
from interpreter.machine.session import Session, Step
from interpreter.machine.step import step

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


def test_half_of_a_character_that_came_through_all_the_same_is_answered_by_failure() -> None:
    program = compile_text(BOT.replace("OPERATION", "get: /x")).program
    assert program is not None
    operation = structs.replace(program.operations["s.o"], json=lambda _: "\ud800".encode().decode())
    outcome = step(replace(program, operations={"s.o": operation}), Session("u"), receive("hi", START))
    assert outcome.replies == (TextReply("failed"),)
    assert [line.name for line in outcome.trace if line.kind == "fault"] == ["type"]
