"""Faults 8, 14 and 19: several processes with one Redis, and messages that come more than once, or all at once."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from faults.figures import amount, figures
from faults.ledger import Judge
from faults.rig import Server, Wechat, percentile, redis_with_a_port, serving, wechat
from support.redis_server import REASON, is_installed

MESSAGES = int(amount("messages", short=800, full=100_000))
APART = amount("apart", short=1, full=15)
ROUNDS = int(amount("rounds", short=4, full=1_000))
PAUSES = int(amount("pauses", short=1, full=10))
PAUSE_SECONDS = amount("pause_seconds", short=2.5, full=30)


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Four processes, one Redis."""
    if not is_installed():
        pytest.skip(REASON)
    folder = tmp_path_factory.mktemp("four")
    with redis_with_a_port(folder) as redis, serving(folder, redis.url, 4) as servers:
        yield servers


async def test_a_message_that_comes_one_to_four_times_to_any_process_is_one_turn(four: list[Server]) -> None:
    """A third of the copies come at once, the others within some seconds."""
    judge, chance = Judge(), random.Random(8)
    urls = [server.url for server in four]
    talkers = 40 if MESSAGES < 10_000 else 100
    wanted: dict[str, int] = {}
    began = time.monotonic()
    async with wechat(attempts=6) as client:

        async def talk(user: str) -> None:
            for number in range(MESSAGES // talkers):
                word = f"{user}-{number}"
                wanted[word] = chance.choice((1, 2, 3, 4))
                apart = 0.0 if chance.random() < 0.3 else APART
                await client.write(judge, urls, user, word, copies=wanted[word], apart=apart)

        await asyncio.gather(*(talk(f"dup{number}") for number in range(talkers)))
        await client.settle()
        await client.ask_finals(judge, urls)
    unanswered = sum(wanted[entry.word] - len(entry.answers) for entry in judge.entries)
    figures(
        8,
        "duplicate delivery to four processes",
        messages=len(judge.entries),
        deliveries=sum(wanted.values()),
        apart_s=APART,
        faults=len(judge.faults()),
        unanswered=unanswered,
        seconds=time.monotonic() - began,
    )
    assert judge.faults() == []
    assert unanswered == 0


async def crowd(client: Wechat, urls: Sequence[str], rounds: int) -> Judge:
    """Fifty messages of one user at once, again and again."""
    judge = Judge()
    for round_ in range(rounds):
        await asyncio.gather(*(client.write(judge, urls, f"crowd{round_}", f"w{number}") for number in range(50)))
    await client.ask_finals(judge, urls)
    return judge


async def judge_crowd(urls: Sequence[str], where: str, rounds: int) -> None:
    """Let the crowd in, and note what came of it."""
    async with wechat(attempts=30, pause=0.5) as client:
        judge = await crowd(client, urls, rounds)
    counts = [int(final.split()[0]) for final in judge.finals.values()]
    figures(
        14,
        f"50 at once for one user, {where}",
        rounds=rounds,
        right=counts.count(50),
        unanswered=len(judge.entries) - judge.acknowledged,
        faults=len(judge.faults()),
        p99_s=percentile(client.latencies, 0.99),
    )
    assert judge.faults() == []
    assert counts == [50] * rounds


async def test_fifty_messages_of_one_user_at_once_are_fifty_turns(four: list[Server]) -> None:
    await judge_crowd([server.url for server in four], "four processes with Redis", ROUNDS)


async def test_fifty_messages_of_one_user_at_once_are_fifty_turns_of_one_process_too(tmp_path: Path) -> None:
    with serving(tmp_path, f"sqlite:{tmp_path / 'dialog.db'}") as (server,):
        await judge_crowd([server.url], "one process with SQLite", ROUNDS)
        assert server.stop() == 0


@pytest.mark.patient
async def test_what_a_paused_process_saves_afterwards_overwrites_nothing(four: list[Server]) -> None:
    judge, chance = Judge(), random.Random(19)
    urls = [server.url for server in four]
    async with wechat(attempts=30, pause=0.2, patience=2.0) as client:
        over = asyncio.Event()

        async def talk(user: str) -> None:
            number = 0
            while not over.is_set():
                number += 1
                await client.write(judge, urls, user, f"{user}-{number}")

        talks = [asyncio.create_task(talk(f"pause{number}")) for number in range(12)]
        for _ in range(PAUSES):
            await asyncio.sleep(0.5)
            server = chance.choice(four)
            server.pause()
            await asyncio.sleep(PAUSE_SECONDS)
            server.resume()
            await asyncio.sleep(1.0)
        over.set()
        await asyncio.gather(*talks)
        await client.ask_finals(judge, urls)
    figures(
        19,
        "process paused in the middle of turns",
        pauses=PAUSES,
        pause_s=PAUSE_SECONDS,
        entries=len(judge.entries),
        faults=len(judge.faults()),
    )
    assert judge.faults() == []
