"""Time that passes while clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.bots import compile_text
from support.talks import receive

from interpreter.machine.passing import later, passed
from interpreter.machine.replies import TextReply
from interpreter.machine.session import Session
from interpreter.machine.step import step
from interpreter.machine.waits import wake_at

BOT = """
dialog: 1
name: night
timezone: ZONE
session: 1h
rules:
  wait: {pattern: =wait, reply: waiting, wait: here}
  timer: {pattern: =timer, reply: waiting, wait: timer}
states:
  here: {timeout: 50m, timed_out: too late, rules: {any: {pattern: =now, reply: in time}}}
  timer: {timeout: 50m, timed_out: [{send: psst}], rules: {any: {pattern: =now, reply: in time}}}
fallback: lost
"""
CHANGES = [
    ("Europe/Berlin", datetime(2026, 3, 29, 0, 45, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 0, 45, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 5, 45, tzinfo=UTC)),
    ("Asia/Shanghai", datetime(2026, 3, 29, 0, 45, tzinfo=UTC)),
]


def say(session: Session, zone: str, word: str, at: datetime) -> tuple[Session, list[str]]:
    program = compile_text(BOT.replace("ZONE", zone)).program
    assert program is not None
    outcome = step(program, session, receive(word, at.astimezone(ZoneInfo(zone))))
    return outcome.session, [reply.text for reply in outcome.replies if isinstance(reply, TextReply)]


@pytest.mark.parametrize(("zone", "at"), CHANGES)
@pytest.mark.parametrize(("minutes", "answer"), [(49, "in time"), (51, "too late"), (61, "lost")])
def test_a_wait_and_a_session_end_when_their_time_has_passed(
    zone: str, at: datetime, minutes: int, answer: str
) -> None:
    session, _ = say(Session("u"), zone, "wait", at)
    assert say(session, zone, "now", at + timedelta(minutes=minutes))[1] == [answer]


@pytest.mark.parametrize(("zone", "at"), CHANGES)
def test_a_timer_is_due_when_its_time_has_passed(zone: str, at: datetime) -> None:
    program = compile_text(BOT.replace("ZONE", zone)).program
    assert program is not None
    due = wake_at(program, say(Session("u"), zone, "timer", at)[0])
    assert due is not None
    assert due.astimezone(UTC) == at + timedelta(minutes=50)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_time_passes_at_both_ends_of_the_calendar(zone: str) -> None:
    first, last = datetime.min.replace(tzinfo=ZoneInfo(zone)), datetime.max.replace(tzinfo=ZoneInfo(zone))
    hour = timedelta(hours=1)
    assert passed(first, first.replace(hour=1)) == passed(last.replace(hour=22), last) == hour
    assert (later(first, hour), later(last, -hour)) == (first.replace(hour=1), last.replace(hour=22))
    assert (later(first, -hour), later(last, hour)) == (first, last)


@pytest.mark.parametrize(("zone", "at"), CHANGES)
def test_what_passes_is_what_a_stopwatch_shows(zone: str, at: datetime) -> None:
    here = at.astimezone(ZoneInfo(zone))
    assert passed(here, (at + timedelta(hours=1)).astimezone(ZoneInfo(zone))) == timedelta(hours=1)
    assert later(here, timedelta(hours=1)).astimezone(UTC) == at + timedelta(hours=1)
    assert later(here, timedelta(hours=1)).tzinfo is here.tzinfo
