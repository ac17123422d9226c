from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path

import pytest
from fakes.api import Api
from fakes.clock import FakeClock
from fakes.platform import APP_ID, Platform, playing
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.stores.memory import MemoryStore
from interpreter.wechat.api.errors import ApiError, ApiFailure, CallRefused, NoAnswer
from interpreter.wechat.api.sources import Classic, Fetched
from interpreter.wechat.api.tokens import SharedToken
from interpreter.wechat.api.transport import Transport

STABLE = "/cgi-bin/stable_token"
WORKER = Path(__file__).parents[2] / "support" / "token_worker.py"


class Fountain:
    """A source that gives `t1`, `t2`, … for 1,000 s, or what it is told to; a fetch ends when it is let."""

    can_force = False

    def __init__(self) -> None:
        self.fetches = 0
        self.forced = 0
        self.same = False
        self.failure: ApiFailure | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def fetch(self, *, force: bool = False) -> Fetched:
        self.forced += force
        await self.open.wait()
        self.fetches += 1
        if self.failure is not None:
            raise self.failure
        return Fetched("t1" if self.same and not force else f"t{self.fetches}", 1000)

    def lasts(self, seconds: float) -> float:
        return seconds * 0.8


class Desk:
    """A source, shared values, a clock, and tokens of any number of processes."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.shared = MemoryStore()
        self.source = Fountain()

    def token(self, cap: int = 20) -> SharedToken:
        async def sleep(seconds: float) -> None:
            self.clock.move(seconds)
            await asyncio.sleep(0)

        return SharedToken("token:wx1", self.source, self.shared, self.clock, cap=cap, sleep=sleep, chance=lambda: 0.5)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def renewed() -> None:
    """Wait for what was begun in the background."""
    await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()})
    await asyncio.sleep(0)


async def test_a_token_is_fetched_once_for_all_processes(desk: Desk) -> None:
    first, second = desk.token(), desk.token()
    assert [await first.current(), await second.current(), await first.current()] == ["t1", "t1", "t1"]
    assert desk.source.fetches == 1


async def test_many_tasks_wait_for_one_fetch(desk: Desk) -> None:
    desk.source.open.clear()
    token = desk.token()
    tasks = [asyncio.create_task(token.current()) for _ in range(50)]
    await asyncio.sleep(0)
    desk.source.open.set()
    assert set(await asyncio.gather(*tasks)) == {"t1"}
    assert desk.source.fetches == 1


async def test_who_gives_up_does_not_stop_the_others(desk: Desk) -> None:
    desk.source.open.clear()
    token = desk.token()
    impatient, patient = asyncio.create_task(token.current()), asyncio.create_task(token.current())
    await asyncio.sleep(0)
    impatient.cancel()
    desk.source.open.set()
    assert await patient == "t1"


async def test_an_old_token_is_used_while_a_new_one_is_fetched(desk: Desk) -> None:
    token = desk.token()
    await token.current()
    desk.clock.move(811)
    desk.source.open.clear()
    assert await token.current() == "t1"
    assert await token.current() == "t1"
    desk.source.open.set()
    await renewed()
    assert await token.current() == "t2"


async def test_a_token_is_renewed_after_most_of_its_life_but_not_by_all_at_once(desk: Desk) -> None:
    token = desk.token()
    await token.current()
    desk.clock.move(809)  # 800 and half of a tenth of the 200 that are left
    assert await token.current() == "t1"
    assert len(asyncio.all_tasks()) == 1, "nothing was begun in the background"
    assert desk.source.fetches == 1


async def test_a_token_that_has_ended_is_waited_for(desk: Desk) -> None:
    token = desk.token()
    await token.current()
    desk.clock.move(1001)
    assert await token.current() == "t2"


async def test_an_early_renewal_that_fails_is_tried_again_later(desk: Desk) -> None:
    token = desk.token()
    await token.current()
    desk.clock.move(900)
    desk.source.failure = ApiError("token", -1, "busy")
    assert [await token.current(), await token.current()] == ["t1", "t1"]
    await renewed()
    desk.source.failure = None
    assert await token.current() == "t1"
    assert len(asyncio.all_tasks()) == 1, "nothing was begun in the background"
    assert desk.source.fetches == 2
    desk.clock.move(31)
    await token.current()
    await renewed()
    assert await token.current() == "t3"


async def test_a_refused_token_is_replaced_by_what_another_process_has_fetched(desk: Desk) -> None:
    first, second = desk.token(), desk.token()
    await asyncio.gather(first.current(), second.current())
    assert await first.renew("t1") == "t2"
    assert await second.renew("t1") == "t2"
    assert desk.source.fetches == 2


async def test_a_storm_of_refusals_is_one_fetch(desk: Desk) -> None:
    processes = [desk.token() for _ in range(4)]
    await asyncio.gather(*(token.current() for token in processes))
    renewed = await asyncio.gather(*(token.renew("t1") for token in processes for _ in range(50)))
    assert set(renewed) == {"t2"}
    assert desk.source.fetches == 2


async def test_a_source_that_gives_the_refused_token_again_ends_in_a_refusal(desk: Desk) -> None:
    desk.source.same = True
    token = desk.token()
    await token.current()
    with pytest.raises(CallRefused, match="no other one can be had"):
        await token.renew("t1")


async def test_a_new_one_is_forced_only_when_the_same_comes_again_and_only_now_and_then(desk: Desk) -> None:
    desk.source.same = desk.source.can_force = True
    token = desk.token()
    await token.current()
    assert await token.renew("t1") == "t3"
    assert desk.source.forced == 1
    desk.source.fetches = 0
    await desk.shared.write_value("token:wx1", json.dumps(["t1", 9e9, 9e9]), desk.clock.now().replace(year=2030))
    with pytest.raises(CallRefused):
        await token.renew("t1")
    desk.clock.move(31)
    assert await token.renew("t1") == "t3"
    assert desk.source.forced == 2


async def test_the_cap_holds_for_all_processes_and_ends_with_the_hour(desk: Desk) -> None:
    first, second = desk.token(cap=3), desk.token(cap=3)
    value = await first.current()
    for token in (second, first):
        value = await token.renew(value)
    with pytest.raises(CallRefused, match="3 times within 1 h"):
        await second.renew(value)
    desk.clock.move(3601)
    assert await first.current() == "t4"


async def test_after_a_failure_nothing_is_fetched_for_a_while(desk: Desk) -> None:
    desk.source.failure = ApiError("token", 40164, "invalid ip 1.2.3.4, not in whitelist rid: 1-2")
    token = desk.token()
    for _ in range(20):
        with pytest.raises(ApiError, match=r"40164.*1\.2\.3\.4.*rid 1-2"):
            await token.current()
    assert desk.source.fetches == 1
    for pause in (1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300):
        desk.clock.move(pause)
        with pytest.raises(ApiError):
            await token.current()
    assert desk.source.fetches == 12
    desk.source.failure = None
    desk.clock.move(300)
    assert await token.current() == "t13"


async def test_who_fetches_for_ever_is_not_waited_for(desk: Desk) -> None:
    async def always(*_: object) -> bool:
        return False

    desk.shared.lease = always  # type: ignore[method-assign]
    with pytest.raises(NoAnswer, match="another process"):
        await desk.token().current()


ACTS = st.tuples(st.sampled_from(["current", "renew", "wait", "fail", "mend", "same", "other"]), st.integers(0, 2))


@settings(max_examples=60)
@given(st.lists(ACTS, max_size=40), st.integers(1, 5))
def test_whatever_happens_the_cap_holds_and_nobody_loops(acts: list[tuple[str, int]], cap: int) -> None:
    """Three processes, a source that fails and repeats itself, and time that passes."""

    async def play() -> None:
        desk = Desk()
        desk.source.can_force = True
        tokens = [desk.token(cap) for _ in range(3)]
        fetched: list[float] = []
        for act, number in acts:
            before = desk.source.fetches
            match act:
                case "wait":
                    desk.clock.move((100, 900, 4000)[number])
                case "fail" | "mend":
                    desk.source.failure = ApiError("t", -1, "busy") if act == "fail" else None
                case "same" | "other":
                    desk.source.same = act == "same"
                case _:
                    with contextlib.suppress(ApiFailure):
                        value = await tokens[number].current()
                        if act == "renew":
                            assert await tokens[number].renew(value) != value
                    await asyncio.sleep(0)
            assert desk.source.fetches <= before + 3
            fetched += [desk.clock.monotonic()] * (desk.source.fetches - before)
        for token in tokens:
            await token.close()
        assert all(sum(start <= at < start + 3600 for at in fetched) <= 2 * cap for start in fetched)

    asyncio.run(play())


async def test_a_damaged_value_is_fetched_anew(desk: Desk) -> None:
    await desk.shared.write_value("token:wx1", "{", desk.clock.now().replace(year=2030))
    assert await desk.token().current() == "t1"


async def test_closing_ends_what_is_under_way(desk: Desk) -> None:
    desk.source.open.clear()
    token = desk.token()
    waiting = asyncio.create_task(token.current())
    await asyncio.sleep(0)
    await token.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_every_value_is_told_as_a_secret(desk: Desk) -> None:
    told: list[str] = []
    for _ in range(2):
        await SharedToken("token:wx1", desk.source, desk.shared, desk.clock, learn=told.append).current()
    assert set(told) == {"t1"}


async def test_the_stable_token_lasts_a_day_of_few_fetches(api: Api) -> None:
    """A call each minute for a day."""
    api.platform.act("oUser1")
    for _ in range(24 * 60):
        await api.client.call("user.info", {"openid": "oUser1"})
        api.clock.move(60)
        await asyncio.sleep(0)
    assert api.platform.fetches[STABLE] <= 20
    assert api.platform.misshapen == []


async def test_the_classic_token_and_tickets(api: Api) -> None:
    transport = Transport(api.platform.origin)
    client = api.another(source=Classic(api.client.account, transport))
    assert await client.token() == await client.token()
    assert api.platform.fetches == {"/cgi-bin/token": 1}
    assert [await client.ticket("jsapi"), await client.ticket("jsapi"), await client.ticket("wx_card")] == [
        "ticket"
    ] * 3
    assert api.platform.paths() == ["/cgi-bin/ticket/getticket"] * 2
    await transport.close()
    await client.close()


@pytest.mark.parametrize("tasks", [50, pytest.param(200, marks=pytest.mark.slow)])
async def test_four_processes_fetch_one_token_at_a_time(redis_url: str, tasks: int) -> None:
    """The platform ends and refuses tokens all the while; its fetches are slow enough to meet."""
    platform = Platform(token_life=400.0)
    platform.fetch_seconds = 0.05
    platform.act("oUser1")
    async with playing(platform):
        workers = [await _worker(platform, redis_url, tasks) for _ in range(4)]
        over = asyncio.gather(*(worker.communicate() for worker in workers))
        ended = before = 0
        while not over.done():
            if ended < 8 and platform.stable is not None and len(platform.calls) > before + 2 * tasks:
                platform.expire_tokens()
                ended, before = ended + 1, len(platform.calls)
            await asyncio.sleep(0.02)
        told = [json.loads(out) for out, _ in await over]
    assert sum(report["done"] for report in told) == 4 * tasks
    assert platform.most_fetching == 1
    assert 4 <= ended <= platform.fetches[STABLE] <= 20
    assert platform.misshapen == []


async def _worker(platform: Platform, store: str, tasks: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(WORKER),
        platform.origin,
        store,
        str(tasks),
        APP_ID,
        stdout=asyncio.subprocess.PIPE,
        env=dict(os.environ),
    )
