"""The address WeChat calls: it verifies the address once, then delivers every message.

Who cannot sign gets 403 and the operator a line in the log that says why. Who signs gets 200 whatever goes wrong in
here: any other answer to the last delivery makes WeChat tell the user that the service is broken. A delivery that
another one should follow (the turn is still running or was not saved, or too many are) gets 503.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web
from msgspec import Struct

from interpreter.diagnostics.wording import Wording
from interpreter.machine.events import Message
from interpreter.machine.replies import Reply
from interpreter.runtime.arrival import Arrival, HeldBack, Overloaded
from interpreter.runtime.clock import Clock
from interpreter.runtime.engine import Engine
from interpreter.runtime.spoken_of import spoken_of
from interpreter.runtime.timing import ANSWER_WITHIN
from interpreter.server.credentials import Credentials
from interpreter.server.door import Door
from interpreter.server.peers import Asked
from interpreter.server.replays import REPLAYED, Replays
from interpreter.server.tally import Refusal
from interpreter.stores.protocol import SessionKey, SharedValues, StoreError
from interpreter.wechat.crypto import MessageCipher
from interpreter.wechat.errors import DecryptionFailed, MalformedMessage, SignatureMismatch
from interpreter.wechat.messages import Raw, is_last_delivery, message_key, read_message
from interpreter.wechat.replies import SUCCESS, PassiveReply, write_passive
from interpreter.wechat.signature import WINDOW, check_time
from interpreter.wechat.xml import MAX_BODY, read_xml

_log = logging.getLogger("interpreter.server")

BODY_SECONDS = 5.0
"""For a body to arrive; WeChat's are there at once."""
_XML_TYPES = frozenset({"", "text/xml", "application/xml", "text/plain", "application/octet-stream"})
NOT_KEPT = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
"""Headers of whatever is no message."""
_PARAMETERS = ("signature", "timestamp", "nonce", "echostr")
_ABOUT = (
    "This address receives messages from WeChat for the bot {name}. There is nothing to see here.\n"
    "这是微信机器人 {name} 的消息接收地址，无需用浏览器访问。\n"
)


_NOT_ENCRYPTED = Wording(
    "a message came in clear, but the account's encryption is `safe`: choose 安全模式 in WeChat's console",
    "收到明文消息，但本账号要求加密（safe）：请在微信后台选择安全模式",
)
_NO_KEY = Wording(
    "an encrypted message came, but the account has no key for it: choose 明文模式 in WeChat's console, or give "
    "`aes_key` and `app_id` and set `encryption: safe`",
    "收到加密消息，但本账号没有密钥：请在微信后台选择明文模式，或设置 aes_key、app_id 和 `encryption: safe`",
)
_CANNOT_DECRYPT = Wording(
    "an encrypted message cannot be opened: the EncodingAESKey or the AppID differs from WeChat's console",
    "加密消息无法解密：EncodingAESKey 或 AppID 与微信后台不一致",
)


_NOT_ALLOWED = Wording(
    "its address is not one of those messages are taken from (--allow-from); behind a proxy, name that with "
    "--trust-proxy",
    "来源地址不在允许范围内（--allow-from）；如在代理之后，请用 --trust-proxy 指定代理",
)


@dataclass(frozen=True, slots=True)
class ServedBot:
    """A bot with all it needs to be served: its name, the path and the secrets of its account, and its engine.

    `window` is how many seconds the time of a message may differ from ours; None for any. With `must_encrypt` no
    messages in clear are taken. `shared` knows the signatures that other processes have seen. `heard` is told of each
    delivery of a message.
    """

    name: str
    path: str
    credentials: Credentials
    engine: Engine
    window: int | None = WINDOW
    must_encrypt: bool = False
    shared: SharedValues | None = None
    heard: Callable[[Message], None] | None = None


class Answer(Struct, frozen=True):
    """What answers a message: XML, or a plain text."""

    status: int
    body: bytes
    is_xml: bool = False


class _Refused(Exception):  # noqa: N818  named for what happened
    """A request that gets 403: why, in a word and in a sentence for the operator."""

    def __init__(self, why: Refusal, reason: Wording) -> None:
        super().__init__(why)
        self.why: Refusal = why
        self.reason = reason


class _Delivery(Struct, frozen=True):
    """A message in clear: its bytes, its elements, and the cipher it came under."""

    body: bytes
    raw: Raw
    cipher: MessageCipher | None = None


