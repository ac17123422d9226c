"""Faults 1, 4, 7 and 38: steady load, more than it can bear, being told to stop, and a log nobody reads."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from faults.figures import amount, figures, is_long
from faults.ledger import Judge
from faults.rig import Server, percentile, serving, until, wechat
from faults.slow_bot import BOT as SLOW_BOT
from faults.slow_bot import slow_service

SECONDS = amount("load_seconds", short=2, full=60)
USERS = 5_000 if is_long() else 500
CROWD = int(amount("crowd", short=400, full=2_400))
"""Connections that ask at once, far more than are answered at once."""
BLOCKED_SECONDS = amount("blocked_seconds", short=2, full=60)


async def load(
    server: Server,
    judge: Judge,
    seconds: float,
    connections: int = 64,
    *,
    statuses: list[int] | None = None,
    seals: bool = True,
) -> list[float]:
    """Many users, one after the other on each connection; the seconds each message took."""
    async with wechat(pause=0.2, attempts=30, seals=seals) as client:
        ends = time.monotonic() + seconds

        async def talk(first: int) -> None:
            number = first
            while time.monotonic() < ends:
                user = f"user{number % USERS // connections * connections + first}"
                await client.write(judge, [server.url], user, f"e{number}")
                number += connections

        await asyncio.gather(*(talk(first) for first in range(connections)))
        if statuses is not None:
            statuses += client.statuses
        return client.latencies


@pytest.mark.parametrize(("mode", "wanted"), [("half of it encrypted", 1_200), ("plain", 1_500)])
async def test_steady_load_loses_and_mixes_nothing(mode: str, wanted: int, tmp_path: Path) -> None:
    judge, errors = Judge(), list[int]()
    with serving(tmp_path, f"sqlite:{tmp_path / 'dialog.db'}") as (server,):
        latencies = await load(server, judge, SECONDS, statuses=errors, seals=mode != "plain")
        handles = server.handles
        assert server.stop() == 0
    rate, p99 = len(latencies) / SECONDS, percentile(latencies, 0.99)
    figures(
        1,
        f"steady load, {mode}",
        connections=64,
        messages=len(judge.entries),
        per_second=rate,
        p50_ms=percentile(latencies, 0.5) * 1000,
        p99_ms=p99 * 1000,
        errors=len(errors),
        faults=len(judge.faults()),
    )
    assert judge.faults() == []
    assert judge.acknowledged == len(judge.entries)
    assert errors == []
    assert handles < 150
    assert "Traceback" not in server.log
    assert not is_long() or (rate >= wanted and p99 <= 0.100)


async def test_what_is_too_much_is_shed_at_once_and_the_rest_is_answered(tmp_path: Path) -> None:
    judge = Judge()
    statuses: list[int] = []
    with serving(tmp_path, f"sqlite:{tmp_path / 'dialog.db'}") as (server,):
        flood = await load(server, judge, min(SECONDS, 10.0), connections=CROWD, statuses=statuses)
        memory = server.megabytes
        calm = await load(server, Judge(), 2.0, connections=8)
        assert server.stop() == 0
    p99, p99_later = percentile(flood, 0.99), percentile(calm, 0.99)
    figures(
        4,
        "overload",
        connections=CROWD,
        answered=len(flood),
        told_to_come_again=statuses.count(503),
        p99_s=p99,
        p99_ms_right_after=p99_later * 1000,
        memory_mb=memory,
        faults=len(judge.faults()),
    )
    assert judge.faults() == []
    assert judge.acknowledged == len(judge.entries)
    assert memory < 500
    assert not is_long() or (p99 <= 2.0 and p99_later <= 0.100)


async def test_what_is_being_answered_is_answered_before_it_stops(tmp_path: Path) -> None:
    async with slow_service() as service:
        with serving(tmp_path, f"sqlite:{tmp_path / 'dialog.db'}", bot=SLOW_BOT.format(port=service.port)) as (server,):
            async with wechat(attempts=1, seals=False) as client:
                delays = [(1 + number / 25) / (1 if is_long() else 2) for number in range(50)]
                wanted = [(f"user{number}", f"等 {delay:.2f} 秒 w{number}") for number, delay in enumerate(delays)]
                talks = [asyncio.create_task(client.say([server.url], user, text)) for user, text in wanted]
                await until(lambda: len(service.calls) == 50, 60)
                began = time.monotonic()
                code = await asyncio.to_thread(server.stop, politely=True)
                took = time.monotonic() - began
                answers = await asyncio.gather(*talks)
    right = sum(answer == [f"w{number} ok"] for number, answer in enumerate(answers))
    resets = client.statuses.count(0)
    figures(7, "SIGTERM with 50 turns in flight", answered=right, resets=resets, exit_code=code, seconds=took)
    assert (code, right, resets) == (0, 50, 0)
    assert took <= (5.0 if is_long() else 20.0)


async def test_a_log_that_nobody_reads_holds_nobody_up(tmp_path: Path) -> None:
    judge = Judge()
    reading, writing = os.pipe()
    try:
        with serving(tmp_path, "memory", log_to=writing) as (server,):
            latencies = await load(server, judge, BLOCKED_SECONDS, connections=8)
            assert server.stop() == 0
    finally:
        os.close(reading)
        os.close(writing)
    p99 = percentile(latencies, 0.99)
    figures(38, "log sink blocked", seconds=BLOCKED_SECONDS, messages=len(latencies), p99_ms=p99 * 1000)
    assert judge.faults() == []
    assert p99 <= (0.2 if is_long() else 2.0)
