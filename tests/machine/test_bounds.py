"""What is remembered of one user stays within its bound, whatever a bot stores."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from support.bots import compile_text

from interpreter.machine.bounds import MAX_SESSION
from interpreter.machine.conversation import Conversation, Exchange
from interpreter.machine.replies import TextReply
from interpreter.machine.simulation import text_message
from interpreter.machine.step import DEFAULT_FAILURE
from interpreter.stores.codec import read_session, write_conversation, write_memory

FAILED = (TextReply(DEFAULT_FAILURE["en"]),)
VARIABLES = """
vars: {a: text = "", b: text = "", user.c: text = ""}
rules:
  vars: {pattern: =vars, set: ["a = repeat('甲', 15000)", "b = repeat('乙', 15000)"], reply: ok}
  user: {pattern: =user, set: ["user.c = repeat('x', 65000)", "a = repeat('x', 1000)"], reply: ok}
  odd: {pattern: =odd, set: 'a = repeat("\\n", 30000) + repeat("\\n", 5000)', reply: ok}
  one: {pattern: =one, set: "a = repeat('x', 65000)", reply: ok}
  less: {pattern: =less, set: "a = ''", reply: ok}
  small: {pattern: =small, reply: ok}
"""


def conversation_of(text: str) -> Conversation:
    compiled = compile_text(f"dialog: 1\nname: t\nlocales: [en]\n{text}")
    assert compiled.program is not None, [item.message.en for item in compiled.diagnostics]
    return Conversation(compiled.program, datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai")))


def send(conversation: Conversation, text: str) -> Exchange:
    return conversation.receive(text_message(text, user="u", account="b", time=1, id="1"))


@pytest.mark.parametrize("word", ["vars", "user", "odd"])
def test_variables_that_take_too_much_together_are_a_fault_of_the_turn(word: str) -> None:
    conversation = conversation_of(VARIABLES)
    exchange = send(conversation, word)
    assert exchange.replies == FAILED
    assert [line.name for line in exchange.trace if line.kind == "fault"] == ["budget"]
    assert len(write_conversation(conversation.session("u"))) < 1_000
    assert send(conversation, "small").replies == (TextReply("ok"),)


def test_variables_that_just_fit_are_stored() -> None:
    conversation = conversation_of(VARIABLES)
    assert send(conversation, "one").replies == (TextReply("ok"),)
    assert len(write_conversation(conversation.session("u"))) > 65_000


def test_locals_of_waits_count() -> None:
    bot = "rules: {go: {call: deep, with: {n: 9}}}\nflows:\n  deep:\n    args: {n: int}\n    do:\n"
    bot += "      - let: x = repeat('x', 9000)\n      - if: n > 0\n        then: {call: deep, with: {n: n - 1}}\n"
    bot += "        else: [{ask: 'how?', into: y}]\n      - $(x) $(y)\n"
    assert send(conversation_of(bot.replace("$(y)", "")), "go").replies == FAILED
    few = bot.replace("n: 9", "n: 2").replace("$(y)", "")
    assert send(conversation_of(few), "go").replies == (TextReply("how?"),)


def test_a_failure_that_stores_too_much_still_answers() -> None:
    bot = "vars: {a: text = '', b: text = ''}\nrules: {go: {reply: $(1 // (len(a) - len(a)))}}\n"
    bot += 'failure: [{set: ["a = repeat(\'x\', 60000)", "b = a"]}, sorry]\n'
    assert send(conversation_of(bot), "go").replies == FAILED


def test_a_session_that_was_too_large_before_may_go_on_and_shrink() -> None:
    conversation = conversation_of(VARIABLES)
    send(conversation, "small")
    large = {"a": "x" * MAX_SESSION, "b": "y"}
    conversation.sessions["u"] = replace(conversation.sessions["u"], vars=large)
    assert send(conversation, "small").replies == (TextReply("ok"),)
    assert send(conversation, "user").replies == FAILED
    assert send(conversation, "less").replies == (TextReply("ok"),)


def test_half_of_a_surrogate_pair_counts_as_it_is_stored() -> None:
    conversation = conversation_of(
        "vars: {a: text = ''}\nrules: {any: {message: text, set: a = text + text, reply: ok}}\n"
    )
    assert send(conversation, "\ud800" + "甲" * 4_000).replies == (TextReply("ok"),)
    assert send(conversation, "\ud800" + "甲" * 9_000).replies == FAILED
    session = conversation.session("u")
    assert read_session("u", write_conversation(session), write_memory(session)) == session
    assert len(json.dumps(dict(session.vars))) < MAX_SESSION
