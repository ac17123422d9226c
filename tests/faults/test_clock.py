"""Fault 26: clocks that are wrong, and clocks that are set back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from fakes.api import Api
from fakes.clock import FakeClock
from fakes.engines import PUSH, EngineHouse
from fakes.house import House
from fakes.platform import Platform, playing

from interpreter.stores.memory import MemoryStore
from interpreter.stores.sqlite import SqliteStore

SKEWS = [-3600.0, -600.0, 600.0, 3600.0]


class WrongClock(FakeClock):
    """A clock that somebody sets; what counts seconds goes on."""

    def set(self, seconds: float) -> None:
        """Set it forward, or back."""
        self._now += timedelta(seconds=seconds)


@pytest.mark.parametrize("skew", SKEWS)
@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_a_clock_that_is_set_loses_no_turn_and_repeats_none(skew: float, kind: str, tmp_path: Path) -> None:
    clock = WrongClock()
    store = MemoryStore() if kind == "memory" else SqliteStore(tmp_path / "dialog.db")
    house = EngineHouse(store, clock=clock)
    assert await house.say("hi", key="m1") == "turn 1"
    clock.set(skew)
    assert await house.say("hi", key="m1") == "turn 1"
    assert await house.say("hi", key="m2") == "turn 2"
    clock.set(-skew)
    assert await house.say("hi", key="m3") == "turn 3"
    await store.close()


@pytest.mark.parametrize("skew", SKEWS)
async def test_a_timer_comes_by_the_clock_of_its_server_and_once(skew: float) -> None:
    clock = WrongClock()
    house = EngineHouse(slow=PUSH, clock=clock)
    await house.say("wait 7200 hi")
    clock.set(skew)
    await house.engine.wake()
    assert house.pushed == []
    clock.move(7201 - skew)
    for _ in range(2):
        await house.engine.wake()
        await house.settle()
    clock.set(-skew)
    await house.engine.wake()
    await house.settle()
    assert house.pushed == ["turn 2"]


@pytest.mark.parametrize(("skew", "status"), [(-299, 200), (299, 200), (-301, 403), (301, 403), (3600, 403)])
async def test_a_message_from_another_time_is_refused_with_a_reason(
    skew: int, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    house = House()
    await house.start()
    query = house.signed()
    house.clock.move(skew)
    assert (await house.post(house.text("hi"), query))[0] == status
    assert ("clock" in caplog.text or "old" in caplog.text) == (status == 403)
    await house.client.close()


@pytest.mark.parametrize("skew", SKEWS)
async def test_a_token_is_had_again_after_the_clock_was_set(skew: float) -> None:
    clock = WrongClock()
    platform = Platform(now=clock.monotonic)
    platform.act("oUser1")
    async with playing(platform):
        api = Api(platform, clock)
        try:
            await api.client.token()
            clock.set(skew)
            clock.move(7100)
            platform.expire_tokens()
            answer = await api.client.call("user.info", {"openid": "oUser1"})
            assert isinstance(answer, dict)
            assert answer["subscribe"] == 1
            assert sum(platform.fetches.values()) <= 3
        finally:
            await api.client.close()
