"""What the SQLite store knows without looking, and that it never knows better than the file."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec import structs
from support.sqlite_files import ANN, BEGUN, NOW

from interpreter.machine.events import Message
from interpreter.machine.session import Session, Turn
from interpreter.stores.protocol import (
    Commit,
    Committed,
    GivenUp,
    MessageKey,
    Parcel,
    SessionConflict,
    SessionKey,
    Stored,
    StoreError,
    StoreUnavailable,
)
from interpreter.stores.sqlite import SqliteStore
from interpreter.stores.sqlite_file import open_connection
from interpreter.stores.sqlite_inventory import SqliteInventory
from interpreter.stores.sqlite_known import Known, KnownUsers

M1, M2, M3 = MessageKey("m1"), MessageKey("m2"), MessageKey("m3")
SESSION = Session(user="ann", started=NOW, turns=1)


class Counting(sqlite3.Connection):
    """A connection that counts what it is asked about users, and fails when it is told to."""

    asked = 0
    fails = False

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        self.asked += "user" in statement
        if self.fails and statement == "COMMIT":
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
            raise error
        return super().execute(statement, *values)


@dataclass
class Opened:
    path: Path
    store: SqliteStore
    connection: Counting

    async def looks(self, message: MessageKey | None) -> tuple[Stored, int]:
        """What is stored of her, and how often the file was asked."""
        before = self.connection.asked
        return await self.store.load(ANN, message), self.connection.asked - before


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Opened]:
    """A store that knows her."""
    connections: list[Counting] = []

    def opener(path: Path) -> sqlite3.Connection:
        connections.append(cast("Counting", open_connection(path, Counting)))
        return connections[0]

    store = SqliteStore(tmp_path / "dialog.db", opener)
    await store.load(ANN, M1)
    await store.commit(Commit(ANN, SESSION, 0, NOW, M1, b"one"))
    yield Opened(tmp_path / "dialog.db", store, connections[0])
    await store.close()


async def test_who_has_just_written_is_known_and_the_message_is_new(opened: Opened) -> None:
    assert await opened.looks(M2) == (Stored(SESSION, BEGUN), 0)
    assert await opened.looks(None) == (Stored(SESSION, BEGUN), 0)


async def test_a_turn_of_somebody_who_is_known_writes_two_rows_and_asks_nothing(opened: Opened) -> None:
    before = opened.connection.asked
    await opened.store.commit(Commit(ANN, SESSION, BEGUN, NOW, M2, b"two"))
    assert opened.connection.asked - before == 2


async def test_an_answered_message_is_answered_from_the_file(opened: Opened) -> None:
    stored, looks = await opened.looks(M1)
    assert (stored, looks) == (Stored(SESSION, BEGUN, b"one"), 2)


async def test_a_message_that_is_answered_again_has_its_last_answer(opened: Opened) -> None:
    await opened.store.commit(Commit(ANN, SESSION, BEGUN, NOW, M1, b"again"))
    assert await opened.looks(M1) == (Stored(SESSION, BEGUN + 1, b"again"), 2)


async def test_messages_of_an_earlier_process_are_known_to_be_answered(opened: Opened) -> None:
    await opened.store.close()
    store = SqliteStore(opened.path)
    await store.load(ANN, M2)
    await store.commit(Commit(ANN, SESSION, BEGUN, NOW, M2, b"two"))
    assert (await store.load(ANN, M1)).reply == b"one"
    assert (await store.load(ANN, M3)).reply is None
    await store.close()


async def test_somebody_with_very_many_answered_messages_is_looked_up_each_time(opened: Opened) -> None:
    keys = [MessageKey(f"many{number}") for number in range(300)]
    for number, key in enumerate(keys):
        await opened.store.commit(Commit(ANN, SESSION, BEGUN + number, NOW, key, str(number).encode()))
    await opened.store.close()
    store = SqliteStore(opened.path)
    for _ in range(2):
        assert await store.load(ANN, M2) == Stored(SESSION, BEGUN + 300)
        assert (await store.load(ANN, keys[7])).reply == b"7"
    assert (await store.commit(Commit(ANN, SESSION, BEGUN + 300, NOW, keys[7], b"again"))).revision == BEGUN + 301
    assert (await store.load(ANN, keys[7])).reply == b"again"
    await store.close()


async def test_what_is_not_stored_of_a_session_is_not_known_either(opened: Opened) -> None:
    turn = Turn(Message.silence("ann", NOW), NOW, 0, "e")
    await opened.store.commit(Commit(ANN, structs.replace(SESSION, turn=turn), BEGUN, NOW))
    assert await opened.looks(None) == (Stored(SESSION, BEGUN + 1), 0)


# ---------------------------------------------------------------------------------------------------- others who write


async def test_what_another_process_saves_is_seen_at_once(opened: Opened) -> None:
    other, theirs = SqliteStore(opened.path), structs.replace(SESSION, turns=2)
    await other.load(ANN)
    for number in range(5):
        await other.commit(Commit(ANN, theirs, BEGUN + 2 * number, NOW, MessageKey(f"o{number}"), b"theirs"))
        assert await opened.store.load(ANN, MessageKey(f"o{number}")) == Stored(
            theirs, BEGUN + 2 * number + 1, b"theirs"
        )
        with pytest.raises(SessionConflict):
            await opened.store.commit(Commit(ANN, SESSION, BEGUN + 2 * number, NOW, M2, b"ours"))
        await opened.store.commit(Commit(ANN, SESSION, BEGUN + 2 * number + 1, NOW))
        assert (await other.load(ANN)).session == SESSION
    await other.close()


async def test_what_another_process_saves_while_requests_gather_is_not_written_over(opened: Opened) -> None:
    bob, other = SessionKey("demo", "bob"), sqlite3.connect(opened.path)
    gathered: list[Committed | StoreError] = []
    opened.store.commit_soon(Commit(bob, Session(user="bob"), 0, NOW), gathered.append)
    assert opened.store.load_now(ANN, M2) == Stored(SESSION, BEGUN)
    with other:
        other.execute("UPDATE sessions SET revision = revision + 1 WHERE user = 'ann'")
    assert opened.store.load_now(ANN, M2) == Stored(SESSION, BEGUN)  # nobody looks again until they are handed over
    with pytest.raises(SessionConflict):
        await opened.store.commit(Commit(ANN, SESSION, BEGUN, NOW, M2, b"two"))
    assert isinstance(gathered[0], Committed)
    assert opened.store.load_now(ANN, M2) is None
    with other:
        assert other.execute("SELECT count(*) FROM replies").fetchone() == (1,)
    other.close()


async def test_who_was_erased_from_outside_is_not_known_any_more(opened: Opened) -> None:
    inventory = SqliteInventory(opened.path)
    await inventory.erase(ANN)
    await inventory.close()
    with pytest.raises(SessionConflict):
        await opened.store.commit(Commit(ANN, SESSION, BEGUN, NOW, M2, b"two"))
    assert await opened.store.load(ANN, M1) == Stored()


# ---------------------------------------------------------------------------------------------------- what changes it


async def test_parcels_for_the_next_message_come_with_it(opened: Opened) -> None:
    parcels = [Parcel(f"m:{number}", "{}", NOW, for_next=True) for number in range(3)]
    await opened.store.put(ANN, parcels[:1])
    assert (await opened.store.load(ANN, M2)).waiting == (parcels[0],)
    turn = Commit(ANN, SESSION, BEGUN, NOW, M2, b"", (parcels[1],), GivenUp(b"", (parcels[2],)), ("m:0",))
    await opened.store.commit(turn)
    assert (await opened.store.load(ANN, M3)).waiting == (parcels[1],)


async def test_a_message_that_was_given_up_meanwhile_is_saved_as_such(opened: Opened) -> None:
    assert (await opened.store.load(ANN, M2)).reply is None
    await opened.store.knock(ANN, M2, NOW, 1)
    late = Parcel("m:1", "{}", NOW, for_next=True)
    turn = Commit(ANN, SESSION, BEGUN, NOW, M2, b"two", given_up=GivenUp(b"notice", (late,)))
    assert await opened.store.commit(turn) == Committed(BEGUN + 1, was_given_up=True)
    assert await opened.store.load(ANN, M2) == Stored(SESSION, BEGUN + 1, b"notice", (late,))


async def test_a_turn_of_which_it_is_not_known_whether_it_was_saved_is_looked_up(opened: Opened) -> None:
    opened.connection.fails = True
    with pytest.raises(StoreUnavailable):
        await opened.store.commit(Commit(ANN, SESSION, BEGUN, NOW, M2, b"two"))
    opened.connection.fails = False
    assert await opened.looks(M3) == (Stored(SESSION, BEGUN), 1)
    assert (await opened.store.commit(Commit(ANN, SESSION, BEGUN, NOW, M2, b"two"))).revision == BEGUN + 1


async def test_many_turns_at_once_are_saved_each_in_its_row(opened: Opened) -> None:
    keys = [SessionKey("demo", f"user{number}") for number in range(300)]

    async def talk(key: SessionKey) -> None:
        revision = 0
        for number in range(4):
            message = MessageKey(f"{key.user}:{number}")
            stored = await opened.store.load(key, message)
            assert (stored.revision, stored.reply) == (revision, None)
            at, wake = NOW + timedelta(seconds=number), NOW if number == 2 else None
            turn = Commit(key, Session(user=key.user, turns=number), revision, at, message, message.encode(), wake=wake)
            revision = (await opened.store.commit(turn)).revision

    await asyncio.gather(*map(talk, keys))
    await opened.store.close()
    store = SqliteStore(opened.path)
    for key in keys:
        assert (await store.load(key, MessageKey(f"{key.user}:1"))) == Stored(
            Session(user=key.user, turns=3), BEGUN + 3, f"{key.user}:1".encode()
        )
    await store.close()


async def test_two_turns_of_one_user_that_are_saved_together_come_in_their_order(opened: Opened) -> None:
    first = Commit(ANN, SESSION, BEGUN, NOW, M2, b"two")
    second = structs.replace(first, session=structs.replace(SESSION, turns=9), expected=BEGUN + 1, message=M3, wake=NOW)
    others = [Commit(SessionKey("demo", str(number)), Session(user=str(number)), 0, NOW) for number in range(9)]
    saved = await asyncio.gather(*map(opened.store.commit, [*others[:5], first, second, *others[5:]]))
    assert (saved[5], saved[6]) == (Committed(BEGUN + 1), Committed(BEGUN + 2))
    await opened.store.erase(others[0].key)  # nothing is known any more
    await opened.store.take(ANN, "none")
    assert await opened.store.load(ANN) == Stored(second.session, BEGUN + 2)


# ---------------------------------------------------------------------------------------------------- bounds


def test_who_was_not_written_to_the_longest_goes_first() -> None:
    users = KnownUsers(max_users=2)
    keys = [SessionKey("demo", str(number)) for number in range(3)]
    for key in (keys[0], keys[1], keys[0], keys[2]):
        users.put(key, Known(1, set(), 100, 0))
    assert [users.get(key) is not None for key in keys] == [True, False, True]


def test_what_is_known_is_bounded_in_bytes() -> None:
    users = KnownUsers(max_bytes=1_000)
    keys = [SessionKey("demo", str(number)) for number in range(150)]
    for key in keys:
        users.put(key, Known(1, set(), 10, 0))
    assert [users.get(key) is not None for key in keys] == [False] * 50 + [True] * 100
    users.put(keys[-1], Known(2, set(), 11, 0))  # too large a part of it
    assert users.get(keys[-1]) is None
    users.clear()
    users.put(keys[0], Known(1, set(), 10, 0))
    assert users.get(keys[0]) is not None
