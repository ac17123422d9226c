from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from interpreter.cli.store import store
from interpreter.machine.session import Frame, Level, Session, Wait
from interpreter.stores.protocol import Commit, MessageKey, Parcel, SessionKey
from interpreter.stores.sqlite import SqliteStore

NOW = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
BOT = "dialog: 1\nname: demo\nrules: {hi: yo}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a bot and a store that two users have used."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bot.yaml").write_text(BOT)
    asyncio.run(fill(tmp_path / "dialog.db"))
    return tmp_path


async def fill(path: Path) -> None:
    opened = SqliteStore(path)
    levels = (
        Level(frames=(Frame("flows.book", "s", {}),), wait=Wait(None, 0, NOW)),
        Level(frames=(), wait=Wait("states.guess", 2, NOW)),
        Level(frames=(Frame("flows.pay", "s", {}),), wait=None),
    )
    ann = Session(
        user="o-ann",
        started=NOW,
        seen=NOW,
        turns=3,
        vars={"answer": 7, "list": [1, "二"], "text": "\x1b[31m"},
        levels=levels,
        memory={"name": "安", "none": None},
    )
    parcels = (Parcel("m:1", "{}", NOW), Parcel("m:2", "{}", NOW, for_next=True))
    await opened.commit(Commit(SessionKey("demo", "o-ann"), ann, 0, NOW, MessageKey("m"), b"<xml/>", parcels, wake=NOW))
    await opened.commit(Commit(SessionKey("demo", "o-bob"), Session(user="o-bob"), 0, NOW))
    await opened.commit(Commit(SessionKey("other", "o-eve"), Session(user="o-eve"), 0, NOW))
    await opened.close()


def run(*argv: str, language: str = "en", **environ: str) -> int:
    return store(argv, language, environ)


def test_stats_count_and_name_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("bot.yaml", "stats") == 0
    out = capsys.readouterr().out
    assert out.splitlines()[:3] == [
        "users                 2",
        "conversations         2",
        "remembered replies    1",
    ]
    assert "o-" not in out


def test_show_is_for_people_to_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("bot.yaml", "show", "--user", "o-ann") == 0
    lines = [line.split(None, 1) for line in capsys.readouterr().out.splitlines()]
    for line in (
        ["user", "o-ann"],
        ["turns", "3"],
        ["variable", "answer = 7"],
        ["variable", 'list = [1, "二"]'],
        ["variable", r'text = "\u001b[31m"'],
        ["memory", 'name = "安"'],
        ["memory", "none = null"],
    ):
        assert line in lines
    waits = [line[1].split()[0] for line in lines if line[0] == "waits"]
    assert waits == ["flows.pay", "states.guess", "flows.book"]


def test_show_speaks_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("bot.yaml", "show", "--user", "o-ann", language="zh") == 0
    assert "记忆        name = " in capsys.readouterr().out


def test_an_unreadable_session_is_said_to_be_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(folder / "dialog.db") as plain:
        plain.execute("UPDATE sessions SET conversation = '{' WHERE user = 'o-ann'")
    plain.close()
    assert run("bot.yaml", "show", "--user", "o-ann") == 0
    assert "it cannot be read" in capsys.readouterr().out
    assert run("bot.yaml", "export") == 0
    exported = capsys.readouterr()
    assert exported.err == "dialog-store: 1 records cannot be read and were left out\n"
    assert len(exported.out.splitlines()) == 3


def test_export_writes_lines_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("bot.yaml", "export") == 0
    first, ann, bob, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {"dialog-store": 1, "bots": ["demo"]}
    assert (ann["user"], ann["conversation"]["vars"]["answer"]) == ("o-ann", 7)
    assert bob["user"] == "o-bob"
    assert last == {"end": 2}


