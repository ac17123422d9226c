"""Playing WeChat: messages of a user as the requests WeChat would make of them, and its answers read back.

For `dialog-send`, and for tests of one's own. Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
from interpreter.values import Value
from interpreter.wechat.crypto import MessageCipher
from interpreter.wechat.errors import MalformedMessage
from interpreter.wechat.signature import sign
from interpreter.wechat.xml import cdata, read_xml

ATTEMPTS = 3
"""How often WeChat delivers a message that is not answered."""
PATIENCE = 5.0
"""Seconds WeChat waits for an answer."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request: what belongs behind the address, and the body."""

    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Sender:
    """An account as WeChat knows it; with a `cipher` it sends in safe mode."""

    token: str
    cipher: MessageCipher | None = None

    def delivery(self, message: Message, *, timestamp: int, nonce: str, random: bytes) -> Delivery:
        """The request that delivers a message, signed afresh each time; `random` are 16 fresh bytes."""
        when = str(timestamp)
        query = {"signature": sign(self.token, when, nonce), "timestamp": when, "nonce": nonce, "openid": message.user}
        body = message_xml(message)
        if self.cipher is None:
            return Delivery(query, body)
        encrypted = self.cipher.encrypt(body, random)
        query |= {"encrypt_type": "aes", "msg_signature": sign(self.token, when, nonce, encrypted)}
        sealed = f"<xml><ToUserName>{cdata(message.account)}</ToUserName><Encrypt>{cdata(encrypted)}</Encrypt></xml>"
        return Delivery(query, sealed.encode())

    def verification(self, *, timestamp: int, nonce: str, echo: str) -> Mapping[str, str]:
        """What WeChat asks with when an owner enters an address."""
        when = str(timestamp)
        return {"signature": sign(self.token, when, nonce), "timestamp": when, "nonce": nonce, "echostr": echo}

    def answer(self, body: bytes) -> Reply | None:
        """The reply in an answer; None for silence.

        Raises:
            MalformedMessage: WeChat would not understand it.
            SignatureMismatch, DecryptionFailed: it is encrypted for somebody else.
        """
        if body in (b"", b"success"):
            return None
        raw = read_xml(body)
        encrypted = raw.get("Encrypt")
        if isinstance(encrypted, str):
            if self.cipher is None:
                raise MalformedMessage("the answer is encrypted")
            sent = {
                "timestamp": raw.get("TimeStamp"),
                "nonce": raw.get("Nonce"),
                "msg_signature": raw.get("MsgSignature"),
            }
            raw = read_xml(self.cipher.open(encrypted, {name: str(value) for name, value in sent.items()}))
        return _reply(raw)


def message_xml(message: Message) -> bytes:
    """A message as WeChat writes it; its `raw` fields, with an id if it is no event."""
    fields: dict[str, Value] = dict(message.raw)
    if message.id and message.type != "event":
        fields["MsgId"] = message.id
    return f"<xml>{''.join(_element(name, value) for name, value in fields.items())}</xml>".encode()


def _element(name: str, value: Value) -> str:
    if isinstance(value, Mapping):
        content = "".join(_element(inner, item) for inner, item in value.items())
    elif isinstance(value, (list, tuple)):
        return "".join(_element(name, item) for item in value)
    else:
        text = "" if value is None else str(value)
        content = text if text.isascii() and text.isdigit() else cdata(text)
    return f"<{name}>{content}</{name}>"


def _reply(raw: Mapping[str, Value]) -> Reply:
    match raw.get("MsgType"):
        case "text":
            return TextReply(_text(raw, "Content"))
        case "image":
            return ImageReply(_text(_map(raw, "Image"), "MediaId"))
        case "voice":
            return VoiceReply(_text(_map(raw, "Voice"), "MediaId"))
        case "video":
            video = _map(raw, "Video")
            return VideoReply(_text(video, "MediaId"), _text(video, "Title"), _text(video, "Description"))
        case "music":
            music = _map(raw, "Music")
            names = ("Title", "Description", "MusicUrl", "HQMusicUrl", "ThumbMediaId")
            return MusicReply(*(_text(music, name) for name in names))
        case "news":
            return _news(raw)
        case "transfer_customer_service":
            return TransferReply(_text(_map(raw, "TransInfo"), "KfAccount") or None)
        case kind:
            raise MalformedMessage(f"WeChat knows no reply of type {kind!r}")


def _news(raw: Mapping[str, Value]) -> NewsReply:
    items = _map(raw, "Articles").get("item")
    articles = (
        tuple(_article(item) for item in items if isinstance(item, Mapping)) if isinstance(items, Sequence) else ()
    )
    if _text(raw, "ArticleCount") != str(len(articles)):
        raise MalformedMessage("ArticleCount is not the number of articles")
    return NewsReply(articles)


def _article(item: Mapping[str, Value]) -> Article:
    return Article(_text(item, "Title"), _text(item, "Description"), _text(item, "PicUrl"), _text(item, "Url"))


def _map(raw: Mapping[str, Value], name: str) -> Mapping[str, Value]:
    value = raw.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(raw: Mapping[str, Value], name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""
