"""What the store in memory says without being waited for; all else is in the contract."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from interpreter.machine.session import Session
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import Commit, MessageKey, Parcel, SessionConflict, SessionKey, Stored

NOW = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
ANN = SessionKey("demo", "ann")
FIRST, SECOND = MessageKey("first"), MessageKey("second")
SESSION = Session("ann", memory={"name": "Ann"})


async def test_a_session_that_is_all_there_is_to_know_is_loaded_at_once() -> None:
    store = MemoryStore()
    assert store.load_now(ANN, FIRST) == await store.load(ANN, FIRST) == Stored()
    committed = await store.commit(Commit(ANN, SESSION, 0, NOW, FIRST, b"hello"))
    assert store.load_now(ANN, SECOND) == await store.load(ANN, SECOND) == Stored(SESSION, committed.revision)


@pytest.mark.parametrize("for_next", [True, False])
async def test_a_parcel_is_more_than_that(for_next: bool) -> None:
    store = MemoryStore()
    await store.put(ANN, [Parcel("p", "{}", NOW, for_next)])
    assert store.load_now(ANN, FIRST) is None


async def test_so_is_a_reply_to_the_message() -> None:
    store = MemoryStore()
    await store.commit(Commit(ANN, SESSION, 0, NOW, FIRST, b"hello"))
    assert store.load_now(ANN, FIRST) is None
    assert (await store.load(ANN, FIRST)).reply == b"hello"


async def test_and_so_is_a_knock() -> None:
    store = MemoryStore()
    await store.knock(ANN, FIRST, NOW, 3)
    assert store.load_now(ANN, FIRST) is None


async def test_a_write_on_top_of_another_revision_leaves_no_trace() -> None:
    store = MemoryStore()
    with pytest.raises(SessionConflict):
        await store.commit(Commit(ANN, SESSION, 7, NOW, FIRST, b"hello"))
    assert await store.load(ANN, FIRST) == Stored()
    assert await store.sweep_replies(NOW + timedelta(days=2)) == 0


async def test_who_is_forgotten_has_no_timer() -> None:
    store = MemoryStore()
    saved = await store.commit(Commit(ANN, SESSION, 0, NOW, FIRST, wake=NOW))
    await store.commit(Commit(ANN, None, saved.revision, NOW, SECOND, b"bye", wake=NOW))
    assert await store.waking("demo", NOW + timedelta(days=1), 10) == ()
    assert await store.load(ANN, SECOND) == Stored(reply=b"bye")
