"""A running server with one small bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

import pytest
from fakes.doors import Doors, Watched, doors_of
from fakes.house import House

from interpreter.server.endpoint import Endpoint


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await house.start()
    yield house
    house.performer.release.set()
    await house.client.close()


@pytest.fixture
async def doors() -> AsyncIterator[Doors]:
    async with doors_of(House()) as doors:
        yield doors


@pytest.fixture
async def hasty() -> AsyncIterator[tuple[Doors, Watched]]:
    """Doors at which every body is slow that does not come with its head."""
    async with doors_of(House(), prompt_seconds=0.0) as doors:
        watched = Watched(doors.port.endpoints[b"/wechat"])
        doors.port.endpoints[b"/wechat"] = cast("Endpoint", watched)
        yield doors, watched
