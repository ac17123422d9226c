from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from fakes.clock import FakeClock
from fakes.engines import PUSH, EngineHouse
from support.bots import compile_text

from interpreter.machine.session import Session
from interpreter.runtime.version import BotVersion, never

SHOP = """
dialog: 1
name: shop
version: "7"
locales: [en]
timezone: Europe/Berlin
session: 1h
rules:
  pay: {pattern: =pay, reply: pay now, wait: pay}
states:
  pay:
    timeout: 10m
    timed_out: [{send: you have not paid}, too late]
    rules: {paid: {pattern: =paid, reply: thanks}}
fallback: lost
"""
QUIET = """
dialog: 1
name: quiet
locales: [en]
rules:
  hi: {pattern: =hi, reply: hello}
"""


def version_of(text: str) -> BotVersion:
    compiled = compile_text(text)
    assert compiled.program is not None, compiled.diagnostics
    return BotVersion.of(compiled.program)


def test_a_version_is_what_its_program_says() -> None:
    version = version_of(QUIET)
    assert (version.name, version.zone, version.idle) == ("quiet", ZoneInfo("Asia/Shanghai"), timedelta(hours=1))
    assert version.wake_at is never
    assert version.wake_at(Session("ann")) is None


def test_a_bot_with_timers_says_when_they_are_due() -> None:
    version = version_of(SHOP)
    assert (version.version, version.zone, version.idle) == ("7", ZoneInfo("Europe/Berlin"), timedelta(hours=1))
    assert version.wake_at is not never


async def test_a_real_bot_is_heard_of_when_its_user_is_silent() -> None:
    clock = FakeClock()
    house = EngineHouse(slow=PUSH, clock=clock)
    house.engine.renew(version_of(SHOP))
    assert await house.say("pay") == "pay now"
    clock.move(601)
    await house.engine.wake()
    await house.settle()
    assert house.pushed == ["you have not paid", "too late"]
    assert house.seen.outcomes == ["answered", "fired"]
    assert house.seen.records[-1].version == "7"


async def test_a_real_bot_whose_user_answers_in_time_says_nothing() -> None:
    clock = FakeClock()
    house = EngineHouse(slow=PUSH, clock=clock)
    house.engine.renew(version_of(SHOP))
    await house.say("pay")
    clock.move(599)
    assert await house.say("paid") == "thanks"
    clock.move(3600)
    await house.engine.wake()
    assert house.seen.outcomes == ["answered", "answered"]
    await house.settle()
    assert house.pushed == []
