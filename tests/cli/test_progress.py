from __future__ import annotations

import io

import pytest

from interpreter.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_how_far_it_is_and_then_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    with Progress("en") as progress:
        progress.items(20_000)
        progress.bytes(512 * 1024, 1024 * 1024)
        progress.bytes(2048, None)
        progress.waiting(61)
        progress.items(10_000, 25_000)
    shown = screen.getvalue().split("\r")
    assert shown[1].strip() == "20,000 so far …"
    assert shown[2].strip() == "[##########          ]  50% 512 KB"
    assert shown[3].strip() == "2 KB …"
    assert shown[4].strip() == "under way for 1:01 …"
    assert shown[5].strip() == "[########            ]  40% 10,000 of 25,000"
    assert shown[-2].strip() == ""


def test_lines_that_are_written_on_the_same_terminal_are_not_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    with Progress("en", beside=screen) as progress:
        progress.items(1)
    assert screen.getvalue() == ""
    with Progress("en", beside=io.StringIO()) as progress:
        progress.items(1)
    assert "1 so far" in screen.getvalue()


def test_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr("sys.stderr", screen)
    with Progress("zh") as progress:
        progress.items(1)
    assert screen.getvalue() == ""
