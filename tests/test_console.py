from __future__ import annotations

from datetime import UTC, datetime

import pytest
from support.bots import compile_text

from interpreter.console import Console, printable

BOT = """dialog: 1
name: t
locales: [en]
vars: {n: int = 0, tags: 'list = [1]'}
rules:
  hi: {pattern: =hi, set: n += 1, reply: hello}
  wait: {pattern: =wait, reply: waiting, wait: s}
  ask: {pattern: =ask, do: [{ask: how old?, into: age, type: int}, {reply: $(age)}]}
  where: {message: location, reply: $(message.location.label)}
  click: {event: click, key: K, reply: clicked}
  words: {event: click, key: two words, reply: clicked two words}
  news: {pattern: =news, reply: {news: {title: T, text: "a\\nb", url: 'https://a.example'}}}
  music: {pattern: =music, reply: {music: {title: M, url: 'https://a.example/m'}}}
  video: {pattern: =video, reply: {video: {id: V, title: W}}}
  image: {pattern: =image, reply: {image: I}}
  send: {pattern: =send, do: [{send: psst}, {send: {template: paid}}, {log: noted}, {reply: ok}]}
  break: {pattern: =break, reply: '$(1 // (n - n))'}
  time: {pattern: =time, reply: $(now)}
  slash: {pattern: =/hi, reply: a slash}
  late: {pattern: =late, reply: be quick, wait: late}
  tick: {pattern: =tick, reply: ticking, wait: tick}
states:
  late: {timeout: 5m, timed_out: [{send: late}, too late], rules: {a: {pattern: =a, reply: b}}}
  tick: {timeout: 1s, timed_out: [{send: tick}, {again: true}], rules: {a: {pattern: =a, reply: b}}}
  s: {rules: {any: {always: true, reply: in s}}}
"""


def chat(*lines: str, language: str = "en") -> list[str]:
    program = compile_text(BOT).program
    assert program is not None
    said: list[str] = []
    console = Console(program, lambda: datetime(2026, 1, 1, tzinfo=UTC), said.append, language, buttons={"Button": "K"})
    console.run(f"{line}\n" for line in lines)
    return said


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["hi"], ["hello"]),
        (["/text hi"], ["hello"]),
        (["//hi"], ["a slash"]),
        (["", "  "], []),
        (["unknown"], ["(no reply)"]),
        (["/location 30.2,120.1 西湖"], ["西湖"]),
        (["/click Button"], ["clicked"]),
        (["/event CLICK key=K"], ["clicked"]),
        (["/event CLICK K"], ["clicked"]),
        (["/event CLICK 'two words' x=y"], ["clicked two words"]),
        (["/event CLICK two words"], ["clicked two words"]),
        (["/event CLICK key='two words'"], ["clicked two words"]),
        (["/message image PicUrl"], ["after `/message` comes TYPE k=v…"]),
        (["/text  "], ["after `/text` comes TEXT"]),
        (["/location 30.2，120.1", "/location 30.2, 120.1  West  Lake"], ["(no reply)", "West  Lake"]),
        (["wait", "/state", "x", "/state"], ["waiting", "s", "in s", "waits nowhere"]),
        (["ask", "/state"], ["how old?", "ask/age"]),
        (["hi", "/vars"], ["hello", "n = 1", "tags = [1]", "user.locale = en", "user.id = me"]),
        (["/as bob", "/vars"], ["bob"]),
        (["time", "/clock +90m", "time"], ["2026-01-01 08:00", "2026-01-01 09:30", "2026-01-01 09:30"]),
        (["late", "/clock +5m", "x"], ["be quick", "2026-01-01 08:05", "too late", "! send → me: late", "(no reply)"]),
        (["tick", "/clock +30m", "late"], ["ticking", "2026-01-01 08:30", *["! send → me: tick"] * 1001, "be quick"]),
        (["/clock soon"], ["say `/clock +10m`"]),
        (["/clok"], ["there is no command `/clok`; did you mean `/clock`?"]),
        (["/zzzzzz"], ["there is no command `/zzzzzz`; see /help"]),
        (["/image"], ["after `/image` comes URL"]),
        (["/location here"], ["after `/location` comes LAT,LNG LABEL, such as `30.28,120.06 West Lake`"]),
        (["news"], ["▤ T", "  a", "  b", "  https://a.example"]),
        (["music"], ["♪ M", "  https://a.example/m"]),
        (["video"], ["▶ V  W"]),
        (["image"], ["@image I"]),
        (["send"], ["ok", "! send → me: psst", "! send → me: template paid", "! log noted"]),
        (["/quit", "hi"], []),
    ],
)
def test_a_chat(lines: list[str], said: list[str]) -> None:
    assert chat(*lines) == said


def test_a_fault_is_shown_with_its_place() -> None:
    said = chat("break")
    assert said[0].startswith("Something went wrong")
    assert "bot.yaml:17:" in said[1]
    assert chat("break", language="zh")[1].endswith("出错：运算错误：除数为零")


def test_the_trace_of_the_last_turn_can_be_seen() -> None:
    assert chat("hi", "/trace")[1].startswith("rule rules.hi  (bot.yaml:6:")


def test_help_and_messages_are_bilingual() -> None:
    assert any("拨快" in line for line in chat("/help", language="zh"))
    assert chat("unknown", language="zh") == ["（没有回复）"]


def test_nothing_a_terminal_would_obey_is_printed() -> None:
    assert printable("\x1b[31m红\x07\ud800\tb") == "\\x1b[31m红\\x07\ufffd\tb"
