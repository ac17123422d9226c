from __future__ import annotations

from datetime import UTC, datetime, timedelta

from interpreter.runtime.clock import SystemClock


def test_the_clock_tells_the_time_in_utc() -> None:
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert SystemClock().now().tzinfo is UTC


def test_the_monotonic_clock_does_not_run_backwards() -> None:
    clock = SystemClock()
    assert clock.monotonic() <= clock.monotonic()
