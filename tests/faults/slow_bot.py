"""A bot that asks a service, and the service, which takes as long as it is told to."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer

BOT = """
dialog: 1
name: slow
account: {{path: /wechat, token: $(env.WX_TOKEN)}}
services:
  svc:
    url: http://127.0.0.1:{port}
    private: true
    timeout: 290s
    operations:
      wait: {{args: {{seconds: number, who: text}}, post: /wait, json: {{seconds: $(seconds), who: $(who)}}}}
rules:
  wait:
    pattern: 等 <seconds:number> 秒 <who>
    do:
      - {{fetch: "svc.wait(seconds, who)", into: said}}
      - reply: $(said)
fallback: 没听懂
"""


@dataclass
class SlowService:
    """What it was asked by whom; `port` is where."""

    port: int = 0
    calls: list[str] = field(default_factory=list)

    @property
    def most_calls(self) -> int:
        """How often the one was called who was called most."""
        return max(Counter(self.calls).values(), default=0)

    async def wait(self, request: web.Request) -> web.Response:
        """Say `WHO ok`, after some seconds."""
        asked = await request.json()
        self.calls.append(asked["who"])
        await asyncio.sleep(asked["seconds"])
        return web.json_response(f"{asked['who']} ok")


@asynccontextmanager
async def slow_service() -> AsyncIterator[SlowService]:
    """The service on a free port."""
    service = SlowService()
    app = web.Application()
    app.router.add_post("/wait", service.wait)
    async with TestServer(app) as server:
        assert server.port is not None
        service.port = server.port
        yield service
