from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import cast

import pytest
from msgspec.structs import replace
from support.sqlite_files import ANN, BEGUN, NOW, load, save

from interpreter.machine.session import Session
from interpreter.stores.protocol import (
    Commit,
    Committed,
    MessageKey,
    Parcel,
    SessionKey,
    Stored,
    StoreUnavailable,
)
from interpreter.stores.sqlite import SqliteStore
from interpreter.stores.sqlite_file import open_connection
from interpreter.stores.sqlite_layout import LAYOUT

BOB = SessionKey("demo", "bob")


async def test_sessions_and_replies_survive_a_restart(tmp_path: Path) -> None:
    session = Session(user="ann", started=NOW, turns=2, memory={"name": "安"})
    await save(tmp_path / "dialog.db", session)
    assert await load(tmp_path / "dialog.db") == Stored(session, BEGUN, b"reply")


async def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    await save(tmp_path / "dialog.db", Session(user="ann"))
    assert (tmp_path / "dialog.db").stat().st_mode & 0o077 == 0


async def test_the_file_has_the_settings_that_make_it_durable(tmp_path: Path) -> None:
    await save(tmp_path / "dialog.db", Session(user="ann"))
    with sqlite3.connect(tmp_path / "dialog.db") as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert plain.execute("PRAGMA auto_vacuum").fetchone() == (2,)
        assert plain.execute("PRAGMA user_version").fetchone() == (LAYOUT,)
    plain.close()


