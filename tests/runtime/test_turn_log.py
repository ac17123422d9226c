from __future__ import annotations

import ast
import logging
import re
from pathlib import Path

import pytest
from fakes.clock import START
from fakes.engines import EngineHouse
from msgspec.structs import replace
from support.bots import compile_text
from support.talks import receive

from interpreter.machine.session import Session, TraceLine
from interpreter.machine.step import step
from interpreter.program.names import Place
from interpreter.runtime import turn_log
from interpreter.runtime.observing import TurnRecord
from interpreter.runtime.turn_log import TurnLog

RECORD = TurnRecord(
    turn="0123abcd",
    bot="clinic",
    version="1.2",
    user="5c0d1e88aa",
    kind="text",
    decided_by="rules.book,flows.book",
    replies=1,
    outcome="answered",
    at=START,
    ms=12.4,
)
LINE = (
    "turn=0123abcd bot=clinic version=1.2 user=5c0d1e88aa type=text by=rules.book,flows.book replies=1 "
    "outcome=answered ms=12"
)


def test_a_turn_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    TurnLog().turn(RECORD)
    assert [record.getMessage() for record in caplog.records] == [LINE]
    assert caplog.records[0].__dict__["turn"] is RECORD


def test_the_keys_are_those_that_are_documented() -> None:
    source = Path(turn_log.__file__).with_name("turn_log.py").read_text("utf-8")  # what is compiled has no docstring
    documented = re.findall(r"^(\w+)  +\S", ast.get_docstring(ast.parse(source)) or "", re.MULTILINE)
    assert documented == re.findall(r"(\w+)=", LINE)


def test_a_value_is_one_word(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    TurnLog().turn(replace(RECORD, version="1 beta", kind="odd\nturn=forged", decided_by=""))
    assert "version=1_beta user=5c0d1e88aa type=odd?turn=forged by=- replies" in caplog.text


def test_a_fault_of_the_bot_is_told_with_its_place_in_the_language_of_the_operator(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fault = TraceLine("fault", "arithmetic", Place("bot.yaml", 3, 5), "division by zero")
    for language in ("en", "zh"):
        TurnLog(language).turn(replace(RECORD, faults=(fault,)))
    first, second = (record.getMessage() for record in caplog.records if record.levelno == logging.WARNING)
    assert first == "bot.yaml:3:5: division by zero (turn=0123abcd bot=clinic)"
    assert [record.__dict__["about"] for record in caplog.records if record.levelno == logging.WARNING] == [
        {"bot": "clinic", "turn": "0123abcd", "error": first.split(": ")[1].partition(" (")[0]},
        {"bot": "clinic", "turn": "0123abcd", "error": "运算错误：除数为零"},
    ]
    assert second.startswith("bot.yaml:3:5: ")
    assert second != first


@pytest.mark.parametrize(
    "reply",
    [
        "$(replace_pattern(text, match[1] ?? '', 'x'))",
        "$(format(match[1] ?? ''))",
        "$(weighted_choice({(match[1] ?? ''): -1}))",
        "$(format_date(time(1, 2), match[1] ?? ''))",
        "$(parse_json(match[1] ?? ''))",
        "$(random(int(match[2] ?? '') ?? 0, 1))",
        "$(date(int(match[2] ?? '') ?? 0, 13, 45))",
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_fault_does_not_tell_what_the_user_said(reply: str, language: str, caplog: pytest.LogCaptureFixture) -> None:
    rule = f'{{pattern: "/^x (.*?)([0-9]*)$/", reply: "{reply}"}}'
    program = compile_text(f"dialog: 1\nname: demo\nrules:\n  x: {rule}\n").program
    assert program is not None
    outcome = step(program, Session("u"), receive("x (YYYY {canary} 4711", START))
    faults = tuple(line for line in outcome.trace if line.kind == "fault")
    TurnLog(language).tell_faults(replace(RECORD, faults=faults))
    (line,) = caplog.messages
    assert line.startswith("bot.yaml:4:")
    assert not re.search("canary|4711", line)


def test_nothing_is_written_when_nobody_reads_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    TurnLog().turn(RECORD)
    assert not caplog.records


async def test_the_log_names_turns_but_neither_users_nor_what_they_say(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    house = EngineHouse()
    for text in ("hi canary", "fault canary", "crash canary", "many canary", "send canary"):
        await house.say(text, user="oCanary")
    await house.settle()
    assert "bot=demo version=1 user=<7> type=text by=rules.hi replies=1 outcome=answered ms=0" in caplog.text
    assert "bot.yaml:3:5: division by zero" in caplog.text
    assert "anary" not in caplog.text
