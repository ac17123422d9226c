from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient, TestServer
from fakes.house import House

from interpreter.runtime.timing import Timing
from interpreter.server.app import READINESS, make_app
from interpreter.server.credentials import Credentials
from interpreter.server.errors import SettingsError
from interpreter.stores.protocol import StoreUnavailable


async def test_there_is_a_sign_of_life(house: House) -> None:
    response = await house.client.get("/healthz")
    assert (response.status, await response.text()) == (200, "ok\n")


async def test_several_bots_are_served_each_at_its_path() -> None:
    first, second = House(), House()
    bots = [first.bot, replace(second.bot, name="other", path="/other", credentials=Credentials(("second",)))]
    async with TestClient(TestServer(make_app(bots, clock=first.clock))) as client:
        query = first.signed("second", echostr="5927")
        assert (await client.get("/other", params=query)).status == 200
        assert (await client.get("/wechat", params=query)).status == 403


@pytest.mark.parametrize("path", ["/wechat", "/wechat/"])
def test_two_bots_at_one_path_are_refused(path: str) -> None:
    house = House()
    with pytest.raises(SettingsError, match="would both be served at /wechat; give one of them another") as refused:
        make_app([house.bot, replace(house.bot, name="other", path=path)])
    assert "路径都是" in refused.value.wording.zh


@pytest.mark.parametrize("path", ["/wechat/a", "/", "/wechat/a/b/"])
def test_a_path_below_another_is_refused(path: str) -> None:
    house = House()
    other = replace(house.bot, name="other", path=path)
    for bots in ([house.bot, other], [other, house.bot]):
        with pytest.raises(SettingsError, match="one below the other") as refused:
            make_app(bots)
        assert "互相包含" in refused.value.wording.zh


def test_paths_that_only_begin_alike_are_two() -> None:
    house = House()
    make_app([house.bot, replace(house.bot, name="b", path="/wechat2"), replace(house.bot, name="c", path="/we")])


@pytest.mark.parametrize("path", ["/healthz", "/readyz/", "/metrics", "/metrics/x"])
def test_the_servers_own_paths_are_not_for_bots(path: str) -> None:
    with pytest.raises(SettingsError, match=r"is the server's own; give it another `account\.path`"):
        make_app([replace(House().bot, path=path)])


@pytest.mark.parametrize("path", ["/wechat", "/wechat/"])
async def test_a_slash_at_the_end_makes_no_difference(path: str) -> None:
    house = House()
    house.bot = replace(house.bot, path=path)
    await house.start()
    for asked in ("/wechat", "/wechat/"):
        response = await house.client.get(asked, params=house.signed(echostr="5927"))
        assert (response.status, await response.text()) == (200, "5927")
    await house.client.close()


async def test_a_bot_may_have_the_root_to_itself() -> None:
    house = House()
    house.bot = replace(house.bot, path="/")
    await house.start()
    assert (await house.client.get("/", params=house.signed(echostr="1"))).status == 200
    assert (await house.client.get("/healthz")).status == 200
    await house.client.close()


# ---------------------------------------------------------------------------------------------------- ready or not


async def test_it_is_ready_while_the_store_answers(house: House) -> None:
    response = await house.client.get("/readyz")
    assert (response.status, await response.text()) == (200, "ok\n")


async def test_it_is_not_ready_once_the_end_was_asked_for(house: House) -> None:
    house.app[READINESS].drain()
    response = await house.client.get("/readyz")
    assert (response.status, await response.text()) == (503, "the server is about to end\n")
    assert response.headers["Connection"] == "close"
    assert (await house.say("hi"))[0] == 200
    assert (await house.client.get("/healthz")).status == 200


async def test_the_end_waits_for_running_turns() -> None:
    house = House()
    await house.start()
    running = asyncio.create_task(house.say("call slow"))
    await house.performer.started.wait()
    asyncio.get_running_loop().call_soon(house.performer.release.set)
    await house.client.server.close()
    assert (await running)[0] == 200
    await house.client.close()


async def test_the_end_does_not_wait_for_ever_and_who_waits_is_told_to_come_again() -> None:
    house = House(timing=Timing(drain=0.1))
    await house.start()
    running = asyncio.create_task(house.say("call slow"))
    await house.performer.started.wait()
    await house.client.server.close()
    assert await running == (503, "not ready\n")
    await house.client.close()


async def test_a_store_that_cannot_be_swept_does_not_stop_the_server(caplog: pytest.LogCaptureFixture) -> None:
    house = House()

    async def fail() -> None:
        raise StoreUnavailable("gone")

    house.engine.sweep = fail  # type: ignore[method-assign]
    await house.start()
    assert (await house.say("hi"))[0] == 200
    assert "old sessions could not be swept" in caplog.text
    await house.client.close()


async def test_a_request_like_wechats_that_misses_is_told_to_the_operator(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    for path in ("/wecaht", "/nope"):
        response = await house.client.post(path, params=house.signed(), data="x")
        assert (response.status, await response.text()) == (404, "not found\n")
    assert (await house.client.get("/favicon.ico")).status == 404
    line, other = caplog.messages
    assert "no bot is at /nope" in other
    assert "404 to a POST from 127.0.0.1: a request like WeChat's, but no bot is at /wecaht" in line
    assert line.endswith("correct the URL in WeChat's console: /wechat")


async def test_a_user_in_the_path_of_a_request_that_misses_is_not_named(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.client.post("/nope/shortuser7", params={**house.signed(), "openid": "shortuser7"}, data="x")
    (line,) = caplog.messages
    assert "no bot is at /nope/********;" in line
    assert "shortuser7" not in line


async def test_timers_are_looked_at_and_of_failures_only_the_first_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house, looks = House(), asyncio.Queue[int]()

    async def fail() -> None:
        looks.put_nowait(1)
        raise StoreUnavailable("gone")

    monkeypatch.setattr(house.engine, "wake", fail)
    monkeypatch.setattr("interpreter.server.app._WAKE_SECONDS", 0.01)
    await house.start()
    for _ in range(3):
        await looks.get()
    assert caplog.text.count("timers could not be looked at") == 1
    await house.client.close()
