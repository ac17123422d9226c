"""Faults 30 and 31: the bot's file changes while messages pour in, and most of the changes are broken."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from pathlib import Path

from faults.figures import figures, is_long
from faults.rig import percentile, serving, wechat

RELOADS = 100 if is_long() else 10
BOT = """
dialog: 1
name: versions
account: {path: /wechat, token: $(env.WX_TOKEN)}
rules:
  which: {pattern: =几, reply: "VERSION and VERSION"}
fallback: 没听懂
"""
BROKEN = (
    "dialog: 1\nname: versions\nrules: [",
    BOT.replace("VERSION and VERSION", "99 and 99").replace("rules:", "rulez:"),
    BOT.replace("VERSION and VERSION", "$(nothing) and 99"),
    BOT.replace("dialog: 1\n", "dialog: 1\nimports: [gone.yaml]\n"),
    BOT[:60],
    None,
    "",
)


async def test_a_hundred_reloads_of_which_most_are_broken_leave_every_turn_whole(tmp_path: Path) -> None:
    chance = random.Random(30)
    path = tmp_path / "bot.yaml"
    path.write_text(BOT.replace("VERSION", "1"), encoding="utf-8")
    good, seen, wrong, swaps = {"1"}, [], [], []
    with serving(tmp_path, "memory") as (server,):
        async with wechat(attempts=1, seals=False) as client:
            over = asyncio.Event()

            async def talk(user: str) -> None:
                while not over.is_set():
                    for said in await client.say([server.url], user, "几"):
                        first, _, second = said.partition(" and ")
                        seen.append(first)
                        if first != second or first not in good:
                            wrong.append(said)
                    await asyncio.sleep(0.02)

            talks = [asyncio.create_task(talk(f"user{number}")) for number in range(8)]
            before = 0.0
            for version in range(2, RELOADS + 2):
                if chance.random() < 0.3 or version == RELOADS + 1:
                    good.add(str(version))
                    path.write_text(BOT.replace("VERSION", str(version)), encoding="utf-8")
                    began = time.monotonic()
                    os.kill(server.pid, signal.SIGHUP)
                    while (not seen or seen[-1] != str(version)) and time.monotonic() - began < 60:  # noqa: ASYNC110  the answers tell
                        await asyncio.sleep(0.005)
                    swaps.append(time.monotonic() - began)
                    last = str(version)
                    before = before or (server.megabytes if len(swaps) == 3 else 0.0)
                else:
                    text = chance.choice(BROKEN)
                    path.unlink(missing_ok=True)
                    if text is not None:
                        path.write_text(text, encoding="utf-8")
                    os.kill(server.pid, signal.SIGHUP)
                    await asyncio.sleep(0.1)
            grown = server.megabytes - before if before else 0.0
            over.set()
            await asyncio.gather(*talks)
            failures = len(client.statuses)
        assert server.stop() == 0
    figures(
        30,
        "reload under load",
        reloads=RELOADS,
        answers=len(seen),
        mixed=len(wrong),
        failed=failures,
        until_seen_p50_ms=percentile(swaps, 0.5) * 1000,
        until_seen_max_ms=max(swaps) * 1000,
        memory_growth_mb=grown,
    )
    assert wrong == []
    assert failures == 0
    assert seen[-1] == last
    assert "Traceback" not in server.log
    assert not is_long() or (max(swaps) <= 0.100 and grown <= 5.0)
