"""What only the Redis store has to withstand: a server that is not there, forgets scripts, or holds damaged rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
from support.redis_server import REASON, is_installed, running_redis

from interpreter.machine.session import Session
from interpreter.stores.protocol import Commit, MessageKey, SessionKey, Stored, StoreUnavailable, StoreUnusable
from interpreter.stores.redis import RedisStore

NOW = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
ANN = SessionKey("demo", "ann")
TALKING = Session(user="ann", started=NOW, seen=NOW, turns=1, memory={"name": "安"})


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[RedisStore]:
    opened = RedisStore(redis_url)
    yield opened
    await opened.close()


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    store = RedisStore("redis://127.0.0.1:1/0")
    with pytest.raises(StoreUnavailable, match="the session store does not answer"):
        await store.load(ANN)
    await store.close()


async def test_a_server_that_comes_back_is_used_again(tmp_path: Path) -> None:
    if not is_installed():
        pytest.skip(REASON)
    with running_redis(tmp_path) as url:
        store = RedisStore(url)
        await store.commit(Commit(ANN, TALKING, 0, NOW))
    with pytest.raises(StoreUnavailable):
        await store.load(ANN)
    with running_redis(tmp_path):
        assert await store.load(ANN) == Stored()
    await store.close()


async def test_scripts_the_server_has_forgotten_are_sent_again(store: RedisStore, redis_url: str) -> None:
    await store.commit(Commit(ANN, TALKING, 0, NOW))
    with redis.Redis.from_url(redis_url) as client:
        client.script_flush()
    assert await store.commit(Commit(ANN, TALKING, 1, NOW)) == 2
    assert await store.load(ANN) == Stored(TALKING, 2)


@pytest.mark.parametrize("damage", [b"{", b"\xff", b'{"v": 99}', b"[]"])
async def test_a_damaged_conversation_leaves_the_memory(store: RedisStore, redis_url: str, damage: bytes) -> None:
    await store.commit(Commit(ANN, TALKING, 0, NOW))
    with redis.Redis.from_url(redis_url) as client:
        client.hset("dialog:{demo:ann}", "c", damage)
    assert await store.load(ANN) == Stored(Session(user="ann", memory={"name": "安"}), 1)


async def test_a_row_damaged_beyond_reading_starts_anew(store: RedisStore, redis_url: str) -> None:
    await store.commit(Commit(ANN, TALKING, 0, NOW))
    with redis.Redis.from_url(redis_url) as client:
        client.hset("dialog:{demo:ann}", mapping={"c": b"{", "m": b"{"})
    assert await store.load(ANN) == Stored(None, 1)
    assert await store.commit(Commit(ANN, TALKING, 1, NOW)) == 2


async def test_old_replies_leave_with_the_next_commit(store: RedisStore, redis_url: str) -> None:
    first, second = MessageKey("first"), MessageKey("second")
    await store.commit(Commit(ANN, TALKING, 0, NOW, first, b"old"))
    await store.commit(Commit(ANN, TALKING, 1, NOW + timedelta(days=2), second, b"new"))
    assert (await store.load(ANN, first)).reply is None
    assert (await store.load(ANN, second)).reply == b"new"
    with redis.Redis.from_url(redis_url) as client:
        assert client.pttl("dialog:{demo:ann}:r") > 0


async def test_every_key_of_a_user_lies_in_one_slot_of_a_cluster(store: RedisStore, redis_url: str) -> None:
    await store.commit(Commit(ANN, TALKING, 0, NOW, MessageKey("first"), b""))
    with redis.Redis.from_url(redis_url) as client:
        names = sorted(client.scan_iter())
    assert names == [b"dialog:{demo:ann}", b"dialog:{demo:ann}:r", b"dialog:{demo:ann}:t"]


@pytest.mark.parametrize("url", ["redis://host:port/0", "redis+sentinel://host:x/main", "ftp://host"])
def test_an_address_that_cannot_be_read_is_refused(url: str) -> None:
    with pytest.raises(StoreUnusable, match="cannot be used"):
        RedisStore(url)


def test_a_refused_address_does_not_show_its_password() -> None:
    with pytest.raises(StoreUnusable) as refused:
        RedisStore("ftp://user:hunter2@host")
    assert "hunter2" not in str(refused.value)


def test_a_master_behind_sentinel_can_be_named() -> None:
    assert RedisStore("redis+sentinel://:secret@a:26379,b/main/1") is not None
