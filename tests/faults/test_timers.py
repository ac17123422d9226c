"""Fault 36: timers that are due while the server is down, or up, or after their users have answered."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path

from fakes.platform import APP_ID, APP_SECRET, Platform, playing
from faults.figures import amount, figures, is_long
from faults.rig import Server, Wechat, serving, wechat

USERS = int(amount("timers", short=12, full=600))
SPREAD = amount("timers_spread", short=1, full=20)
"""Seconds over which users order."""
SECONDS = 4
"""Until a timer is due."""
BOT = f"""
dialog: 1
name: shop
account:
  {{type: official, kind: service, verified: true, path: /wechat, token: $(env.WX_TOKEN), app_id: {APP_ID},
   app_secret: $(env.WX_APP_SECRET)}}
rules:
  order: {{pattern: =订, reply: 请付款, wait: payment}}
states:
  payment:
    timeout: {SECONDS}s
    timed_out:
      - {{send: $(user.id) 没有付款, to: '"kitchen"'}}
      - 订单已取消
    rules: {{paid: {{pattern: =已付, reply: 谢谢}}}}
fallback: 没听懂
"""


@dataclass
class Orders:
    """Of those who ordered and did not pay: when they began to, when their timers are due, and when they came.

    All by the test's clock.
    """

    asked: dict[str, float] = field(default_factory=dict)
    due: dict[str, float] = field(default_factory=dict)
    came: dict[str, float] = field(default_factory=dict)
    paid: int = 0

    async def place(self, server: Server, client: Wechat, platform: Platform, name: str, within: float) -> None:
        """Let everybody order, one after the other, and every fourth pay."""

        async def one(index: int) -> None:
            user = f"{name}{index}"
            await asyncio.sleep(within * index / USERS)
            platform.act(user)
            asked = time.monotonic()
            await client.say([server.url], user, "订")
            ordered = time.monotonic()
            if index % 4:
                self.asked[user], self.due[user] = asked, ordered + SECONDS
            else:
                await client.say([server.url], user, "已付")
                self.paid += 1

        await asyncio.gather(*map(one, range(USERS)))

    async def watch(self, platform: Platform, ordering: asyncio.Task[None] | None = None) -> None:
        """Note when what is due comes, until everything has come or nothing comes any more."""
        while (ordering is not None and not ordering.done()) or (
            len(self.came) < len(self.due) and time.monotonic() < max(self.due.values()) + 30
        ):
            for user in self.due.keys() - self.came.keys():
                if platform.users[user].seen:
                    self.came[user] = time.monotonic()
            await asyncio.sleep(0.01)

    def latest(self, not_before: float = 0.0) -> float:
        """How many seconds the latest came after it was due, or after it could come."""
        return max(self.came[user] - max(due, not_before) for user, due in self.due.items())


async def test_a_timer_comes_once_and_in_time_whether_or_not_the_server_was_killed_meanwhile(tmp_path: Path) -> None:
    platform, steady, killed = Platform(), Orders(), Orders()
    platform.act("kitchen")
    platform.users["kitchen"].allowances[0].left = 10**6
    async with playing(platform):
        environment = {"WX_API_URL": platform.origin, "WX_APP_SECRET": APP_SECRET}
        with serving(tmp_path, f"sqlite:{tmp_path / 'dialog.db'}", bot=BOT, environment=environment) as (server,):
            async with wechat(seals=False, attempts=10) as client:
                ordering = asyncio.create_task(steady.place(server, client, platform, "steady", SPREAD))
                await asyncio.sleep(min(SPREAD, SECONDS) / 2)
                await steady.watch(platform, ordering)
                await killed.place(server, client, platform, "killed", SECONDS / 2)
                server.kill()
                await asyncio.sleep(SECONDS / 2)
                await asyncio.to_thread(server.start)
                ready = time.monotonic()
                await killed.watch(platform)
                await asyncio.sleep(2.0)  # nothing comes twice
            assert await asyncio.to_thread(server.stop) == 0
    told = [str(message["text"]["content"]) for message in platform.sent if message["touser"] == "kitchen"]  # type: ignore[index]
    wanted = sorted(f"{user} 没有付款" for user in [*steady.due, *killed.due])
    figures(
        36,
        "timers, half of them over a kill -9",
        timers=2 * USERS,
        users_who_answered_in_time=steady.paid + killed.paid,
        fired_once=sum(told.count(text) == 1 for text in wanted),
        fired_though_answered=len(set(told) - set(wanted)),
        latest_s=steady.latest(),
        latest_after_the_restart_s=killed.latest(ready),
    )
    assert sorted(told) == wanted
    assert min(steady.came[user] - asked for user, asked in steady.asked.items()) > SECONDS - 1.0
    assert steady.latest() <= (2.0 if is_long() else 10.0)
    assert platform.misshapen == []
