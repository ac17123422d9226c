"""Messages that are loaded with their signatures, and turns that are saved without waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import redis
from support.admitting import Admitting

from interpreter.machine.session import Session
from interpreter.stores.protocol import (
    Commit,
    Committed,
    MessageKey,
    Parcel,
    SessionConflict,
    SessionKey,
    Stored,
    StoreError,
    StoreUnavailable,
)
from interpreter.stores.redis import RedisStore

NOW = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
BEGUN = int(NOW.timestamp() * 1000)
ANN = SessionKey("demo", "ann")
TALKING = Session(user="ann", started=NOW, seen=NOW, turns=1, memory={"name": "安"})
FIRST, SECOND = MessageKey("first"), MessageKey("second")


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[Admitting]:
    opened = Admitting(redis_url)
    await opened.load(ANN)  # the server knows the script from now on
    yield opened
    await opened.close()


async def admitted(store: RedisStore, signature: str, holder: str) -> bool | StoreError:
    told: asyncio.Future[bool | StoreError] = asyncio.get_running_loop().create_future()
    store.admit(signature, holder, 600, ANN, FIRST, told.set_result)
    return await told


async def saved(store: RedisStore, turn: Commit) -> Committed | StoreError:
    told: asyncio.Future[Committed | StoreError] = asyncio.get_running_loop().create_future()
    store.commit_soon(turn, told.set_result)
    return await told


# ---------------------------------------------------------------------------------------------------- signatures


async def test_a_signature_is_good_for_one_holder_in_all_processes(store: Admitting, redis_url: str) -> None:
    other = RedisStore(redis_url)
    assert await admitted(store, "s", "one") is True
    assert await admitted(other, "s", "one") is True
    assert await admitted(other, "s", "two") is False
    assert await admitted(other, "t", "two") is True
    await other.close()


async def test_a_signature_is_forgotten_by_itself(store: Admitting, redis_url: str) -> None:
    await admitted(store, "s", "one")
    with redis.Redis.from_url(redis_url) as client:
        assert 500_000 < client.pttl("dialog:lease:{signature:s}") <= 600_000


async def test_a_server_that_is_not_there_knows_no_signature() -> None:
    store = RedisStore("redis://127.0.0.1:1/0")
    assert [type(await admitted(store, "s", "one")) for _ in range(4)] == [StoreUnavailable] * 4
    assert isinstance(await saved(store, Commit(ANN, TALKING, 0, NOW)), StoreUnavailable)
    await store.close()


async def test_a_user_that_is_no_text_is_unavailable_not_a_crash(store: Admitting) -> None:
    with pytest.raises(StoreUnavailable):
        await store.ahead(SessionKey("demo", "\ud800"), FIRST)


# ---------------------------------------------------------------------------------------------------- loading ahead


async def test_a_session_is_at_hand_with_the_signature_and_only_then(store: Admitting) -> None:
    await store.commit(Commit(ANN, TALKING, 0, NOW))
    assert await store.ahead(ANN, FIRST) == Stored(TALKING, BEGUN)
    assert store.load_now(ANN, FIRST) is None


async def test_what_is_at_hand_is_for_this_message_of_this_user(store: Admitting) -> None:
    seen: asyncio.Future[list[Stored | None]] = asyncio.get_running_loop().create_future()
    others = [(ANN, SECOND), (SessionKey("demo", "bob"), FIRST)]
    store.admit("s", "one", 600, ANN, FIRST, lambda _: seen.set_result([store.load_now(*other) for other in others]))
    assert await seen == [None, None]


async def test_what_another_process_has_saved_is_at_hand(store: Admitting, redis_url: str) -> None:
    await store.commit(Commit(ANN, TALKING, 0, NOW))
    other = RedisStore(redis_url)
    await other.commit(Commit(ANN, Session(user="ann", turns=7), BEGUN, NOW))
    assert await store.ahead(ANN, FIRST) == Stored(Session(user="ann", turns=7), BEGUN + 1)
    await other.close()


async def test_a_message_that_was_answered_is_not_at_hand(store: Admitting) -> None:
    await store.commit(Commit(ANN, TALKING, 0, NOW, FIRST, b"reply"))
    assert await store.ahead(ANN, FIRST) is None
    assert await store.ahead(ANN, SECOND) == Stored(TALKING, BEGUN)


async def test_a_user_whom_parcels_await_is_not_at_hand(store: Admitting) -> None:
    await store.put(ANN, [Parcel("m:1", "{}", NOW, for_next=True)])
    assert await store.ahead(ANN, FIRST) is None


@pytest.mark.parametrize(("field", "damage"), [("c", b"{"), ("rev", b"?")])
async def test_a_damaged_session_is_not_at_hand(store: Admitting, redis_url: str, field: str, damage: bytes) -> None:
    await store.commit(Commit(ANN, TALKING, 0, NOW))
    with redis.Redis.from_url(redis_url) as client:
        client.hset("dialog:{demo:ann}", field, damage)
    assert await store.ahead(ANN, FIRST) is None


async def test_nothing_is_at_hand_of_a_user_whose_turn_is_saved_meanwhile(store: Admitting) -> None:
    """Its load may have come before that write, even if it is answered later."""
    bob = SessionKey("demo", "bob")
    saving = store.commit(Commit(ANN, None, 0, NOW, FIRST, b"bye"))
    loading = (store.ahead(ANN, SECOND), store.ahead(bob, SECOND))
    assert await asyncio.gather(saving, *loading) == [Committed(0), None, Stored()]


async def test_of_two_messages_that_come_together_one_is_at_hand(store: Admitting) -> None:
    assert await asyncio.gather(store.ahead(ANN, FIRST), store.ahead(ANN, SECOND)) == [None, Stored()]
    assert store._desk._ahead == {}


async def test_scripts_that_are_forgotten_let_everybody_in(store: Admitting, redis_url: str) -> None:
    await store.commit(Commit(ANN, TALKING, 0, NOW))
    with redis.Redis.from_url(redis_url) as client:
        client.script_flush()
    assert await store.ahead(ANN, FIRST) is None
    assert await store.load(ANN, FIRST) == Stored(TALKING, BEGUN)
    assert await store.ahead(ANN, FIRST) == Stored(TALKING, BEGUN)


# ---------------------------------------------------------------------------------------------------- saving


async def test_a_turn_is_saved_and_its_end_is_told(store: Admitting) -> None:
    assert await saved(store, Commit(ANN, TALKING, 0, NOW, FIRST, b"reply")) == Committed(BEGUN)
    assert await store.load(ANN, FIRST) == Stored(TALKING, BEGUN, b"reply")
    outcome = await saved(store, Commit(ANN, TALKING, 0, NOW, SECOND, b"late"))
    assert isinstance(outcome, SessionConflict)
    assert (outcome.expected, outcome.found) == (0, BEGUN)


async def test_a_turn_is_saved_once_by_a_server_that_has_forgotten_the_script(store: Admitting, redis_url: str) -> None:
    for revision in (0, BEGUN):
        with redis.Redis.from_url(redis_url) as client:
            client.script_flush()
        assert await saved(store, Commit(ANN, TALKING, revision, NOW)) == Committed((revision or BEGUN - 1) + 1)


async def test_the_hint_at_a_timer_comes_and_goes(store: Admitting, redis_url: str) -> None:
    due = NOW + timedelta(minutes=1)
    await saved(store, Commit(ANN, TALKING, 0, NOW, wake=due))
    assert await store.waking("demo", due + timedelta(seconds=1), 10) == (ANN,)
    await saved(store, Commit(ANN, TALKING, BEGUN, NOW))
    await store.close()
    with redis.Redis.from_url(redis_url) as client:
        assert client.zcard("dialog:waking:{demo}") == 0


async def test_what_cannot_be_saved_with_its_hint_is_told(store: Admitting) -> None:
    assert isinstance(await saved(store, Commit(ANN, TALKING, 9, NOW, wake=NOW)), SessionConflict)
