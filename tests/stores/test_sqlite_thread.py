"""When the log is brought into a session file, and whether that can be written at all: full disks, other layouts."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from support.disks import fill, small_disk
from support.sqlite_files import ANN, NOW

from interpreter.machine.session import Session
from interpreter.stores.protocol import Commit, MessageKey, SessionKey, StoreUnavailable, StoreUnusable
from interpreter.stores.sqlite import SqliteStore
from interpreter.stores.sqlite_ahead import Ahead
from interpreter.stores.sqlite_file import open_connection
from interpreter.stores.sqlite_layout import LAYOUT
from interpreter.stores.sqlite_thread import SqliteThread

LATER = NOW + timedelta(hours=1)


def turn(number: int) -> Commit:
    user = f"user{number}"
    return Commit(SessionKey("demo", user), Session(user=user, turns=1), 0, NOW, MessageKey("m"), b"reply")


def in_the_file(path: Path, table: str = "sessions") -> int:
    """Rows that are there without the log."""
    alone = path.with_name("alone.db")
    shutil.copy(path, alone)
    with closing(sqlite3.connect(alone)) as plain:
        if not plain.execute("SELECT 1 FROM sqlite_schema").fetchone():
            return 0
        (count,) = plain.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - fixed text
    return int(count)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a megabyte."""
    with small_disk(tmp_path / "disk") as place:
        yield place


async def test_a_full_disk_is_found_by_asking_after_a_turn_was_lost(disk: Path) -> None:
    store = SqliteStore(disk / "dialog.db")
    await store.ping()
    filling = fill(disk)
    await store.ping()  # what was seen a moment ago is believed
    with pytest.raises(StoreUnavailable, match="full"):
        await store.commit(Commit(ANN, Session(user="ann", vars={"t": "x" * 900_000}), 0, NOW))
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="full"):
            await store.ping()
    filling.unlink()
    await store.ping()
    await store.commit(Commit(ANN, Session(user="ann"), 0, NOW))
    await store.close()


async def test_a_file_on_a_full_disk_is_refused(disk: Path) -> None:
    await SqliteStore(disk / "dialog.db").close()
    filling = fill(disk)
    with pytest.raises(StoreUnusable, match="the disk is full; make room and start again"):
        SqliteStore(disk / "dialog.db")
    filling.unlink()
    await SqliteStore(disk / "dialog.db").close()


async def test_asking_whether_a_file_can_be_written_changes_nothing_in_it(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    await SqliteStore(path).close()
    before = path.read_bytes()
    store = SqliteStore(path)
    for _ in range(3):
        await store.ping()
    await store.close()
    counters = slice(24, 28), slice(92, 100)  # of changes
    now = bytearray(path.read_bytes())
    for place in counters:
        now[place] = before[place]
    assert bytes(now) == before


@pytest.mark.parametrize("change", ["", "ALTER TABLE sessions ADD COLUMN more", "DROP TABLE sessions"])
async def test_a_layout_that_another_version_has_changed_is_said_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, change: str
) -> None:
    path = tmp_path / "dialog.db"
    store, turn = SqliteStore(path), Commit(ANN, Session(user="ann"), 0, NOW)
    with closing(sqlite3.connect(path)) as other:
        other.executescript(f"BEGIN; {change}; PRAGMA user_version = {LAYOUT + 1}; COMMIT;")
    for ask in (store.commit(turn), store.commit(turn), store.ping()):
        with pytest.raises(StoreUnavailable, match="another version of this program has changed its layout; restart"):
            await ask
    assert len(caplog.messages) == 1
    assert caplog.records[0].exc_info is None
    await store.close()
    assert os.listdir(tmp_path) == ["dialog.db"]


async def test_turns_that_come_one_by_one_are_brought_in_a_few_at_a_time(tmp_path: Path) -> None:
    store, path = SqliteStore(tmp_path / "dialog.db", pause=3_600), tmp_path / "dialog.db"
    seen = []
    for number in range(300):
        await store.commit(turn(number))
        await store.read_value("nothing", NOW)  # whatever was begun has been done by then
        seen.append(in_the_file(path))
    await store.close()
    assert seen[0] == 0
    assert max(now - before for before, now in pairwise(seen)) <= 130
    assert seen[-1] > 200


async def test_many_turns_that_come_together_are_brought_in_seldom(tmp_path: Path) -> None:
    store, path = SqliteStore(tmp_path / "dialog.db", pause=3_600), tmp_path / "dialog.db"
    seen = []
    for first in range(0, 10_000, 1_000):
        await asyncio.gather(*(store.commit(turn(number)) for number in range(first, first + 1_000)))
        await store.read_value("nothing", NOW)
        seen.append(in_the_file(path))
    await store.close()
    assert seen[0] == 0
    assert seen[-1] > 0
    assert len(set(seen)) < len(seen)  # there were thousands that brought nothing in


@pytest.mark.parametrize("table", ["sessions", "replies"])
async def test_what_a_sweep_removes_is_soon_gone_from_the_file_itself(tmp_path: Path, table: str) -> None:
    store, path = SqliteStore(tmp_path / "dialog.db"), tmp_path / "dialog.db"
    await asyncio.gather(*(store.commit(turn(number)) for number in range(2_000)))
    if table == "sessions":
        swept = await store.sweep_conversations("demo", LATER)
    else:
        swept = await store.sweep_replies(LATER)
    assert swept == 500
    assert in_the_file(path, table) == 1_500
    await store.close()


async def test_who_sweeps_may_stop_waiting_for_it(tmp_path: Path) -> None:
    thread = SqliteThread(tmp_path / "dialog.db", open_connection, Ahead())
    waiting = asyncio.ensure_future(thread.bring_in())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await thread.ask(lambda batch: batch.connection.execute("SELECT 1").fetchone()) == (1,)
    await thread.bring_in()
    await thread.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        await thread.bring_in()


async def test_the_log_is_brought_in_as_seldom_while_somebody_reads_an_old_state_of_it(tmp_path: Path) -> None:
    store, path = SqliteStore(tmp_path / "dialog.db"), tmp_path / "dialog.db"
    await store.commit(turn(0))
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sessions").fetchone()
        for number in range(1, 1_500):
            await store.commit(turn(number))
        assert store._thread._pages_each < 20  # what a turn writes, not what the reader keeps in the log
    await store.close()
