"""A running server with one small bot."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fakes.house import House


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await house.start()
    yield house
    house.performer.release.set()
    await house.client.close()
