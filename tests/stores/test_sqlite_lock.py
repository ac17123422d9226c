"""Who may serve from a session file, when others want to."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from interpreter.stores.protocol import StoreUnusable
from interpreter.stores.sqlite import SqliteStore
from interpreter.stores.sqlite_file import hold, is_in_use
from interpreter.stores.sqlite_inventory import SqliteInventory
from interpreter.stores.sqlite_lock import InUse, take

OLD = Path(__file__).parents[1] / "data" / "stores"


def refusal(path: Path) -> StoreUnusable:
    with pytest.raises(StoreUnusable) as refused:
        hold(path)
    return refused.value


def test_one_holds_a_file_at_a_time_and_leaves_nothing_behind(tmp_path: Path) -> None:
    held = hold(tmp_path / "dialog.db")
    assert str(refusal(tmp_path / "dialog.db")) == (
        f"the session store {tmp_path}/dialog.db cannot be used: another process is using it; stop that one first; "
        "only a Redis serves several processes (--store redis://HOST)"
    )
    held.release()
    held.release()
    assert not list(tmp_path.iterdir())
    hold(tmp_path / "dialog.db").release()


def test_whoever_ends_soon_is_waited_for(tmp_path: Path) -> None:
    held = take(tmp_path / "dialog.db")
    asking = threading.Timer(0.2, held.release)
    asking.start()
    take(tmp_path / "dialog.db", 60).release()
    asking.join()


def test_only_one_of_many_that_wait_gets_it(tmp_path: Path) -> None:
    held, gone, got = take(tmp_path / "dialog.db"), threading.Barrier(9), []

    def wait() -> None:
        gone.wait()
        with_it = take(tmp_path / "dialog.db", 60)
        got.append(1)
        assert len(got) == 1
        got.pop()
        with_it.release()

    waiting = [threading.Thread(target=wait) for _ in range(8)]
    for thread in waiting:
        thread.start()
    gone.wait()
    held.release()
    for thread in waiting:
        thread.join(60)
    assert not got
    assert not list(tmp_path.iterdir())


def test_a_link_to_a_file_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to("dialog.db")
    held = take(tmp_path / "dialog.db")
    with pytest.raises(InUse):
        take(tmp_path / "link.db")
    held.release()


HOLDER = """
import sys
from pathlib import Path
from interpreter.stores.sqlite import SqliteStore
store = SqliteStore.alone(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that serves from a file."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "dialog.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_process_that_was_killed_holds_nothing(tmp_path: Path, server: subprocess.Popen[str]) -> None:
    assert "another process is using it" in str(refusal(tmp_path / "dialog.db"))
    server.send_signal(signal.SIGKILL)
    server.wait()
    assert (tmp_path / "dialog.db-lock").exists()
    asyncio.run(SqliteStore.alone(tmp_path / "dialog.db").close())
    assert [path.name for path in tmp_path.iterdir()] == ["dialog.db"]


async def test_whoever_looks_into_a_file_holds_up_no_server(tmp_path: Path, server: subprocess.Popen[str]) -> None:
    looking = SqliteInventory(tmp_path / "dialog.db")
    assert (await looking.figures(["demo"])).users == 0
    server.kill()
    server.wait()
    assert is_in_use(tmp_path / "dialog.db")
    await SqliteStore.alone(tmp_path / "dialog.db").close()
    await looking.close()


def test_a_store_that_cannot_be_opened_is_not_held(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("no database\n" * 500)
    for _ in range(2):
        with pytest.raises(StoreUnusable, match="it is not an SQLite file"):
            SqliteStore.alone(tmp_path / "notes.db")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.db"]


def test_there_must_be_a_folder(tmp_path: Path) -> None:
    assert "cannot be opened or created" in str(refusal(tmp_path / "nowhere" / "dialog.db"))
    assert "it is a folder" in str(refusal(tmp_path))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_what_root_makes_in_a_folder_belongs_to_whom_the_folder_belongs() -> None:
    folder = Path(tempfile.mkdtemp())
    os.chown(folder, 65534, 65533)
    held = take(folder / "dialog.db")
    asyncio.run(SqliteStore(folder / "dialog.db").close())
    owners = {path.name: (path.stat().st_uid, path.stat().st_gid) for path in folder.iterdir()}
    assert owners == dict.fromkeys(["dialog.db", "dialog.db-lock"], (65534, 65533))
    held.release()
    shutil.rmtree(folder)


def test_an_older_version_that_ends_soon_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    with closing(sqlite3.connect(path)) as plain:
        plain.executescript((OLD / "layout1.sql").read_text(encoding="utf-8"))
    running = sqlite3.connect(path, check_same_thread=False)
    assert running.execute("SELECT count(*) FROM sessions").fetchone() == (1,)
    ending = threading.Timer(0.2, running.close)
    ending.start()
    asyncio.run(SqliteStore.alone(path).close())
    ending.join()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["dialog.db", "dialog.db.layout1-backup"]
