from __future__ import annotations

import logging

import pytest
from fakes.machine import call_of

from interpreter.machine.effects import CallApi, CallService, LogLine, Send
from interpreter.runtime.performer import Completed, EffectPerformer, Failed, Outcome, one_line


class OneService:
    """Answers every call with its operation."""

    forgotten: str | None = None

    async def call(self, effect: CallService) -> Outcome:
        return Completed(effect.operation)

    def forget(self, effect: CallService) -> None:
        self.forgotten = effect.operation


@pytest.fixture
def performer() -> EffectPerformer:
    return EffectPerformer("demo", OneService())


async def test_calls_of_services_are_passed_on(performer: EffectPerformer) -> None:
    assert await performer.call(call_of("weather")) == Completed("weather")


def test_what_is_to_be_forgotten_is_passed_on() -> None:
    service = OneService()
    EffectPerformer("demo", service).forget(call_of("weather"))
    assert service.forgotten == "weather"


async def test_the_api_is_not_there_yet(performer: EffectPerformer) -> None:
    outcome = await performer.call(CallApi("e1", "tags.get", {}))
    assert outcome == Failed("refused", "tags.get needs WeChat's API, which is not set up for this account")


async def test_log_lines_are_logged(performer: EffectPerformer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    performer.log(LogLine("e1", "order 你好\nforged \x1b[31m"))
    assert [record.getMessage() for record in caplog.records] == ["demo: order 你好\\x0aforged \\x1b[31m"]


async def test_without_the_api_a_message_is_certainly_not_sent(performer: EffectPerformer) -> None:
    outcome = await performer.deliver(Send("e1", "bob"), "key")
    assert isinstance(outcome, Failed)
    assert outcome.kind == "refused"


def test_a_line_stays_one_line() -> None:
    assert one_line("a\r\nb\u2028c\u202ed") == "a\\x0d\\x0ab\\x2028c\\x202ed"
