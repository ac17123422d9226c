from __future__ import annotations

import os
from pathlib import Path

import pytest

from interpreter.cli.changes import Before, Changes


@pytest.fixture
def bot(tmp_path: Path) -> Path:
    path = tmp_path / "bot.yaml"
    path.write_text("one", encoding="utf-8")
    os.utime(path, (1, 1))
    return path


def read(changes: Changes, bot: Path, *others: Path) -> None:
    changes.was_read("demo", bot, [str(bot), *map(str, others)], long_after(changes, bot))


def long_after(changes: Changes, bot: Path) -> Before:
    """A moment so long after the bot was written that nobody can take that for a change."""
    while True:
        before = changes.before("demo")
        if before.moment > bot.stat().st_ctime_ns:
            return before


def test_a_change_counts_once_it_looks_the_same_twice(bot: Path) -> None:
    changes = Changes()
    assert not changes.knows("demo")
    read(changes, bot)
    assert changes.knows("demo")
    assert changes.settled() == changes.settled() == []
    for text in ("half", "whole!"):
        bot.write_text(text, encoding="utf-8")
        assert changes.settled() == []
    assert changes.settled() == ["demo"]
    read(changes, bot)
    assert changes.settled() == changes.settled() == []


def test_files_that_go_and_come_and_those_that_are_imported_count(bot: Path, tmp_path: Path) -> None:
    changes, other = Changes(), tmp_path / "other.yaml"
    read(changes, bot, other)
    other.write_text("there", encoding="utf-8")
    assert [changes.settled(), changes.settled()] == [[], ["demo"]]
    changes.was_read("demo", bot, (), changes.before("demo"))  # it was broken: the files are those of before
    other.unlink()
    assert [changes.settled(), changes.settled()] == [[], ["demo"]]


def test_what_changes_while_a_bot_is_read_is_a_change(bot: Path, tmp_path: Path) -> None:
    changes, other = Changes(), tmp_path / "other.yaml"
    before = long_after(changes, bot)
    other.write_text("late", encoding="utf-8")
    os.utime(other, (1, 1))  # as a copy keeps its time
    changes.was_read("demo", bot, [str(bot), str(other)], before)
    assert [changes.settled(), changes.settled()] == [[], ["demo"]]
    read(changes, bot, other)
    before = changes.before("demo")
    bot.write_text("later", encoding="utf-8")
    changes.was_read("demo", bot, [str(bot), str(other)], before)
    assert [changes.settled(), changes.settled()] == [[], ["demo"]]
