"""Fault 20: processes die and stall, their Redis stalls and starts again, at random; every history is judged."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from faults.figures import amount, figures
from faults.ledger import Judge
from faults.rig import RedisServer, Server, redis_with_a_port, serving, wechat
from support.redis_server import REASON, is_installed

pytestmark = pytest.mark.skipif(not is_installed(), reason=REASON)

MISHAPS = int(amount("mishaps", short=4, full=150))
VOICES = int(amount("voices", short=24, full=64))
"""Two for each user."""
DURABLE = ("--appendonly", "yes", "--appendfsync", "always")
"""A Redis that has acknowledged a write has it after a crash, too."""


def mishaps(servers: list[Server], redis: RedisServer, chance: random.Random) -> list[Callable[[], Awaitable[None]]]:
    """What may happen."""

    async def kill() -> None:
        server = chance.choice(servers)
        server.kill()
        await asyncio.sleep(chance.uniform(0, 1))
        await asyncio.to_thread(server.start)

    async def pause() -> None:
        server = chance.choice(servers)
        server.pause()
        await asyncio.sleep(chance.uniform(0.1, 4))
        server.resume()

    async def stall() -> None:
        redis.pause()
        await asyncio.sleep(chance.uniform(0.1, 3))
        redis.resume()

    async def restart() -> None:
        redis.kill()
        await asyncio.sleep(chance.uniform(0, 0.5))
        await asyncio.to_thread(redis.start)

    return [kill, pause, stall, restart]


async def test_every_history_could_have_come_from_a_ledger_that_never_failed(tmp_path: Path) -> None:
    judge, chance = Judge(), random.Random(20)
    with redis_with_a_port(tmp_path, *DURABLE) as redis, serving(tmp_path, redis.url, 3) as servers:
        urls = [server.url for server in servers]
        all_of_them = mishaps(servers, redis, chance)
        async with wechat(patience=2.0, pause=0.3, attempts=6) as client:
            over = asyncio.Event()

            async def talk(user: str, voice: int) -> None:
                number = 0
                while not over.is_set():
                    number += 1
                    copies = chance.choice((1, 1, 1, 2))
                    await client.write(judge, urls, user, f"{voice}-{number}", copies=copies)

            talks = [asyncio.create_task(talk(f"user{number // 2}", number)) for number in range(VOICES)]
            for round_ in range(MISHAPS):
                await all_of_them[round_ % 4 if MISHAPS < 20 else chance.randrange(4)]()
                await asyncio.sleep(chance.uniform(0.1, 1))
            over.set()
            await asyncio.gather(*talks)
            client.attempts = 60
            await client.ask_finals(judge, urls)
    figures(
        20,
        "random kills, pauses, stalls and restarts",
        mishaps=MISHAPS,
        entries=len(judge.entries),
        acknowledged=judge.acknowledged,
        faults=len(judge.faults()),
    )
    assert judge.faults() == []
    assert judge.acknowledged > len(judge.entries) / 2
