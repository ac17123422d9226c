"""A client for a Python program, in one line.

async with open_client("wx…", "secret") as api:
    await api.call("user.info", {"openid": "o…"})
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from interpreter.catalogue.rights import Standing
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import SharedValues
from interpreter.wechat.api.client import ApiClient
from interpreter.wechat.api.requests import Account
from interpreter.wechat.api.sources import Source
from interpreter.wechat.api.transport import HTTPS, Transport


class _SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@asynccontextmanager
async def open_client(
    app_id: str,
    app_secret: str,
    *,
    shared: SharedValues | None = None,
    source: Source | None = None,
    standing: Standing | None = None,
    origin: str = HTTPS,
) -> AsyncIterator[ApiClient]:
    """A client of an account. Processes that are given one store as `shared` share its token."""
    transport = Transport(origin)
    account = Account(app_id, app_secret)
    client = ApiClient(account, shared or MemoryStore(), _SystemClock(), transport, source=source, standing=standing)
    try:
        yield client
    finally:
        await client.close()
