from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from interpreter.machine.session import Session
from interpreter.stores.protocol import Commit, MessageKey, SessionKey, Stored, StoreUnavailable, StoreUnusable
from interpreter.stores.sqlite import SqliteStore

NOW = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
ANN = SessionKey("demo", "ann")
BOB = SessionKey("demo", "bob")


async def save(path: Path, session: Session, expected: int = 0) -> None:
    store = SqliteStore(path)
    await store.commit(Commit(ANN, session, expected, NOW, MessageKey("m"), b"reply"))
    await store.close()


async def load(path: Path) -> Stored:
    store = SqliteStore(path)
    stored = await store.load(ANN, MessageKey("m"))
    await store.close()
    return stored


async def test_sessions_and_replies_survive_a_restart(tmp_path: Path) -> None:
    session = Session(user="ann", started=NOW, turns=2, memory={"name": "安"})
    await save(tmp_path / "dialog.db", session)
    assert await load(tmp_path / "dialog.db") == Stored(session, 1, b"reply")


async def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    await save(tmp_path / "dialog.db", Session(user="ann"))
    assert (tmp_path / "dialog.db").stat().st_mode & 0o077 == 0


async def test_the_file_has_the_settings_that_make_it_durable(tmp_path: Path) -> None:
    await save(tmp_path / "dialog.db", Session(user="ann"))
    with sqlite3.connect(tmp_path / "dialog.db") as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert plain.execute("PRAGMA auto_vacuum").fetchone() == (2,)
        assert plain.execute("PRAGMA user_version").fetchone() == (1,)
    plain.close()


async def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    await store.close()
    await store.close()
    with pytest.raises(StoreUnavailable, match="it is closed"):
        await store.load(ANN)


