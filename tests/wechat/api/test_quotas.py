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


async def test_a_probe_of_one_method_leaves_the_numbers_of_others_as_they_are() -> None:
    clock, counted = FakeClock(), find_method("mass.preview")
    assert counted is not None
    quotas = Quotas("wx1", MemoryStore(), clock)
    for _ in range(100):
        assert not await quotas.spend("x", counted.path, counted)
    await quotas.exhaust("/other")
    clock.move(301)
    assert await quotas.spend("x", "/other", None)
    await quotas.reopen("/other")
    assert not await quotas.spend("x", "/other", None)
    assert await quotas.spend("x", counted.path, counted)
    with pytest.raises(CallRefused):
        await quotas.spend("x", counted.path, counted)


async def test_a_clock_that_was_some_days_ahead_has_used_up_nothing_of_today() -> None:
    clock, store, counted = FakeClock(), MemoryStore(), find_method("mass.preview")
    assert counted is not None
    clock.move(30 * 86400)
    quotas = Quotas("wx1", store, clock)
    await quotas.exhaust("/used-up")
    for _ in range(101):
        await quotas.spend("x", counted.path, counted)
    clock.move(-30 * 86400)
    for again in (quotas, Quotas("wx1", store, clock)):
        assert not await again.spend("x", "/used-up", None)
        assert not await again.spend("x", counted.path, counted)


async def test_a_probe_comes_soon_though_the_last_one_was_made_by_a_clock_that_was_ahead() -> None:
    clock, store = FakeClock(), MemoryStore()
    quotas = Quotas("wx1", store, clock)
    clock.move(3 * 3600)
    await quotas.exhaust("/used-up")
    clock.move(-3 * 3600)
    for _ in range(3):
        assert await quotas.spend("x", "/used-up", None)
        with pytest.raises(CallRefused):
            await Quotas("wx1", store, clock).spend("x", "/used-up", None)
        clock.move(301)
