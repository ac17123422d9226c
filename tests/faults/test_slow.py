"""Faults 9, 10 and 11: a service that takes its time, and WeChat, which doesn't."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes.platform import APP_ID, APP_SECRET, Platform, playing
from faults.figures import amount, figures, is_long
from faults.rig import Server, serving, until, wechat
from faults.slow_bot import BOT, SlowService, slow_service

USERS = int(amount("slow_users", short=6, full=120))
SOON = 4.5 if is_long() else 4.9
"""Seconds within which every answer must come; WeChat hangs up after five."""
PATIENCE = 5.0 if is_long() else 30.0
"""Of a WeChat that is told at 4.5 seconds that it takes longer; a busy machine may say so late."""


async def ask(server: Server, service: SlowService, users: Sequence[str], delays: Sequence[float]) -> dict[str, Any]:
    """Let everybody wait for the service at once; what came of it."""
    async with wechat(patience=5.0, pause=0.0, seals=False) as client:
        answers = await asyncio.gather(
            *(
                client.say([server.url], user, f"等 {delay:.2f} 秒 {user}")
                for user, delay in zip(users, delays, strict=True)
            )
        )
    return {
        "users": len(users),
        "right": sum(answer == [f"{user} ok"] for user, answer in zip(users, answers, strict=True)),
        "most_calls_of_one": service.most_calls,
        "unanswered_deliveries": len(client.statuses),
        "slowest_answer_s": max(client.latencies),
    }


async def test_a_slow_service_is_called_once_and_its_answer_arrives_on_some_delivery(tmp_path: Path) -> None:
    quick = [f"quick{number}" for number in range(USERS)]
    slow = [f"slow{number}" for number in range(USERS)]
    quickest, longest = (4.0, 8.0) if is_long() else (3.0, 1.0)
    async with slow_service() as service:
        with serving(tmp_path, "memory", bot=BOT.format(port=service.port)) as (server,):
            seen, later = await asyncio.gather(
                ask(server, service, quick, [quickest * (number + 1) / USERS for number in range(USERS)]),
                ask(server, service, slow, [5.0 + longest * number / USERS for number in range(USERS)]),
            )
            assert server.stop() == 0
    figures(9, f"service of up to {quickest:.0f} s", **seen)
    figures(10, f"service of 5 to {5 + longest:.0f} s", **later)
    for figure in (seen, later):
        assert (figure["right"], figure["most_calls_of_one"]) == (USERS, 1), figure
        assert figure["slowest_answer_s"] <= SOON
    assert seen["unanswered_deliveries"] == 0


WAYS = pytest.mark.parametrize(
    ("account", "way"),
    [("type: official, kind: service, verified: true", "push"), ("type: official", "later")],
    ids=["push", "later"],
)


def options_for(account: str, way: str, platform: Platform, service: SlowService) -> dict[str, Any]:
    """A server whose account can go this way only, with what it has to reach."""
    settings = f"{account}, path: /wechat, token: $(env.WX_TOKEN)"
    if way == "push":
        settings += f", app_id: {APP_ID}, app_secret: $(env.WX_APP_SECRET)"
    return {
        "bot": BOT.format(port=service.port).replace("path: /wechat, token: $(env.WX_TOKEN)", settings),
        "environment": {"WX_API_URL": platform.origin, "WX_APP_SECRET": APP_SECRET},
    }


def ways_gone(platform: Platform, users: Sequence[str], heard: Sequence[list[str]]) -> list[tuple[int, int]]:
    """How often each user was told by a push, and how often in an answer."""
    pushed = [str(message["text"]["content"]) for message in platform.sent]  # type: ignore[index]
    return [
        (pushed.count(f"{user} ok"), sum(f"{user} ok" in said for said in sayings))
        for user, sayings in zip(users, heard, strict=True)
    ]


@pytest.mark.patient
@WAYS
async def test_what_comes_too_late_for_every_delivery_reaches_its_user_in_one_way(
    account: str, way: str, tmp_path: Path
) -> None:
    """Whoever asks writes again until they were told; what they were told, whichever way, is counted."""
    users = [f"late{number}" for number in range(USERS)]
    delays = [(15.0 + 30.0 * number / USERS) if is_long() else 8.0 + 0.5 * number / USERS for number in range(USERS)]
    if is_long():
        delays[-1] = 120.0
    platform = Platform()
    async with slow_service() as service, playing(platform):
        slow = "" if is_long() else f", slow: [{way}]"
        options = options_for(account, way, platform, service)
        options["bot"] = options["bot"].replace("/wechat,", f"/wechat{slow},")
        with serving(tmp_path, "memory", **options) as (server,):
            heard = await asyncio.gather(
                *(_ask_and_wait(server, platform, user, delay, way) for user, delay in zip(users, delays, strict=True))
            )
            await asyncio.sleep(1.0)
            assert server.stop() == 0
    ways = ways_gone(platform, users, [said for _, said in heard])
    figures(
        11,
        f"service of {delays[0]:.0f} to {delays[-1]:.0f} s, {way}",
        users=USERS,
        by_push=sum(push for push, _ in ways),
        with_a_later_answer=sum(passive for _, passive in ways),
        exactly_one_way=sum(push + passive == 1 for push, passive in ways),
        most_calls_of_one=service.most_calls,
        slowest_notice_s=max(notice for notice, _ in heard),
    )
    assert ways == [(1, 0) if way == "push" else (0, 1)] * USERS
    assert max(notice for notice, _ in heard) <= (SOON if is_long() else PATIENCE)
    assert service.most_calls == 1
    assert platform.misshapen == []


async def _ask_and_wait(
    server: Server, platform: Platform, user: str, delay: float, way: str
) -> tuple[float, list[str]]:
    """Ask, and once the service must have answered, write twice more: seconds the notice took, and all answers.

    Who is to be told by a push waits for it.
    """
    async with wechat(patience=PATIENCE, pause=0.0, seals=False) as client:
        began = time.monotonic()
        platform.act(user)
        said = await client.say([server.url], user, f"等 {delay:.2f} 秒 {user}")
        notice = client.latencies[-1]
        await asyncio.sleep(max(began + delay + 2.0 - time.monotonic(), 0))
        if way == "push":
            await until(lambda: bool(platform.users[user].seen), 60)
    return notice, said + await _write_twice(server, platform, user)


@pytest.mark.patient
@WAYS
async def test_what_wechat_does_not_come_for_any_more_reaches_its_user_in_one_way(
    account: str, way: str, tmp_path: Path
) -> None:
    """WeChat gives up after one or two deliveries; at full length the server is killed, too, before anything is due."""
    users = [f"left{number}" for number in range(USERS)]
    delays = [4.0 + 9.5 * number / USERS for number in range(USERS)]
    platform = Platform()
    async with slow_service() as service, playing(platform):
        options = options_for(account, way, platform, service)
        with serving(tmp_path, f"sqlite:{tmp_path / 'dialog.db'}", **options) as (server,):
            began = time.monotonic()
            said = await asyncio.gather(
                *(
                    _ask_in_vain(server, platform, user, delay, 1 + number % 2)
                    for number, (user, delay) in enumerate(zip(users, delays, strict=True))
                )
            )
            if is_long():
                await asyncio.sleep(began + 14.5 - time.monotonic())
                server.kill()
                await asyncio.to_thread(server.start)
            if way == "push":
                await asyncio.sleep(began + (50.0 if is_long() else 17.5) - time.monotonic())
            later = await asyncio.gather(*(_write_twice(server, platform, user) for user in users))
            assert await asyncio.to_thread(server.stop) == 0
    ways = ways_gone(platform, users, [[*one, *two] for one, two in zip(said, later, strict=True)])
    figures(
        10,
        f"WeChat gives up after one or two deliveries, {way}",
        users=USERS,
        answered=sum(f"{user} ok" in heard for user, heard in zip(users, said, strict=True)),
        by_push=sum(push for push, _ in ways),
        exactly_one_way=sum(push + passive == 1 for push, passive in ways),
        most_calls_of_one=service.most_calls,
    )
    assert [push + passive for push, passive in ways] == [1] * USERS
    assert (sum(push for push, _ in ways) > 0) == (way == "push")
    assert service.most_calls == 1
    assert platform.misshapen == []


async def _ask_in_vain(server: Server, platform: Platform, user: str, delay: float, deliveries: int) -> list[str]:
    """Ask, and give up after so many deliveries; what was heard until the turn must be over."""
    async with wechat(patience=5.0, pause=0.0, seals=False, attempts=deliveries) as client:
        began = time.monotonic()
        platform.act(user)
        said = await client.say([server.url], user, f"等 {delay:.2f} 秒 {user}")
        await asyncio.sleep(max(began + delay + 0.5 - time.monotonic(), 0))
    return said


async def _write_twice(server: Server, platform: Platform, user: str) -> list[str]:
    async with wechat(patience=5.0, pause=0.0, seals=False) as client:
        said = []
        for _ in range(2):
            platform.act(user)
            said += await client.say([server.url], user, "hi")
    return said
