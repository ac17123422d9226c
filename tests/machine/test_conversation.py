"""Calls of WeChat's API in a conversation without a world."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from support.bots import compile_text

from interpreter.machine.conversation import Conversation
from interpreter.machine.replies import TextReply
from interpreter.machine.simulation import text_message
from interpreter.values import Value

BOT = """\
dialog: 1
name: calls
rules:
  go:
    do:
      - api: tag.list
        into: x
        failed: {reply: '$(error.kind) $(error.code ?? 0) $(error.message)', end: true}
      - reply: $(to_json(x))
"""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"errcode": 40003, "errmsg": "no"}, "api 40003 tag.list: error 40003: no"),
        ({"errcode": 40003}, "api 40003 tag.list: error 40003"),
        ({"timeout": True}, "timeout 0 tag.list did not answer in time"),
        ({"errcode": 0, "tags": []}, '{"errcode":0,"tags":[]}'),
        ("plain", '"plain"'),
        (None, "api 0 no answer is given for tag.list"),
    ],
)
def test_a_given_answer_is_an_answer_or_a_failure(given: Value, said: str) -> None:
    conversation = conversing()
    if given is not None:
        conversation.answers = {"api.tag.list": given}
    assert say_go(conversation) == said
    assert conversation.last.unanswered == ([] if given is not None else ["tag.list"])


def test_without_a_given_answer_somebody_plays_wechat() -> None:
    def play(name: str, arguments: Mapping[str, Value]) -> Value:
        return {"name": name, "arguments": arguments}

    conversation = conversing()
    conversation.play_api = play
    assert say_go(conversation) == '{"name":"tag.list","arguments":{}}'
    conversation.play_api = lambda *_: "it is closed"
    assert say_go(conversation) == "refused 0 it is closed"


def conversing() -> Conversation:
    compiled = compile_text(BOT)
    assert compiled.program is not None
    return Conversation(compiled.program, datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai")))


def say_go(conversation: Conversation) -> str:
    replies = conversation.receive(text_message("go", user="u", account="bot", time=0, id="1")).replies
    return "".join(reply.text for reply in replies if isinstance(reply, TextReply))
