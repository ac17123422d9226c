"""What only the Redis store has to withstand: a server that is not there, forgets scripts, or holds damaged rows."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import redis
from faults.rig import RedisServer as RedisProcess
from faults.rig import redis_with_a_port
from msgspec.structs import replace
from support.admitting import Admitting
from support.redis_server import PATIENT, REASON, is_installed, running_redis

from interpreter.machine.session import Session
from interpreter.stores.breaker import FAILURES
from interpreter.stores.protocol import (
    Commit,
    Committed,
    GivenUp,
    MessageKey,
    Parcel,
    SessionConflict,
    SessionKey,
    Stored,
    StoreUnavailable,
    StoreUnusable,
)
from interpreter.stores.redis import RedisStore
from interpreter.stores.redis_client import RedisServer

NOW = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
BEGUN = int(NOW.timestamp() * 1000)
"""The first revision of a session that is saved then."""
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
        store = RedisStore(f"{url}{PATIENT}")
        await store.commit(Commit(ANN, TALKING, 0, NOW))
    with pytest.raises(StoreUnavailable):
        await store.load(ANN)
    with running_redis(tmp_path):
        assert await store.load(ANN) == Stored()
    await store.close()


async def test_a_connection_that_was_closed_while_nobody_used_it_fails_nobody(tmp_path: Path) -> None:
    if not is_installed():
        pytest.skip(REASON)
    with redis_with_a_port(tmp_path) as server:
        store = RedisStore(f"{server.url}{PATIENT}")
        await store.commit(Commit(ANN, TALKING, 0, NOW))
        server.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        for _ in range(20):  # the loop hears of it
            await asyncio.sleep(0)
        assert await store.load(ANN) == Stored(TALKING, BEGUN)
        await store.close()


async def test_scripts_the_server_has_forgotten_are_sent_again(store: RedisStore, redis_url: str) -> None:
    await store.commit(Commit(ANN, TALKING, 0, NOW))
    with redis.Redis.from_url(redis_url) as client:
        client.script_flush()
    assert (await store.commit(Commit(ANN, TALKING, BEGUN, NOW))).revision == BEGUN + 1
    assert await store.load(ANN) == Stored(TALKING, BEGUN + 1)


async def test_scripts_that_are_forgotten_among_many_commands_run_once_each(store: RedisStore, redis_url: str) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    for number in (1, 2):
        with redis.Redis.from_url(redis_url) as client:
            client.script_flush()
        counts = (store.count(str(name), NOW, until) for name in range(50))
        values = (store.read_value(str(name), NOW) for name in range(50))
        assert await asyncio.gather(*counts, *values) == [number] * 50 + [None] * 50


async def test_a_session_is_not_read_again_from_the_text_it_was_written_to(store: RedisStore) -> None:
    await store.commit(Commit(ANN, TALKING, 0, NOW))
    assert (await store.load(ANN)).session is TALKING


async def test_what_another_process_has_written_is_read(store: RedisStore, redis_url: str) -> None:
    await store.commit(Commit(ANN, TALKING, 0, NOW))
    other = RedisStore(redis_url)
    assert await other.load(ANN) == Stored(TALKING, BEGUN)
    renamed = replace(TALKING, memory={"name": "宁"})
    await other.commit(Commit(ANN, renamed, BEGUN, NOW))
    assert await store.load(ANN) == Stored(renamed, BEGUN + 1)
    await other.erase(ANN)
    assert await store.load(ANN) == Stored()
    await other.close()


@pytest.mark.parametrize("damage", [b"{", b"\xff", b'{"v": 99}', b"[]"])
async def test_a_damaged_conversation_leaves_the_memory(store: RedisStore, redis_url: str, damage: bytes) -> None:
    await store.commit(Commit(ANN, TALKING, 0, NOW))
    with redis.Redis.from_url(redis_url) as client:
        client.hset("dialog:{demo:ann}", "c", damage)
    assert await store.load(ANN) == Stored(Session(user="ann", memory={"name": "安"}), BEGUN)
    with redis.Redis.from_url(redis_url) as client:
        assert client.hget("dialog:{demo:ann}", "xc") == damage  # kept for a person to look at
    assert await store.commit(Commit(ANN, TALKING, BEGUN, NOW)) == Committed(BEGUN + 1)
    assert await store.load(ANN) == Stored(TALKING, BEGUN + 1)


async def test_a_row_damaged_beyond_reading_starts_anew(store: RedisStore, redis_url: str) -> None:
    await store.commit(Commit(ANN, TALKING, 0, NOW))
    with redis.Redis.from_url(redis_url) as client:
        client.hset("dialog:{demo:ann}", mapping={"c": b"{", "m": b"{"})
    assert await store.load(ANN) == Stored(None, BEGUN)
    assert (await store.commit(Commit(ANN, TALKING, BEGUN, NOW))).revision == BEGUN + 1


async def test_old_replies_leave_with_the_next_commit(store: RedisStore, redis_url: str) -> None:
    first, second = MessageKey("first"), MessageKey("second")
    await store.commit(Commit(ANN, TALKING, 0, NOW, first, b"old"))
    await store.commit(Commit(ANN, TALKING, BEGUN, NOW + timedelta(days=2), second, b"new"))
    assert (await store.load(ANN, first)).reply is None
    assert (await store.load(ANN, second)).reply == b"new"
    with redis.Redis.from_url(redis_url) as client:
        assert client.pttl("dialog:{demo:ann}:r") > 0


async def test_every_key_of_a_user_lies_in_one_slot_of_a_cluster(store: RedisStore, redis_url: str) -> None:
    message = MessageKey("first")
    parcels = (Parcel("m:1", "{}", NOW), Parcel("m:2", "{}", NOW, for_next=True))
    await store.commit(Commit(ANN, TALKING, 0, NOW, message, b"", parcels, wake=NOW))
    await store.knock(ANN, MessageKey("second"), NOW, 3)
    with redis.Redis.from_url(redis_url) as client:
        names = sorted(client.scan_iter())
    assert names == [
        b"dialog:waking:{demo}",
        *(b"dialog:{demo:ann}" + part for part in (b"", b":d", b":p", b":r", b":t")),
    ]


async def test_nothing_of_an_erased_user_stays_behind(store: RedisStore, redis_url: str) -> None:
    parcels = (Parcel("m:1", "{}", NOW), Parcel("m:2", "{}", NOW, for_next=True))
    await store.commit(Commit(ANN, TALKING, 0, NOW, MessageKey("first"), b"", parcels, wake=NOW))
    await store.claim(ANN, MessageKey("second"), "one", NOW, 10)
    await store.erase(ANN)
    with redis.Redis.from_url(redis_url) as client:
        assert list(client.scan_iter()) == []


async def test_a_hint_at_nothing_leaves_the_index_after_a_while(store: RedisStore, redis_url: str) -> None:
    with pytest.raises(SessionConflict):
        await store.commit(Commit(ANN, TALKING, BEGUN + 6, NOW, wake=NOW))
    with redis.Redis.from_url(redis_url) as client:
        assert await store.waking("demo", NOW + timedelta(seconds=59), 10) == ()
        assert client.zcard("dialog:waking:{demo}") == 1
        assert await store.waking("demo", NOW + timedelta(seconds=61), 10) == ()
        assert client.zcard("dialog:waking:{demo}") == 0


async def test_a_commit_whose_hint_is_there_already_is_found(store: RedisStore) -> None:
    with pytest.raises(SessionConflict):
        await store.commit(Commit(ANN, TALKING, BEGUN + 6, NOW, wake=NOW))
    await store.waking("demo", NOW + timedelta(seconds=1), 10)
    await store.commit(Commit(ANN, TALKING, 0, NOW, wake=NOW))
    assert await store.waking("demo", NOW + timedelta(days=1), 10) == (ANN,)


async def test_turns_leave_one_hint_for_a_timer(store: RedisStore, redis_url: str) -> None:
    revision = 0
    for number in range(5):
        turn = Commit(ANN, TALKING, revision, NOW, wake=NOW + timedelta(minutes=number))
        revision = (await store.commit(turn)).revision
    with redis.Redis.from_url(redis_url) as client:
        assert client.zcard("dialog:waking:{demo}") == 1
        await store.commit(Commit(ANN, TALKING, BEGUN + 4, NOW))
        assert client.zcard("dialog:waking:{demo}") == 0


@pytest.mark.parametrize("limit", [1, 2])
async def test_what_a_late_turn_did_not_send_leaves_no_hint(store: RedisStore, redis_url: str, limit: int) -> None:
    message, sent = MessageKey("first"), (Parcel("m:1", "{}", NOW),)
    await store.knock(ANN, message, NOW, limit)
    otherwise = GivenUp(b"", (Parcel("m:2", "{}", NOW), Parcel("m:3", "{}", NOW)))
    await store.commit(Commit(ANN, TALKING, 0, NOW, message, b"", sent, otherwise))
    with redis.Redis.from_url(redis_url) as client:
        assert client.zcard("dialog:waking:{demo}") == len(await store.parcels(ANN)) == 3 - limit


async def test_a_parcel_that_was_damaged_is_passed_over(store: RedisStore, redis_url: str) -> None:
    await store.put(ANN, [Parcel("m:1", "{}", NOW), Parcel("m:2", "{}", NOW)])
    with redis.Redis.from_url(redis_url) as client:
        client.hset("dialog:{demo:ann}:p", "m:1", b"?")
    assert await store.parcels(ANN) == (Parcel("m:2", "{}", NOW),)


async def test_what_is_kept_for_a_while_goes_by_itself(store: RedisStore, redis_url: str) -> None:
    await store.knock(ANN, MessageKey("first"), NOW, 3)
    await store.lease("token", "one", NOW, 10)
    await store.write_value("token", "x", NOW)
    await store.count("calls", NOW, NOW)
    names = ("dialog:{demo:ann}:d", "dialog:lease:{token}", "dialog:value:{token}", "dialog:count:{calls}")
    with redis.Redis.from_url(redis_url) as client:
        assert [0 < client.pttl(name) <= 15 * 60_000 for name in names] == [True] * 4
        assert client.pttl("dialog:{demo:ann}:d") > 60_000


# ---------------------------------------------------------------------------------------------------- failures


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[tuple[RedisStore, redis.Redis]]:
    """A store on a server of its own, and a client to change the server's settings with."""
    if not is_installed():
        pytest.skip(REASON)
    with running_redis(tmp_path) as url, redis.Redis.from_url(url) as client:
        store = RedisStore(f"{url}{PATIENT}")
        yield store, client
        await store.close()


