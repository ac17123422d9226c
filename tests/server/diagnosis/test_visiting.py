"""Asking real servers: what comes back, and why nothing does."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import aiohttp
import pytest
from fakes.certificates import Authority
from fakes.proxies import Proxy

from interpreter.server.diagnosis.address import Address, read_address
from interpreter.server.diagnosis.answers import Answer, Obstacle, Unanswered
from interpreter.server.diagnosis.visiting import Certificate, Visitor, obstacle_of, resolve, see_certificate
from interpreter.wechat.deliveries import Sender

SENDER = Sender("abc123")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@asynccontextmanager
async def serving(spoil: str, context: ssl.SSLContext | None = None) -> AsyncIterator[Address]:
    proxy = Proxy("http://127.0.0.1:9", spoil)
    address = read_address(await proxy.start(context))
    assert address is not None
    try:
        yield address
    finally:
        await proxy.close()


@asynccontextmanager
async def saying(words: bytes) -> AsyncIterator[Address]:
    """A server that says some bytes to everybody."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(words)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    address = read_address(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/wechat")
    assert address is not None
    async with server:
        yield address


async def test_an_answer_is_taken_as_it_comes() -> None:
    async with serving("answers everybody") as address:
        answer = await Visitor(SENDER).verify(address.text, "42")
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"42", "text/plain; charset=utf-8")
    assert "date" in answer.headers


async def test_redirects_are_not_followed() -> None:
    async with serving("redirects to a login") as address:
        answer = await Visitor(SENDER).glance(address.text)
    assert isinstance(answer, Answer)
    assert (answer.status, answer.headers["location"]) == (302, "/login")


@pytest.mark.parametrize(
    ("words", "obstacle"),
    [(b"", Obstacle.RESET), (b"SSH-2.0-OpenSSH_9.2\r\n", Obstacle.NOT_HTTP)],
)
async def test_what_is_no_http_is_named(words: bytes, obstacle: Obstacle) -> None:
    async with saying(words) as address:
        answer = await Visitor(SENDER).glance(address.text)
    assert isinstance(answer, Unanswered)
    assert answer.obstacle is obstacle


async def test_an_answer_that_does_not_come_is_not_waited_for() -> None:
    async with serving("is silent") as address:
        answer = await Visitor(SENDER, limit=0.2).deliver(address.text, "tea")
    assert answer == Unanswered(Obstacle.TIMEOUT)


async def test_tls_where_there_is_none_is_named() -> None:
    async with saying(b"HTTP/1.1 400 Bad Request\r\n\r\n") as address:
        answer = await Visitor(SENDER, limit=1.0).glance(address.text.replace("http:", "https:"))
    assert isinstance(answer, Unanswered)
    assert answer.obstacle in {Obstacle.TLS, Obstacle.TIMEOUT, Obstacle.RESET}


@pytest.mark.parametrize(
    ("settings", "obstacle"),
    [
        ({"days": -0.1}, Obstacle.EXPIRED),
        ({"begins": 1}, Obstacle.NOT_YET),
        ({"name": "other.example.com"}, Obstacle.OTHER_NAME),
        ({"name": "127.0.0.2"}, Obstacle.OTHER_NAME),
        ({"is_signed": False}, Obstacle.SELF_SIGNED),
    ],
)
async def test_a_bad_certificate_is_named(
    authority: Authority, settings: dict[str, object], obstacle: Obstacle
) -> None:
    async with serving("answers everybody", authority.server(**settings)) as address:  # type: ignore[arg-type]
        seen = await see_certificate(address, context=authority.trusted)
        answer = await Visitor(SENDER, context=authority.trusted).verify(address.text, "42")
    for result in (seen, answer):
        assert isinstance(result, Unanswered)
        assert result.obstacle is obstacle


async def test_an_authority_nobody_knows_is_named(authority: Authority) -> None:
    async with serving("answers everybody", authority.server()) as address:
        seen = await see_certificate(address)
    assert isinstance(seen, Unanswered)
    assert seen.obstacle is Obstacle.CHAIN


async def test_a_good_certificate_says_when_it_ends(authority: Authority) -> None:
    async with serving("answers everybody", authority.server(days=10)) as address:
        seen = await see_certificate(address, context=authority.trusted)
        answer = await Visitor(SENDER, context=authority.trusted).verify(address.text, "42")
    assert isinstance(seen, Certificate)
    assert 9 <= (seen.ends - datetime.now(UTC)).days <= 10
    assert isinstance(answer, Answer)


async def test_a_server_that_refuses_has_no_certificate() -> None:
    address = read_address("https://127.0.0.1:9/")
    assert address is not None
    assert await see_certificate(address) == Unanswered(Obstacle.REFUSED)


@pytest.mark.parametrize("name", ["nobody.invalid", "a" * 70 + ".example"])
async def test_a_name_that_leads_nowhere_is_named(name: str) -> None:
    address = read_address(f"https://{name}/wechat")
    assert address is not None
    assert await resolve(address) == Unanswered(Obstacle.DNS)
    answer = await Visitor(SENDER).glance(address.text)
    assert isinstance(answer, Unanswered)


async def test_a_name_leads_to_addresses() -> None:
    address = read_address("http://localhost/")
    assert address is not None
    found = await resolve(address)
    assert not isinstance(found, Unanswered)
    assert set(found) & {"127.0.0.1", "::1"}


@pytest.mark.parametrize(
    ("error", "obstacle"),
    [
        (TimeoutError(), Obstacle.TIMEOUT),
        (ConnectionRefusedError(), Obstacle.REFUSED),
        (ConnectionResetError(), Obstacle.RESET),
        (socket.gaierror(-2, "unknown"), Obstacle.DNS),
        (ssl.SSLError(1, "no shared cipher"), Obstacle.TLS),
        (OSError(113, "No route to host"), Obstacle.OTHER),
        (aiohttp.InvalidURL("x"), Obstacle.OTHER),
    ],
)
def test_an_error_is_an_obstacle(error: Exception, obstacle: Obstacle) -> None:
    assert obstacle_of(error).obstacle is obstacle
