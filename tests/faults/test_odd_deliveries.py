"""Faults 12, 13 and 15: events of one second, ids that two users share, and times that are out of order."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.figures import amount, figures
from faults.ledger import Judge
from faults.rig import Server, serving, wechat
from msgspec.structs import replace

from interpreter.machine.simulation import simulate

ROUNDS = int(amount("odd_rounds", short=5, full=200))
BOT = """
dialog: 1
name: events
account: {path: /wechat, token: $(env.WX_TOKEN)}
vars: {user.count: int = 0}
rules:
  all: {pattern: =全部, reply: $(user.count)}
  any: {always: true, set: user.count += 1, reply: 好}
"""
AT_ONCE = {
    "follow and scan": ["subscribe 12", "scan 12"],
    "scan push and wait": ["event scancode_push EventKey=k", "event scancode_waitmsg EventKey=k"],
    "two places": [f"event LOCATION Latitude=30.{n} Longitude=120.1 Precision=9 lat=30.{n} lng=120.1" for n in (1, 2)],
    "two clicks": ["click A", "click B"],
}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path, "memory") as (server,):
        yield server
        assert server.stop() == 0


async def test_different_events_of_one_second_are_all_taken_and_each_once(tmp_path: Path) -> None:
    second = int(time.time())
    counts: dict[str, str] = {}
    with serving(tmp_path, "memory", bot=BOT) as (server,):
        async with wechat(seals=False) as client:
            for name, pair in AT_ONCE.items():
                events = [
                    simulate(words, user=name, account="gh_ledger", time=second - round_, id="")
                    for words in pair
                    for round_ in range(ROUNDS)
                ]
                await asyncio.gather(*(client.deliver([server.url], event) for event in events * 2))
                (counts[name],) = await client.say([server.url], name, "全部")
        assert server.stop() == 0
    figures(
        12,
        "different events of one second, each delivered twice",
        events=2 * ROUNDS * len(AT_ONCE),
        taken=sum(map(int, counts.values())),
    )
    assert counts == dict.fromkeys(AT_ONCE, str(2 * ROUNDS))


async def test_an_id_that_two_users_share_is_two_messages(ledger: Server) -> None:
    judge = Judge()
    async with wechat() as client:
        for round_ in range(ROUNDS):
            first = client.text("ann", f"记 a{round_}")
            for user in ("ann", "bob"):
                entry = judge.sent(user, f"a{round_}")
                message = replace(first, user=user, raw={**first.raw, "FromUserName": user})
                entry.hear(await client.deliver([ledger.url], message))
        await client.ask_finals(judge, [ledger.url])
    figures(13, "one MsgId, two users", pairs=ROUNDS, answered=judge.acknowledged, faults=len(judge.faults()))
    assert judge.faults() == []
    assert judge.acknowledged == 2 * ROUNDS


async def test_messages_count_in_the_order_in_which_they_arrive_whatever_time_they_bear(ledger: Server) -> None:
    judge, chance = Judge(), random.Random(15)
    async with wechat() as client:
        for round_ in range(ROUNDS * 5):
            message = client.text("carl", f"记 c{round_}")
            at = int(time.time()) + chance.randint(-10, 10)
            entry = judge.sent("carl", f"c{round_}")
            shuffled = replace(message, time=at, raw={**message.raw, "CreateTime": str(at)})
            entry.hear(await client.deliver([ledger.url], shuffled))
        await client.ask_finals(judge, [ledger.url])
    in_order = sum(entry.number == place for place, entry in enumerate(judge.entries, 1))
    figures(15, "CreateTime shuffled by 10 s", messages=len(judge.entries), in_the_order_of_arrival=in_order)
    assert in_order == len(judge.entries)
    assert judge.faults() == []
