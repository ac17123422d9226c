"""Opening session files of all kinds: new, old, newer, foreign, damaged."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from faults.figures import amount, figures
from msgspec import structs
from support.disks import ordinary_user
from support.sqlite_files import BEGUN, NOW, load, save

from interpreter.machine.session import Session
from interpreter.stores import sqlite_file
from interpreter.stores.protocol import (
    Commit,
    MessageKey,
    Parcel,
    SessionKey,
    Stored,
    StoreUnavailable,
    StoreUnusable,
)
from interpreter.stores.sqlite import SqliteStore
from interpreter.stores.sqlite_file import open_for_reading, set_aside
from interpreter.stores.sqlite_layout import LAYOUT, peek_layout

BOB = SessionKey("demo", "bob")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def change_rows(path: Path, statement: str, *values: str) -> None:
    with sqlite3.connect(path) as plain:
        plain.execute(statement, values)
    plain.close()


def refusal(path: Path) -> StoreUnusable:
    with pytest.raises(StoreUnusable) as refused:
        SqliteStore(path)
    return refused.value


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert str(refusal(tmp_path)) == (
        f"the session store {tmp_path} cannot be used: it is a folder; name a file inside it"
    )
    assert refusal(tmp_path).say("zh") == f"无法使用会话存储 {tmp_path}：它是一个目录；请指定其中的一个文件"


def test_a_pipe_and_a_device_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "it is a pipe, not a file; name another file with --store" in str(refusal(tmp_path / "pipe"))
    assert "它是设备，不是文件" in refusal(Path("/dev/zero")).say("zh")


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert "cannot be opened or created" in str(refusal(tmp_path / "nowhere" / "dialog.db"))


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("dialog: 1\n" * 1000)
    assert "it is not an SQLite file" in str(refusal(tmp_path / "notes.txt"))


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    change_rows(tmp_path / "other.db", "CREATE TABLE mine (a)")
    before = (tmp_path / "other.db").read_bytes()
    assert "another program" in str(refusal(tmp_path / "other.db"))
    assert (tmp_path / "other.db").read_bytes() == before


async def test_a_locked_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert "another program keeps it locked" in str(refusal(path))
    other.close()


async def test_a_damaged_file_is_refused_or_repaired_but_never_served(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    store = SqliteStore(path)
    keys = [SessionKey("demo", f"user{number:04}") for number in range(300)]
    await asyncio.gather(
        *(store.commit(Commit(key, Session(user=key.user, vars={"t": "x" * 50}), 0, NOW)) for key in keys)
    )
    await store.close()
    damaged = bytearray(path.read_bytes())
    damaged[4096 * 3 : 4096 * 5] = b"\xff" * (4096 * 2)
    path.write_bytes(damaged)
    assert "damaged" in str(refusal(path))


# ---------------------------------------------------------------------------------------------------- damage

USERS = [SessionKey("demo", f"user{number:02}") for number in range(60)]
SHARDS = int(amount("damaged_files", short=60, full=500))
"""How many damaged files are tried; a few hundred find more."""


def session_of(key: SessionKey) -> Session:
    return Session(user=key.user, turns=3, vars={"t": key.user * 40}, memory={"name": key.user})


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file as a process leaves it that was killed: much of it is in the log."""
    folder = Path(tmp_path_factory.mktemp("intact"))

    async def fill() -> None:
        store = SqliteStore(folder / "open.db")
        with closing(sqlite3.connect(folder / "open.db", isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sessions").fetchone()  # while somebody reads, nothing leaves the log
            await asyncio.gather(*(store.commit(turn_of(key)) for key in USERS))
            for name in ("open.db", "open.db-wal", "open.db-shm"):
                shutil.copy(folder / name, folder / name.replace("open", "dialog"))
        await store.close()
        shutil.copy(folder / "open.db", folder / "closed.db")

    asyncio.run(fill())
    return folder


def turn_of(key: SessionKey) -> Commit:
    parcels = (Parcel("m:1", f"to {key.user}", NOW), Parcel("m:2", f"for {key.user}", NOW, for_next=True))
    return Commit(key, session_of(key), 0, NOW, MessageKey("m"), f"reply to {key.user}".encode(), parcels)


def damage(folder: Path, chance: Random) -> None:
    """Flip bytes, cut the file or its log, blank the log, take the index of the log away."""
    target = folder / chance.choice(["dialog.db", "dialog.db", "dialog.db-wal"])
    kind = chance.choice(["flip", "flip", "flip", "cut", "blank", "lose"])
    if not target.exists():
        target, kind = folder / "dialog.db", "flip"
    raw = bytearray(target.read_bytes())
    match kind:
        case "flip":
            for _ in range(chance.choice([1, 10, 100, 1000])):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
        case "cut":
            del raw[chance.randrange(1, len(raw)) :]
        case "blank" if target.suffix == ".db-wal":
            raw = bytearray(len(raw))
        case _:
            (folder / "dialog.db-shm").unlink(missing_ok=True)
    target.write_bytes(raw)


@pytest.fixture(scope="module")
def opened() -> Iterator[list[tuple[str, float]]]:
    """How the damaged files were taken, and the seconds it took."""
    found: list[tuple[str, float]] = []
    yield found
    refused = sum(how == "refused" for how, _ in found)
    longest = max((seconds for _, seconds in found), default=0.0)
    served = len(found) - refused
    figures(23, "damaged files", files=len(found), refused=refused, served_right=served, longest_start_s=longest)


@pytest.mark.parametrize("seed", range(SHARDS))
async def test_a_damaged_file_is_refused_or_gives_what_was_saved(
    intact: Path, tmp_path: Path, seed: int, opened: list[tuple[str, float]]
) -> None:
    chance = Random(seed)
    if seed % 2:
        shutil.copy(intact / "closed.db", tmp_path / "dialog.db")
    else:
        for name in ("dialog.db", "dialog.db-wal", "dialog.db-shm"):
            shutil.copy(intact / name, tmp_path / name)
    damage(tmp_path, chance)
    began = time.monotonic()
    try:
        store = SqliteStore(tmp_path / "dialog.db")
    except StoreUnusable:
        opened.append(("refused", time.monotonic() - began))
        return
    opened.append(("opened", time.monotonic() - began))
    await asyncio.gather(*(is_right_or_missing(store, key) for key in USERS))
    await store.close()


async def is_right_or_missing(store: SqliteStore, key: SessionKey) -> None:
    """A user may be unknown or begin anew, but never gets what is not theirs."""
    try:
        stored = await store.load(key, MessageKey("m"))
        parcels = (*stored.waiting, *await store.parcels(key))
        await store.commit(Commit(key, session_of(key), stored.revision, NOW, MessageKey("n"), b"more"))
    except StoreUnavailable:
        return
    assert stored.reply in (None, f"reply to {key.user}".encode())
    assert stored.session in (None, session_of(key), Session(user=key.user, memory={"name": key.user}))
    assert {parcel.body for parcel in parcels} <= {f"to {key.user}", f"for {key.user}"}


async def test_a_damaged_file_can_be_set_aside_for_a_fresh_start(intact: Path, tmp_path: Path) -> None:
    for name in ("dialog.db", "dialog.db-wal", "dialog.db-shm"):
        shutil.copy(intact / name, tmp_path / name)
    aside = set_aside(tmp_path / "dialog.db", NOW)
    assert aside.name == "dialog.db.corrupt-20260101T080000"
    assert list(contents(tmp_path)) == [aside.name, f"{aside.name}-shm", f"{aside.name}-wal"]
    assert await load(tmp_path / "dialog.db") == Stored()
    store = SqliteStore(aside)
    assert (await store.load(USERS[0])).session == session_of(USERS[0])
    await store.close()


def test_only_what_is_damaged_may_be_set_aside(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_bytes(b"SQLite format 3" + b"x" * 5000)
    assert refusal(tmp_path / "notes.db").is_damaged
    change_rows(tmp_path / "other.db", "CREATE TABLE mine (a)")
    assert not refusal(tmp_path / "other.db").is_damaged
    assert not refusal(tmp_path).is_damaged


# ---------------------------------------------------------------------------------------------------- layouts

OLD = Path(__file__).parents[1] / "data" / "stores"


def old_file(path: Path, layout: int = 1) -> None:
    """A file as an older version wrote it."""
    with sqlite3.connect(path) as plain:
        plain.executescript((OLD / f"layout{layout}.sql").read_text(encoding="utf-8"))
    plain.close()


async def test_an_older_file_is_brought_up_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    old_file(path)
    assert peek_layout(path) == 1
    stored = await load(path)
    assert stored == Stored(Session(user="ann", started=NOW, turns=2, memory={"name": "安"}), 4, b"reply")
    assert peek_layout(path) == LAYOUT
    kept = tmp_path / "dialog.db.layout1-backup"
    assert peek_layout(kept) == 1
    assert kept.stat().st_mode & 0o077 == 0
    assert list(contents(tmp_path)) == ["dialog.db", kept.name]


@pytest.mark.parametrize(("layout", "replies"), [(2, 2), (3, 2), (4, 3), (5, 3)])
async def test_everything_is_found_again_in_a_file_that_was_brought_up(
    tmp_path: Path, layout: int, replies: int
) -> None:
    path, ann, later = tmp_path / "dialog.db", Session(user="ann", memory={"name": "安"}), NOW + timedelta(hours=2)
    old_file(path, layout)
    store = SqliteStore(path)
    assert peek_layout(tmp_path / f"dialog.db.layout{layout}-backup") == layout
    assert await store.load(SessionKey("demo", "ann"), MessageKey("m")) == Stored(
        structs.replace(ann, started=NOW, turns=2), BEGUN, b"reply"
    )
    assert (await store.load(BOB, MessageKey("m"))).reply == b""
    assert await store.waking("demo", NOW + timedelta(seconds=1), 9) == (BOB,)
    assert await store.parcels(BOB) == (Parcel("m:1", "{}", NOW),)
    assert await store.sweep_conversations("demo", later) == 1  # not of him who has a timer
    assert (await store.load(SessionKey("demo", "ann"))).session == ann
    assert await store.sweep_replies(later) == replies
    await store.close()


@pytest.mark.parametrize("layout", [4, 5])
async def test_all_replies_of_a_user_are_found_again_in_a_file_that_was_brought_up(tmp_path: Path, layout: int) -> None:
    old_file(tmp_path / "dialog.db", layout)
    store = SqliteStore(tmp_path / "dialog.db")
    ann = SessionKey("demo", "ann")
    assert (await store.load(ann, MessageKey("first"))).reply == b"first reply"
    assert (await store.load(ann, MessageKey("m"))).reply == b"reply"
    await store.close()


async def test_the_next_turn_on_an_older_file_is_saved(tmp_path: Path) -> None:
    old_file(tmp_path / "dialog.db")
    await save(tmp_path / "dialog.db", Session(user="ann", turns=3), expected=4)
    assert (await load(tmp_path / "dialog.db")).revision == 5


def test_an_older_file_that_is_in_use_is_not_brought_up(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    old_file(path)
    with closing(sqlite3.connect(path)) as running:
        assert running.execute("SELECT count(*) FROM sessions").fetchone() == (1,)
        assert "another process is using it; stop that one first" in str(refusal(path))
        assert peek_layout(path) == 1
    SqliteStore(path)
    assert peek_layout(path) == LAYOUT


@pytest.mark.parametrize("layout", [5, LAYOUT])
def test_a_file_that_may_only_be_read_is_refused(layout: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "dialog.db"
        old_file(path, 5)
        if layout == LAYOUT:
            asyncio.run(SqliteStore(path).close())
        path.chmod(0o444)
        path.parent.chmod(0o777)
        with ordinary_user():
            assert "the file or its folder is read-only" in str(refusal(path))
        assert peek_layout(path) == layout


def test_a_header_that_was_damaged_is_not_taken_for_an_older_layout(tmp_path: Path) -> None:
    old_file(tmp_path / "dialog.db")
    change_rows(tmp_path / "dialog.db", "PRAGMA user_version = 0")
    assert refusal(tmp_path / "dialog.db").is_damaged
    assert list(contents(tmp_path)) == ["dialog.db"]


def test_a_move_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    old_file(path)
    change_rows(path, "CREATE TABLE leases (x)")
    before = path.read_bytes()
    with pytest.raises(StoreUnusable):
        SqliteStore(path)
    with sqlite3.connect(path) as plain:
        assert plain.execute("PRAGMA user_version").fetchone() == (1,)
        assert len(plain.execute("PRAGMA table_info(sessions)").fetchall()) == 6
    plain.close()
    assert len(path.read_bytes()) == len(before)


async def test_a_newer_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    await save(tmp_path / "dialog.db", Session(user="ann"))
    change_rows(tmp_path / "dialog.db", f"PRAGMA user_version = {LAYOUT + 1}")
    before = contents(tmp_path)
    assert "newer version" in str(refusal(tmp_path / "dialog.db"))
    with pytest.raises(StoreUnusable, match="newer version"):
        open_for_reading(tmp_path / "dialog.db")
    assert contents(tmp_path) == before


async def test_a_newer_file_that_was_not_closed_is_left_as_it_is_too(tmp_path: Path) -> None:
    await save(tmp_path / "open.db", Session(user="ann"))
    other = sqlite3.connect(tmp_path / "open.db")
    other.execute(f"PRAGMA user_version = {LAYOUT + 1}")
    for name in ("open.db", "open.db-wal"):
        shutil.copy(tmp_path / name, tmp_path / name.replace("open", "dialog"))
    other.close()
    before = contents(tmp_path)
    assert bytes([0, 0, 0, LAYOUT + 1]) not in before["dialog.db"][60:64]
    assert "newer version" in str(refusal(tmp_path / "dialog.db"))
    assert contents(tmp_path) == before


@pytest.mark.parametrize("log", [b"", b"x" * 20, bytes(32), bytes(5000), b"\x37\x7f\x06\x82" + b"\xff" * 9000])
async def test_a_log_that_is_none_does_not_matter(tmp_path: Path, log: bytes) -> None:
    await save(tmp_path / "dialog.db", Session(user="ann"))
    (tmp_path / "dialog.db-wal").write_bytes(log)
    assert peek_layout(tmp_path / "dialog.db") == LAYOUT
    assert (await load(tmp_path / "dialog.db")).revision == BEGUN


# ---------------------------------------------------------------------------------------------------- places


def test_a_doubtful_place_is_mentioned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sqlite_file, "doubtful_place", lambda path: f"{path.name} lies badly")
    with caplog.at_level(logging.WARNING):
        sqlite_file.open_connection(tmp_path / "dialog.db").close()
    assert caplog.messages == ["dialog.db lies badly"]


def test_a_file_to_look_at_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match="there is no such file"):
        open_for_reading(tmp_path / "dialog.db")
    assert not list(tmp_path.iterdir())
