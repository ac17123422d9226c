from __future__ import annotations

import json
import logging
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

import pytest

from interpreter.cli.loading import load
from interpreter.cli.telling import Teller, json_line, wants_json
from interpreter.diagnostics.wording import Wording
from interpreter.server.environment import Environment

SAID = Wording("something is so", "有这么一件事")


@pytest.mark.parametrize(
    ("teller", "told"),
    [(Teller("en"), "dialog-run: something is so\n"), (Teller("zh"), "dialog-run: 有这么一件事\n")],
)
def test_people_get_a_sentence(teller: Teller, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    teller.tell(SAID, by="dialog-run: ")
    assert capsys.readouterr().err == told


def test_programs_get_a_line_as_of_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    Teller("zh", in_json=True).tell(SAID, logging.ERROR, by="dialog-run: ")
    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["logger"], line["message"]) == ("error", "interpreter.server", "有这么一件事")


def test_a_percent_sign_is_one() -> None:
    assert json.loads(json_line("100 %s"))["message"] == "100 %s"


@pytest.mark.parametrize(
    ("flag", "environ", "wanted"),
    [
        (None, {}, False),
        ("json", {}, True),
        (None, {"DIALOG_LOG_FORMAT": "json"}, True),
        ("text", {"DIALOG_LOG_FORMAT": "json"}, False),
        ("yaml", {}, False),
    ],
)
def test_the_flag_goes_before_the_environment(flag: str | None, environ: Mapping[str, str], wanted: bool) -> None:
    assert wants_json(Namespace(log_format=flag), Environment(environ)) is wanted


@pytest.mark.parametrize(("in_json", "lines"), [(False, 8), (True, 2)])
def test_each_finding_is_a_line_for_programs(
    in_json: bool, lines: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bot.yaml"
    path.write_text("dialog: 1\nname: t\nrules: {hi: $(x), ho: $(y)}\n")
    Teller("en", in_json=in_json).refuse(load(path).diagnostics)
    said = capsys.readouterr().err.splitlines()
    assert len(said) >= lines
    assert not in_json or [json.loads(line)["level"] for line in said][:2] == ["error", "error"]
