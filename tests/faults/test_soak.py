"""Faults 2 and 3: a long time under an ordinary load, and with new versions of the bot now and then."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from faults.figures import amount, figures, is_long
from faults.ledger import BOT, Judge
from faults.rig import Server, Wechat, percentile, serving, size_of, until, wechat

STREAM_SECONDS = amount("stream_seconds", short=2, full=240, soak=30 * 60)
STREAM_RATE = amount("stream_rate", short=100, full=200)
USERS = int(amount("stream_users", short=200, full=50_000))
SOAK_SECONDS = amount("soak_seconds", short=2, full=180, soak=8 * 3600)
SOAK_RATE = 50
RELOAD_SECONDS = max(min(SOAK_SECONDS / 6, 600.0), 0.5)
LEFT_OVER = 40
"""Handles that are enough for a server without clients."""
SETTLED_SECONDS = 660.0
"""From then on it forgets as many signatures as it sees."""


@dataclass(frozen=True)
class Sample:
    """What a server holds at some moment."""

    at: float
    megabytes: float
    files: int
    threads: int


@dataclass
class Stream:
    """Messages at even intervals, whether or not those before were answered, and what the server held meanwhile."""

    server: Server
    client: Wechat
    seconds: float
    rate: float
    judge: Judge = field(default_factory=Judge)
    samples: list[Sample] = field(default_factory=list)
    reloads: int = 0
    left_over: int = 0
    """Handles once all clients are gone."""

    async def flow(self, reload_seconds: float = float("inf")) -> None:
        """Let it flow; with a new version of the bot every so many seconds."""
        chance, talks = random.Random(2), set[asyncio.Task[None]]()
        queues: dict[str, asyncio.Lock] = {}

        async def talk(number: int) -> None:
            user = f"user{chance.randrange(USERS)}"
            async with queues.setdefault(user, asyncio.Lock()):
                await self.client.write(self.judge, [self.server.url], user, f"e{number}")

        began, number = time.monotonic(), 0
        while (passed := time.monotonic() - began) < self.seconds:
            if passed * self.rate >= number:
                talks.add(task := asyncio.create_task(talk(number)))
                task.add_done_callback(talks.discard)
                number += 1
                continue
            if passed >= len(self.samples) * self.seconds / 60:
                self.look(passed)
            if passed >= (self.reloads + 1) * reload_seconds:
                self.reload()
            await asyncio.sleep(0.002)
        await asyncio.gather(*talks)

    def look(self, at: float) -> None:
        """Take a sample."""
        self.samples.append(Sample(at, self.server.megabytes, self.server.files, self.server.threads))

    def reload(self) -> None:
        """Give it a new version of its bot."""
        self.reloads += 1
        (self.server.folder / "bot.yaml").write_text(f"{BOT}\n# {self.reloads}\n", encoding="utf-8")
        os.kill(self.server.pid, signal.SIGHUP)

    @property
    def calm(self) -> list[Sample]:
        """What it held once it had begun to live."""
        return self.samples[len(self.samples) // 4 :]

    @property
    def complaints(self) -> list[str]:
        """What must not be in a log."""
        return [word for word in ("Traceback", "was destroyed", "ResourceWarning") if word in self.server.log]

    def check(self) -> None:
        """What must hold of every stream."""
        assert self.judge.faults() == []
        assert self.judge.acknowledged == len(self.judge.entries)
        assert self.complaints == []
        assert max(sample.threads for sample in self.calm) <= 20
        files = [sample.files for sample in self.calm]
        assert max(files) - min(files) <= 4
        assert self.left_over <= LEFT_OVER
        assert self.calm[-1].megabytes - self.calm[0].megabytes <= 20


def span(values: list[int]) -> str:
    return f"{min(values)} to {max(values)}"


def cut(seconds: float, wanted: float, written: str) -> str:
    """What is said of a run that is shorter than it should be."""
    return "" if seconds >= wanted else f" (of {written}; `make soak` runs all of it)"


@contextmanager
def watched(folder: Path) -> Iterator[Server]:
    """A server that complains of what it does not close."""
    environment = {"PYTHONWARNINGS": "default::ResourceWarning"}
    with serving(folder, f"sqlite:{folder / 'dialog.db'}", environment=environment) as (server,):
        yield server


def compact_size(file: Path, copy: Path) -> int:
    """Bytes that what is in the file takes without any gap."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    return copy.stat().st_size


async def test_an_ordinary_stream_is_answered_at_once_and_nothing_grows(tmp_path: Path) -> None:
    file = tmp_path / "dialog.db"
    with watched(tmp_path) as server:
        async with wechat() as client:
            stream = Stream(server, client, STREAM_SECONDS, STREAM_RATE)
            await stream.flow()
        await asyncio.sleep(1.5)  # connections end, and the log is brought into the file
        await until(lambda: server.handles <= LEFT_OVER, 30)
        stream.left_over = server.handles
        bloat = size_of([file, file.with_name("dialog.db-wal")]) / compact_size(file, tmp_path / "compact.db")
        assert server.stop() == 0
    calm, latencies = stream.calm, client.latencies
    p99, slowest = percentile(latencies, 0.99), max(latencies)
    figures(
        2,
        f"steady stream{cut(STREAM_SECONDS, 1_800, '30 minutes')}",
        seconds=STREAM_SECONDS,
        per_second=STREAM_RATE,
        messages=len(stream.judge.entries),
        faults=len(stream.judge.faults()),
        p50_ms=percentile(latencies, 0.5) * 1000,
        p99_ms=p99 * 1000,
        max_ms=slowest * 1000,
        memory_growth_mb_after_a_quarter=calm[-1].megabytes - calm[0].megabytes,
        files=span([sample.files for sample in calm]),
        handles_when_all_have_gone=stream.left_over,
        threads=span([sample.threads for sample in calm]),
        file_to_live_data=bloat,
    )
    stream.check()
    assert bloat <= 2.0 or len(stream.judge.entries) < 10_000
    assert not is_long() or (p99 <= 0.020 and slowest <= 0.500)


async def test_a_long_time_with_reloads_leaves_nothing_behind(tmp_path: Path) -> None:
    with watched(tmp_path) as server:
        async with wechat() as client:
            stream = Stream(server, client, SOAK_SECONDS, SOAK_RATE)
            await stream.flow(RELOAD_SECONDS)
        await asyncio.sleep(1.5)
        await until(lambda: "has taken over" in server.log, 60)
        await until(lambda: server.handles <= LEFT_OVER, 30)
        stream.left_over = server.handles
        assert server.stop() == 0
    settled = [sample for sample in stream.samples if sample.at > SETTLED_SECONDS]
    slope: dict[str, float | str] = {}
    if len(settled) >= 10:
        first, last = settled[0], settled[-1]
        slope["memory_slope_mb_per_h"] = (last.megabytes - first.megabytes) / (last.at - first.at) * 3600
    figures(
        3,
        f"soak with reloads{cut(SOAK_SECONDS, 8 * 3600, '8 hours')}",
        seconds=SOAK_SECONDS,
        per_second=SOAK_RATE,
        messages=len(stream.judge.entries),
        faults=len(stream.judge.faults()),
        reloads=stream.reloads,
        memory_growth_mb_after_a_quarter=stream.calm[-1].megabytes - stream.calm[0].megabytes,
        **slope,
        complaints_in_the_log=len(stream.complaints),
    )
    stream.check()
    assert server.log.count("has taken over") >= 1
