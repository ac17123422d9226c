"""A client of WeChat's API that talks to the played platform."""

from __future__ import annotations

from typing import Any

from fakes.clock import FakeClock
from fakes.platform import APP_ID, APP_SECRET, Platform

from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import SharedValues
from interpreter.wechat.api.client import ApiClient
from interpreter.wechat.api.requests import Account
from interpreter.wechat.api.sources import Source
from interpreter.wechat.api.transport import Transport


class Api:
    """The client with all it works with; pauses turn the clock and take no time."""

    def __init__(self, platform: Platform, clock: FakeClock) -> None:
        self.platform = platform
        self.clock = clock
        self.shared = MemoryStore()
        self.pauses: list[float] = []
        self.client = self.another()

    def another(self, shared: SharedValues | None = None, source: Source | None = None, **options: Any) -> ApiClient:
        """A further client, as another process would have one."""
        account = Account(options.pop("app_id", APP_ID), options.pop("app_secret", APP_SECRET))
        transport = Transport(self.platform.origin, timeout=options.pop("timeout", 5.0))
        options = {"sleep": self._pause} | options
        return ApiClient(account, shared or self.shared, self.clock, transport, source=source, **options)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.move(seconds)
