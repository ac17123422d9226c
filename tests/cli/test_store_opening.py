"""`dialog-store` beside bots that run, on files of older versions, and as root."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from support.served import BOT, TOKEN, running

from interpreter.cli.store import store
from interpreter.stores.sqlite_layout import LAYOUT, peek_layout

OLD = Path(__file__).parents[1] / "data" / "stores"
DEMO = "dialog: 1\nname: demo\nrules: {hi: yo}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "demo.yaml").write_text(DEMO)
    return tmp_path


def run(*argv: str, language: str = "en") -> int:
    return store(argv, language, {})


# ---------------------------------------------------------------------------------------------------- bots that run


def dialog_run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "interpreter.cli.run", "bot.yaml", "--port=0", "--lang=en", *options]
    environ = {**os.environ, "WX_TOKEN": TOKEN}
    return subprocess.run(command, capture_output=True, check=False, text=True, env=environ, timeout=300)


def test_a_running_bot_is_looked_into_and_not_changed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(folder, "--store=sqlite:dialog.db", WX_TOKEN=TOKEN) as server:
        assert server.say("hi", "1") == "1"
        for act in (["stats"], ["show", "--user", "me"], ["export"], ["backup", "copy.db"]):
            assert run("bot.yaml", *act) == 0
        for act in (["erase", "--user", "me"], ["restore", "copy.db"]):
            assert run("bot.yaml", *act, "--yes") == 1
            assert "dialog.db is in use: stop the bot first" in capsys.readouterr().err
        assert server.say("hi", "2") == "2"
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(60)
    assert run("bot.yaml", "erase", "--user", "me", "--yes") == 0
    assert run("bot.yaml", "show", "--user", "me") == 1
    assert {path.name for path in folder.glob("dialog.db*")} == {"dialog.db"}


def test_a_second_bot_on_the_same_file_is_refused_in_one_line_and_the_first_goes_on(folder: Path) -> None:
    with running(folder, "--store=sqlite:dialog.db", WX_TOKEN=TOKEN) as server:
        assert server.say("hi", "1") == "1"
        second = dialog_run("--store=sqlite:dialog.db")
        assert second.returncode == 2
        assert second.stderr == (
            "dialog-run: the session store dialog.db cannot be used: another process is using it; stop that one "
            "first; only a Redis serves several processes (--store redis://HOST)\n"
        )
        assert server.say("hi", "2") == "2"
        server.process.kill()
        server.process.wait()
    with running(folder, "--store=sqlite:dialog.db", WX_TOKEN=TOKEN) as server:
        assert server.say("hi", "3") == "3"


def test_a_bot_starts_while_its_file_is_looked_into(folder: Path) -> None:
    with running(folder, "--store=sqlite:dialog.db", WX_TOKEN=TOKEN) as server:
        assert server.say("hi", "1") == "1"
    with closing(sqlite3.connect("dialog.db")) as looking:
        assert looking.execute("SELECT count(*) FROM sessions").fetchone() == (1,)
        with running(folder, "--store=sqlite:dialog.db", WX_TOKEN=TOKEN) as server:
            assert server.say("hi", "2") == "2"


# ---------------------------------------------------------------------------------------------------- older versions

RUNNING = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for line in sys.stdin:
    connection.execute("UPDATE sessions SET revision = revision + 1")
    print(*connection.execute("SELECT count(*) FROM pragma_table_info('sessions')").fetchone(), flush=True)
"""