def test_one_user_can_be_exported(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("bot.yaml", "export", "--user", "o-bob") == 0
    assert [json.loads(line).get("user") for line in capsys.readouterr().out.splitlines()] == [None, "o-bob", None]


def test_erase_is_asked_for_twice(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("bot.yaml", "erase", "--user", "o-ann") == 1
    assert "--yes" in capsys.readouterr().err
    assert run("bot.yaml", "erase", "--user", "o-ann", "--yes") == 0
    assert run("bot.yaml", "show", "--user", "o-ann") == 1
    assert "nothing is kept of this user" in capsys.readouterr().err
    assert run("bot.yaml", "show", "--user", "o-bob") == 0


def exported(capsys: pytest.CaptureFixture[str], *argv: str) -> list[str]:
    capsys.readouterr()
    assert run("bot.yaml", "export", *argv) == 0
    return sorted(capsys.readouterr().out.splitlines())


def test_a_backup_is_restored_elsewhere(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("bot.yaml", "backup", "copy.db") == 0
    assert (folder / "copy.db").stat().st_mode & 0o077 == 0
    assert run("bot.yaml", "restore", "copy.db", "--store", "sqlite:new.db") == 0
    assert "2 users were restored" in capsys.readouterr().out
    assert exported(capsys, "--store", "sqlite:new.db") == exported(capsys)


def test_an_export_moves_a_bot_to_redis_and_back(
    folder: Path, capsys: pytest.CaptureFixture[str], redis_url: str
) -> None:
    before = exported(capsys)
    run("bot.yaml", "export")
    (folder / "bot.jsonl").write_text(capsys.readouterr().out, encoding="utf-8")
    assert run("bot.yaml", "restore", "bot.jsonl", "--store", redis_url) == 0
    assert exported(capsys, "--store", redis_url) == before
    assert run("bot.yaml", "stats", DIALOG_STORE=redis_url) == 0
    assert run("bot.yaml", "backup", "redis.jsonl", "--store", redis_url) == 0
    assert run("bot.yaml", "erase", "--user", "o-ann", "--yes", "--store", redis_url) == 0
    assert run("bot.yaml", "restore", "redis.jsonl", "--yes") == 0
    assert exported(capsys) == before


def test_a_store_that_is_not_empty_is_restored_into_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    run("bot.yaml", "backup", "copy.db")
    assert run("bot.yaml", "restore", "copy.db") == 1
    assert "not empty" in capsys.readouterr().err
    assert run("bot.yaml", "restore", "copy.db", "--yes") == 0


def test_a_file_that_was_cut_off_restores_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "cut.jsonl").write_text("\n".join(exported(capsys)[:1]) + "\n")
    assert run("bot.yaml", "restore", "cut.jsonl", "--store", "sqlite:new.db") == 1
    assert "nothing was restored" in capsys.readouterr().err


def test_users_of_other_bots_are_left_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("bot.yaml", "export")
    (folder / "bot.jsonl").write_text(capsys.readouterr().out, encoding="utf-8")
    (folder / "other.yaml").write_text(BOT.replace("demo", "third"))
    assert run("other.yaml", "restore", "bot.jsonl") == 0
    assert "2 users of other bots were left out" in capsys.readouterr().out


def test_a_bot_with_accounts_has_users_of_each(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accounts = "accounts: {one: {token: $(env.A)}, two: {token: $(env.B)}}\n"
    (folder / "bot.yaml").write_text(BOT + accounts)
    assert run("bot.yaml", "export") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0])["bots"] == ["demo-one", "demo-two"]


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["nowhere.yaml", "stats"], 2, "no bot file is there"),
        (["bot.yaml", "frob"], 2, "invalid choice"),
        (["bot.yaml", "shw"], 2, "did you mean show?"),
        (["bot.yaml", "show"], 2, "show needs --user"),
        (["bot.yaml", "stats", "--user", "x"], 2, "stats takes no --user"),
        (["bot.yaml", "backup"], 2, "backup needs a FILE"),
        (["bot.yaml", "stats", "x"], 2, "unexpected argument x"),
        (["bot.yaml", "stats", "--store", "memory"], 2, "expected sqlite:FILE or redis://HOST"),
        (["bot.yaml", "stats", "--store", "sqlite:none.db"], 2, "there is no such file"),
        (["bot.yaml", "stats", "--store", "sqlite:bot.yaml"], 2, "not an SQLite file"),
        (["bot.yaml", "stats", "--store", "redis://127.0.0.1:1"], 1, "does not answer"),
        (["bot.yaml", "restore", "none.jsonl", "--yes"], 1, "No such file"),
        (["bot.yaml", "restore", "bot.yaml", "--yes"], 1, "bot.yaml:1: not a backup"),
        (["bot.yaml", "backup", "no/where.db"], 1, "no/where.db"),
        (["bot.yaml", "backup", "dialog.db"], 1, "it is the store itself"),
        (["broken.yaml", "stats"], 1, "error"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], argv: list[str], code: int, said: str
) -> None:
    (folder / "broken.yaml").write_text("dialog: [")
    try:
        ended: object = run(*argv)
    except SystemExit as leaving:
        ended = leaving.code
    assert ended == code
    assert said in capsys.readouterr().err


