"""Sessions that are ahead of their rows: that nobody sees a difference, whatever happens."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from support.sqlite_files import BEGUN, NOW

from interpreter.machine.session import Session
from interpreter.stores.codec import write_conversation, write_memory
from interpreter.stores.protocol import Commit, MessageKey, SessionConflict, SessionKey, Stored, StoreUnavailable
from interpreter.stores.sqlite import SqliteStore
from interpreter.stores.sqlite_ahead import (
    LAST_REVISION,
    MOST_AHEAD,
    MOST_LETTERS,
    WORTH_IT,
    Ahead,
    AheadReader,
    write_entry,
)
from interpreter.stores.sqlite_inventory import SqliteInventory

KEYS = [SessionKey("demo", f"user{number:02}") for number in range(WORTH_IT + 2)]
ANN, BOB = KEYS[:2]
LATER = NOW + timedelta(minutes=1)
NEVER = 3_600.0


def talking(key: SessionKey, turns: int) -> Session:
    return Session(user=key.user, started=NOW, turns=turns, memory={"turns": turns})


def turn(key: SessionKey, number: int, **more: Any) -> Commit:
    """The turn of a number, from 0 on."""
    expected = BEGUN + number - 1 if number else 0
    reply = f"{key.user} {number}".encode()
    made = Commit(key, talking(key, number), expected, NOW + timedelta(seconds=number), message(number), reply)
    return replace(made, **more)


def message(number: int) -> MessageKey:
    return MessageKey(f"m{number}")


async def together(store: SqliteStore, number: int, keys: list[SessionKey] = KEYS) -> None:
    """A turn of each of them in one batch."""
    await asyncio.gather(*(store.commit(turn(key, number)) for key in keys))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dialog.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    """A store that knows them all; each has taken three turns, and nothing happens by itself."""
    store = SqliteStore(path, pause=NEVER)
    await asyncio.gather(*map(store.load, KEYS))
    for number in range(3):
        await together(store, number)
    yield store
    await store.close()


def rows(path: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(path, isolation_level=None)) as plain:
        return plain.execute(statement).fetchall()


def turns_in_rows(path: Path) -> set[int]:
    """In how manieth turns the rows of sessions were written."""
    return {revision - BEGUN for (revision,) in rows(path, "SELECT revision FROM sessions")}


def killed(path: Path, tmp_path: Path) -> Path:
    """What a process leaves behind that is killed now."""
    folder = tmp_path / "left"
    folder.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copy(file, folder / file.name)
    return folder / path.name


def ahead(path: Path) -> list[str]:
    """Who is ahead in the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as plain:
        return sorted(late.user for late in AheadReader(plain).everything())


# ---------------------------------------------------------------------------------------------------- going ahead


async def test_many_that_are_saved_together_go_ahead_in_one_row_and_few_do_not(store: SqliteStore, path: Path) -> None:
    assert turns_in_rows(path) == {0}
    assert len(rows(path, "SELECT * FROM ahead")) == 2
    await together(store, 3, KEYS[: WORTH_IT - 1])
    assert turns_in_rows(path) == {0, 3}


async def test_what_is_ahead_is_found(store: SqliteStore) -> None:
    for key in KEYS:
        for number in range(3):
            stored = await store.load(key, message(number))
            assert stored == Stored(talking(key, 2), BEGUN + 2, f"{key.user} {number}".encode())
        assert await store.load(key, message(3)) == Stored(talking(key, 2), BEGUN + 2)


async def test_a_turn_on_an_earlier_revision_is_refused(store: SqliteStore) -> None:
    with pytest.raises(SessionConflict) as refused:
        await store.commit(turn(ANN, 1))
    assert refused.value.found == BEGUN + 2


async def test_no_more_are_ahead_than_may_be(path: Path) -> None:
    store = SqliteStore(path, ahead=Ahead(worth_it=2, most=2 * len(KEYS)), pause=NEVER)
    await asyncio.gather(*map(store.load, KEYS))
    for number in range(6):
        await together(store, number)
        assert len(rows(path, "SELECT * FROM ahead")) <= 2
    assert turns_in_rows(path) == {0}  # each was overtaken before it came to its row
    await together(store, 6, KEYS[:5])
    await together(store, 7, KEYS[:5])
    await together(store, 8, KEYS[:5])
    await together(store, 9, KEYS[:5])
    assert turns_in_rows(path) == {0, 5}
    assert ahead(path) == [key.user for key in KEYS[:5]]
    await store.close()
    assert turns_in_rows(path) == {5, 9}