async def test_a_file_becomes_smaller_when_what_it_holds_is_forgotten(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    for number in range(300):
        key = SessionKey("demo", f"user{number}")
        await store.commit(Commit(key, None, 0, NOW, MessageKey("m"), b"reply" * 1_000))

    async def pages() -> int:
        await store.ping()
        with closing(sqlite3.connect(tmp_path / "dialog.db")) as plain:
            return int(plain.execute("PRAGMA page_count").fetchone()[0])

    full = await pages()
    for _ in range(12):
        await store.sweep_replies(NOW + timedelta(days=2))
    assert await pages() < full / 10
    await store.close()


async def test_parcels_and_timers_survive_a_restart(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    await store.commit(Commit(ANN, Session(user="ann"), 0, NOW, parcels=(Parcel("m:1", "{}", NOW),), wake=NOW))
    await store.close()
    store = SqliteStore(tmp_path / "dialog.db")
    assert await store.parcels(ANN) == (Parcel("m:1", "{}", NOW),)
    assert await store.waking("demo", NOW + timedelta(seconds=1), 9) == (ANN,)
    await store.close()


@pytest.mark.parametrize("name", ["claim", "lease"])
async def test_a_lease_ends_by_the_time_of_who_asks(tmp_path: Path, name: str) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    what: tuple[object, ...] = (ANN, MessageKey("m")) if name == "claim" else ("token",)
    take = getattr(store, name)
    assert await take(*what, "one", NOW, 10)
    assert not await take(*what, "two", NOW + timedelta(seconds=9.9), 10)
    assert await take(*what, "one", NOW + timedelta(seconds=9.9), 10)
    assert await take(*what, "two", NOW + timedelta(seconds=19.9), 10)
    await store.close()


async def test_the_log_is_cut_when_nothing_is_written_for_a_while(tmp_path: Path) -> None:
    log = tmp_path / "dialog.db-wal"
    busy = SqliteStore(tmp_path / "dialog.db", pause=3_600)
    await busy.commit(Commit(ANN, Session(user="ann"), 0, NOW))
    assert log.stat().st_size > 0
    store = SqliteStore(tmp_path / "dialog.db", pause=0.1)
    await store.commit(Commit(BOB, Session(user="bob"), 0, NOW))
    async with asyncio.timeout(60):
        while log.stat().st_size:  # nobody tells us; a server asks, too, and more often than once in a while
            assert await store.waking("demo", NOW, 10) == ()
            await asyncio.sleep(0.02)
    assert (await store.load(ANN)).revision == BEGUN
    await store.close()
    await busy.close()


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
    assert [await commit for commit in commits] == [Committed(BEGUN)] * 300


def change_rows(path: Path, statement: str, *values: str) -> None:
    with sqlite3.connect(path) as plain:
        plain.execute(statement, values)
    plain.close()


@pytest.mark.parametrize("conversation", ['{"v":1,"turns":', '{"v":9}', "null", "x"])
async def test_an_unreadable_conversation_is_set_aside_and_memory_kept(tmp_path: Path, conversation: str) -> None:
    path = tmp_path / "dialog.db"
    await save(path, Session(user="ann", turns=2, memory={"name": "安"}))
    change_rows(path, "UPDATE sessions SET conversation = ?", conversation)
    assert await load(path) == Stored(Session(user="ann", memory={"name": "安"}), BEGUN, b"reply")
    with sqlite3.connect(path) as plain:
        assert plain.execute("SELECT user, conversation FROM unreadable").fetchall() == [("ann", conversation)]
    plain.close()


@pytest.mark.parametrize("revision", ["1.5", "1e300", "''", "'x'", "x'00'", "-0.5"])
async def test_a_row_with_a_revision_that_is_no_number_is_set_aside_too(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "dialog.db"
    await save(path, Session(user="ann", turns=2, memory={"name": "安"}))
    change_rows(path, f"UPDATE sessions SET revision = {revision}")  # noqa: S608 - of the test
    found = await load(path)
    assert found == Stored(Session(user="ann", memory={"name": "安"}), 0, b"reply")
    store = SqliteStore(path)
    assert found.session is not None
    committed = await store.commit(Commit(ANN, found.session, 0, NOW, MessageKey("next"), b"again"))
    assert (await store.load(ANN)).revision == committed.revision
    await store.close()


async def test_a_user_with_unreadable_memory_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    await save(path, Session(user="ann", memory={"name": "安"}))
    change_rows(path, "UPDATE sessions SET memory = '{'")
    assert await load(path) == Stored(None, BEGUN, b"reply")
    await save(path, Session(user="ann"), expected=BEGUN)


async def test_a_request_that_cannot_be_done_spoils_no_other(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    bad = Commit(SessionKey("demo", "\ud800"), Session(user="x"), 0, NOW)
    good = [Commit(SessionKey("demo", str(number)), Session(user=str(number)), 0, NOW) for number in range(5)]
    outcomes = await asyncio.gather(*map(store.commit, [*good[:2], bad, *good[2:]]), return_exceptions=True)
    assert isinstance(outcomes.pop(2), StoreUnavailable)
    assert outcomes == [Committed(BEGUN)] * 5
    await store.close()


async def test_a_write_that_fails_is_reported_and_the_next_succeeds(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    store = SqliteStore(path)
    change_rows(path, "ALTER TABLE sessions RENAME TO hidden")
    with pytest.raises(StoreUnavailable, match="does not answer"):
        await store.commit(Commit(ANN, Session(user="ann"), 0, NOW))
    change_rows(path, "ALTER TABLE hidden RENAME TO sessions")
    assert (await store.commit(Commit(ANN, Session(user="ann"), 0, NOW))).revision == BEGUN
    await store.close()


async def test_a_caller_that_gave_up_does_not_stop_the_store(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    abandoned = asyncio.ensure_future(store.load(ANN))
    await asyncio.sleep(0)
    abandoned.cancel()
    assert (await store.commit(Commit(ANN, Session(user="ann"), 0, NOW))).revision == BEGUN
    await store.close()


async def test_a_reply_that_was_changed_in_the_file_is_never_given(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    await save(path, Session(user="ann"))
    change_rows(path, "UPDATE replies SET reply = CAST('rezly' AS BLOB)")
    with pytest.raises(StoreUnavailable, match="damaged"):
        await load(path)


async def test_a_session_that_came_to_another_user_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    await save(path, Session(user="bob", memory={"name": "鲍勃"}))
    change_rows(path, "UPDATE sessions SET user = 'ann'")
    change_rows(path, "UPDATE sessions SET memory_sum = memory_sum + 1")
    assert (await load(path)).session is None


async def test_text_that_is_no_text_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    await save(path, Session(user="ann", memory={"name": "安"}))
    change_rows(path, "UPDATE sessions SET conversation = CAST(x'7bff' AS TEXT)")
    assert (await load(path)).session == Session(user="ann", memory={"name": "安"})


async def test_a_damaged_parcel_is_not_sent(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    await store.put(ANN, [Parcel("m:1", "{}", NOW), Parcel("m:2", "{}", NOW)])
    change_rows(tmp_path / "dialog.db", "UPDATE parcels SET body = '[]' WHERE id = 'm:1'")
    assert await store.parcels(ANN) == (Parcel("m:2", "{}", NOW),)
    await store.close()


# ---------------------------------------------------------------------------------------------------- failures


class Failing(sqlite3.Connection):
    """A connection that can be made to fail at a later statement."""

    countdown = -1
    failure = "disk I/O error"

    def execute(self, statement: str, *values: object) -> sqlite3.Cursor:  # type: ignore[override]
        self.countdown -= 1
        if self.countdown == 0:
            error = sqlite3.OperationalError(self.failure)
            error.sqlite_errorname = "SQLITE_IOERR_WRITE"  # type: ignore[misc]
            raise error
        return super().execute(statement, *values)


@pytest.mark.parametrize("count", range(1, 12))
async def test_an_io_error_at_any_statement_of_a_turn_undoes_all_of_it(tmp_path: Path, count: int) -> None:
    opened: list[Failing] = []

    def opener(path: Path) -> sqlite3.Connection:
        opened.append(cast("Failing", open_connection(path, Failing)))
        return opened[0]

    store = SqliteStore(tmp_path / "dialog.db", opener)
    await store.put(ANN, [Parcel("m:7", "{}", NOW, for_next=True)])
    before = await store.load(ANN, MessageKey("m"))
    turn = Commit(ANN, Session(user="ann"), 0, NOW, MessageKey("m"), b"reply", (Parcel("m:1", "{}", NOW),), wake=NOW)
    turn = replace(turn, delivered=("m:7",))
    opened[0].countdown = count
    try:
        await store.commit(turn)
    except StoreUnavailable:
        opened[0].countdown = -1
        assert await store.load(ANN, MessageKey("m")) == before
        assert await store.parcels(ANN) == ()
        assert await store.commit(turn) == Committed(BEGUN)
    opened[0].countdown = -1
    assert await store.load(ANN, MessageKey("m")) == Stored(Session(user="ann"), BEGUN, b"reply")
    await store.close()


async def test_a_full_disk_refuses_turns_until_there_is_room_again(tmp_path: Path) -> None:
    opened: list[sqlite3.Connection] = []

    def opener(path: Path) -> sqlite3.Connection:
        opened.append(open_connection(path))
        opened[0].execute("PRAGMA max_page_count = 60")
        return opened[0]

    store = SqliteStore(tmp_path / "dialog.db", opener)
    big = Session(user="ann", vars={"t": "x" * 60_000})
    commits = [Commit(SessionKey("demo", str(number)), big, 0, NOW) for number in range(9)]
    outcomes = await asyncio.gather(*map(store.commit, commits), return_exceptions=True)
    assert isinstance(outcomes[-1], StoreUnavailable)
    assert "full" in str(outcomes[-1])
    saved = [key for key in (commit.key for commit in commits) if (await store.load(key)).revision]
    for key in saved:
        await store.erase(key)
    assert await store.commit(Commit(ANN, big, 0, NOW)) == Committed(BEGUN)
    await store.ping()
    await store.close()


async def test_damage_met_while_serving_is_told_once_with_what_to_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "dialog.db"
    store = SqliteStore(path)
    keys = [SessionKey("demo", f"user{number:04}") for number in range(600)]
    text = {"t": "x" * 9000}  # more than SQLite keeps in memory
    await asyncio.gather(*(store.commit(Commit(key, Session(user=key.user, vars=text), 0, NOW)) for key in keys))
    await store.close()
    store = SqliteStore(path)
    damaged = bytearray(path.read_bytes())
    damaged[4096 * 20 :] = Random(20).randbytes(len(damaged) - 4096 * 20)
    path.write_bytes(damaged)
    found_all = await asyncio.gather(*map(store.load, keys), return_exceptions=True)
    assert any(isinstance(found, StoreUnavailable) for found in found_all)
    for key, found in zip(keys, found_all, strict=True):
        assert isinstance(found, StoreUnavailable) or found.session in (Session(user=key.user, vars=text), None)
    told = [record.getMessage() for record in caplog.records if "--fresh-store" in record.getMessage()]
    assert len(told) == 1
    await store.close()


# ---------------------------------------------------------------------------------------------------- sudden death

WRITER = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from interpreter.machine.session import Session
from interpreter.stores.protocol import Commit, Committed, MessageKey, SessionKey
from interpreter.stores.sqlite import SqliteStore

async def count(store, user):
    key, revision = SessionKey("demo", user), 0
    await store.load(key)
    while True:
        session, message = Session(user=user, turns=revision + 1), MessageKey(str(revision))
        turn = Commit(key, session, revision, datetime.now(UTC), message, b"ok")
        revision = (await store.commit(turn)).revision
        print(user, revision, flush=True)

async def main():
    store = SqliteStore(Path(sys.argv[1]))
    await asyncio.gather(*(count(store, f"user{number}") for number in range(int(sys.argv[2]))))

asyncio.run(main())
"""


@pytest.mark.parametrize("together", [4, 40])
async def test_no_acknowledged_turn_is_lost_when_the_process_is_killed(tmp_path: Path, together: int) -> None:
    path = tmp_path / "dialog.db"
    command = [sys.executable, "-c", WRITER, str(path), str(together)]
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
