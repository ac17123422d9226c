"""Faults 2 and 3: a long time under an ordinary load, with new versions of the bot now and then."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from faults.figures import amount, figures
from faults.ledger import BOT, Judge
from faults.rig import Server, percentile, serving, size_of, wechat

SECONDS = amount("soak_seconds", short=2, full=1_800)
RATE = amount("soak_rate", short=100, full=200)
USERS = int(amount("soak_users", short=200, full=50_000))
SETTLED_SECONDS = 660.0
"""From then on it forgets as many signatures as it sees."""
RELOAD_SECONDS = max(SECONDS / 6, 1.0)


def compact_size(file: Path, copy: Path) -> int:
    """Bytes that what is in the file takes without any gap."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    return copy.stat().st_size


async def test_time_passes_and_nothing_grows(tmp_path: Path) -> None:
    judge, chance, file = Judge(), random.Random(2), tmp_path / "dialog.db"
    samples: list[tuple[float, float, int, int]] = []
    reloads = 0
    environment = {"PYTHONWARNINGS": "default::ResourceWarning"}
    with serving(tmp_path, f"sqlite:{file}", environment=environment) as (server,):
        async with wechat() as client:
            began = time.monotonic()
            talks: set[asyncio.Task[object]] = set()
            queues: dict[str, asyncio.Lock] = {}

            async def talk(number: int) -> None:
                user = f"user{chance.randrange(USERS)}"
                async with queues.setdefault(user, asyncio.Lock()):
                    await client.write(judge, [server.url], user, f"e{number}")

            number = 0
            while (passed := time.monotonic() - began) < SECONDS:
                if passed * RATE >= number:
                    talks.add(task := asyncio.create_task(talk(number)))
                    task.add_done_callback(talks.discard)
                    number += 1
                    continue
                if passed >= len(samples) * SECONDS / 60:
                    samples.append((passed, server.megabytes, server.handles, server.threads))
                if passed >= (reloads + 1) * RELOAD_SECONDS:
                    reloads += 1
                    (tmp_path / "bot.yaml").write_text(f"{BOT}\n# {reloads}\n", encoding="utf-8")
                    os.kill(server.pid, signal.SIGHUP)
                await asyncio.sleep(0.002)
            await asyncio.gather(*talks)
        await asyncio.sleep(1.5)
        size = size_of([file, file.with_name("dialog.db-wal")])
        live = compact_size(file, tmp_path / "compact.db")
        await note(server, judge, samples, client.latencies, reloads, size / live)


async def note(
    server: Server,
    judge: Judge,
    samples: list[tuple[float, float, int, int]],
    latencies: list[float],
    reloads: int,
    bloat: float,
) -> None:
    """The figures of a soak, and what must hold."""
    calm = samples[len(samples) // 4 :]
    settled = [(at, memory) for at, memory, *_ in samples if at > SETTLED_SECONDS]
    slope: dict[str, float | str] = {}
    if len(settled) >= 10:
        (first, early), (last, late) = settled[0], settled[-1]
        slope["memory_slope_mb_per_h"] = (late - early) / (last - first) * 3600
    assert server.stop() == 0
    figures(
        2,
        "steady stream",
        seconds=SECONDS,
        per_second=RATE,
        messages=len(judge.entries),
        faults=len(judge.faults()),
        p50_ms=percentile(latencies, 0.5) * 1000,
        p99_ms=percentile(latencies, 0.99) * 1000,
        max_ms=max(latencies) * 1000,
        memory_growth_mb_after_a_quarter=calm[-1][1] - calm[0][1],
        handles_with_connections=f"{min(s[2] for s in calm)} to {max(s[2] for s in calm)}",
        threads=f"{min(s[3] for s in calm)} to {max(s[3] for s in calm)}",
        file_to_live_data=bloat,
    )
    complaints = [word for word in ("Traceback", "was destroyed", "ResourceWarning") if word in server.log]
    figures(
        3,
        "soak with reloads",
        seconds=SECONDS,
        reloads=reloads,
        **slope,
        complaints_in_the_log=len(complaints),
    )
    assert judge.faults() == []
    assert judge.acknowledged == len(judge.entries)
    assert complaints == []
    assert max(sample[3] for sample in calm) <= 20
    assert max(sample[2] for sample in calm) <= 400
    assert calm[-1][1] - calm[0][1] <= 40
    assert bloat <= 2.0 or len(judge.entries) < 10_000
    assert server.log.count("has taken over") >= 1
