from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fakes.api import Api
from fakes.clock import FakeClock
from fakes.platform import Platform, playing


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """A client and the platform it talks to, on one clock that is turned by hand."""
    clock = FakeClock()
    platform = Platform(now=lambda: clock.now().timestamp())
    async with playing(platform):
        api = Api(platform, clock)
        yield api
        await api.client.close()