@pytest.mark.parametrize(("setting", "value", "back"), [("maxmemory", "1", "0"), ("min-replicas-to-write", "1", "0")])
async def test_a_server_that_refuses_writes_loses_none(
    small: tuple[RedisStore, redis.Redis], setting: str, value: str, back: str
) -> None:
    store, client = small
    turn = Commit(ANN, TALKING, BEGUN, NOW, MessageKey("first"), b"reply", (Parcel("m:1", "{}", NOW),), wake=NOW)
    await store.commit(Commit(ANN, TALKING, 0, NOW))
    client.config_set(setting, value)
    for call in (
        store.commit(turn),
        store.ping(),
        store.knock(ANN, MessageKey("first"), NOW, 1),
        store.put(ANN, turn.parcels),
    ):
        with pytest.raises(StoreUnavailable):
            await call
    assert await store.load(ANN, MessageKey("first")) == Stored(TALKING, BEGUN)
    client.config_set(setting, back)
    assert await store.commit(turn) == Committed(BEGUN + 1)


async def test_a_server_that_became_a_replica_is_let_go_of(small: tuple[RedisStore, redis.Redis]) -> None:
    store, client = small
    await store.commit(Commit(ANN, TALKING, 0, NOW))
    client.replicaof("127.0.0.1", 1)
    with pytest.raises(StoreUnavailable, match="ReadOnly"):
        await store.commit(Commit(ANN, TALKING, BEGUN, NOW))
    client.replicaof("NO", "ONE")
    assert await store.commit(Commit(ANN, TALKING, BEGUN, NOW)) == Committed(BEGUN + 1)


