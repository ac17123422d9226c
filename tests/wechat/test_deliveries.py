from __future__ import annotations

import pytest

from interpreter.machine.events import Message
from interpreter.machine.replies import (
    Article,
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
)
from interpreter.machine.simulation import simulate, text_message
from interpreter.wechat.crypto import MessageCipher
from interpreter.wechat.deliveries import Sender
from interpreter.wechat.errors import MalformedMessage
from interpreter.wechat.messages import read_message
from interpreter.wechat.replies import write_passive
from interpreter.wechat.signature import check_signature
from interpreter.wechat.xml import read_xml

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SAFE = Sender("token", MessageCipher("token", (KEY,), "wx1"))
WORDS = [
    "subscribe",
    "subscribe shop42",
    "unsubscribe",
    "click V1",
    "view https://a.example",
    "scan 7",
    "image https://a.example/p.jpg",
    "location 30.28,120.06 西湖",
    "voice 你好",
    "video v1",
    "shortvideo v1",
    "link https://a.example 标题 ]]> <b>",
    "file 报告.pdf",
]


def said(words: str) -> Message:
    return simulate(words, user="oUser", account="gh_bot", time=1_700_000_000, id="24000000000000001")


@pytest.mark.parametrize("words", WORDS)
def test_what_is_delivered_reads_back_as_it_was_said(words: str) -> None:
    message = said(words)
    delivery = Sender("token").delivery(message, timestamp=1, nonce="n", random=b"0" * 16)
    check_signature("token", delivery.query)
    read = read_message(read_xml(delivery.body))
    assert (read.type, read.user, read.account, read.time) == (message.type, "oUser", "gh_bot", 1_700_000_000)
    assert read.text == message.text
    for name, value in message.fields.items():
        if name not in ("file_key", "text"):
            assert read.fields[name] == value, name


def test_a_text_is_delivered_whatever_it_holds() -> None:
    text = "]]> </xml> 你好 😀 &amp; <a href='x'>"
    message = text_message(text, user="u", account="a", time=1, id="1")
    assert (
        read_message(read_xml(Sender("t").delivery(message, timestamp=1, nonce="n", random=b"0" * 16).body)).text
        == text
    )


def test_in_safe_mode_nothing_of_the_message_is_in_clear() -> None:
    message = text_message("secret words", user="u", account="a", time=1, id="1")
    delivery = SAFE.delivery(message, timestamp=1, nonce="n", random=b"0" * 16)
    assert b"secret" not in delivery.body
    assert delivery.query["encrypt_type"] == "aes"
    assert SAFE.cipher is not None
    inside = SAFE.cipher.open(str(read_xml(delivery.body)["Encrypt"]), delivery.query)
    assert read_message(read_xml(inside)).text == "secret words"


REPLIES: list[Reply] = [
    TextReply("你好 ]]>"),
    ImageReply("m"),
    VoiceReply("m"),
    VideoReply("m", "t", "d"),
    MusicReply("t", "d", "https://a.example", "https://hq.example", "thumb"),
    NewsReply((Article("t", "d", "https://p.example", "https://u.example"),)),
    TransferReply(),
    TransferReply("kf@account"),
]


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: type(reply).__name__)
def test_every_reply_reads_back_as_it_was_written(reply: Reply) -> None:
    written = write_passive(said("subscribe"), [reply], 1)
    assert Sender("token").answer(written.body) == reply


@pytest.mark.parametrize("body", [b"", b"success"])
def test_silence_is_no_reply(body: bytes) -> None:
    assert Sender("token").answer(body) is None


@pytest.mark.parametrize(
    "body",
    [
        b"ok",
        b"{}",
        b"<xml><MsgType>sticker</MsgType></xml>",
        b"<xml><MsgType>news</MsgType><ArticleCount>2</ArticleCount><Articles><item><Title>a</Title></item></Articles></xml>",
        b"<xml><Encrypt>AAAA</Encrypt></xml>",
    ],
)
def test_what_wechat_would_not_understand_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedMessage):
        Sender("token").answer(body)


def test_a_verification_is_signed() -> None:
    query = Sender("token").verification(timestamp=1, nonce="n", echo="echo")
    check_signature("token", query)
    assert query["echostr"] == "echo"
