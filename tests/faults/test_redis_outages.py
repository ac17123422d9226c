"""Faults 16, 17 and 18: the Redis restarts, stalls, forgets its scripts, is full, or may only be read."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from faults.figures import amount, figures, is_long
from faults.ledger import Judge
from faults.rig import RedisServer, Server, Wechat, free_port, redis_with_a_port, serving, until, wechat
from faults.shim import shim
from redis import Redis, RedisError
from support.redis_server import REASON, is_installed

pytestmark = pytest.mark.skipif(not is_installed(), reason=REASON)

RESTARTS = int(amount("restarts", short=1, full=10))
STALL_SECONDS = amount("stall_seconds", short=1.5, full=10)
FAILOVERS = int(amount("failovers", short=1, full=5))
AFTER = 3.0 if is_long() else 1.0


async def under_load(server: Server, disturb: Callable[[Wechat, Judge], Awaitable[None]]) -> tuple[Judge, Wechat]:
    """Sixteen users write without a pause while something is done to the Redis."""
    judge = Judge()
    async with wechat(patience=5.0, pause=0.3, attempts=30) as client:
        over = asyncio.Event()

        async def talk(user: str) -> None:
            number = 0
            while not over.is_set():
                number += 1
                await client.write(judge, [server.url], user, f"{user}-{number}")

        talks = [asyncio.create_task(talk(f"user{number}")) for number in range(16)]
        await asyncio.sleep(0.5)
        await disturb(client, judge)
        await asyncio.sleep(AFTER)
        over.set()
        await asyncio.gather(*talks)
        await client.ask_finals(judge, [server.url])
        return judge, client


async def until_ready(client: Wechat, server: Server, status: int) -> float:
    """Seconds until the server says that it is ready, or that it is not."""
    began = time.monotonic()
    while time.monotonic() - began < 60:
        found, _ = await client.lines.get(server.at("/readyz"))
        if found == status:
            break
        await asyncio.sleep(0.05)
    return time.monotonic() - began


async def test_a_redis_that_restarts_without_its_data_is_no_reason_for_a_wrong_reply(tmp_path: Path) -> None:
    unready: list[float] = []
    back: list[float] = []

    async def restart(client: Wechat, _: Judge) -> None:
        for _ in range(RESTARTS):
            redis.kill()
            unready.append(await until_ready(client, server, 503))
            await asyncio.to_thread(redis.start)
            back.append(await until_ready(client, server, 200))
            await asyncio.sleep(0.5)

    with redis_with_a_port(tmp_path) as redis, serving(tmp_path, redis.url) as (server,):
        judge, _ = await under_load(server, restart)
        assert server.stop() == 0
    wrong = [
        entry
        for entry in judge.entries
        if entry.answers and not all(answer.endswith(f" {entry.word}") for answer in entry.answers)
    ]
    figures(
        16,
        "Redis restarts without data",
        restarts=RESTARTS,
        entries=len(judge.entries),
        wrong=len(wrong),
        unready_after_s=max(unready),
        ready_again_after_s=max(back),
    )
    assert max(unready + back) <= (2.0 if is_long() else 30.0)
    assert wrong == []
    assert "Traceback" not in server.log
    assert judge.entries[-1].is_acknowledged


@pytest.mark.parametrize("trouble", ["stall", "hole", "mute"])
async def test_a_redis_that_says_nothing_keeps_nobody_waiting_and_doubles_nothing(trouble: str, tmp_path: Path) -> None:
    """It is stopped; or the network swallows everything, or only its answers, so that nobody knows what was done."""
    resumed: list[float] = []
    with redis_with_a_port(tmp_path) as redis:
        async with shim(redis.port) as way:

            async def silence(_: Wechat, judge: Judge) -> None:
                if trouble == "stall":
                    redis.pause()
                else:
                    way.mood = "hole" if trouble == "hole" else "mute"
                await asyncio.sleep(STALL_SECONDS)
                if trouble == "stall":
                    redis.resume()
                way.heal()
                enough = judge.acknowledged + 16
                resumed.append(await until(lambda: judge.acknowledged >= enough, 60))

            with serving(tmp_path, f"redis://127.0.0.1:{way.port}/0") as (server,):
                judge, client = await under_load(server, silence)
                assert await asyncio.to_thread(server.stop) == 0
    slowest = max(client.latencies)
    figures(
        17,
        {"stall": "Redis stalls", "hole": "the network swallows all", "mute": "the network swallows answers"}[trouble],
        seconds=STALL_SECONDS,
        entries=len(judge.entries),
        faults=len(judge.faults()),
        slowest_answer_s=slowest,
        refused_meanwhile=client.statuses.count(503),
        left_without_an_answer=client.statuses.count(0),
        all_answered_again_after_s=resumed[0],
    )
    assert judge.faults() == []
    assert slowest <= (4.5 if is_long() else 4.9), "every request is answered before WeChat hangs up"
    assert 0 not in client.statuses, "no request is left without an answer"
    assert resumed[0] <= (2.0 if is_long() else 30.0)


@pytest.mark.parametrize("trouble", ["scripts", "full", "replica"])
async def test_a_redis_that_refuses_for_a_while_loses_no_acknowledged_entry(trouble: str, tmp_path: Path) -> None:
    async def refuse(_: Wechat, __: Judge) -> None:
        match trouble:
            case "scripts":
                for _ in range(5):
                    redis.ask("SCRIPT", "FLUSH")
                    await asyncio.sleep(0.1)
            case "full":
                redis.ask("CONFIG", "SET", "maxmemory", "1mb")
                await asyncio.sleep(1.0)
                redis.ask("CONFIG", "SET", "maxmemory", "0")
            case _:
                redis.ask("REPLICAOF", "127.0.0.1", "1")
                await asyncio.sleep(1.0)
                redis.ask("REPLICAOF", "NO", "ONE")

    full = ("--maxmemory-policy", "noeviction", "--save", "")
    with redis_with_a_port(tmp_path, *full) as redis, serving(tmp_path, redis.url) as (server,):
        judge, _ = await under_load(server, refuse)
        assert server.stop() == 0
    figures(18, f"Redis refuses: {trouble}", entries=len(judge.entries), faults=len(judge.faults()))
    assert judge.faults() == []
    assert "Traceback" not in server.log


@contextmanager
def watched(folder: Path) -> Iterator[tuple[list[RedisServer], int]]:
    """Two Redis servers, the second a replica of the first, and the port of the Sentinel that watches them."""
    with ExitStack() as ending:
        pair = []
        for name in ("one", "two"):
            (folder / name).mkdir()
            pair.append(ending.enter_context(redis_with_a_port(folder / name, "--repl-diskless-sync-delay", "0")))
        pair[1].ask("REPLICAOF", "127.0.0.1", str(pair[0].port))
        port, file = free_port(), folder / "sentinel.conf"
        file.write_text(
            f"port {port}\nbind 127.0.0.1\nsentinel monitor ledger 127.0.0.1 {pair[0].port} 1\n"
            "sentinel down-after-milliseconds ledger 1000\nsentinel failover-timeout ledger 3000\n",
            encoding="utf-8",
        )
        sentinel = subprocess.Popen(["redis-server", str(file), "--sentinel"], stdout=subprocess.DEVNULL)
        ending.callback(sentinel.wait)
        ending.callback(sentinel.kill)
        _wait_until_it_knows(port)
        yield pair, port


def _wait_until_it_knows(port: int) -> None:
    """Wait until a Sentinel has found the replica, and could put it in the place of the other."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(RedisError), Redis(port=port) as sentinel:
            replicas = sentinel.sentinel_slaves("ledger")
            if replicas and replicas[0]["master-link-status"] == "ok":
                return
        time.sleep(0.05)
    raise RuntimeError("the Sentinel does not find the replica")


