"""Fault 37: a backup while messages pour in, and what it is worth."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from faults.figures import amount, figures, is_long
from faults.ledger import Judge
from faults.rig import ENVIRONMENT, Wechat, percentile, serving, wechat

SECONDS = amount("backup_seconds", short=0.7, full=10)
"""Of load before the backup and after it."""
RATE, USERS = 200, 40


async def store(folder: Path, *words: str) -> None:
    """Run dialog-store on the bot of a folder."""
    ran = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "interpreter.cli.store", str(folder / "bot.yaml"), *words),
        env={**os.environ, **ENVIRONMENT},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await ran.communicate()
    assert ran.returncode == 0, said.decode()


async def stream(client: Wechat, judge: Judge, url: str, over: asyncio.Event) -> None:
    """A few hundred messages a second; each user waits for an answer before the next one."""

    async def talk(user: str) -> None:
        number = 0
        while not over.is_set():
            number += 1
            await client.write(judge, [url], user, f"{user}-{number}")
            await asyncio.sleep(USERS / RATE)

    await asyncio.gather(*(talk(f"user{number}") for number in range(USERS)))


async def test_a_backup_under_load_is_what_was_true_at_some_moment(tmp_path: Path) -> None:
    judge, before, copied = Judge(), Judge(), tmp_path / "copy" / "dialog.db"
    copied.parent.mkdir()
    with serving(tmp_path, f"sqlite:{tmp_path / 'dialog.db'}") as (server,):
        async with wechat() as client:
            over = asyncio.Event()
            talk = asyncio.create_task(stream(client, judge, server.url, over))
            await asyncio.sleep(SECONDS)
            acknowledged = dict.fromkeys(judge.users, 0)
            for entry in judge.entries:
                acknowledged[entry.user] = max(acknowledged[entry.user], entry.number)
            began, mark = time.monotonic(), len(client.latencies)
            await store(tmp_path, "backup", str(tmp_path / "backup"), "--store", f"sqlite:{tmp_path / 'dialog.db'}")
            took, answered = time.monotonic() - began, len(client.latencies)
            await asyncio.sleep(SECONDS)
            over.set()
            await talk
            meanwhile = client.latencies[mark : answered + USERS]  # with those that were still waiting at its end
        assert server.stop() == 0
    await store(tmp_path, "restore", str(tmp_path / "backup"), "--store", f"sqlite:{copied}", "--yes")
    with closing(sqlite3.connect(copied)) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
    before.entries = judge.entries
    with serving(copied.parent, f"sqlite:{copied}") as (again,):
        async with wechat() as client:
            await client.ask_finals(before, [again.url])
        assert again.stop() == 0
    missing, wrong = compare(before, acknowledged)
    figures(
        37,
        "backup under load",
        per_second=RATE,
        entries=len(judge.entries),
        backup_s=took,
        p99_ms_meanwhile=percentile(meanwhile, 0.99) * 1000,
        acknowledged_before_and_missing=missing,
        not_a_beginning_of_history=wrong,
        faults=len(judge.faults()),
    )
    assert (missing, wrong, judge.faults()) == (0, 0, [])
    assert percentile(meanwhile, 0.99) <= (0.150 if is_long() else 3.0)


def compare(copy: Judge, acknowledged: dict[str, int]) -> tuple[int, int]:
    """Of how many users something is missing that was acknowledged before, and whose ledger is no beginning."""
    said: dict[str, list[str]] = {user: [] for user in acknowledged}
    for entry in sorted(copy.entries, key=lambda entry: entry.number):
        said[entry.user].append(entry.word)
    missing = wrong = 0
    for user, final in copy.finals.items():
        count, _, words = final.partition(" ")
        missing += int(count) < acknowledged[user]
        wrong += words.split(",") != said[user][: int(count)][-60:]
    return missing, wrong
