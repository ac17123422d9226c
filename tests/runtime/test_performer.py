from __future__ import annotations

import logging

import pytest
from fakes.machine import call_of

from interpreter.machine.effects import CallApi, CallService, LogLine, Send
from interpreter.runtime.performer import Completed, EffectPerformer, Failed, Outcome, one_line


class OneService:
    """Answers every call with its operation."""

    async def call(self, effect: CallService) -> Outcome:
        return Completed(effect.operation)


@pytest.fixture
def performer() -> EffectPerformer:
    return EffectPerformer("demo", OneService())


async def test_calls_of_services_are_passed_on(performer: EffectPerformer) -> None:
    assert await performer.call(call_of("weather")) == Completed("weather")


async def test_the_api_is_not_there_yet(performer: EffectPerformer) -> None:
    outcome = await performer.call(CallApi("e1", "tags.get", {}))
    assert outcome == Failed("api", "tags.get: calls of WeChat's API are not available yet")


async def test_log_lines_are_logged(performer: EffectPerformer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await performer.dispatch(LogLine("e1", "order 你好\nforged \x1b[31m"))
    assert [record.getMessage() for record in caplog.records] == ["demo: order 你好\\x0aforged \\x1b[31m"]


async def test_messages_are_not_sent_silently(performer: EffectPerformer, caplog: pytest.LogCaptureFixture) -> None:
    await performer.dispatch(Send("e1", "bob"))
    assert "was not sent" in caplog.text
    assert "bob" not in caplog.text


def test_a_line_stays_one_line() -> None:
    assert one_line("a\r\nb\u2028c\u202ed") == "a\\x0d\\x0ab\\x2028c\\x202ed"
