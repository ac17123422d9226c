"""WeChat's API as a small server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from interpreter.cli.doctor_platform import WeChatPlatform
from interpreter.server.diagnosis.answers import Obstacle, Unanswered
from interpreter.server.diagnosis.platform import Verdict, platform_findings
from interpreter.server.environment import Environment


def platform_at(origin: str, **variables: str) -> WeChatPlatform:
    return WeChatPlatform(Environment({"WX_API_URL": origin, **variables}))


@asynccontextmanager
async def platform(body: str, code: int = 0) -> AsyncIterator[tuple[WeChatPlatform, list[object]]]:
    asked: list[object] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(await request.json())
        return web.Response(text=body)

    async def agents(request: web.Request) -> web.Response:
        asked.append(request.query["access_token"])
        return web.json_response({"errcode": code, "errmsg": "no"} if code else {"kf_list": []})

    app = web.Application()
    app.router.add_post("/cgi-bin/stable_token", answer)
    app.router.add_get("/cgi-bin/customservice/getkflist", agents)
    server = TestServer(app)
    await server.start_server()
    yield platform_at(str(server.make_url("")).rstrip("/")), asked
    await server.close()


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ('{"access_token": "t", "expires_in": 7200}', Verdict()),
        ('{"errcode": 40125, "errmsg": "invalid appsecret rid: 1"}', Verdict(40125, "invalid appsecret")),
    ],
)
async def test_a_verdict_is_read(body: str, verdict: object) -> None:
    async with platform(body) as (asker, asked):
        assert await asker.ask("wx1", "secret", pushes=False) == verdict
    assert asked == [{"grant_type": "client_credential", "appid": "wx1", "secret": "secret", "force_refresh": False}]


@pytest.mark.parametrize("body", ["<html>", "[]", "{}"])
async def test_what_is_no_verdict_is_none(body: str) -> None:
    async with platform(body) as (asker, _):
        assert isinstance(await asker.ask("wx1", "secret", pushes=False), Unanswered)


async def test_a_platform_that_is_not_there_is_named() -> None:
    verdict = await platform_at("http://127.0.0.1:9").ask("wx1", "secret", pushes=False)
    assert isinstance(verdict, Unanswered)
    assert verdict.obstacle is Obstacle.OTHER


@pytest.mark.parametrize(("code", "verdict"), [(0, 0), (48001, 48001), (61451, 0)])
async def test_of_the_right_to_push_only_its_lack_is_told(code: int, verdict: int) -> None:
    async with platform('{"access_token": "t", "expires_in": 7200}', code) as (asker, asked):
        said = await asker.ask("wx1", "secret", pushes=True)
    assert isinstance(said, Verdict)
    assert said.code == verdict
    assert asked[-1] == "t"


async def test_a_token_may_come_from_a_relay_as_for_the_bots() -> None:
    async def token(_: web.Request) -> web.Response:
        return web.json_response({"access_token": "T", "expires_in": 7200})

    app = web.Application()
    app.router.add_get("/token", token)
    relay = TestServer(app)
    await relay.start_server()
    async with platform("{}") as (_, asked):
        found = platform_at("http://127.0.0.1:9", WX_TOKEN_URL=str(relay.make_url("/token")))
        assert await found.ask("wx1", "secret", pushes=False) == Verdict()
        assert asked == []
    await relay.close()


@pytest.mark.parametrize("name", ["WX_API_URL", "WX_API_PROXY", "WX_TOKEN_URL"])
async def test_an_address_that_cannot_be_is_said(name: str) -> None:
    verdict = await WeChatPlatform(Environment({name: "nowhere"})).ask("wx1", "secret", pushes=False)
    assert isinstance(verdict, Unanswered)
    assert name in verdict.detail


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"WX_API_URL": "http://127.0.0.1:9/{host}"}, "WX_API_URL 127.0.0.1:9"),
        ({"WX_API_PROXY": "http://127.0.0.1:9"}, "proxy 127.0.0.1:9"),
        ({"WX_TOKEN_URL": "http://127.0.0.1:9/token"}, "token relay 127.0.0.1:9"),
    ],
)
async def test_whoever_stands_before_wechat_is_named_and_not_the_network_of_this_computer(
    variables: dict[str, str], named: str
) -> None:
    (found,) = platform_findings("demo", await WeChatPlatform(Environment(variables)).ask("wx1", "s", pushes=False))
    assert found.code == "api-unreachable"
    assert f"by way of {named}: cannot be reached" in found.said.en
    assert "api.weixin.qq.com" not in found.said.en
    assert found.next_step is not None
    assert "hands requests and answers on" in found.next_step.en