async def test_no_more_letters_are_ahead_than_may_be(path: Path) -> None:
    one = len(write_conversation(talking(ANN, 1)) + write_memory(talking(ANN, 1)))
    store = SqliteStore(path, ahead=Ahead(worth_it=2, most_letters=2 * one * len(KEYS)), pause=NEVER)
    await asyncio.gather(*map(store.load, KEYS))
    for number in range(6):
        await together(store, number)
        assert len(rows(path, "SELECT * FROM ahead")) <= 2
    assert len(ahead(path)) == len(KEYS)
    await store.close()


async def test_large_sessions_go_to_their_rows_at_once(store: SqliteStore, path: Path) -> None:
    large = {"text": "x" * MOST_LETTERS}
    turns = [turn(key, 3, session=replace(talking(key, 3), vars=large)) for key in KEYS]
    await asyncio.gather(*map(store.commit, turns))
    assert turns_in_rows(path) == {3}
    assert ahead(path) == []
    assert await store.load(ANN) == Stored(turns[0].session, BEGUN + 3)


async def test_when_few_come_together_the_rest_comes_to_its_rows_too(store: SqliteStore, path: Path) -> None:
    for number in range(3, 9):
        await store.commit(turn(ANN, number))
    assert ahead(path) == []
    assert turns_in_rows(path) == {2, 8}


# ---------------------------------------------------------------------------------------------------- coming home


async def test_a_file_that_was_closed_has_everything_in_its_rows(store: SqliteStore, path: Path) -> None:
    await store.close()
    assert turns_in_rows(path) == {2}
    assert rows(path, "SELECT * FROM ahead") == []


async def test_after_a_pause_everything_is_in_its_rows(path: Path) -> None:
    store = SqliteStore(path, pause=0.05)
    await asyncio.gather(*map(store.load, KEYS))
    for number in range(3):
        await together(store, number)
    while ahead(path):  # noqa: ASYNC110  nobody tells us
        await asyncio.sleep(0.05)
    assert turns_in_rows(path) == {2}
    assert await store.load(ANN, message(2)) == Stored(talking(ANN, 2), BEGUN + 2, f"{ANN.user} 2".encode())
    await store.close()


