"""Fault 40: very many sessions in one file."""

from __future__ import annotations

import asyncio
import os
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from faults.figures import amount, figures, is_long
from faults.rig import percentile, size_of, until

from interpreter.machine.session import Session
from interpreter.stores.protocol import SWEEP_SIZE, Commit, MessageKey, SessionKey
from interpreter.stores.sqlite import SqliteStore

SESSIONS = int(amount("sessions", short=4_000, full=1_000_000))
LOOKED_AT = 3_000 if is_long() else 300
START = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)


def turn(number: int, revision: int, at: datetime = START) -> Commit:
    """A turn of a user whose session, with its key, takes a thousand bytes."""
    user = f"o{number * 2_654_435_761 % 2**32:08x}{number:011d}"
    session = Session(user=user, turns=revision + 1, vars={"said": "x" * 830}, started=START)
    message = MessageKey(f"m{revision}") if revision else None
    return Commit(SessionKey("demo", user), session, revision, at, message, b"<xml>a reply</xml>")


async def test_a_large_file_is_as_fast_as_a_small_one_and_no_larger_than_it_must_be(tmp_path: Path) -> None:
    path, chance = tmp_path / "dialog.db", random.Random(40)
    store = SqliteStore(path)
    began = time.monotonic()
    for first in range(0, SESSIONS, 2_000):
        older = START - timedelta(days=first % 4_000 // 2_000)
        await asyncio.gather(*(store.commit(turn(number, 0, older)) for number in range(first, first + 2_000)))
    filled = time.monotonic() - began
    log = path.with_name("dialog.db-wal")
    await until(lambda: not log.stat().st_size, 60)  # it is brought into the file
    size = size_of([path, log])
    syncs = disk(tmp_path / "disk")
    loads, commits = [], []
    for number in chance.sample(range(SESSIONS), min(LOOKED_AT, SESSIONS)):
        key = turn(number, 1).key
        began = time.perf_counter()
        stored = await store.load(key, MessageKey("m1"))
        loads.append(time.perf_counter() - began)
        began = time.perf_counter()
        await store.commit(turn(number, stored.revision, START + timedelta(minutes=number % 60)))
        commits.append(time.perf_counter() - began)
    sweeps = []
    swept = SWEEP_SIZE
    while swept == SWEEP_SIZE and len(sweeps) < 1_000:
        sweep = asyncio.create_task(store.sweep_conversations("demo", START - timedelta(hours=1)))
        while not sweep.done():
            began = time.perf_counter()
            await store.load(turn(0, 1).key)
            sweeps.append(time.perf_counter() - began)
        swept = await sweep
    await store.close()
    figures(
        40,
        f"{SESSIONS:,} sessions of 1,000 bytes",
        filled_s=filled,
        bytes_each=size / SESSIONS,
        file_mb=size / 1e6,
        load_p99_ms=percentile(loads, 0.99) * 1000,
        commit_p50_ms=percentile(commits, 0.5) * 1000,
        commit_p99_ms=percentile(commits, 0.99) * 1000,
        load_during_sweeps_p99_ms=percentile(sweeps, 0.99) * 1000,
        load_during_sweeps_max_ms=max(sweeps) * 1000,
        p99_ms_of_the_disk_alone=percentile(syncs, 0.99) * 1000,
    )
    assert size / SESSIONS <= 1_200
    assert percentile(commits, 0.5) <= (0.020 if is_long() else 1.0)
    assert not is_long() or max(percentile(loads, 0.99), percentile(commits, 0.99)) <= 0.005
    assert not is_long() or max(sweeps) <= 0.020


def disk(path: Path) -> list[float]:
    """Seconds this disk takes, now, to make twenty kilobytes safe."""
    took = []
    with path.open("wb", buffering=0) as file:
        file.write(bytes(20_480 * 50))
        os.fsync(file.fileno())
        for number in range(500):
            file.seek(number % 50 * 20_480)
            began = time.perf_counter()
            file.write(os.urandom(20_480))
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return took
