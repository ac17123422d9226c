"""What inventories of both kinds have in common is tested here, for all of them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from interpreter.machine.session import Session
from interpreter.stores.codec import write_conversation, write_memory
from interpreter.stores.inventory import Figures, Inventory, Record, RememberedReply
from interpreter.stores.protocol import (
    Commit,
    Committed,
    MessageKey,
    Parcel,
    SessionKey,
    SessionStore,
    Stored,
    StoreUnavailable,
)
from interpreter.stores.redis import RedisStore
from interpreter.stores.redis_inventory import RedisInventory
from interpreter.stores.sqlite import SqliteStore
from interpreter.stores.sqlite_inventory import SqliteInventory

NOW = datetime(2026, 1, 1, 8, 0, 0, 123000, tzinfo=UTC)
BEGUN = int(NOW.timestamp() * 1000)
"""The first revision of a session that is saved then."""
LATER = NOW + timedelta(hours=1)
ANN, BOB = SessionKey("demo", "ann"), SessionKey("demo", "bob}:p")
SESSION = Session(user="ann", started=NOW, vars={"city": "上海"}, memory={"name": "安"})
PARCELS = (Parcel("m:1", "{}", NOW), Parcel("m:2", "{}", LATER, for_next=True))
FIRST = MessageKey("first")


@dataclass
class Both:
    store: SessionStore
    inventory: Inventory


@pytest.fixture(params=["sqlite", "redis"])
async def both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Both]:
    """A store that is in use, and a look into it."""
    both: Both
    if request.param == "sqlite":
        both = Both(SqliteStore(tmp_path / "dialog.db"), SqliteInventory(tmp_path / "dialog.db"))
    else:
        url = request.getfixturevalue("redis_url")
        both = Both(RedisStore(url), RedisInventory(url))
    yield both
    await both.inventory.close()
    await both.store.close()


async def fill(store: SessionStore) -> None:
    await store.commit(Commit(ANN, SESSION, 0, NOW))
    await store.commit(Commit(ANN, SESSION, BEGUN, NOW, FIRST, b"<xml/>", PARCELS, wake=LATER))
    await store.commit(Commit(BOB, Session(user=BOB.user), 0, LATER))
    await store.commit(Commit(SessionKey("other", "eve"), Session(user="eve"), 0, NOW))
    await store.put(SessionKey("demo", "zoe"), PARCELS[:1])


FULL = Record(
    ANN,
    BEGUN + 1,
    NOW,
    write_conversation(SESSION),
    write_memory(SESSION),
    LATER,
    PARCELS,
    (RememberedReply(FIRST, NOW, b"<xml/>"),),
)


async def test_every_user_of_a_bot_is_listed_once(both: Both) -> None:
    await fill(both.store)
    keys = [key async for key in both.inventory.keys(["demo"])]
    assert sorted(key.user for key in keys) == ["ann", "bob}:p", "zoe"]
    assert [key async for key in both.inventory.keys(["none"])] == []


async def test_a_record_is_all_that_is_kept_of_a_user(both: Both) -> None:
    await fill(both.store)
    assert await both.inventory.record(ANN) == FULL
    assert await both.inventory.record(SessionKey("demo", "nobody")) == Record(SessionKey("demo", "nobody"))


async def test_figures_count_what_is_kept_for_a_bot(both: Both) -> None:
    await fill(both.store)
    assert await both.inventory.figures(["demo"]) == Figures(2, 2, 1, 2, 1, 1, NOW, LATER)
    assert (await both.inventory.figures(["demo", "other"])).users == 3
    assert await both.inventory.figures(["none"]) == Figures()
    assert await both.inventory.size() > 0


async def test_a_restored_record_is_what_the_store_works_with(both: Both) -> None:
    await both.inventory.restore([FULL, Record(BOB)])
    assert await both.store.load(ANN, FIRST) == Stored(SESSION, BEGUN + 1, b"<xml/>", PARCELS[1:])
    assert await both.store.parcels(ANN) == PARCELS[:1]
    assert await both.store.waking("demo", NOW + timedelta(seconds=1), 9) == (ANN,)
    await both.store.take(ANN, "m:1")
    assert await both.store.waking("demo", LATER + timedelta(seconds=1), 9) == (ANN,)
    assert await both.store.commit(Commit(ANN, SESSION, BEGUN + 1, NOW)) == Committed(BEGUN + 2)


async def test_a_restored_record_takes_the_place_of_what_was_there(both: Both) -> None:
    await both.store.commit(Commit(ANN, SESSION, 0, NOW, MessageKey("second"), b"", (Parcel("m:9", "{}", NOW),)))
    await both.inventory.restore([FULL])
    assert await both.inventory.record(ANN) == FULL


async def test_erasing_from_outside_is_seen_by_the_server(both: Both) -> None:
    await fill(both.store)
    await both.inventory.erase(ANN)
    assert await both.store.load(ANN, FIRST) == Stored()
    assert await both.store.waking("demo", LATER + timedelta(days=1), 9) == (SessionKey("demo", "zoe"),)
    assert await both.store.commit(Commit(ANN, SESSION, 0, NOW)) == Committed(BEGUN)


# ---------------------------------------------------------------------------------------------------- SQLite alone


async def test_a_copy_made_under_load_is_whole(tmp_path: Path) -> None:
    store, inventory = SqliteStore(tmp_path / "dialog.db"), SqliteInventory(tmp_path / "dialog.db")
    done: list[int] = []
    is_busy = asyncio.Event()

    async def talk(user: str) -> None:
        key = SessionKey("demo", user)
        revision = 0
        for number in range(30):
            turn = Commit(key, Session(user=user, turns=number + 1), revision, NOW, MessageKey(str(number)), b"ok")
            revision = (await store.commit(turn)).revision
            done.append(number)
            if len(done) == 100:
                is_busy.set()

    async def copy() -> None:
        await is_busy.wait()
        await inventory.copy(tmp_path / "copy.db")

    await asyncio.gather(copy(), *(talk(f"user{number}") for number in range(8)))
    with sqlite3.connect(tmp_path / "copy.db") as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    plain.close()
    assert not (tmp_path / "copy.db-wal").exists()
    copied = SqliteInventory(tmp_path / "copy.db")
    for number in range(8):
        record = await copied.record(SessionKey("demo", f"user{number}"))
        assert len(record.replies) == max(record.revision - BEGUN + 1, 0)
    assert 100 <= (await copied.figures(["demo"])).replies <= 240
    await copied.close()
    await inventory.close()
    await store.close()


async def test_looking_changes_nothing(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    await fill(store)
    await store.close()
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*")}  # noqa: ASYNC240
    inventory = SqliteInventory(tmp_path / "dialog.db")
    await inventory.figures(["demo"])
    await inventory.record(ANN)
    await inventory.close()
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*")} == before  # noqa: ASYNC240


async def test_a_file_that_is_damaged_meanwhile_is_unavailable(tmp_path: Path) -> None:
    store, inventory = SqliteStore(tmp_path / "dialog.db"), SqliteInventory(tmp_path / "dialog.db")
    with sqlite3.connect(tmp_path / "dialog.db") as plain:
        plain.execute("DROP TABLE parcels")
    plain.close()
    for call in (inventory.figures(["demo"]), inventory.record(ANN), inventory.erase(ANN), inventory.restore([FULL])):
        with pytest.raises(StoreUnavailable):
            await call
    await inventory.close()
    await store.close()


async def test_a_parcel_of_a_time_that_no_clock_shows_is_due(both: Both) -> None:
    """It comes out, so that it can be sent and is gone, and keeps nobody from what else is due."""
    first = Parcel("m:0", "{}", datetime.min.replace(tzinfo=UTC))
    await both.store.put(ANN, (first, *PARCELS[:1]))
    found = await both.store.parcels(ANN)
    assert [(each.id, each.due.year) for each in found] == [("m:0", 1970), ("m:1", 2026)]
    assert (await both.inventory.record(ANN)).parcels == found
    assert await both.store.waking("demo", NOW + timedelta(1), 10) == (ANN,)
