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
    for _ in range(101):  # the last one asks whether that is so
        await quotas.spend("x", method.path, method)
    with pytest.raises(CallRefused):
        await quotas.spend("x", method.path, method)
    clock.move(8 * 3600)
    assert not await quotas.spend("x", method.path, method)


async def test_a_counter_that_wechat_has_set_back_is_found_out_by_a_probe_and_counts_anew() -> None:
    clock, method = FakeClock(), find_method("mass.preview")
    assert method is not None
    quotas = Quotas("wx1", MemoryStore(), clock)
    for _ in range(100):
        assert not await quotas.spend("x", method.path, method)
    assert await quotas.spend("x", method.path, method)
    with pytest.raises(CallRefused, match="the 100 calls of this method that it allows a day are used up"):
        await quotas.spend("x", method.path, method)
    await quotas.reopen(method.path)
    for _ in range(100):
        assert not await quotas.spend("x", method.path, method)


async def test_the_number_counts_anew_when_all_is_set_back() -> None:
    clock, method = FakeClock(), find_method("mass.preview")
    assert method is not None
    quotas = Quotas("wx1", MemoryStore(), clock)
    for _ in range(101):
        await quotas.spend("x", method.path, method)
    await quotas.reset()
    assert not await quotas.spend("x", method.path, method)


async def test_what_an_older_version_has_written_is_no_obstacle() -> None:
    clock, store = FakeClock(), MemoryStore()
    await store.write_value("quota:wx1", '["/a", "/b"]', next_day(clock.now()))
    assert not await Quotas("wx1", store, clock).spend("x", "/a", None)