@pytest.mark.patient
async def test_a_redis_behind_sentinel_that_dies_is_followed_to_its_replica(tmp_path: Path) -> None:
    """What the dead one had acknowledged and not passed on is lost, and is counted; nothing else is wrong."""
    gone: list[float] = []
    with (
        watched(tmp_path) as (pair, port),
        serving(tmp_path, f"redis+sentinel://127.0.0.1:{port}/ledger/0") as (server,),
    ):

        async def fail_over(_: Wechat, judge: Judge) -> None:
            old, new = pair
            for _ in range(FAILOVERS):
                old.kill()
                enough = judge.acknowledged + 16
                gone.append(await until(lambda enough=enough: judge.acknowledged >= enough, 120))
                await asyncio.sleep(0.5)
                if len(gone) < FAILOVERS:
                    await asyncio.to_thread(old.start)
                    await until(old.is_replica, 60)  # the Sentinel makes it one
                    old, new = new, old

        judge, client = await under_load(server, fail_over)
        assert await asyncio.to_thread(server.stop) == 0
    lost = judge.lost()
    wrong = [entry for entry in judge.entries if any(answer.split()[1] != entry.word for answer in entry.answers)]
    figures(
        18,
        "failover to a replica by Sentinel",
        failovers=FAILOVERS,
        entries=len(judge.entries),
        longest_outage_s=max(gone),
        acknowledged_and_lost=len(lost),
        wrong=len(wrong),
        left_without_an_answer=client.statuses.count(0),
    )
    assert wrong == []
    assert len(lost) <= 16 * FAILOVERS, "at most what was under way when it died"
    assert judge.entries[-1].is_acknowledged
    assert "Traceback" not in server.log
