from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.bots import compile_text

from interpreter.cli.announcing import announcement
from interpreter.diagnostics.wording import Wording
from interpreter.program.tables import Program
from interpreter.server.settings import BOT_FILE, DEFAULT, GENERATED, AccountSettings, Setting
from interpreter.wechat.signature import sign

NOW = datetime(2026, 1, 1, tzinfo=UTC)
STAMP = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}"


@pytest.fixture(scope="module")
def program() -> Program:
    compiled = compile_text("dialog: 1\nname: demo\nrules:\n  hi: hello\n").program
    assert compiled is not None
    return compiled


def account(source: Wording, variable: str | None = "WX_TOKEN", name: str = "demo") -> AccountSettings:
    path, token = Setting(f"{name}.path", "/demo", DEFAULT), Setting(f"{name}.token", "abc123", source)
    return AccountSettings(name, path, token, token_variable=variable)


def test_a_bot_with_a_token_takes_one_line_and_does_not_show_it(program: Program) -> None:
    told = announcement([(program, account(BOT_FILE))], "0.0.0.0", 80, NOW, "en")
    assert re.fullmatch(rf"{STAMP} INFO interpreter\.server demo is ready at http://127\.0\.0\.1:80/demo\n", told)


def test_a_version_is_mentioned(program: Program) -> None:
    told = announcement([(replace(program, version="1.2"), account(BOT_FILE))], "::1", 80, NOW, "zh")
    assert told.endswith(" demo 1.2 已就绪：http://[::1]:80/demo\n")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_a_token_it_tells_what_to_enter_and_how_to_try_it(program: Program, language: str) -> None:
    told = announcement([(program, account(GENERATED))], "127.0.0.1", 8080, NOW, language)
    time = str(int(NOW.timestamp()))
    assert told.startswith("demo ")
    assert "abc123\n" in told
    assert "WX_TOKEN=abc123" in told
    assert (
        f"'http://127.0.0.1:8080/demo?signature={sign('abc123', time, 'trial')}&timestamp={time}&nonce=trial'" in told
    )
    assert ("only this computer" if language == "en" else "仅本机") in told


@pytest.mark.parametrize("source", [BOT_FILE, GENERATED])
def test_in_a_log_for_programs_it_is_lines_of_json_without_a_token(program: Program, source: Wording) -> None:
    told = announcement([(program, account(source))], "127.0.0.1", 8080, NOW, "en", in_json=True)
    lines = [json.loads(line) for line in told.splitlines()]
    assert lines[0]["message"] == "demo is ready at http://127.0.0.1:8080/demo"
    assert {line["level"] for line in lines} == {"info"}
    assert ["one was made up" in line["message"] for line in lines[1:]] == [True] * (source == GENERATED)
    assert "abc123" not in told


def test_where_others_can_reach_it_nothing_else_is_claimed(program: Program) -> None:
    assert "only this computer" not in announcement([(program, account(GENERATED))], "0.0.0.0", 80, NOW, "en")


@pytest.mark.parametrize(("name", "variable"), [("demo-shop", "DEMO_SHOP_TOKEN"), ("你好", "BOT_TOKEN")])
def test_an_account_that_reads_no_variable_is_told_how_to_read_one(program: Program, name: str, variable: str) -> None:
    told = announcement([(program, account(GENERATED, None, name))], "127.0.0.1", 80, NOW, "en")
    assert f"`token: $(env.{variable})` in its file, and start with {variable}=abc123" in told
    assert "WX_TOKEN" not in told
