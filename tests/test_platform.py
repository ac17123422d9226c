"""The played platform itself: what it refuses, and how it delivers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest
from aiohttp import web
from fakes.clock import FakeClock
from fakes.house import House
from fakes.platform import APP_ID, APP_SECRET, Platform, playing
from fakes.platform_delivery import BROKEN, deliver
from fakes.services import serving

from interpreter.catalogue.rights import Standing
from interpreter.machine.replies import TextReply
from interpreter.machine.simulation import simulate, text_message
from interpreter.wechat.crypto import MessageCipher
from interpreter.wechat.deliveries import Sender

TOKEN = "token123"
CIPHER = MessageCipher(TOKEN, ("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",), "wx1")


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    clock = FakeClock()
    it = Platform(now=lambda: clock.now().timestamp())
    it.clock = clock  # type: ignore[attr-defined]
    async with playing(it):
        yield it


async def _ask(platform: Platform, path: str, body: object = None, **query: str) -> Mapping[str, object]:
    url = f"http://{platform.host}/api.weixin.qq.com{path}"
    async with aiohttp.ClientSession() as session:
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        async with session.request("GET" if body is None else "POST", url, params=query, data=data) as response:
            found = json.loads(await response.read())
    assert isinstance(found, dict)
    return found


async def _token(platform: Platform, **more: object) -> str:
    body = {"grant_type": "client_credential", "appid": APP_ID, "secret": APP_SECRET, **more}
    return str((await _ask(platform, "/cgi-bin/stable_token", body))["access_token"])


async def test_the_stable_token_is_the_same_until_its_last_minutes(platform: Platform) -> None:
    first = await _token(platform)
    platform.clock.move(6800)  # type: ignore[attr-defined]
    assert await _token(platform) == first
    platform.clock.move(101)  # type: ignore[attr-defined]
    second = await _token(platform)
    assert second != first
    assert await _token(platform, force_refresh=True) not in (first, second)


async def test_a_classic_token_ends_the_one_before_after_five_minutes(platform: Platform) -> None:
    query = {"grant_type": "client_credential", "appid": APP_ID, "secret": APP_SECRET}
    first = str((await _ask(platform, "/cgi-bin/token", **query))["access_token"])
    await _ask(platform, "/cgi-bin/token", **query)
    assert "menu" not in await _ask(platform, "/cgi-bin/menu/get", access_token=first)
    assert (await _ask(platform, "/cgi-bin/menu/get", access_token=first))["errcode"] == 46003
    platform.clock.move(301)  # type: ignore[attr-defined]
    assert (await _ask(platform, "/cgi-bin/menu/get", access_token=first))["errcode"] == 40001


@pytest.mark.parametrize(
    ("path", "body", "wrong"),
    [
        ("/cgi-bin/tags/create", {"tag": {"nam": "x"}}, "no name"),
        ("/cgi-bin/tags/create", {"tag": {"name": 7}}, "name is no str"),
        ("/cgi-bin/tags/create", {"tag": {"name": "x"}, "y": 1}, "unknown y"),
        ("/cgi-bin/tags/create", {"tag": {"name": None}}, "name is null"),
        ("/cgi-bin/tags/create", [], "no object"),
        ("/cgi-bin/tags/members/batchtagging", {"openid_list": "x", "tagid": 1}, "openid_list is no list"),
        ("/cgi-bin/tags/members/batchtagging", {"openid_list": [1], "tagid": True}, "openid_list holds something else"),
    ],
)
async def test_a_request_of_another_shape_is_refused(platform: Platform, path: str, body: object, wrong: str) -> None:
    answer = await _ask(platform, path, body, access_token=await _token(platform))
    assert answer["errcode"] == 47001
    assert wrong in platform.misshapen[0][1]


async def test_queries_and_tokens_are_looked_at(platform: Platform) -> None:
    assert (await _ask(platform, "/cgi-bin/user/info", openid="x"))["errcode"] == 47001
    assert (await _ask(platform, "/cgi-bin/user/info", access_token="x"))["errcode"] == 47001
    assert (await _ask(platform, "/cgi-bin/user/info", access_token="x", openid="x"))["errcode"] == 40001
    assert (await _ask(platform, "/cgi-bin/no/such", access_token="x"))["errcode"] == 40066


async def test_windows_and_allowances(platform: Platform) -> None:
    token = await _token(platform)

    async def send() -> object:
        body = {"touser": "o", "msgtype": "text", "text": {"content": "x"}}
        return (await _ask(platform, "/cgi-bin/message/custom/send", body, access_token=token))["errcode"]

    assert await send() == 45015
    platform.act("o", "click")
    assert [await send() for _ in range(4)] == [0, 0, 0, 45047]
    platform.act("o")
    assert [await send() for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    platform.act("o")
    platform.clock.move(3600)  # type: ignore[attr-defined]
    assert await send() == 0
    platform.users["o"].follows = False
    assert await send() == 43004


async def test_an_unverified_account_may_not(platform: Platform) -> None:
    platform.standing = Standing()
    answer = await _ask(platform, "/cgi-bin/user/info", access_token=await _token(platform), openid="x")
    assert answer["errcode"] == 48001


@pytest.mark.parametrize("cipher", [None, CIPHER], ids=["plain", "safe"])
async def test_messages_are_delivered_and_the_user_sees_the_replies(
    platform: Platform, cipher: MessageCipher | None
) -> None:
    house = House(window=None, cipher=cipher, must_encrypt=cipher is not None)
    await house.start()
    url, sender = str(house.client.make_url("/wechat")), Sender(TOKEN, cipher)
    for number in range(2):
        message = text_message("hi", user="o1", account="gh", time=1, id=str(number))
        await deliver(platform, sender, url, message)
    assert [type(reply) for reply in platform.users["o1"].seen] == [TextReply, TextReply]
    assert [it.left for it in platform.users["o1"].allowances] == [5, 5]
    await deliver(platform, sender, url, simulate("subscribe", user="o1", account="gh", time=1, id="9"))
    assert platform.users["o1"].allowances[-1].left == 3
    await house.client.close()


async def test_who_does_not_answer_is_asked_three_times(platform: Platform) -> None:
    asked = []

    async def never(request: web.Request) -> web.Response:
        asked.append(request.path)
        await asyncio.Event().wait()
        return web.Response()

    async with serving(never) as host:
        message = text_message("hi", user="o1", account="gh", time=1, id="1")
        shown = await deliver(platform, Sender(TOKEN), f"http://{host}/wechat", message, patience=0.2)
    assert len(asked) == 3
    assert shown == BROKEN
    assert platform.users["o1"].seen == [BROKEN]


async def test_nonsense_is_shown_as_a_broken_service(platform: Platform) -> None:
    async def nonsense(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    async with serving(nonsense) as host:
        message = text_message("hi", user="o1", account="gh", time=1, id="1")
        assert await deliver(platform, Sender(TOKEN), f"http://{host}/", message) == BROKEN
