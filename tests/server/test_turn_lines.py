from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from interpreter.machine.session import TraceLine
from interpreter.runtime.observing import TurnRecord
from interpreter.runtime.turn_log import TurnLog
from interpreter.server.journal import Journal, installed
from interpreter.server.log_lines import JsonLines, TextLines
from interpreter.server.secrecy import Secrets, spoken_of
from interpreter.server.turn_lines import TurnLines

RECORD = TurnRecord(
    "3f9c01ab", "clinic", "1 beta", "5c0d1e88aa", "text", "rules.book", 1, "answered", datetime.now(UTC), 12.3
)


def lines_of(*records: TurnRecord, known: Secrets, as_json: bool = False, plain: bool = False) -> list[str]:
    """What is written of some turns; with `plain` through the logging of Python's library."""
    written = bytearray()
    journal = Journal(JsonLines(known) if as_json else TextLines(known), written.extend, "en")
    with installed(journal, debug=False):
        lines = TurnLog() if plain else TurnLines(journal, known, "en", json=as_json)
        for record in records:
            lines.turn(record)
    return written.decode().splitlines()


@pytest.mark.parametrize("as_json", [False, True])
def test_a_line_is_what_logging_would_have_made(as_json: bool) -> None:
    secrets = Secrets()
    secrets.add("canarytoken")
    records = [
        RECORD,
        RECORD,
        replace(RECORD, kind="odd\nturn=forged", decided_by=""),
        replace(RECORD, decided_by="rules.canarytoken,rules.\u202e"),
        replace(RECORD, outcome="failed", error="the store says canarytoken"),
    ]
    made = lines_of(*records, known=secrets, as_json=as_json)
    usual = lines_of(*records, known=secrets, as_json=as_json, plain=True)
    if as_json:
        assert [{**json.loads(line), "time": ""} for line in made] == [
            {**json.loads(line), "time": ""} for line in usual
        ]
    else:
        pattern = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO interpreter\.turns turn=3f9c01ab .*"
        assert all(re.fullmatch(pattern, line) for line in made)
        assert [line[24:] for line in made] == [line[24:] for line in usual]
    assert "canarytoken" not in "".join(made)


def test_a_secret_that_is_learned_later_is_hidden_from_then_on() -> None:
    secrets, written = Secrets(), bytearray()
    journal = Journal(TextLines(secrets), written.extend, "en")
    lines = TurnLines(journal, secrets, "en", json=False)
    lines.turn(replace(RECORD, decided_by="rules.canarytoken"))
    secrets.add("canarytoken")
    lines.turn(replace(RECORD, decided_by="rules.canarytoken"))
    journal.close()
    assert written.count(b"canarytoken") == 1


def test_the_user_who_speaks_is_not_named() -> None:
    token = spoken_of.set("oUserWithAName")
    try:
        (line,) = lines_of(replace(RECORD, kind="oUserWithAName"), known=Secrets())
    finally:
        spoken_of.reset(token)
    assert "oUserWithAName" not in line


def test_faults_have_lines_of_their_own(caplog: pytest.LogCaptureFixture) -> None:
    fault = TraceLine("fault", "type", None, "what")
    with caplog.at_level(logging.WARNING):
        lines = lines_of(replace(RECORD, faults=(fault,)), known=Secrets())
    assert "faults" not in lines[-1]
    assert len(lines) == 2