async def test_what_was_asked_for_before_closing_is_done(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    commits = [
        asyncio.ensure_future(store.commit(Commit(SessionKey("demo", str(number)), Session(user=str(number)), 0, NOW)))
        for number in range(300)
    ]
    await asyncio.sleep(0)
    await store.close()
    assert [await commit for commit in commits] == [1] * 300


def change_rows(path: Path, statement: str, *values: str) -> None:
    with sqlite3.connect(path) as plain:
        plain.execute(statement, values)
    plain.close()


@pytest.mark.parametrize("conversation", ['{"v":1,"turns":', '{"v":9}', "null", "x"])
async def test_an_unreadable_conversation_is_set_aside_and_memory_kept(tmp_path: Path, conversation: str) -> None:
    path = tmp_path / "dialog.db"
    await save(path, Session(user="ann", turns=2, memory={"name": "安"}))
    change_rows(path, "UPDATE sessions SET conversation = ?", conversation)
    assert await load(path) == Stored(Session(user="ann", memory={"name": "安"}), 1, b"reply")
    with sqlite3.connect(path) as plain:
        assert plain.execute("SELECT user, conversation FROM unreadable").fetchall() == [("ann", conversation)]
    plain.close()


async def test_a_user_with_unreadable_memory_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    await save(path, Session(user="ann", memory={"name": "安"}))
    change_rows(path, "UPDATE sessions SET memory = '{'")
    assert await load(path) == Stored(None, 1, b"reply")
    await save(path, Session(user="ann"), expected=1)


async def test_a_request_that_cannot_be_done_spoils_no_other(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    bad = Commit(SessionKey("demo", "\ud800"), Session(user="x"), 0, NOW)
    good = [Commit(SessionKey("demo", str(number)), Session(user=str(number)), 0, NOW) for number in range(5)]
    outcomes = await asyncio.gather(*map(store.commit, [*good[:2], bad, *good[2:]]), return_exceptions=True)
    assert isinstance(outcomes.pop(2), StoreUnavailable)
    assert outcomes == [1] * 5
    await store.close()


async def test_a_write_that_fails_is_reported_and_the_next_succeeds(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    store = SqliteStore(path)
    change_rows(path, "ALTER TABLE sessions RENAME TO hidden")
    with pytest.raises(StoreUnavailable, match="does not answer"):
        await store.commit(Commit(ANN, Session(user="ann"), 0, NOW))
    change_rows(path, "ALTER TABLE hidden RENAME TO sessions")
    assert await store.commit(Commit(ANN, Session(user="ann"), 0, NOW)) == 1
    await store.close()


async def test_a_caller_that_gave_up_does_not_stop_the_store(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    abandoned = asyncio.ensure_future(store.load(ANN))
    await asyncio.sleep(0)
    abandoned.cancel()
    assert await store.commit(Commit(ANN, Session(user="ann"), 0, NOW)) == 1
    await store.close()


# ---------------------------------------------------------------------------------------------------- opening


def refusal(path: Path) -> StoreUnusable:
    with pytest.raises(StoreUnusable) as refused:
        SqliteStore(path)
    return refused.value


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert str(refusal(tmp_path)) == (
        f"the session store {tmp_path} cannot be used: it is a folder; name a file inside it"
    )
    assert refusal(tmp_path).say("zh") == f"无法使用会话存储 {tmp_path}：它是一个目录；请指定其中的一个文件"


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


async def test_a_newer_layout_is_refused(tmp_path: Path) -> None:
    await save(tmp_path / "dialog.db", Session(user="ann"))
    change_rows(tmp_path / "dialog.db", "PRAGMA user_version = 2")
    assert "newer version" in str(refusal(tmp_path / "dialog.db"))


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


@pytest.mark.parametrize("seed", range(40))
async def test_whatever_happens_to_the_file_ends_in_a_sentence_or_in_service(tmp_path: Path, seed: int) -> None:
    path, chance = tmp_path / "dialog.db", Random(seed)  # noqa: S311 - which bytes suffer
    await save(path, Session(user="ann", vars={"t": "x" * 6000}))
    damaged = bytearray(path.read_bytes())
    if seed % 4 == 0:
        del damaged[chance.randrange(1, len(damaged)) :]
    for _ in range(chance.choice([0, 1, 30, 1000])):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    path.write_bytes(damaged)
    assert await is_served_or_refused(path)


async def is_served_or_refused(path: Path) -> bool:
    """Whether nothing but the store's own failures comes out of a damaged file."""
    try:
        store = SqliteStore(path)
    except StoreUnusable as refused:
        return str(path) in refused.say("zh")
    try:
        await store.load(ANN, MessageKey("m"))
        await store.commit(Commit(BOB, Session(user="bob"), 0, NOW))
    except StoreUnavailable as error:
        return "does not answer" in str(error)
    finally:
        await store.close()
    return True


# ---------------------------------------------------------------------------------------------------- sudden death

WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from interpreter.machine.session import Session
from interpreter.stores.protocol import Commit, MessageKey, SessionKey
from interpreter.stores.sqlite import SqliteStore

async def count(store, user):
    key, revision = SessionKey("demo", user), 0
    while True:
        session, message = Session(user=user, turns=revision + 1), MessageKey(str(revision))
        revision = await store.commit(Commit(key, session, revision, datetime.now(UTC), message, b"ok"))
        print(user, revision, flush=True)

async def main():
    store = SqliteStore(Path(sys.argv[1]))
    await asyncio.gather(*(count(store, f"user{number}") for number in range(8)))

asyncio.run(main())
"""


async def test_no_acknowledged_turn_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    command = [sys.executable, "-c", WRITER, str(path)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220 - nothing else runs here
    assert writer.stdout is not None
    acknowledged: dict[str, int] = {}
    for _ in range(400):
        user, revision = writer.stdout.readline().split()
        acknowledged[user] = int(revision)
    os.kill(writer.pid, signal.SIGKILL)
    for line in writer.stdout:
        if line.endswith("\n"):
            user, revision = line.split()
            acknowledged[user] = int(revision)
    writer.stdout.close()
    writer.wait()
    store = SqliteStore(path)
    for user, revision in acknowledged.items():
        stored = await store.load(SessionKey("demo", user), MessageKey(str(revision - 1)))
        assert stored.session is not None
        assert stored.session.turns == stored.revision >= revision
        assert stored.reply == b"ok"
    await store.close()
    with sqlite3.connect(path) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    plain.close()