@contextmanager
def older_bot(layout: int) -> Iterator[subprocess.Popen[str]]:
    """A process of an older version that serves from dialog.db; it has written a turn."""
    with closing(sqlite3.connect("dialog.db")) as plain:
        plain.executescript((OLD / f"layout{layout}.sql").read_text(encoding="utf-8"))
    command = [sys.executable, "-c", RUNNING, "dialog.db"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        turn(process)
        yield process
        process.kill()


def turn(process: subprocess.Popen[str]) -> int:
    """Let it save a turn; how many columns it finds in its table."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return int(process.stdout.readline())


@pytest.mark.parametrize("layout", range(1, LAYOUT))
def test_looking_leaves_the_layout_to_the_older_version_that_runs(
    folder: Path, capsys: pytest.CaptureFixture[str], layout: int
) -> None:
    with older_bot(layout) as bot:
        columns = turn(bot)
        assert run("demo.yaml", "stats") == 0
        assert run("demo.yaml", "show", "--user", "ann") == 0
        assert 'name = "安"' in capsys.readouterr().out
        assert run("demo.yaml", "export") == 0
        assert '"reply":"reply"' in capsys.readouterr().out
        assert run("demo.yaml", "backup", "copy.db") == 0
        assert peek_layout(folder / "dialog.db") == peek_layout(folder / "copy.db") == layout
        assert not list(folder.glob("*layout*"))
        assert turn(bot) == columns
        for act in (["erase", "--user", "ann"], ["restore", "copy.db"]):
            assert run("demo.yaml", *act, "--yes") == 1
            assert "is in use: stop the bot first" in capsys.readouterr().err
        assert turn(bot) == columns


def test_a_newer_version_does_not_start_beside_the_older_one_that_runs(folder: Path) -> None:
    (folder / "bot.yaml").write_text(BOT)
    with older_bot(1) as bot:
        second = dialog_run("--store=sqlite:dialog.db")
        assert (second.returncode, second.stderr.count("\n")) == (2, 1)
        assert "another process is using it" in second.stderr
        assert turn(bot) == 6


def test_a_copy_of_an_older_version_is_restored_and_stays_as_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with older_bot(1):
        assert run("demo.yaml", "backup", "copy.db") == 0
    before = (folder / "copy.db").read_bytes()
    assert run("demo.yaml", "restore", "copy.db", "--store", "sqlite:new.db") == 0
    assert "1 users were restored" in capsys.readouterr().out
    assert (folder / "copy.db").read_bytes() == before
    assert run("demo.yaml", "show", "--user", "ann", "--store", "sqlite:new.db") == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_changing_an_older_file_that_nobody_uses_says_where_it_is_kept(
    folder: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    with older_bot(1):
        pass
    assert run("demo.yaml", "erase", "--user", "ann", "--yes", language=language) == 0
    said = {
        "en": "has the layout of this version now; dialog.db.layout1-backup is how it was, with everybody in it",
        "zh": "dialog.db.layout1-backup 是原来的样子，包含当时的所有用户",
    }
    assert said[language] in capsys.readouterr().err
    assert peek_layout(folder / "dialog.db") == LAYOUT
    assert peek_layout(folder / "dialog.db.layout1-backup") == 1


# ---------------------------------------------------------------------------------------------------- whose it is


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_what_root_restores_into_the_folder_of_a_service_is_the_services(capsys: pytest.CaptureFixture[str]) -> None:
    with older_bot(1):
        assert run("demo.yaml", "backup", "copy.db") == 0
    home = Path(tempfile.mkdtemp())
    os.chown(home, 65534, 65533)
    assert run("demo.yaml", "restore", "copy.db", "--store", f"sqlite:{home}/new.db") == 0
    assert capsys.readouterr().err == f"dialog-store: {home}/new.db was made for user 65534, who owns its folder\n"
    (made,) = home.iterdir()
    assert (made.stat().st_uid, made.stat().st_gid, made.stat().st_mode & 0o777) == (65534, 65533, 0o600)
    shutil.rmtree(home)


def test_a_folder_with_several_bots_is_told_with_their_names(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bots").mkdir()
    for name in ("one", "two"):
        (folder / "bots" / f"{name}.yaml").write_text(DEMO.replace("demo", name))
    assert run("bots", "stats") == 2
    assert "bots holds several bots; name one of bots/one.yaml, bots/two.yaml" in capsys.readouterr().err
