"""Which timeouts come by themselves: those whose steps, wherever they lead in their turn, do something in the world."""

from __future__ import annotations

import pytest
from support.bots import compile_text

BOT = """
dialog: 1
name: t
vars: {n: int = 0, x: any}
services:
  s: {url: https://a.example.com, operations: {look: {get: /}, tell: {post: /}, drop: {delete: /}, put: {put: /}}}
rules:
  go: {wait: w}
  sends: {pattern: =sends, do: [{send: hi}]}
  guarded: {pattern: =guarded, domain: d, reply: hi}
domains: {d: {guard: n > 0, else: [{send: no}]}}
states:
  w: {timeout: 5m, timed_out: STEPS, rules: {a: {pattern: =a, reply: b}}}
  other: {prompt: other, rules: {a: {pattern: =a, do: [{send: b}]}}}
flows:
  quiet: [{reply: hush}, {reply: "$(n)"}]
  loud: [{send: hi}]
  asks: [{ask: who?, into: y}, {send: $(y)}]
  loops: [{if: n > 0, then: [{call: loops}]}, {call: nested}]
  nested: [{each: 'i in [1]', do: [{log: '$(i)'}, {call: loud}]}]
"""


def timers(text: str) -> frozenset[str]:
    compiled = compile_text(text)
    assert compiled.program is not None, [item.message.en for item in compiled.diagnostics]
    return compiled.program.timers


@pytest.mark.parametrize(
    "steps",
    [
        "{send: hi}",
        "[{reply: hi}, {send: hi}]",
        "[{if: n > 0, then: [{send: hi}], else: [bye]}]",
        "[{if: n > 0, then: [bye], else: [{send: hi}]}]",
        "[{choose: [{if: n > 0, reply: a}, {else: [{send: hi}]}]}]",
        "[{each: 'i in [1]', do: [{send: hi}]}]",
        "[{call: loud}]",
        "[{call: loops}]",
        "[{call: quiet}, {send: hi}]",
        "[{goto: flows.loud}]",
        "[{goto: rules.sends}]",
        "[{goto: rules.guarded}]",
        "[{fetch: s.tell()}]",
        "[{fetch: s.drop()}]",
        "[{fetch: s.put()}]",
        "[{fetch: s.look(), failed: [{send: hi}]}]",
        "[{fetch: s.look()}, {send: hi}]",
        "[{api: tag.list, into: x, failed: []}]",
        "[{send: hi}, {again: true}]",
    ],
)
def test_what_reaches_the_world_does_not_wait_for_the_user(steps: str) -> None:
    assert timers(BOT.replace("STEPS", steps)) == {"states.w"}


@pytest.mark.parametrize(
    "steps",
    [
        "bye",
        "[{set: n = 1}, {log: late}, bye]",
        "[{call: quiet}]",
        "[{call: asks}]",
        "[{wait: other}]",
        "[{goto: states.other}]",
        "[{fetch: s.look(), into: x}, '$(n)']",
        "[{again: true}]",
        "[{ask: who?, into: y}, {send: $(y)}]",
    ],
)
def test_what_is_only_said_waits_for_the_late_message(steps: str) -> None:
    assert timers(BOT.replace("STEPS", steps)) == frozenset()


def test_a_timeout_that_never_comes_is_no_timer() -> None:
    assert timers(BOT.replace("timeout: 5m, timed_out: STEPS", "otherwise: [{send: hi}]")) == frozenset()
    assert timers(BOT.replace("timed_out: STEPS, ", "")) == frozenset()


QUESTION = """
dialog: 1
name: t
rules:
  go: {do: [{call: outer, into: x}, '$(x)']}
  again: {pattern: =again, do: [{ask: why?, into: w, timeout: 1m, timed_out: [{send: hi}]}]}
flows:
  outer: {do: [{call: inner, into: y}, SAYS], return: y}
  inner: {do: [{ask: who?, into: who, timeout: 5m, timed_out: [{return: '"nobody"'}]}], return: who}
"""


def test_the_steps_that_called_a_flow_count_when_it_is_left_by_return() -> None:
    assert timers(QUESTION.replace("SAYS", "{send: hi}")) == {"flows.inner/who", "rules.again/w"}
    assert timers(QUESTION.replace("SAYS", "hi")) == {"rules.again/w"}
    cancelled = QUESTION.replace("[{return: '\"nobody\"'}]", "bye").replace("SAYS", "{send: hi}")
    assert timers(cancelled) == {"rules.again/w"}


def test_the_timeout_of_the_bot_is_a_timer_too() -> None:
    bot = "dialog: 1\nname: t\ntimeout: 5m\nrules: {go: {wait: w}}\nstates: {w: {timed_out: [{send: hi}]}}\n"
    assert timers(bot) == {"states.w"}
