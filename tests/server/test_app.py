from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient, TestServer
from fakes.house import House

from interpreter.server.app import make_app
from interpreter.server.errors import SettingsError
from interpreter.stores.protocol import StoreUnavailable


async def test_there_is_a_sign_of_life(house: House) -> None:
    response = await house.client.get("/healthz")
    assert (response.status, await response.text()) == (200, "ok\n")


async def test_several_bots_are_served_each_at_its_path() -> None:
    first, second = House(), House()
    bots = [first.bot, replace(second.bot, name="other", path="/other", token="second")]
    async with TestClient(TestServer(make_app(bots, clock=first.clock))) as client:
        query = first.signed("second", echostr="5927")
        assert (await client.get("/other", params=query)).status == 200
        assert (await client.get("/wechat", params=query)).status == 403


@pytest.mark.parametrize("path", ["/wechat", "/healthz"])
def test_two_bots_at_one_path_are_refused(path: str) -> None:
    house = House()
    with pytest.raises(SettingsError, match=f"would both be served at {path}; give one of them another") as refused:
        make_app([house.bot, replace(house.bot, name="other", path=path)])
    assert "路径都是" in refused.value.wording.zh


async def test_the_end_waits_for_running_turns() -> None:
    house = House()
    await house.start()
    running = asyncio.create_task(house.say("call slow"))
    await house.performer.started.wait()
    asyncio.get_running_loop().call_soon(house.performer.release.set)
    await house.client.server.close()
    assert (await running)[0] == 200
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
