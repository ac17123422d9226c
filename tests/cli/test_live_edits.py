from __future__ import annotations

from pathlib import Path

import pytest

from interpreter.cli.caching import ready_bot
from interpreter.cli.live_edits import LiveEdits

BOT = """dialog: 1
name: demo
rules:
  play: {pattern: =play, reply: go on, wait: guess}
states:
  guess: {otherwise: x}
"""
PATIENT = BOT.replace("guess", "think")


class House:
    """A bot's file that is edited while it is served."""

    def __init__(self, folder: Path, language: str = "en") -> None:
        self.path = folder / "bot.yaml"
        self.path.write_text(BOT, encoding="utf-8")
        self.edits = LiveEdits(language)
        self.edits.is_served(ready_bot(self.path, None))

    def edit(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")
        self.edits.is_taken_anew(ready_bot(self.path, None))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "state `guess` is gone, and conversations that wait in it must start over"),
        ("zh", "状态 `guess` 没有了，停在其中的对话要重新开始"),
    ],
)
def test_a_wait_that_is_gone_is_one_line(
    tmp_path: Path, language: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    House(tmp_path, language).edit(PATIENT)
    (line,) = caplog.messages
    assert line.startswith(f"{tmp_path}/bot.yaml:6:3: ")
    assert line.endswith(f"DL901 {said}")


def test_an_edit_is_compared_with_what_ran_before_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    house = House(tmp_path)
    house.edit(BOT.replace("go on", "guess!"))
    house.edit(BOT)
    assert not caplog.messages
    house.edit(PATIENT)
    house.edit(PATIENT)
    assert len(caplog.messages) == 1
    house.edit(BOT)
    assert "state `think` is gone" in caplog.messages[1]


def test_what_is_renamed_breaks_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    House(tmp_path).edit(f"{PATIENT}renamed: {{guess: think}}\n")
    assert not caplog.messages


def test_imported_files_count(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "states.yaml").write_text("states:\n  guess: {otherwise: x}\n")
    split = "dialog: 1\nname: demo\nimports: [states.yaml]\nrules: {play: {pattern: =play, reply: a, wait: guess}}\n"
    house = House(tmp_path)
    house.edit(split)
    assert not caplog.messages
    (tmp_path / "states.yaml").write_text("states:\n  think: {otherwise: x}\n")
    house.edit(split.replace("guess", "think"))
    assert "state `guess` is gone" in caplog.messages[0]


def test_a_file_that_is_gone_meanwhile_is_not_compared(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    house = House(tmp_path)
    again = ready_bot(house.path, None)
    house.path.unlink()
    house.edits.is_taken_anew(again)
    house.edit(PATIENT)
    assert not caplog.messages
