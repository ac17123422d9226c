"""`dialog-test` in its own process: what it prints and how it ends."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from interpreter.cli.test import main

BOT = 'dialog: 1\nname: t\nrules: {hi: yo}\ntests:\n  greets: {talk: "> hi\\n< yo"}\n'


@pytest.fixture(autouse=True)
def bots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_text(BOT)
    (tmp_path / "fails.yaml").write_text(BOT.replace("< yo", "< no"))
    (tmp_path / "broken.yaml").write_text(BOT.replace("yo}", "$(nmae)}"))
    (tmp_path / "two.yaml").write_text(BOT.replace("rules:", "rulez:"))


def run(monkeypatch: pytest.MonkeyPatch, *argv: str) -> int:
    monkeypatch.setattr(sys, "argv", ["dialog-test", "--lang=en", *argv])
    return main()


@pytest.mark.parametrize(
    ("argv", "code", "last"),
    [
        (["good.yaml"], 0, "1 passed, 0 failed (1 turns)"),
        (["good.yaml", "-v", "good.yaml"], 0, "1 passed, 0 failed (1 turns)"),
        (["good.yaml", "-k", "nothing"], 2, "0 passed, 0 failed (0 turns)"),
        (["fails.yaml"], 1, "0 passed, 1 failed (1 turns)"),
        (["broken.yaml"], 1, "0 passed, 0 failed (0 turns); 1 bot has errors and was not tested"),
        (
            ["broken.yaml", "good.yaml", "broken.yaml", "two.yaml"],
            1,
            "1 passed, 0 failed (1 turns); 2 bots have errors and were not tested",
        ),
        (["good.yaml", "nowhere.yaml"], 2, "1 passed, 0 failed (1 turns)"),
    ],
)
def test_the_exit_code_says_how_it_went(
    argv: list[str],
    code: int,
    last: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, *argv) == code
    assert capsys.readouterr().out.splitlines()[-1] == last


@pytest.mark.parametrize("argv", [[], ["--frobnicate"], ["-k"]])
def test_wrong_usage_ends_with_2(argv: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, *argv) == 2


def test_a_failure_names_its_place(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run(monkeypatch, "fails.yaml")
    assert "fails.yaml:5" in capsys.readouterr().out


def test_coverage_names_the_rules_that_nothing_reaches(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "two.yaml").write_text(
        BOT.replace("{hi: yo}", "{hi: yo, bye: {reply: ciao, examples: [bye bye]}, no: x}")
    )
    assert run(monkeypatch, "--coverage", "two.yaml") == 0
    assert capsys.readouterr().out.splitlines() == [
        "two.yaml:3:58: no test reaches rules.no",
        "t: 2 of 3 rules reached",
        "2 passed, 0 failed (2 turns)",
    ]


def test_a_name_that_selects_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, "good.yaml", "-k", "nothing")
    assert capsys.readouterr().err == "dialog-test: no test or example has `nothing` in its name\n"
