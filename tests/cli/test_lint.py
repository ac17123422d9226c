"""`dialog-lint` in its own process: what it prints and how it ends."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from interpreter.cli.lint import main

CLEAN_BOT = "dialog: 1\nname: t\nrules: {hi: yo}\n"
BROKEN_BOT = "dialog: 1\nname: t\nrules: {hi: $(nmae)}\n"


@pytest.fixture(autouse=True)
def bots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clean.yaml").write_text(CLEAN_BOT)
    (tmp_path / "broken.yaml").write_text(BROKEN_BOT)


def lint(monkeypatch: pytest.MonkeyPatch, *argv: str) -> int:
    monkeypatch.setattr(sys, "argv", ["dialog-lint", "--lang=en", *argv])
    return main()


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["clean.yaml"], 0),
        (["broken.yaml"], 1),
        (["."], 1),
        (["clean.yaml", "--format", "json", "clean.yaml"], 0),
        (["nowhere.yaml"], 2),
        (["clean.yaml", "nowhere.yaml"], 2),
        ([""], 2),
        ([], 2),
        (["--frobnicate", "clean.yaml"], 2),
        (["--format", "xml", "clean.yaml"], 2),
        (["--help"], 0),
        (["/dev/null"], 1),
    ],
)
def test_the_exit_code_says_how_it_went(
    argv: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint(monkeypatch, *argv) == code
    assert "Traceback" not in capsys.readouterr().err


def test_a_clean_bot_is_said_to_be_clean(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lint(monkeypatch, "clean.yaml")
    assert capsys.readouterr().out == "1 bot, no findings\n"


def test_a_finding_names_its_place(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lint(monkeypatch, "broken.yaml", "nowhere.yaml")
    printed = capsys.readouterr()
    assert "--> broken.yaml:3:15" in printed.out
    assert printed.err == "nowhere.yaml: no bot file is there\n"


def test_json_is_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lint(monkeypatch, "--format=json", ".")
    (found,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert found["code"] == "DL102"
