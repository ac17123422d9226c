from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

import pytest

from interpreter.runtime.about import about
from interpreter.runtime.observing import TurnRecord
from interpreter.server.log_lines import JsonLines, TextLines
from interpreter.server.secrecy import Secrets

TURN = TurnRecord(
    "0a1b2c3d", "demo", "1.2", "5c0d", "text", "rules.hi", 1, "answered", datetime(2026, 1, 1, tzinfo=UTC), 12.34
)


@pytest.fixture
def secrets() -> Secrets:
    secrets = Secrets()
    secrets.add("canarytoken")
    return secrets


def record(text: str, *arguments: object, error: BaseException | None = None, **more: object) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("interpreter.x", logging.INFO, "", 0, text, arguments, info)
    made.__dict__.update(more)
    return made


def failure(text: str) -> Exception:
    try:
        int(text)
    except ValueError as error:
        return error
    raise AssertionError


def test_a_line_of_text(secrets: Secrets) -> None:
    line = TextLines(secrets).format(record("%s is here", "canarytoken"))
    assert line.endswith(" INFO interpreter.x ******** is here")


def test_a_traceback_is_scrubbed_with_the_line(secrets: Secrets) -> None:
    for lines in (TextLines(secrets), JsonLines(secrets)):
        line = lines.format(record("failed", error=failure("no canarytoken here")))
        assert "no ******** here" in line.rpartition("ValueError: ")[2]
        assert "Traceback" in line


def test_nobody_can_forge_a_line_or_hide_one(secrets: Secrets) -> None:
    line = TextLines(secrets).format(record("a\n2026-01-01 INFO forged \x1b[2K\r\u202e"))
    assert "\n" not in line
    assert r"a\n2026-01-01 INFO forged \x1b[2K\x0d\x202e" in line


def test_a_line_of_json(secrets: Secrets) -> None:
    fields = json.loads(JsonLines(secrets).format(record('say "%s"\n', "canarytoken 你好", created=0.0)))
    assert fields == {
        "time": "1970-01-01T00:00:00.000+00:00",
        "level": "info",
        "logger": "interpreter.x",
        "message": 'say "******** 你好"\n',
    }


def test_what_a_line_is_about_are_fields_in_json(secrets: Secrets) -> None:
    lost = record("lost", **about("demo", turn="0a1b2c3d", error="no canarytoken"))
    fields = json.loads(JsonLines(secrets).format(lost))
    assert (fields["bot"], fields["turn"], fields["error"]) == ("demo", "0a1b2c3d", "no ********")
    assert TextLines(secrets).format(lost).endswith(" lost")
    fields = json.loads(JsonLines(secrets).format(record("mistake", error=failure("x"), **about("demo"))))
    assert fields["bot"] == "demo"
    assert fields["error"].startswith("Traceback")


def test_a_turn_has_its_fields_in_json(secrets: Secrets) -> None:
    fields = json.loads(JsonLines(secrets).format(record("turn", turn=TURN)))
    assert {name: fields[name] for name in ("turn", "bot", "version", "user", "type", "by", "outcome")} == {
        "turn": "0a1b2c3d",
        "bot": "demo",
        "version": "1.2",
        "user": "5c0d",
        "type": "text",
        "by": "rules.hi",
        "outcome": "answered",
    }
    assert (fields["replies"], fields["calls"], fields["faults"], fields["ms"]) == (1, 0, 0, 12.3)


def test_the_traceback_of_a_failure_is_made_once(secrets: Secrets) -> None:
    try:
        int("x")
    except ValueError:
        made = record("failed")
        made.exc_info = sys.exc_info()
    assert JsonLines(secrets).format(made) == JsonLines(secrets).format(made)
