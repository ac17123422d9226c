from __future__ import annotations

import pytest
from aiohttp import web
from fakes.api import Api
from fakes.platform import APP_ID
from fakes.services import serving

from interpreter.wechat.api.errors import ApiError, CallRefused, NoAnswer
from interpreter.wechat.api.requests import Account
from interpreter.wechat.api.sources import Corp, Fetched, Provider, Relay, Stable
from interpreter.wechat.api.transport import Transport


async def test_the_stable_token_is_asked_for_as_wechat_wants(api: Api) -> None:
    await api.client.token()
    (call,) = api.platform.calls
    assert (call.verb, call.host, call.path, dict(call.query)) == (
        "POST",
        "api.weixin.qq.com",
        "/cgi-bin/stable_token",
        {},
    )
    assert call.json == {
        "grant_type": "client_credential",
        "appid": APP_ID,
        "secret": "s3cr3t-of-the-account",
        "force_refresh": False,
    }


async def test_a_wrong_secret_is_said(api: Api) -> None:
    client = api.another(app_secret="wrong")
    with pytest.raises(ApiError, match="40125: the AppSecret is not right"):
        await client.token()
    await client.close()


async def test_a_relay_gives_tokens() -> None:
    answers: list[object] = [
        {"access_token": "t1", "expires_in": 100},
        {"errcode": 40164, "errmsg": "not in whitelist"},
        {"token": "t1"},
        {"access_token": "x" * 3000},
        {"access_token": "t", "expires_in": True},
    ]

    async def answer(_: web.Request) -> web.Response:
        return web.json_response(answers.pop(0))

    transport = Transport()
    async with serving(answer) as host:
        relay = Relay(f"http://{host}/token?key=s3cr3t", transport)
        assert await relay.fetch() == Fetched("t1", 100.0)
        for wanted in (ApiError, NoAnswer, CallRefused, NoAnswer):
            with pytest.raises(wanted):
                await relay.fetch()
    with pytest.raises(NoAnswer) as caught:
        await relay.fetch()
    assert "s3cr3t" not in f"{caught.value}{relay}"
    await transport.close()


async def test_a_program_may_have_its_own_provider(api: Api) -> None:
    async def provide() -> tuple[str, float]:
        return "mine", 60.0

    client = api.another(source=Provider(provide))
    assert await client.token() == "mine"
    await client.close()


async def test_wecom_has_a_token_of_its_own() -> None:
    seen: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.path_qs)
        return web.json_response({"errcode": 0, "access_token": "c", "expires_in": 7200})

    async with serving(answer) as host:
        transport = Transport(f"http://{host}/{{host}}")
        assert (await Corp(Account("ww1", "s"), transport).fetch()).value == "c"
        await transport.close()
    assert seen == ["/qyapi.weixin.qq.com/cgi-bin/gettoken?corpid=ww1&corpsecret=s"]


def test_the_stable_token_is_asked_for_when_there_is_a_new_one() -> None:
    stable = Stable(Account("a", "b"), Transport())
    assert stable.lasts(7200) == 6960
    assert stable.lasts(300) == 240
