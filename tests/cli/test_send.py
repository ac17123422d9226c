"""`dialog-send` against a running server and against servers WeChat would not be content with."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fakes.house import TOKEN, House

from interpreter.cli import send as sending
from interpreter.machine.replies import TextReply
from interpreter.machine.simulation import text_message
from interpreter.wechat.crypto import MessageCipher
from interpreter.wechat.deliveries import Sender

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
    reply = await sending.deliver(Sender(TOKEN, CIPHER if house.bot.must_encrypt else None), message, url)
    assert isinstance(reply, TextReply)
    assert await sending.deliver(Sender(TOKEN, CIPHER if house.bot.must_encrypt else None), message, url) == reply


@contextmanager
def answering(status: int, body: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives one answer to everything, and what it was asked."""
    asked: list[bytes] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/wechat", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (403, b"", "the bot refuses the message"),
        (404, b"", "no bot has this path"),
        (500, b"", "status 500, WeChat wants 200"),
        (200, b"{}", "the answer is none to WeChat"),
    ],
)
def test_an_answer_wechat_would_not_take_is_a_failure(
    status: int, body: bytes, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering(status, body) as (url, _):
        assert sending.send(["hi", "--url", url], "en", {"WX_TOKEN": "token"}) == 1
    assert said in capsys.readouterr().err


def test_a_message_that_is_not_answered_is_delivered_again_as_the_same() -> None:
    with answering(500, b"") as (url, asked):
        assert sending.send(["hi", "--url", url, "--retry-like-wechat"], "en", {"WX_TOKEN": "token"}) == 1
    assert len(asked) == 3
    assert len(set(asked)) == 1


def test_each_repetition_is_a_new_message(capsys: pytest.CaptureFixture[str]) -> None:
    with answering(200, b"success") as (url, asked):
        assert (
            sending.send(["image", "https://a.example", "--url", url, "--repeat", "3"], "en", {"WX_TOKEN": "t0k"}) == 0
        )
    assert len(set(asked)) == 3
    assert capsys.readouterr().out == "@none\n" * 3


@pytest.mark.parametrize(
    ("arguments", "environ", "said"),
    [
        (["hi"], {}, "say the token"),
        (["image"], {"WX_TOKEN": "token"}, "after `image` comes URL"),
        (["hi", "--aes-key", "short"], {"WX_TOKEN": "token"}, "safe mode needs"),
    ],
)
def test_what_cannot_be_sent_is_said(
    arguments: list[str], environ: dict[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sending.send(arguments, "en", environ) == 2
    assert said in capsys.readouterr().err


def test_nobody_there_is_said_without_the_signature(capsys: pytest.CaptureFixture[str]) -> None:
    assert sending.send(["hi", "--url", "http://127.0.0.1:1/wechat"], "zh", {"WX_TOKEN": "token"}) == 1
    said = capsys.readouterr().err
    assert "无法连接" in said
    assert "signature" not in said