def test_a_pipe_that_closes_early_is_no_error() -> None:
    command = [sys.executable, "-m", "interpreter.cli.store", "bot.yaml", "export"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


def test_nothing_is_restored_into_a_file_that_a_bot_is_using(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, path = tmp_path / "copy.jsonl", tmp_path / "dialog.db"
    copy.write_text('{"dialog-store":1,"bots":["demo"]}\n{"end":0}\n', encoding="utf-8")
    bot = tmp_path / "bot.yaml"
    bot.write_text("dialog: 1\nname: demo\nrules: {hi: hello}\n", encoding="utf-8")
    arguments = [str(bot), "restore", str(copy), "--yes", "--store", f"sqlite:{path}"]
    in_use = SqliteStore(path)
    assert store(arguments, "en", {}) == 1
    assert "is in use: stop the bot first" in capsys.readouterr().err
    asyncio.run(in_use.close())
    assert store(arguments, "en", {}) == 0


def test_a_backup_writes_over_no_file_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, copy = tmp_path / "dialog.db", tmp_path / "copy.db"
    asyncio.run(SqliteStore(path).close())
    bot = tmp_path / "bot.yaml"
    bot.write_text("dialog: 1\nname: demo\nrules: {hi: hello}\n", encoding="utf-8")
    arguments = [str(bot), "backup", str(copy), "--store", f"sqlite:{path}"]
    assert store(arguments, "en", {}) == 0
    assert store(arguments, "en", {}) == 1
    assert "--yes writes over it" in capsys.readouterr().err
    assert store([*arguments, "--yes"], "en", {}) == 0


@pytest.mark.parametrize(
    "address", ["bogus://user:hunter2@host", "redis://user:hunter2@[::1", "redis+sentinel://user:hunter2@[::1"]
)
def test_an_address_that_is_none_is_told_without_its_password(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("bot.yaml", "stats", "--store", address) == 2
    said = capsys.readouterr().err
    assert "hunter2" not in said
    assert "user:***@" in said


def test_a_backup_in_a_circle_of_links_is_not_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "loop").symlink_to("loop")
    assert run("bot.yaml", "backup", "loop/x") == 1
    assert capsys.readouterr().err.startswith("dialog-store: loop/x: ")


POISON = (
    {"revision": 10**30},
    {"user": "\ud800"},
    {"wake": "0001-01-01T00:00:00+08:00"},
    {"at": "9999-12-31T23:59:59-08:00"},
)


@pytest.mark.parametrize("change", POISON, ids=json.dumps)
def test_one_bad_line_and_nothing_is_restored(
    folder: Path, capsys: pytest.CaptureFixture[str], change: dict[str, object]
) -> None:
    lines = exported(capsys)
    first, bad = next(line for line in lines if "dialog-store" in line), next(line for line in lines if "ann" in line)
    good = [bad.replace("o-ann", f"o-{number}") for number in range(600)]
    content = [first, *good, json.dumps({**json.loads(bad), **change}), '{"end":601}']
    (folder / "bad.jsonl").write_text("\n".join(content), encoding="utf-8")
    assert run("bot.yaml", "restore", "bad.jsonl", "--yes") == 1
    assert "bad.jsonl:602: " in capsys.readouterr().err
    assert exported(capsys) == lines


def test_times_that_no_clock_shows_break_neither_figures_nor_export(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(folder / "dialog.db") as plain:
        plain.execute("UPDATE sessions SET at = -62135600000, wake = 9e99 WHERE user = 'o-ann'")
        plain.execute("UPDATE parcels SET due = -1e300")
    plain.close()
    assert run("bot.yaml", "stats") == run("bot.yaml", "show", "--user", "o-ann") == run("bot.yaml", "export") == 0
    (folder / "copy").mkdir()
    assert run("bot.yaml", "backup", "copy/c.db") == 0
    assert run("bot.yaml", "restore", "copy/c.db", "--store", "sqlite:new.db") == 0
    said = capsys.readouterr()
    assert "1 records cannot be read" in said.err
    assert "1 users were restored" in said.out


def test_a_damaged_store_does_not_take_the_place_of_a_good_backup(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("bot.yaml", "backup", "copy.db") == 0
    before = (folder / "copy.db").read_bytes()
    with sqlite3.connect(folder / "dialog.db") as plain:
        page, root = plain.execute(
            "SELECT page_size, rootpage FROM pragma_page_size, sqlite_master WHERE name = 'sessions'"
        ).fetchone()
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain.close()
    with (folder / "dialog.db").open("r+b") as file:
        file.seek((root - 1) * page)
        file.write(b"\x0d" + b"\xff" * 200)
    assert run("bot.yaml", "backup", "copy.db", "--yes") == 2
    assert "the file is damaged; restore a backup" in capsys.readouterr().err
    assert (folder / "copy.db").read_bytes() == before
    assert not (folder / "copy.db.part").exists()


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["restore", "pipe", "--yes"], 1),
        (["stats", "--store", "sqlite:pipe"], 2),
        (["restore", "copy.db", "--store", "sqlite:pipe"], 2),
    ],
)
def test_a_pipe_is_not_waited_for(folder: Path, capsys: pytest.CaptureFixture[str], argv: list[str], code: int) -> None:
    os.mkfifo(folder / "pipe")
    assert run("bot.yaml", *argv) == code
    assert "it is a pipe, not a file" in capsys.readouterr().err