class Endpoint:
    """The address of one bot."""

    def __init__(self, bot: ServedBot, clock: Clock, door: Door, *, body_seconds: float = BODY_SECONDS) -> None:
        self._bot = bot
        self._body_seconds = body_seconds
        self._clock = clock
        self._door = door
        self._replays = Replays(clock, 2 * (bot.window or WINDOW))

    async def verify(self, request: web.Request) -> web.Response:
        """Answer WeChat's question whether this is the address its owner means, or tell a visitor what it is."""
        if not any(name in request.query for name in _PARAMETERS):
            return _plain(200, _ABOUT.format(name=self._bot.name))
        try:
            self._bot.credentials.check(request.query)
        except SignatureMismatch as error:
            return _response(self._refuse(request, "signature", error.reason))
        echo = request.query.get("echostr")
        return _plain(400, "echostr is missing\n") if echo is None else _plain(200, echo)

    async def receive(self, request: web.Request) -> web.Response:
        """Take a message and answer it."""
        began = time.monotonic()
        refusal = self.refusal(request, request.query)
        if refusal is not None:
            return _response(refusal)
        refused = _unacceptable(request)
        if refused is not None:
            return refused
        try:
            if request.content.is_eof():  # it came with its head, as WeChat's do
                body = await _read_body(request)
            else:
                async with asyncio.timeout(self._body_seconds):
                    body = await _read_body(request)
        except TimeoutError:
            return _plain(408, "the body did not arrive in time\n")
        if body is None:
            return _plain(413, f"at most {MAX_BODY} bytes are accepted\n")
        return _response(await self.answer(request, request.query, body, began))

    def refusal(self, asked: Asked, query: Mapping[str, str]) -> Answer | None:
        """The answer to a message from somebody who may not send any."""
        if not self._door.peers.may_send(asked):
            return self._refuse(asked, "address", _NOT_ALLOWED)
        try:
            self._check_query(query)
        except _Refused as refusal:
            return self._refuse(asked, refusal.why, refusal.reason)
        return None

    async def answer(self, asked: Asked, query: Mapping[str, str], body: bytes, began: float) -> Answer:
        """The answer to a message from somebody who may send it, which began to come in at that time."""
        try:
            delivery = self._open(body, query)
            self._admit(query, delivery)
            if self._bot.shared is not None and delivery.cipher is None:
                await self._admit_everywhere(self._bot.shared, query["signature"], delivery.body)
            arrival = self._arrival(delivery, query)
        except _Refused as refusal:
            return self._refuse(asked, refusal.why, refusal.reason)
        except MalformedMessage as error:
            _log.warning("%s: a signed request is no message: %s", self._bot.name, error)
            return Answer(400, b"the body is not a message of WeChat's\n")
        return await self._answer(arrival, began)

    @property
    def answers_at_once(self) -> bool:
        """Whether most answers are there without waiting, and their making needs no task until it waits."""
        return self._bot.shared is None and self._bot.engine.answers_at_once

    @property
    def is_draining(self) -> bool:
        """Whether no connection should be kept for another request."""
        return self._door.readiness.is_draining

    # ------------------------------------------------------------------------------------ who, and what

    def _check_query(self, query: Mapping[str, str]) -> None:
        try:
            self._bot.credentials.check(query)
        except SignatureMismatch as error:
            raise _Refused("signature", error.reason) from None
        if self._bot.window is not None:
            try:
                check_time(query, self._clock.now().timestamp(), self._bot.window)
            except SignatureMismatch as error:
                raise _Refused("time", error.reason) from None
        if self._bot.must_encrypt and query.get("encrypt_type") != "aes":
            raise _Refused("encryption", _NOT_ENCRYPTED)

    def _refuse(self, asked: Asked, why: Refusal, reason: Wording) -> Answer:
        client = self._door.peers.client(asked)
        self._door.refusals.report(self._bot.name, why, reason, method=asked.method, client=client)
        return Answer(403, b"forbidden\n")

    def _open(self, body: bytes, query: Mapping[str, str]) -> _Delivery:
        """What was sent, decrypted if it has to be."""
        raw = read_xml(body)
        credentials = self._bot.credentials
        is_sealed = credentials.can_decrypt and query.get("encrypt_type") == "aes"
        encrypted = raw.get("Encrypt")
        if is_sealed and isinstance(encrypted, str):
            try:
                body, cipher = credentials.open(encrypted, query)
            except SignatureMismatch as error:
                raise _Refused("signature", error.reason) from None
            except DecryptionFailed:
                raise _Refused("decryption", _CANNOT_DECRYPT) from None
            return _Delivery(body, read_xml(body), cipher)
        if is_sealed or self._bot.must_encrypt:
            raise _Refused("decryption", _CANNOT_DECRYPT)
        if not credentials.can_decrypt and encrypted is not None and "MsgType" not in raw:
            raise _Refused("encryption", _NO_KEY)
        return _Delivery(body, raw)

    def _admit(self, query: Mapping[str, str], delivery: _Delivery) -> None:
        """A signature is good for one message. That of an encrypted one covers its body: nobody else can make one."""
        if not self._replays.admits(query["signature"], delivery.body):
            raise _Refused("replay", REPLAYED)

    async def _admit_everywhere(self, shared: SharedValues, signature: str, body: bytes) -> None:
        """The same for all processes."""
        name, holder = f"signature:{signature}", hashlib.sha256(body).hexdigest()
        seconds = 2 * (self._bot.window or WINDOW)
        try:
            is_ours = await shared.lease(name, holder, self._clock.now(), seconds)
        except StoreError:  # the turn will say so
            return
        if not is_ours:
            raise _Refused("replay", REPLAYED)

    def _arrival(self, delivery: _Delivery, query: Mapping[str, str]) -> Arrival:
        message, cipher = read_message(delivery.raw), delivery.cipher

        def encode(replies: Sequence[Reply]) -> PassiveReply:
            now = str(int(self._clock.now().timestamp()))
            written = write_passive(message, replies, int(now))
            if cipher is None or written.body == SUCCESS:
                return written
            sealed = cipher.seal(
                written.body, random=secrets.token_bytes(16), timestamp=now, nonce=secrets.token_hex(8)
            )
            return PassiveReply(sealed, written.rest, written.first)

        key = SessionKey(self._bot.name, message.user)
        is_last = is_last_delivery(message, query["timestamp"])
        return Arrival(key, message_key(delivery.raw, delivery.body), message, encode, is_last)

    # ------------------------------------------------------------------------------------ the answer

    async def _answer(self, arrival: Arrival, began: float) -> Answer:
        spoken_of.set(arrival.message.user)
        if self._bot.heard is not None:
            self._bot.heard(arrival.message)
        within = min(ANSWER_WITHIN - (time.monotonic() - began), self._door.readiness.seconds_left - 1)
        try:
            body = await self._bot.engine.handle(arrival, within=within)
        except Overloaded:
            self._door.tally.shed(self._bot.name)
            _log.warning("%s: too many turns are running; WeChat will deliver the message again", self._bot.name)
            return Answer(503, b"busy\n")
        except HeldBack:
            return Answer(503, b"not ready\n")
        except Exception:
            _log.exception("%s: a message was lost by a mistake of this program", self._bot.name)
            body = None
        return _answer(body)


def _response(answer: Answer) -> web.Response:
    if answer.status != 200:
        return _plain(answer.status, answer.body.decode())
    return web.Response(
        body=answer.body, content_type="application/xml" if answer.is_xml else "text/plain", charset="utf-8"
    )


def _answer(body: bytes | None) -> Answer:
    if body is None or body == SUCCESS:
        return Answer(200, SUCCESS)
    return Answer(200, body, is_xml=True)


def may_be_xml(content_type: str) -> bool:
    """Whether a header of this value can stand before a message."""
    return content_type.partition(";")[0].strip().lower() in _XML_TYPES


def _unacceptable(request: web.Request) -> web.Response | None:
    """The refusal of a signed request that is of no kind WeChat sends."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        return _plain(415, "compressed bodies are not accepted\n")
    if not may_be_xml(request.headers.get("Content-Type", "")):
        return _plain(415, "only XML is accepted\n")
    if request.content_length is not None and request.content_length > MAX_BODY:
        return _plain(413, f"at most {MAX_BODY} bytes are accepted\n")
    return None


async def _read_body(request: web.Request) -> bytes | None:
    """The body, or None when it is too large."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


def _plain(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text, content_type="text/plain", headers=NOT_KEPT)
