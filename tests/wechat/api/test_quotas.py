from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fakes.clock import FakeClock

from interpreter.catalogue.methods import find_method
from interpreter.stores.memory import MemoryStore
from interpreter.wechat.api.errors import CallRefused
from interpreter.wechat.api.quotas import Quotas, next_day


def test_a_day_ends_at_midnight_in_beijing() -> None:
    assert next_day(datetime(2026, 1, 1, 15, 59, tzinfo=UTC)) == datetime(2026, 1, 1, 16, tzinfo=UTC)
    assert next_day(datetime(2026, 1, 1, 16, 0, tzinfo=UTC)) == datetime(2026, 1, 2, 16, tzinfo=UTC)


async def test_what_is_counted_here_is_refused_beyond_the_number() -> None:
    clock, method = FakeClock(), find_method("mass.preview")
    assert method is not None
    quotas = Quotas("wx1", MemoryStore(), clock)
    for _ in range(100):
        await quotas.spend("x", method.path, method)
    with pytest.raises(CallRefused):
        await quotas.spend("x", method.path, method)
    clock.move(8 * 3600)
    await quotas.spend("x", method.path, method)
