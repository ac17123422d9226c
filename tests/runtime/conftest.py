"""Stores of every kind, for what the runtime makes of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import SessionStore
from interpreter.stores.redis import RedisStore
from interpreter.stores.sqlite import SqliteStore


@pytest.fixture(params=["memory", "sqlite", "redis"])
async def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SessionStore]:
    opened: SessionStore
    match request.param:
        case "memory":
            opened = MemoryStore()
        case "sqlite":
            opened = SqliteStore(tmp_path / "dialog.db")
        case _:
            opened = RedisStore(request.getfixturevalue("redis_url"))
    yield opened
    await opened.close()