async def test_what_a_killed_process_leaves_is_all_there(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    left = killed(path, tmp_path)
    again = SqliteStore(left)
    assert turns_in_rows(left) == {2}
    assert rows(left, "SELECT * FROM ahead") == []
    for key in KEYS:
        for number in range(3):
            stored = await again.load(key, message(number))
            assert stored == Stored(talking(key, 2), BEGUN + 2, f"{key.user} {number}".encode())
    await together(again, 3)
    await again.close()
    assert (await store.load(ANN)).revision == BEGUN + 2


@pytest.mark.parametrize("forgotten", ["erase", "leave", "sweep"])
async def test_who_was_forgotten_while_ahead_does_not_come_back(
    store: SqliteStore, path: Path, tmp_path: Path, forgotten: str
) -> None:
    match forgotten:
        case "erase":
            await store.erase(ANN)
        case "leave":
            await store.commit(turn(ANN, 3, session=None))
        case _:
            assert await store.sweep_conversations("demo", LATER) == len(KEYS)
    again = SqliteStore(killed(path, tmp_path))
    found = await again.load(ANN)
    assert found.session == (Session(user=ANN.user, memory={"turns": 2}) if forgotten == "sweep" else None)
    assert (await again.load(BOB)).session == (
        Session(user=BOB.user, memory={"turns": 2}) if forgotten == "sweep" else talking(BOB, 2)
    )
    await again.close()


async def test_who_is_ahead_is_not_swept_for_what_stands_in_the_row(store: SqliteStore) -> None:
    assert await store.sweep_conversations("demo", NOW + timedelta(seconds=1)) == 0
    assert (await store.load(ANN)).session == talking(ANN, 2)


async def test_a_timer_that_is_set_after_having_been_ahead_is_there(
    store: SqliteStore, path: Path, tmp_path: Path
) -> None:
    await store.commit(turn(ANN, 3, wake=LATER))
    again = SqliteStore(killed(path, tmp_path))
    for each in (store, again):
        assert await each.waking("demo", LATER + timedelta(seconds=1), 9) == (ANN,)
        assert await each.load(ANN) == Stored(talking(ANN, 3), BEGUN + 3)
    await again.close()


async def test_a_knock_finds_the_reply_of_who_is_ahead(store: SqliteStore) -> None:
    assert (await store.knock(ANN, message(2), NOW, 3)).reply == f"{ANN.user} 2".encode()
    assert await store.load(ANN) == Stored(talking(ANN, 2), BEGUN + 2)


async def test_when_somebody_else_writes_everything_comes_to_its_rows(store: SqliteStore, path: Path) -> None:
    rows(path, "DELETE FROM sessions WHERE user = 'user00'")
    await store.ping()
    assert ahead(path) == []
    assert await store.load(ANN) == Stored()
    assert await store.load(BOB) == Stored(talking(BOB, 2), BEGUN + 2)
    await store.commit(turn(BOB, 3))
    assert turns_in_rows(path) == {2, 3}


# ---------------------------------------------------------------------------------------------------- looking on


async def test_whoever_looks_into_the_file_sees_what_is_ahead(store: SqliteStore, path: Path) -> None:
    inventory = SqliteInventory(path)
    for number in (2, 3):
        record = await inventory.record(ANN)
        assert (record.revision, record.at) == (BEGUN + number, NOW + timedelta(seconds=number))
        assert record.conversation == write_conversation(talking(ANN, number))
        assert [reply.message for reply in record.replies] == [message(each) for each in range(number + 1)]
        assert (await inventory.figures(["demo"])).newest == NOW + timedelta(seconds=number)
        assert turns_in_rows(path) == {0}
        await together(store, 3) if number == 2 else None
    await store.commit(turn(ANN, 4))
    assert (await inventory.record(ANN)).revision == BEGUN + 4
    await inventory.close()


async def test_a_copy_that_is_made_meanwhile_has_it_all(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    inventory = SqliteInventory(path)
    await inventory.copy(tmp_path / "copy.db")
    await inventory.close()
    assert (await store.load(ANN)).revision == BEGUN + 2
    again = SqliteStore(tmp_path / "copy.db")
    assert await again.load(ANN) == Stored(talking(ANN, 2), BEGUN + 2)
    await again.close()


async def test_who_is_erased_from_what_a_killed_process_left_is_gone(
    store: SqliteStore, path: Path, tmp_path: Path
) -> None:
    left = killed(path, tmp_path)
    inventory = SqliteInventory(left)
    await inventory.erase(ANN)
    await inventory.close()
    again = SqliteStore(left)
    assert await again.load(ANN) == Stored()
    assert await again.load(BOB) == await store.load(BOB)
    await again.close()


# ---------------------------------------------------------------------------------------------------- damage


@pytest.mark.parametrize(
    "damage",
    [
        "zeroblob(200)",
        "x'c1' || sessions",
        "CAST(x'c1' || sessions AS BLOB)",
        "substr(sessions, 1, length(sessions) - 1)",
    ],
)
async def test_users_whose_last_turns_are_damaged_go_on_from_before(
    store: SqliteStore, path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    left = killed(path, tmp_path)
    rows(left, f"UPDATE ahead SET sessions = {damage} WHERE id = (SELECT max(id) FROM ahead)")  # noqa: S608
    again = SqliteStore(left)
    assert caplog.messages == ["turns that were saved together are damaged; their users go on from before"]
    for key in KEYS:
        assert await again.load(key, message(3)) == Stored(talking(key, 1), BEGUN + 1)
    assert (await store.load(ANN)).revision == BEGUN + 2
    await again.close()


async def test_a_row_that_was_changed_by_others_beforehand_is_not_older_afterwards(
    store: SqliteStore, path: Path, tmp_path: Path
) -> None:
    left = killed(path, tmp_path)
    rows(left, f"UPDATE sessions SET revision = {BEGUN + 9}, conversation_sum = NULL WHERE user = 'user00'")  # noqa: S608
    again = SqliteStore(left)
    assert (await again.load(ANN)).revision == BEGUN + 9
    assert (await again.load(BOB)).revision == BEGUN + 2
    assert (await store.load(ANN)).revision == BEGUN + 2
    await again.close()


def test_as_much_may_be_ahead_as_is_brought_home_in_a_moment() -> None:
    assert WORTH_IT < MOST_AHEAD <= 10_000


async def test_a_request_that_fails_after_somebody_wrote_takes_nobody_back(store: SqliteStore, path: Path) -> None:
    rows(path, "UPDATE replies SET reply = x'00' WHERE user = 'user05' AND message = 'm2'")
    failed, found = await asyncio.gather(
        store.knock(KEYS[5], message(2), NOW, 3), store.load(ANN, message(2)), return_exceptions=True
    )
    assert isinstance(failed, StoreUnavailable)
    assert found == Stored(talking(ANN, 2), BEGUN + 2, f"{ANN.user} 2".encode())


async def test_what_was_restored_meanwhile_is_found_at_once(store: SqliteStore, path: Path) -> None:
    inventory = SqliteInventory(path)
    record = await inventory.record(ANN)
    await together(store, 3)
    await inventory.restore([record])
    await inventory.close()
    assert (await store.load(ANN)).revision == BEGUN + 2
    assert (await store.load(BOB)).revision == BEGUN + 3


@pytest.mark.parametrize("pause", [NEVER, 0.05])
async def test_a_row_that_cannot_be_written_keeps_nobody_else_from_being_saved(
    path: Path, caplog: pytest.LogCaptureFixture, pause: float
) -> None:
    store = SqliteStore(path, ahead=Ahead(most=2 * len(KEYS)), pause=pause)
    await asyncio.gather(*map(store.load, KEYS))
    await together(store, 0)
    rows(
        path,
        "CREATE TRIGGER refuse BEFORE UPDATE ON sessions WHEN old.user = 'user00' BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    await asyncio.gather(*map(store.load, KEYS))
    others = [key for key in KEYS if key != ANN]
    for number in range(1, 7):
        await asyncio.gather(*(store.commit(turn(key, number)) for key in others))
    with pytest.raises(StoreUnavailable):
        await store.commit(turn(ANN, 1))
    for number in range(7, 12):
        await asyncio.gather(*(store.commit(turn(key, number)) for key in others))
    assert {(await store.load(key)).revision for key in others} == {BEGUN + 11}
    assert len(caplog.records) <= 2
    await store.close()


async def test_one_that_is_stuck_ahead_is_the_only_one(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = SqliteStore(path, ahead=Ahead(most=2 * len(KEYS)), pause=NEVER)
    await asyncio.gather(*map(store.load, KEYS))
    await together(store, 0)
    await together(store, 1)
    await store._thread.ask(
        lambda batch: batch.connection.execute(
            "CREATE TRIGGER refuse BEFORE UPDATE ON sessions WHEN old.user = 'user00'"
            " BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    )
    others = [key for key in KEYS if key != ANN]
    for number in range(2, 12):
        await asyncio.gather(*(store.commit(turn(key, number)) for key in others))
    assert (await store.load(ANN)).revision == BEGUN + 1
    assert ahead(path) == [ANN.user]
    assert len(caplog.records) == 1
    rows(path, "DROP TRIGGER refuse")
    await store.close()
    again = SqliteStore(path)
    assert await again.load(ANN) == Stored(talking(ANN, 1), BEGUN + 1)
    assert {(await again.load(key)).revision for key in others} == {BEGUN + 11}
    await again.close()


async def test_a_row_without_a_revision_does_not_lose_what_is_ahead(
    store: SqliteStore, path: Path, tmp_path: Path
) -> None:
    left = killed(path, tmp_path)
    rows(left, "UPDATE sessions SET revision = 'x' WHERE user = 'user00'")
    again = SqliteStore(left)
    assert await again.load(ANN) == Stored(talking(ANN, 2), BEGUN + 2)
    assert (await store.load(ANN)).revision == BEGUN + 2
    await again.close()


async def test_a_revision_that_no_clock_makes_does_not_go_ahead(path: Path) -> None:
    store = SqliteStore(path, ahead=Ahead(worth_it=1), pause=NEVER)
    await store.load(ANN)
    await store.commit(turn(ANN, 0))
    rows(path, f"UPDATE sessions SET revision = {LAST_REVISION}, conversation_sum = NULL")  # noqa: S608
    await store.load(ANN)
    await store.commit(turn(ANN, 1, expected=LAST_REVISION))
    assert ahead(path) == []
    assert rows(path, "SELECT revision FROM sessions") == [(LAST_REVISION + 1,)]
    await store.close()


# ---------------------------------------------------------------------------------------------------- looking


async def test_the_oldest_time_is_not_that_of_a_row_which_is_behind(store: SqliteStore, path: Path) -> None:
    inventory = SqliteInventory(path)
    found = await inventory.figures(["demo"])
    assert (found.oldest, found.newest) == (NOW + timedelta(seconds=2), NOW + timedelta(seconds=2))
    await store.commit(turn(SessionKey("demo", "new"), 0))
    assert (await inventory.figures(["demo"])).oldest == NOW
    await inventory.close()


async def test_who_looks_on_sees_what_a_process_writes_whose_clock_is_behind(store: SqliteStore, path: Path) -> None:
    looking = AheadReader(sqlite3.connect(path, isolation_level=None))
    before = looking.late(ANN)
    assert before is not None
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("DELETE FROM ahead")
        write_entry(other, 5, [replace(before, revision=before.revision + 1)], [])
    found = looking.late(ANN)
    assert found is not None
    assert found.revision == before.revision + 1
    assert looking.late(BOB) is None
    looking._connection.close()
    await store.ping()
