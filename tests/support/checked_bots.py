"""Bots for the language server's tests: written with a `‸` where the cursor stands."""

from __future__ import annotations

from pathlib import Path

from interpreter.cli.lsp import check_bot
from interpreter.language_server.checked import Checked
from interpreter.source.spans import SourceFile

ROOT = Path(__file__).parents[2]
CURSOR = "‸"
NAME = "bot.yaml"

CAFE = """\
dialog: 1
name: cafe
locales: [zh, en]
vars:
  answer: int(1..9) = 1
  user.name: text = "朋友"
entities:
  cities: {北京: [帝都], 上海: []}
texts:
  hello: 你好，$(user.name)
domains:
  member: {guard: user.name != "x"}
services:
  geo:
    url: https://api.example.com
    operations:
      regeo:
        args: {lat: number, lng: number}
        get: /at?$(lat),$(lng)
        mock: {body: {}}
rules:
  start:
    pattern: "=play <n:int>"
    set: answer = n
    wait: guess
  where:
    pattern: 去<city:cities>
    domain: member
    reply: $(city) $(texts.hello)
    call: survey
    with: {topic: city}
states:
  guess:
    prompt: 猜一个
    tries: 3
    rules:
      right: {pattern: "=<n:int>", if: n == answer, reply: 对！}
    otherwise: {reply: 再猜, again: true}
flows:
  survey:
    args: {topic: text}
    do:
      - ask: $(topic)？
        into: mood
        type: 好 | 坏
      - fetch: geo.regeo(1, lng=2)
        into: place
      - if: mood == "好" and place != null
        then: 真好
      - reply: $([t for t in [topic] if t != mood])
fallback: 再见
tests:
  plays:
    given: {answer: 3, geo.regeo: {body: {}}}
    talk: |
      > play 3
      < 猜一个
      ? state.name == "guess" and answer == 3
      > 3
      < 对！
"""
"""A bot with a name of every kind."""


def check(text: str, **others: str) -> Checked:
    """A bot as it was checked; `others` are further files by their stems."""
    texts = {NAME: text, **{f"{stem}.yaml": content for stem, content in others.items()}}
    return check_bot(Path(NAME), texts)


def cursor(text: str) -> tuple[str, int]:
    """A text without its mark, and where that stood."""
    return text.replace(CURSOR, ""), text.index(CURSOR)


def offset_of(text: str, place: str) -> int:
    """The offset of the mark in a piece of a text."""
    return text.index(place.replace(CURSOR, "")) + place.index(CURSOR)


def source(text: str) -> SourceFile:
    """The file of a bot."""
    return SourceFile(NAME, text)