async def test_sessions_that_were_thrown_away_start_anew(store: RedisStore, redis_url: str) -> None:
    await store.commit(Commit(ANN, TALKING, 0, NOW))
    with redis.Redis.from_url(redis_url) as client:
        client.delete("dialog:{demo:ann}")
    with pytest.raises(SessionConflict):
        await store.commit(Commit(ANN, TALKING, BEGUN, NOW))
    assert await store.load(ANN) == Stored()


@pytest.mark.parametrize(("policy", "times"), [("allkeys-lru", 1), ("noeviction", 0), ("volatile-lru", 0)])
async def test_a_server_that_throws_conversations_away_is_mentioned_once(
    small: tuple[RedisStore, redis.Redis], caplog: pytest.LogCaptureFixture, policy: str, times: int
) -> None:
    store, client = small
    client.config_set("maxmemory-policy", policy)
    await store.ping()
    await store.ping()
    assert len([message for message in caplog.messages if "maxmemory-policy" in message]) == times


async def test_a_server_that_is_gone_is_asked_three_times_and_then_left_alone() -> None:
    store = RedisStore("redis://127.0.0.1:1/0")
    for _ in range(FAILURES):
        assert "ConnectionError" in await refusal(store.load(ANN))
    for ask in (partial(store.load, ANN), partial(store.sweep_replies, NOW)):
        said = [await refusal(ask()) for _ in range(3)]  # on a busy machine it may be time for another try
        assert [each for each in said if "several times" in each]
    await store.close()


async def refusal(asking: Awaitable[object]) -> str:
    """What is said of a server that is not there."""
    with pytest.raises(StoreUnavailable) as refused:
        await asking
    return str(refused.value)


