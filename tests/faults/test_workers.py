"""Faults 33 and 34: many bots and workers that start at once, and a worker that keeps dying."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes.platform import APP_ID, APP_SECRET, Platform, playing
from faults.figures import amount, figures, is_long
from faults.ledger import BOT, Judge
from faults.rig import ENVIRONMENT, Server, free_port, percentile, redis_with_a_port, serving, until, wechat
from support.redis_server import REASON, is_installed

BOTS = int(amount("bots", short=3, full=20))
WORKERS = int(amount("workers", short=2, full=8))
DEATHS = int(amount("deaths", short=1, full=5))
_GIVES_UP_AFTER = 5

needs_redis = pytest.mark.skipif(not is_installed(), reason=REASON)

PUSHING = f"""
dialog: 1
name: NAME
account:
  {{type: official, kind: service, verified: true, path: /NAME, token: $(env.WX_TOKEN), app_id: {APP_ID},
   app_secret: $(env.WX_APP_SECRET)}}
rules:
  hi: {{do: [{{send: psst}}, {{reply: hello}}]}}
"""
STATES = "\n".join(
    f"  state{number}:\n    rules: {{go{number}: {{pattern: =go, reply: at {number}, wait: state{(number + 1) % 50}}}}}"
    for number in range(50)
)
LARGE = f"""
dialog: 1
name: large
account: {{path: /wechat, token: $(env.WX_TOKEN)}}
rules:
  start: {{pattern: =start, reply: at the start, wait: state0}}
states:
{STATES}
fallback: 没听懂
"""


@contextmanager
def started(folder: Path, *arguments: str, **environment: str) -> Iterator[tuple[int, float, subprocess.Popen[str]]]:
    """Everything in a folder, served; the port, and the seconds until it was said to be ready."""
    port, began = free_port(), time.monotonic()
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "interpreter.cli.run",
                str(folder),
                *arguments,
                "--host=127.0.0.1",
                f"--port={port}",
            ],
            env={**os.environ, **ENVIRONMENT, **environment},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    try:
        assert process.stdout.readline(), (folder / "log.txt").read_text()
        yield port, time.monotonic() - began, process
        process.terminate()
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@needs_redis
async def test_bots_and_workers_that_start_at_once_fetch_one_token(tmp_path: Path) -> None:
    """All bots are of one account, so that there is one token to be had."""
    bots = tmp_path / "bots"
    bots.mkdir()
    for number in range(BOTS):
        (bots / f"bot{number}.yaml").write_text(PUSHING.replace("NAME", f"bot{number}"), encoding="utf-8")
    platform = Platform()
    async with playing(platform):
        platform.fetch_seconds = 0.3
        environment = {"WX_API_URL": platform.origin, "WX_APP_SECRET": APP_SECRET}
        with redis_with_a_port(tmp_path) as redis:
            options = (f"--store={redis.url}", f"--workers={WORKERS}")
            with started(bots, *options, **environment) as (port, seconds, _):
                async with wechat(seals=False) as client:
                    urls = [f"http://127.0.0.1:{port}/bot{number}" for number in range(BOTS)]
                    said = await asyncio.gather(*(ask(client, platform, url, n) for n in range(4) for url in urls))
                    await until(lambda: len(platform.sent) == 4 * BOTS, 60)
    figures(
        33,
        "many bots and workers at once",
        bots=BOTS,
        workers=WORKERS,
        ready_s=seconds,
        pushed=len(platform.sent),
        token_fetches=sum(platform.fetches.values()),
        fetches_at_a_time=platform.most_fetching,
    )
    assert said == [["hello"]] * (4 * BOTS)
    assert len(platform.sent) == 4 * BOTS
    assert sum(platform.fetches.values()) == 1
    assert not is_long() or seconds <= 3.0


async def ask(client, platform: Platform, url: str, number: int) -> list[str]:  # type: ignore[no-untyped-def]
    """One user of a bot says hi."""
    user = f"user{number}-{url[-5:].replace('/', '')}"
    platform.act(user)
    return await client.say([url], user, "hi")


def test_a_bot_of_fifty_states_is_ready_soon(tmp_path: Path) -> None:
    with serving(tmp_path, f"sqlite:{tmp_path / 'dialog.db'}", bot=LARGE) as (server,):
        starts = []
        for _ in range(5 if is_long() else 1):
            assert server.stop() == 0
            starts.append(server.start())
        assert server.stop() == 0
    figures(33, "a bot of fifty states", ready_p50_s=percentile(starts, 0.5), ready_max_s=max(starts))
    assert max(starts) <= (1.0 if is_long() else 60.0)


def children(server: Server) -> list[int]:
    """The processes of the workers."""
    return list(map(int, Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()))


@needs_redis
async def test_a_worker_that_keeps_dying_disturbs_nobody_until_it_is_given_up(tmp_path: Path) -> None:
    judge = Judge()
    with (
        redis_with_a_port(tmp_path) as redis,
        serving(tmp_path, redis.url, bot=BOT, arguments=("--workers=3", "--lang=en")) as (server,),
    ):
        await until(lambda: len(children(server)) == 3, 60)
        async with wechat(pause=0.3, attempts=10) as client:
            over = asyncio.Event()

            async def talk(user: str) -> None:
                number = 0
                while not over.is_set():
                    number += 1
                    await client.write(judge, [server.url], user, f"{user}-{number}")
                    await asyncio.sleep(0.02)

            await asyncio.sleep(2.0)  # all are ready
            talks = [asyncio.create_task(talk(f"user{number}")) for number in range(8)]
            others = set(children(server)[1:])
            for death in range(min(DEATHS, _GIVES_UP_AFTER - 1)):
                await asyncio.sleep(1.0)
                (victim,) = set(children(server)) - others
                os.kill(victim, signal.SIGKILL)
                wanted = death + 1
                await until(lambda wanted=wanted: server.log.count("is started again") == wanted, 60)
                await until(lambda victim=victim: len(set(children(server)) - {victim}) == 3, 60)
                await asyncio.sleep(2.0)
            assert others < set(children(server)), "the others went on"
            over.set()
            await asyncio.gather(*talks)
            await client.ask_finals(judge, [server.url])
        code = await give_up(server, others) if DEATHS >= _GIVES_UP_AFTER else server.stop()
    figures(
        34,
        "a worker that keeps dying",
        deaths=DEATHS,
        exit_code=code,
        entries=len(judge.entries),
        unanswered=len(judge.entries) - judge.acknowledged,
        faults=len(judge.faults()),
    )
    assert judge.faults() == []
    assert judge.acknowledged == len(judge.entries)
    assert code == (1 if DEATHS >= _GIVES_UP_AFTER else 0)


async def give_up(server: Server, others: set[int]) -> int:
    """Kill it once too often: the whole ends, and says why; the exit code."""
    (victim,) = set(children(server)) - others
    os.kill(victim, signal.SIGKILL)
    assert server.process is not None
    code = await asyncio.to_thread(server.process.wait, 60)
    assert "has ended 5 times within a minute" in server.log
    return code
