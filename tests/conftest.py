"""What every test can use."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.steady_loop import SteadyLoop
from hypothesis import HealthCheck, settings
from support.redis_server import PATIENT, REASON, is_installed, running_redis

os.environ["DIALOG_CACHE"] = "off"  # whoever runs the tests finds nothing of theirs in his home

# A busy machine is no failure, and what passes once passes everywhere; `make search` looks for new examples.
_PATIENT: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("any machine", derandomize=True, **_PATIENT)
settings.register_profile("search", print_blob=True, **_PATIENT)
settings.load_profile("search" if "DIALOG_SEARCH" in os.environ else "any machine")


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tests run in a loop whose time is its own: a busy machine is no failure there either."""
    return {"steady": SteadyLoop}


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Redis, one for the whole run."""
    if not is_installed():
        pytest.skip(REASON)
    with running_redis(Path(tmp_path_factory.mktemp("redis"))) as url:
        yield f"{url}{PATIENT}"


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """A real Redis without anything in it."""
    import redis

    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server
