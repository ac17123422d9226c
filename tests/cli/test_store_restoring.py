"""Going back to a backup: who is restored, who stays, who goes."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from interpreter.cli.store import store
from interpreter.machine.session import Session
from interpreter.stores.protocol import Commit, SessionKey
from interpreter.stores.sqlite import SqliteStore

NOW = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
BOT = "dialog: 1\nname: demo\nrules: {hi: yo}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two bots, a store that both have used, and a backup of it before one more user came."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bot.yaml").write_text(BOT)
    (tmp_path / "other.yaml").write_text(BOT.replace("demo", "other"))
    fill(tmp_path, ("demo", "o-ann"), ("demo", "o-bob"), ("other", "o-eve"))
    assert run("bot.yaml", "backup", "copy.db") == 0
    fill(tmp_path, ("demo", "o-new"))
    return tmp_path


def fill(folder: Path, *keys: tuple[str, str]) -> None:
    async def commit() -> None:
        opened = SqliteStore(folder / "dialog.db")
        for bot, user in keys:
            await opened.commit(Commit(SessionKey(bot, user), Session(user=user), 0, NOW))
        await opened.close()

    asyncio.run(commit())


def run(*argv: str, language: str = "en") -> int:
    return store(argv, language, {})


def users(capsys: pytest.CaptureFixture[str], *argv: str) -> list[str]:
    capsys.readouterr()
    assert run("bot.yaml", "export", *argv) == 0
    return sorted(json.loads(line)["user"] for line in capsys.readouterr().out.splitlines()[1:-1])


def test_a_copy_of_several_bots_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("bot.yaml", "backup", "again.db") == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "it holds other bots too, each of which is restored by its own file: other (1)"
    )


def test_who_came_after_the_backup_stays_and_is_mentioned(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run("bot.yaml", "restore", "copy.db", "--yes") == 0
    assert capsys.readouterr().out.splitlines() == [
        "2 users were restored",
        "1 users that are not in the backup were left as they are; --replace erases them",
        "1 users of other bots were left out: other (1)",
    ]
    assert users(capsys) == ["o-ann", "o-bob", "o-new"]


def test_it_is_said_in_chinese_too(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run("bot.yaml", "restore", "copy.db", "--yes", language="zh") == 0
    assert capsys.readouterr().out.splitlines() == [
        "已恢复 2 个用户",
        "备份中没有的 1 个用户保持不变；--replace 会删除他们",
        "略过其他机器人的 1 个用户：other (1)",
    ]


@pytest.mark.parametrize("kind", ["copy", "lines"])
def test_who_came_after_the_backup_goes_if_that_is_wished_for(
    folder: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    backup = "copy.db"
    if kind == "lines":
        capsys.readouterr()
        run("bot.yaml", "export", "--store", "sqlite:copy.db")
        backup = "copy.jsonl"
        (folder / backup).write_text(capsys.readouterr().out, encoding="utf-8")
    assert run("bot.yaml", "restore", backup, "--replace") == 1  # not without --yes
    assert run("bot.yaml", "restore", backup, "--replace", "--yes") == 0
    assert "1 users that are not in the backup were erased" in capsys.readouterr().out
    assert users(capsys) == ["o-ann", "o-bob"]
    assert run("other.yaml", "show", "--user", "o-eve") == 0


def test_who_came_after_the_backup_goes_from_redis_too(capsys: pytest.CaptureFixture[str], redis_url: str) -> None:
    assert run("bot.yaml", "backup", "new.jsonl") == 0
    assert run("bot.yaml", "restore", "dialog.db", "--store", redis_url) == 0
    assert run("bot.yaml", "restore", "copy.db", "--replace", "--yes", "--store", redis_url) == 0
    assert users(capsys, "--store", redis_url) == ["o-ann", "o-bob"]


def test_what_was_made_of_one_user_does_not_take_the_place_of_all(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    run("bot.yaml", "export", "--user", "o-ann")
    (folder / "ann.jsonl").write_text(capsys.readouterr().out, encoding="utf-8")
    assert run("bot.yaml", "restore", "ann.jsonl", "--replace", "--yes") == 1
    assert "made of one user: --replace would erase all others" in capsys.readouterr().err
    assert users(capsys) == ["o-ann", "o-bob", "o-new"]
    assert run("bot.yaml", "restore", "ann.jsonl", "--yes") == 0


def test_the_backup_of_another_bot_does_not_take_the_place_of_all(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    run("other.yaml", "export")
    (folder / "other.jsonl").write_text(capsys.readouterr().out, encoding="utf-8")
    assert run("bot.yaml", "restore", "other.jsonl", "--replace", "--yes") == 1
    assert "holds no user of this bot" in capsys.readouterr().err
    assert users(capsys) == ["o-ann", "o-bob", "o-new"]


def test_users_that_cannot_be_read_in_the_backup_do_not_go(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(folder / "copy.db") as plain:
        plain.execute("UPDATE sessions SET conversation = '{' WHERE user = 'o-bob'")
    plain.close()
    assert run("bot.yaml", "restore", "copy.db", "--replace", "--yes") == 0
    said = capsys.readouterr()
    assert "1 records cannot be read and were left out" in said.err
    assert "1 users that are not in the backup were erased" in said.out
    assert users(capsys) == ["o-ann", "o-bob"]


def test_only_a_backup_can_replace(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("bot.yaml", "erase", "--user", "o-ann", "--replace") == 2
    assert "erase takes no --replace" in capsys.readouterr().err
