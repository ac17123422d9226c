"""Deliveries to a running server and to servers WeChat would not be content with."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from fakes.house import TOKEN, House

from interpreter.cli.delivering import NotAnswered, deliver
from interpreter.machine.replies import TextReply
from interpreter.machine.simulation import text_message
from interpreter.wechat.crypto import MessageCipher
from interpreter.wechat.deliveries import PATIENCE, Sender

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
CIPHER = MessageCipher(TOKEN, (KEY,), "wx1")


@pytest.fixture(params=["plain", "safe"])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    cipher = CIPHER if request.param == "safe" else None
    opened = House(window=None, cipher=cipher, must_encrypt=cipher is not None)
    await opened.start()
    yield opened
    await opened.client.close()


async def test_a_message_gets_the_reply_of_the_bot(house: House) -> None:
    message = text_message("hi", user="u", account="a", time=1, id="1")
    url = str(house.client.make_url("/wechat"))
    reply = await deliver(Sender(TOKEN, CIPHER if house.bot.must_encrypt else None), message, url)
    assert isinstance(reply, TextReply)
    assert await deliver(Sender(TOKEN, CIPHER if house.bot.must_encrypt else None), message, url) == reply


async def test_who_is_not_there_is_asked_again_when_the_time_of_a_delivery_is_over() -> None:
    port, rests = unused_port(), list[float]()
    failures = list[NotAnswered]()
    app = web.Application()
    app.router.add_post("/wechat", _answer)
    server = TestServer(app, port=port)

    async def rest(seconds: float) -> None:
        rests.append(seconds)
        if len(rests) == 2:
            await server.start_server()

    message, url = text_message("hi", user="u", account="a", time=1, id="1"), f"http://127.0.0.1:{port}/wechat"
    try:
        await deliver(Sender(TOKEN), message, url, attempts=3, failed=failures.append, rest=rest)
    finally:
        await server.close()
    assert rests == [PATIENCE, PATIENCE]
    assert [failure.wording.en.startswith("cannot reach") for failure in failures] == [True, True]


async def _answer(_: web.Request) -> web.Response:
    return web.Response(text="success")


async def test_the_last_delivery_is_followed_by_no_rest() -> None:
    async def rest(_: float) -> None:
        raise AssertionError

    message = text_message("hi", user="u", account="a", time=1, id="1")
    with pytest.raises(NotAnswered, match="cannot reach"):
        await deliver(Sender(TOKEN), message, f"http://127.0.0.1:{unused_port()}/", rest=rest)
