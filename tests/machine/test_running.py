"""Limits of one turn: whatever a bot does, the turn ends soon, with its words or with `failure`."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from support.bots import compile_text

from interpreter.machine.conversation import Conversation, Exchange
from interpreter.machine.limits import VALUE_DEPTH, is_small
from interpreter.machine.replies import TextReply
from interpreter.machine.search import LEVEL_LIMIT
from interpreter.machine.simulation import UnknownWords, simulate, text_message
from interpreter.machine.step import DEFAULT_FAILURE
from interpreter.stores.codec import write_conversation
from interpreter.values import MAX_SIZE, MAX_TEXT, Fault, Value, equal

SECONDS = 2.0
FAILED = (TextReply(DEFAULT_FAILURE["zh"]),)


def shared(depth: int) -> str:
    """An expression for a list that is small, and holds far more than fits anywhere."""
    text = "[1]"
    for level in range(depth):
        text = f"[[x{level} for i in range(0, 90)] for x{level} in {text}]"
    return text


def conversation_of(text: str) -> Conversation:
    compiled = compile_text(f"dialog: 1\nname: t\n{text}")
    assert compiled.program is not None, [item.message.en for item in compiled.diagnostics]
    return Conversation(compiled.program, datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai")))


def send(conversation: Conversation, text: str) -> Exchange:
    return conversation.receive(text_message(text, user="u", account="b", time=1, id="1"))


def faults_of(exchange: Exchange) -> list[str]:
    return [line.name for line in exchange.trace if line.kind == "fault"]


def steps(*lines: str) -> str:
    return "rules:\n  go:\n    do:\n" + "".join(f"      {line}\n" for line in lines)


TOO_MUCH = {
    "a loop that evaluates much": steps(
        '- each: "i in range(0, 4000)"', "  do:", "    - let: y = sum([j for j in range(0, 4000)])", "- reply: ok"
    ),
    "conditions that evaluate much": "rules:\n"
    + "".join(f"  r{i}: {{pattern: go, if: 'len([x for x in range(0, 900)]) < 1', reply: x}}\n" for i in range(500)),
    "a loop that says much": steps('- each: "i in range(0, 2000)"', "  do:", "    - reply: $(repeat('x', 9000))"),
    "a loop without end": steps('- each: "i in range(0, 10000)"', "  do:", "    - reply: x"),
    "a loop that logs": steps('- each: "i in range(0, 3000)"', "  do:", "    - log: x"),
    "a loop that calls a service": "services: {s: {url: 'http://a.b', operations: {o: {get: /, mock: {body: 1}}}}}\n"
    + steps('- each: "i in range(0, 500)"', "  do:", "    - fetch: s.o()"),
    "a list in a list in a list": "vars:\n  x: any = null\n"
    + steps('- each: "i in range(0, 3000)"', "  do:", "    - set: x = [x]"),
    "a variable that grows": "vars:\n  x: text = ''\n"
    + steps('- each: "i in range(0, 3000)"', "  do:", "    - set: x = x + repeat('a', 1000)"),
    "a list that stands for more than fits": steps(f'- let: "y = {shared(14)}"'),
    "such a list written as JSON": steps(f'- log: "$(to_json({shared(14)}))"'),
    "a loop over such a list": steps(f'- each: "y in {shared(14)}"', "  do:", "    - ask: x", "      into: z"),
    "such a list passed on": "rules:\n  go:\n    goto: rules.to\n    with:\n      y: >-\n"
    f"        'a' if text == 'no' else {shared(14)}\n"
    "  to: {pattern: <y>, do: [{ask: x, into: z}]}\n",
    "such a list in a request": 'services: {s: {url: http://a.b, operations: {o: {post: /, json: "$(#)"}}}}\n'.replace(
        "#", shared(14)
    )
    + steps("- fetch: s.o()"),
    "texts that double": "texts:\n"
    + "".join(f"  t{i}: $(texts.t{i + 1})$(texts.t{i + 1})\n" for i in range(30))
    + "  t30: ''\n"
    + steps("- reply: $(texts.t0)"),
    "a long chain of texts": "texts:\n"
    + "".join(f"  t{i}: $(texts.t{i + 1})\n" for i in range(500))
    + "  t500: ''\n"
    + steps("- reply: $(texts.t0)"),
    "flows in flows": "flows:\n  f: {args: {n: int}, do: [{if: n > 0, then: [{call: f, with: {n: n - 1}}]}]}\n"
    + steps("- call: f", "  with: {n: 9999}"),
    "a circle of flows": "vars: {n: int = 1}\n"
    "flows:\n  a: [{if: n > 0, then: [{goto: flows.b}]}]\n  b: [{goto: flows.a}]\n" + steps("- call: a"),
    "flows and rules in turn": "vars: {n: int = 1}\nflows: {a: [{if: n > 0, then: [{goto: rules.go}]}]}\n"
    + steps("- call: a"),
    "a circle through a guard": "vars: {n: int = 0}\n"
    "domains: {d: {guard: n > 0, else: [{goto: rules.b}]}}\nrules:\n  go: {pattern: go, goto: rules.b}\n"
    "  b: {pattern: b, domain: d, reply: in}\n",
    "a circle of rules": "vars: {n: int = 0}\n" + steps("- set: n += 1", "- if: n > 0", "  then: [{goto: rules.go}]"),
}


@pytest.mark.parametrize("bot", TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_a_turn_that_asks_too_much_fails_soon(bot: str) -> None:
    conversation = conversation_of(bot)
    began = time.process_time()
    exchange = send(conversation, "go")
    assert time.process_time() - began < SECONDS
    assert faults_of(exchange) == ["budget"]
    assert exchange.replies == FAILED
    assert len(write_conversation(conversation.session("u"))) < 1_000


def test_a_turn_after_one_that_failed_has_its_whole_budget() -> None:
    heavy = TOO_MUCH["a loop that evaluates much"]
    conversation = conversation_of(heavy + "  light: $(len([i for i in range(0, 4000)]))\n")
    send(conversation, "go")
    assert send(conversation, "light").replies == (TextReply("4000"),)


def test_failure_has_a_budget_of_its_own() -> None:
    bot = TOO_MUCH["a loop that evaluates much"] + "failure: sorry $(len([i for i in range(0, 4000)]))\n"
    assert send(conversation_of(bot), "go").replies == (TextReply("sorry 4000"),)


def test_a_named_text_leaves_the_variables_of_the_text_around_it() -> None:
    bot = "texts: {hi: 你好}\nrules:\n  a: {pattern: 我叫<name>, reply: $(texts.hi) $(name)}\n"
    assert send(conversation_of(bot), "我叫小明").replies == (TextReply("你好 小明"),)


def test_named_texts_may_stand_in_one_another() -> None:
    texts = "".join(f"  t{i}: $(texts.t{i + 1})\n" for i in range(20))
    bot = f"texts:\n{texts}  t20: end\nrules:\n  go: $(texts.t0) $(texts.t1)\n"
    assert send(conversation_of(bot), "go").replies == (TextReply("end end"),)


def test_waits_that_interrupt_one_another_do_not_pile_up_for_ever() -> None:
    bot = "vars: {n: int = 0}\nrules:\n  a: {do: [{ask: n?, into: x, type: int, interrupt: resume}, {reply: end}]}\n"
    conversation = conversation_of(bot)
    for _ in range(LEVEL_LIMIT + 20):
        assert send(conversation, "a").replies == (TextReply("n?"),)
    assert len(conversation.session("u").levels) <= LEVEL_LIMIT


@pytest.mark.parametrize(
    ("value", "small"),
    [
        ("x" * MAX_SIZE, True),
        ("x" * (MAX_SIZE + 1), False),
        ([1] * 6_000, True),
        ([1] * 7_000, False),
        ({"a": "x" * MAX_SIZE}, False),
        ({"a": {"b": ["c", None, 1.5]}}, True),
    ],
)
def test_a_value_is_measured_as_it_would_be_stored(value: Value, *, small: bool) -> None:
    assert is_small(value) is small


def test_a_value_nested_too_deep_is_not_small() -> None:
    value: Value = []
    for _ in range(VALUE_DEPTH - 2):
        value = [value]
    assert is_small(value)
    assert not is_small([[value]])


def test_lists_that_stand_for_too_much_are_not_compared() -> None:
    left: Value = [1]
    right: Value = [1]
    for _ in range(20):
        left, right = [left] * 10, [right] * 10
    with pytest.raises(Fault, match="too large to be compared"):
        equal(left, right)


def test_deep_lists_are_compared() -> None:
    left: Value = [1]
    right: Value = [1]
    for _ in range(5_000):
        left, right = [left], [right]
    assert equal(left, right)
    assert not equal(left, [right])


def test_a_text_of_64_k_is_said() -> None:
    bot = f"rules:\n  go: $(repeat('x', {MAX_TEXT}))\n"
    assert send(conversation_of(bot), "go").replies == (TextReply("x" * MAX_TEXT),)


@pytest.mark.parametrize("words", ["location nan,1", "location 1e999,1", "location 1", "event x lat=a lng=b"])
def test_a_place_without_numbers_is_no_message(words: str) -> None:
    with pytest.raises(UnknownWords):
        simulate(words, user="u", account="b", time=1, id="1")