async def test_a_connection_that_ends_while_it_is_written_to_is_no_mistake_of_ours() -> None:
    server = RedisServer("redis://127.0.0.1:1/0")
    with pytest.raises(StoreUnavailable, match="the handler is closed"):
        async with server.asking():
            raise RuntimeError("unable to perform operation on <TCPTransport>; the handler is closed")
    await server.client.aclose()


async def test_a_server_that_stalls_is_used_again_soon_after(small: tuple[RedisStore, redis.Redis]) -> None:
    _, client = small
    store = RedisStore(f"unix://{client.connection_pool.connection_kwargs['path']}")  # of the usual patience
    process = client.info("server")["process_id"]
    os.kill(process, signal.SIGSTOP)
    for _ in range(FAILURES):
        with pytest.raises(StoreUnavailable, match="Timeout"):
            await store.load(ANN)
    assert [each for each in [await refusal(store.load(ANN)) for _ in range(3)] if "several times" in each]
    os.kill(process, signal.SIGCONT)
    async with asyncio.timeout(60):
        while True:
            with suppress(StoreUnavailable):
                assert await store.load(ANN) == Stored()
                break
            await asyncio.sleep(0.05)
    await store.close()


async def test_a_name_that_is_no_text_is_unavailable_not_a_crash(store: RedisStore) -> None:
    with pytest.raises(StoreUnavailable):
        await store.load(SessionKey("demo", "\ud800"))


@pytest.mark.parametrize("url", ["redis://host:port/0", "redis+sentinel://host:x/main", "ftp://host"])
def test_an_address_that_cannot_be_read_is_refused(url: str) -> None:
    with pytest.raises(StoreUnusable, match="cannot be used"):
        RedisStore(url)


@pytest.mark.parametrize(
    "url",
    ["ftp://user:hunter2@host", "redis://user:hunter2@[::1", "redis://:hunter2@h:x"],
)
def test_a_refused_address_does_not_show_its_password(url: str) -> None:
    with pytest.raises(StoreUnusable) as refused:
        RedisStore(url)
    assert "hunter2" not in str(refused.value)


async def test_a_cluster_is_served_command_by_command(tmp_path: Path) -> None:
    if not is_installed():
        pytest.skip(REASON)
    with redis_with_a_port(tmp_path, "--cluster-enabled", "yes", "--save", "") as server:
        server.ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        await asyncio.to_thread(until_the_cluster_is_up, server)
        store = RedisStore(f"redis+cluster://127.0.0.1:{server.port}{PATIENT}")
        users = [SessionKey("demo", str(number)) for number in range(20)]
        parcels = (Parcel("m:1", "{}", NOW),)
        await asyncio.gather(*(store.commit(Commit(user, TALKING, 0, NOW, parcels=parcels)) for user in users))
        assert {stored.revision for stored in await asyncio.gather(*map(store.load, users))} == {BEGUN}
        assert await store.waking("demo", NOW + timedelta(seconds=1), 100) == tuple(sorted(users))
        assert await store.take(users[0], "m:1")
        server.kill()
        with pytest.raises(StoreUnavailable):
            await store.load(ANN)
        await store.close()


async def test_a_cluster_is_asked_for_signatures_too(tmp_path: Path) -> None:
    if not is_installed():
        pytest.skip(REASON)
    with redis_with_a_port(tmp_path, "--cluster-enabled", "yes", "--save", "") as server:
        server.ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        await asyncio.to_thread(until_the_cluster_is_up, server)
        store = Admitting(f"redis+cluster://127.0.0.1:{server.port}{PATIENT}")
        assert await store.commit(Commit(ANN, TALKING, 0, NOW)) == Committed(BEGUN)
        await store.load(ANN)  # the script is there
        assert await store.ahead(ANN, MessageKey("first")) == Stored(TALKING, BEGUN)
        assert await store.commit(Commit(ANN, TALKING, BEGUN, NOW)) == Committed(BEGUN + 1)
        server.kill()
        for call in (store.ahead(ANN, MessageKey("first")), store.commit(Commit(ANN, TALKING, BEGUN + 1, NOW))):
            with pytest.raises(StoreUnavailable):
                await call
        await store.close()


def until_the_cluster_is_up(server: RedisProcess) -> None:
    with redis.Redis(port=server.port, decode_responses=True) as client:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and client.cluster("INFO")["cluster_state"] != "ok":
            time.sleep(0.05)


def test_a_master_behind_sentinel_can_be_named() -> None:
    assert RedisStore("redis+sentinel://:secret@a:26379,b/main/1") is not None
