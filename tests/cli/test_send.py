"""`dialog-send` against servers WeChat would be content with, and others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from interpreter.cli.send import send


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
        assert send(["hi", "--url", url], "en", {"WX_TOKEN": "token"}) == 1
    assert said in capsys.readouterr().err


def test_a_message_that_is_not_answered_is_delivered_again_as_the_same() -> None:
    with answering(500, b"") as (url, asked):
        assert send(["hi", "--url", url, "--retry-like-wechat"], "en", {"WX_TOKEN": "token"}) == 1
    assert len(asked) == 3
    assert len(set(asked)) == 1


def test_each_repetition_is_a_new_message(capsys: pytest.CaptureFixture[str]) -> None:
    with answering(200, b"success") as (url, asked):
        assert send(["image", "https://a.example", "--url", url, "--repeat", "3"], "en", {"WX_TOKEN": "t0k"}) == 0
    assert len(set(asked)) == 3
    assert capsys.readouterr().out == "@none\n" * 3


@pytest.mark.parametrize(
    ("arguments", "environ", "said"),
    [
        (["hi"], {}, "say the token"),
        (["image"], {"WX_TOKEN": "token"}, "after `image` comes URL"),
        (["hi", "--aes-key", "short"], {"WX_TOKEN": "token"}, "safe mode needs"),
        (["hi", "--account", "shop"], {"WX_TOKEN": "token"}, "--account is for a bot's file"),
        (["none.yaml", "hi"], {"WX_TOKEN": "token"}, "none.yaml: no bot file is there"),
        (["hi", "--repeat", "0"], {"WX_TOKEN": "token"}, "--repeat: at least one"),
        (["hi", "--url", "nonsense"], {"WX_TOKEN": "token"}, "expected an address such as http://"),
        (["none.yaml"], {"WX_TOKEN": "token"}, "what is to be sent to none.yaml?"),
    ],
)
def test_what_cannot_be_sent_is_said(
    arguments: list[str], environ: dict[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert send(arguments, "en", environ) == 2
    assert said in capsys.readouterr().err


def test_nobody_there_is_said_without_the_signature(capsys: pytest.CaptureFixture[str]) -> None:
    assert send(["hi", "--url", "http://127.0.0.1:1/wechat"], "zh", {"WX_TOKEN": "token"}) == 1
    said = capsys.readouterr().err
    assert "无法连接" in said
    assert "signature" not in said


BOT = """dialog: 1
name: tea
account: {token: $(env.TEA_TOKEN)}
rules:
  hi: hello
menu:
  今日: {key: TODAY, reply: 菜单}
  更多:
    items:
      关于: {key: ABOUT, reply: 关于我们}
"""

TEA = {"TEA_TOKEN": "abc123", "DIALOG_CACHE": "off"}


@pytest.fixture
def bot(tmp_path: Path) -> str:
    (tmp_path / "bot.yaml").write_text(BOT, encoding="utf-8")
    return str(tmp_path / "bot.yaml")


@pytest.mark.parametrize(("button", "key"), [("今日", "TODAY"), ("TODAY", "TODAY"), ("关于", "ABOUT")])
def test_a_button_is_clicked_by_its_name_or_key(bot: str, button: str, key: str) -> None:
    with answering(200, b"success") as (url, asked):
        assert send([bot, "click", button, "--url", url], "en", TEA) == 0
    assert f"<EventKey><![CDATA[{key}]]></EventKey>".encode() in asked[0]


def test_a_button_that_is_none_is_said_with_those_there_are(bot: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert send([bot, "click", "关"], "en", TEA) == 2
    said = capsys.readouterr().err
    assert "no button of the menu has the name or key `关`" in said
    assert "关于" in said
    assert "event CLICK key=关" in said


def test_repeated_events_differ(bot: str) -> None:
    with answering(200, b"success") as (url, asked):
        assert send([bot, "click", "今日", "--url", url, "--repeat", "2"], "en", TEA) == 0
    assert len(set(asked)) == 2


def test_what_begins_with_text_is_one(bot: str) -> None:
    with answering(200, b"success") as (url, asked):
        assert send(["text", bot, "click", "--url", url], "en", {"WX_TOKEN": "t0k"}) == 0
    assert f"<Content><![CDATA[{bot} click]]></Content>".encode() in asked[0]


def test_a_word_that_holds_a_space_stays_one(bot: str) -> None:
    with answering(200, b"success") as (url, asked):
        assert send([bot, "event", "CLICK", "EventKey=a  b", "--url", url], "en", TEA) == 0
    assert b"<EventKey><![CDATA[a  b]]></EventKey>" in asked[0]
