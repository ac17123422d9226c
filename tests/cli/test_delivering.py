"""Deliveries to a running server and to servers WeChat would not be content with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from fakes.house import TOKEN, House
from support.ports import free_port

from interpreter.cli.delivering import NotAnswered, deliver
from interpreter.diagnostics.wording import Wording
from interpreter.machine.replies import TextReply
from interpreter.machine.simulation import text_message
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import Commit, Committed, Saved, StoreUnavailable
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
    port, rests = free_port(), list[float]()
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
        await deliver(Sender(TOKEN), message, f"http://127.0.0.1:{free_port()}/", rest=rest)


class Full(MemoryStore):
    """Saves nothing any more."""

    def commit_soon(self, turn: Commit, then: Saved) -> Committed | None:  # noqa: ARG002
        raise StoreUnavailable("the disk is full")

    async def commit(self, turn: Commit) -> Committed:  # noqa: ARG002
        raise StoreUnavailable("the disk is full")


async def test_of_a_store_that_fails_it_is_said_and_silence_after_that_is_no_answer() -> None:
    house, failures = House(window=None, store=Full()), list[NotAnswered]()
    await house.start()
    url = str(house.client.make_url("/wechat"))
    first, second = (text_message("hi", user="u", account="a", time=1, id=id) for id in "12")
    with pytest.raises(NotAnswered, match="the bot's store fails, so that the turn was not saved"):
        await deliver(Sender(TOKEN), first, url)
    with pytest.raises(NotAnswered, match="silence, after a delivery whose turn the store could not save"):
        await deliver(Sender(TOKEN), second, url, attempts=3, failed=failures.append)
    assert len(failures) == 2
    await house.client.close()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"not ready\n", "503: the turn is still running"),
        (b"busy\n", "503: too many turns are running"),
        (b"<html>Service Unavailable", "503, and not from the bot"),
    ],
)
async def test_why_there_is_no_answer_yet_is_said(body: bytes, said: str) -> None:
    with pytest.raises(NotAnswered, match=said):
        await answered_with(web.Response(status=503, body=body))


@pytest.mark.parametrize(
    ("seconds", "said", "zh"),
    [
        (600, "this computer's clock is (5[4-9]|6[0-5])[0-9] s behind the bot's", "慢"),
        (-600, "this computer's clock is (5[4-9]|6[0-5])[0-9] s ahead of the bot's", "快"),
        (0, "Compare --token, --aes-key and --app-id with those of the bot, and this computer's clock", "时钟"),
    ],
)
async def test_of_a_refusal_the_clock_is_told_when_it_differs(seconds: int, said: str, zh: str) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    with pytest.raises(NotAnswered, match=said) as refused:
        await answered_with(web.Response(status=403, headers={"Date": date}))
    assert zh in refused.value.wording.zh


async def test_who_knows_better_says_why_nobody_is_at_an_address() -> None:
    with pytest.raises(NotAnswered, match="with the bot's file it is found"):
        await answered_with(web.Response(status=404))
    with pytest.raises(NotAnswered, match="nowhere"):
        await answered_with(web.Response(status=404), not_found=Wording("nowhere", "没有"))


async def answered_with(response: web.Response, not_found: Wording | None = None) -> None:
    """Deliver a message to a server that answers so."""

    async def answer(_: web.Request) -> web.Response:
        return response

    app = web.Application()
    app.router.add_post("/wechat", answer)
    server = TestServer(app)
    await server.start_server()
    message = text_message("hi", user="u", account="a", time=1, id="1")
    try:
        await deliver(Sender(TOKEN), message, str(server.make_url("/wechat")), not_found=not_found)
    finally:
        await server.close()
