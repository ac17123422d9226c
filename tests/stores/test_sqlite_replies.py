"""That replies are found wherever their numbers stand, and that nothing is left of those that are gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from support.sqlite_files import ANN, NOW

from interpreter.machine.session import Session
from interpreter.stores.protocol import Commit, MessageKey, SessionKey
from interpreter.stores.sqlite import SqliteStore
from interpreter.stores.sqlite_inventory import SqliteInventory
from interpreter.stores.sqlite_loose import MOST_LOOSE

BOB = SessionKey("demo", "bob")
MANY = [MessageKey(f"m{number}") for number in range(2 * MOST_LOOSE + 5)]
"""So many that most of the replies are in the table and some are not."""
LATER = NOW + timedelta(hours=1)


async def talk(store: SqliteStore, key: SessionKey, messages: Sequence[MessageKey]) -> None:
    """A turn for each message; its reply is its own name."""
    for message in messages:
        stored = await store.load(key, message)
        session = Session(user=key.user, started=NOW, turns=stored.revision)
        await store.commit(Commit(key, session, stored.revision, NOW, message, message.encode()))


async def replies(path: Path, key: SessionKey, messages: Sequence[MessageKey] = MANY) -> list[bytes | None]:
    """What somebody who has just opened the file finds."""
    store = SqliteStore(path)
    found = [(await store.load(key, message)).reply for message in messages]
    await store.close()
    return found


def rows(path: Path, statement: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as plain:
        found = plain.execute(statement).fetchall()
    plain.close()
    return found


@pytest.mark.parametrize("count", [1, MOST_LOOSE - 1, MOST_LOOSE, MOST_LOOSE + 1, len(MANY)])
async def test_every_reply_is_found_by_who_gave_it_and_by_others(tmp_path: Path, count: int) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    await talk(store, ANN, MANY[:count])
    expected = [message.encode() if number < count else None for number, message in enumerate(MANY)]
    assert [(await store.load(ANN, message)).reply for message in MANY] == expected
    await store.close()
    assert await replies(tmp_path / "dialog.db", ANN) == expected
    entered = rows(tmp_path / "dialog.db", "SELECT count(*) FROM places")
    assert entered == [((count - 1) // MOST_LOOSE * MOST_LOOSE,)]


async def test_replies_stay_when_the_conversation_goes(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    await talk(store, ANN, MANY)
    assert await store.sweep_conversations("demo", LATER) == 1
    assert (await store.load(ANN, MANY[-1])).reply == MANY[-1].encode()
    await talk(store, ANN, [MessageKey("new")])
    await store.close()
    assert await replies(tmp_path / "dialog.db", ANN) == [message.encode() for message in MANY]


async def test_who_leaves_is_forgotten_but_for_the_last_reply(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    await talk(store, BOB, MANY[:3])
    await talk(store, ANN, MANY)
    stored = await store.load(ANN)
    await store.commit(Commit(ANN, None, stored.revision, NOW, MessageKey("bye"), b"bye"))
    await store.close()
    assert rows(tmp_path / "dialog.db", "SELECT id FROM places WHERE id NOT IN (SELECT id FROM replies)") == []
    assert await replies(tmp_path / "dialog.db", ANN, [*MANY, MessageKey("bye")]) == [*[None] * len(MANY), b"bye"]
    assert await replies(tmp_path / "dialog.db", BOB, MANY[:3]) == [message.encode() for message in MANY[:3]]


async def test_nothing_is_left_of_who_is_erased(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    await talk(store, ANN, MANY)
    await store.erase(ANN)
    await store.close()
    assert rows(tmp_path / "dialog.db", "SELECT id FROM replies UNION ALL SELECT id FROM places") == []


async def test_nothing_is_left_of_replies_that_were_swept(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    store = SqliteStore(path)
    await talk(store, ANN, MANY)
    assert await store.sweep_replies(LATER) == len(MANY)
    assert rows(path, "SELECT id FROM replies UNION ALL SELECT id FROM places") == []
    await talk(store, ANN, [MessageKey(f"new{number}") for number in range(2 * MOST_LOOSE)])
    assert rows(path, "SELECT id FROM places WHERE id NOT IN (SELECT id FROM replies)") == []
    await store.close()


async def test_nobody_gets_the_reply_of_another_who_has_its_number_now(tmp_path: Path) -> None:
    path = tmp_path / "dialog.db"
    store = SqliteStore(path)
    await talk(store, ANN, MANY[:3])
    await store.sweep_replies(LATER)
    await store.close()  # the next process counts from the beginning
    store = SqliteStore(path)
    await talk(store, BOB, MANY[:3])
    await store.close()
    assert rows(path, "SELECT id, user FROM replies") == [(1, "bob"), (2, "bob"), (3, "bob")]
    assert await replies(path, ANN, MANY[:3]) == [None] * 3
    assert await replies(path, BOB, MANY[:3]) == [message.encode() for message in MANY[:3]]


async def test_an_answer_in_place_of_another_is_the_only_one(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    await talk(store, ANN, MANY)
    for message in (MANY[0], MANY[-1]):
        stored = await store.load(ANN)
        await store.commit(Commit(ANN, Session(user="ann"), stored.revision, NOW, message, b"again"))
    await store.close()
    assert await replies(tmp_path / "dialog.db", ANN, [MANY[0], MANY[-1]]) == [b"again"] * 2
    assert rows(tmp_path / "dialog.db", "SELECT count(*) FROM replies") == [(len(MANY),)]


async def test_a_delivery_that_knocks_finds_the_reply(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    await talk(store, ANN, MANY)
    asked = MANY[0], MANY[-1]
    assert [(await store.knock(ANN, message, NOW, 3)).reply for message in asked] == [each.encode() for each in asked]
    await store.close()


@pytest.mark.parametrize(
    "loose",
    [
        "'text'",
        "x'01'",
        "7",
        "x'0100000000000000ffffffffffffffff01'",
        "x'ffffffffffffffff0000000000000000'",
        "x'ffffffffffffff7fffffffffffffffff'",
    ],
)
async def test_numbers_that_were_damaged_keep_nobody_from_going_on(tmp_path: Path, loose: str) -> None:
    path = tmp_path / "dialog.db"
    store = SqliteStore(path)
    await talk(store, ANN, MANY[: MOST_LOOSE + 1])
    await store.close()
    rows(path, f"UPDATE sessions SET loose = {loose}")  # noqa: S608 - fixed text
    store = SqliteStore(path)
    assert (await store.load(ANN, MANY[0])).reply == b"m0"
    await talk(store, ANN, MANY[MOST_LOOSE + 1 :])
    await store.close()
    assert (await replies(path, ANN, MANY[MOST_LOOSE + 1 :]))[-1] == MANY[-1].encode()
    rows(path, f"UPDATE sessions SET loose = {loose}")  # noqa: S608 - fixed text
    store = SqliteStore(path)
    assert await store.sweep_conversations("demo", LATER) == 1
    await store.close()


async def test_a_record_has_all_replies_and_all_are_found_again(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    await talk(store, ANN, MANY)
    await store.close()
    inventory = SqliteInventory(tmp_path / "dialog.db")
    record = await inventory.record(ANN)
    await inventory.close()
    assert sorted(each.message for each in record.replies) == sorted(MANY)
    other = SqliteInventory(tmp_path / "other.db", create=True)
    await other.restore([record])
    await other.restore([record])
    await other.close()
    assert await replies(tmp_path / "other.db", ANN) == [message.encode() for message in MANY]
    assert rows(tmp_path / "other.db", "SELECT count(*) FROM places") == [(len(MANY),)]


async def test_processes_that_take_turns_number_their_replies_one_after_another(tmp_path: Path) -> None:
    stores = [SqliteStore(tmp_path / "dialog.db") for _ in range(2)]
    for number, message in enumerate(MANY):
        await talk(stores[number % 2], (ANN, BOB)[number // 3 % 2], [message])
    for store in stores:
        await store.close()
    expected = [(number + 1, message) for number, message in enumerate(MANY)]
    assert rows(tmp_path / "dialog.db", "SELECT id, message FROM replies ORDER BY id") == expected
