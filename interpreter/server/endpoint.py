"""The address WeChat calls: it verifies the address once, then delivers every message.

Who cannot sign gets 403 and the operator a line in the log that says why. Who signs gets 200 whatever goes wrong in
here: any other answer to the last delivery makes WeChat tell the user that the service is broken. A delivery that
another one should follow (the turn is still running, or too many are) gets 503.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from interpreter.diagnostics.wording import Wording
from interpreter.machine.replies import Reply
from interpreter.runtime.clock import Clock
from interpreter.runtime.engine import ANSWER_WITHIN, Arrival, Engine, HeldBack, Overloaded
from interpreter.server.refusals import RefusalLog
from interpreter.stores.protocol import SessionKey
from interpreter.wechat.crypto import MessageCipher
from interpreter.wechat.errors import DecryptionFailed, MalformedMessage, SignatureMismatch
from interpreter.wechat.messages import message_key, read_message
from interpreter.wechat.replies import SUCCESS, PassiveReply, write_passive
from interpreter.wechat.signature import check_signature, check_time
from interpreter.wechat.xml import MAX_BODY, read_xml

_log = logging.getLogger("interpreter.server")

BODY_SECONDS = 5.0
"""For a body to arrive; WeChat's are there at once."""
_XML_TYPES = frozenset({"", "text/xml", "application/xml", "text/plain", "application/octet-stream"})
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


@dataclass(frozen=True, slots=True)
class ServedBot:
    """A bot with all it needs to be served: its name, the path and the token of its account, and its engine.

    `window` is how many seconds the time of a message may differ from ours; None for any. With a `cipher` encrypted
    messages are opened and answered encrypted; with `must_encrypt` no others are taken.
    """

    name: str
    path: str
    token: str
    engine: Engine
    window: int | None = 300
    cipher: MessageCipher | None = None
    must_encrypt: bool = False


class Endpoint:
    """The address of one bot."""

    def __init__(
        self, bot: ServedBot, clock: Clock, refusals: RefusalLog, *, body_seconds: float = BODY_SECONDS
    ) -> None:
        self._bot = bot
        self._body_seconds = body_seconds
        self._clock = clock
        self._refusals = refusals

    async def verify(self, request: web.Request) -> web.Response:
        """Answer WeChat's question whether this is the address its owner means, or tell a visitor what it is."""
        if not any(name in request.query for name in _PARAMETERS):
            return _plain(200, _ABOUT.format(name=self._bot.name))
        try:
            check_signature(self._bot.token, request.query)
        except SignatureMismatch as error:
            return self._refuse(request, error)
        echo = request.query.get("echostr")
        return _plain(400, "echostr is missing\n") if echo is None else _plain(200, echo)

    async def receive(self, request: web.Request) -> web.Response:
        """Take a message and answer it."""
        began = time.monotonic()
        try:
            self._check_sender(request)
        except SignatureMismatch as error:
            return self._refuse(request, error)
        refused = _unacceptable(request)
        if refused is not None:
            return refused
        try:
            async with asyncio.timeout(self._body_seconds):
                body = await _read_body(request)
        except TimeoutError:
            return _plain(408, "the body did not arrive in time\n")
        if body is None:
            return _plain(413, f"at most {MAX_BODY} bytes are accepted\n")
        try:
            arrival = self._arrival(body, request.query)
        except SignatureMismatch as error:
            return self._refuse(request, error)
        except DecryptionFailed:
            return self._refuse(request, SignatureMismatch(_CANNOT_DECRYPT))
        except MalformedMessage as error:
            _log.warning("%s: a signed request is no message: %s", self._bot.name, error)
            return _plain(400, "the body is not a message of WeChat's\n")
        return await self._answer(arrival, within=ANSWER_WITHIN - (time.monotonic() - began))

    def _check_sender(self, request: web.Request) -> None:
        check_signature(self._bot.token, request.query)
        if self._bot.window is not None:
            check_time(request.query, self._clock.now().timestamp(), self._bot.window)
        if self._bot.must_encrypt and request.query.get("encrypt_type") != "aes":
            raise SignatureMismatch(_NOT_ENCRYPTED)

    def _refuse(self, request: web.Request, error: SignatureMismatch) -> web.Response:
        self._refusals.report(self._bot.name, request.method, error.reason)
        return _plain(403, "forbidden\n")

    def _arrival(self, body: bytes, query: Mapping[str, str]) -> Arrival:
        raw = read_xml(body)
        cipher = self._bot.cipher if query.get("encrypt_type") == "aes" else None
        encrypted = raw.get("Encrypt")
        if cipher is not None and isinstance(encrypted, str):
            body = cipher.open(encrypted, query)
            raw = read_xml(body)
        elif cipher is not None or self._bot.must_encrypt:
            raise DecryptionFailed
        elif self._bot.cipher is None and encrypted is not None and "MsgType" not in raw:
            raise SignatureMismatch(_NO_KEY)
        message = read_message(raw)

        def encode(replies: Sequence[Reply]) -> PassiveReply:
            now = str(int(self._clock.now().timestamp()))
            written = write_passive(message, replies, int(now))
            if cipher is None or written.body == SUCCESS:
                return written
            sealed = cipher.seal(
                written.body, random=secrets.token_bytes(16), timestamp=now, nonce=secrets.token_hex(8)
            )
            return replace(written, body=sealed)

        return Arrival(SessionKey(self._bot.name, message.user), message_key(raw, body), message, encode)

    async def _answer(self, arrival: Arrival, within: float) -> web.Response:
        try:
            body = await self._bot.engine.handle(arrival, within=within)
        except Overloaded:
            _log.warning("%s: too many turns are running; WeChat will deliver the message again", self._bot.name)
            return _plain(503, "busy\n")
        except HeldBack:
            return _plain(503, "not ready\n")
        except Exception:
            _log.exception("%s: a message was lost by a mistake of this program", self._bot.name)
            body = None
        if body is None or body == SUCCESS:
            return web.Response(body=SUCCESS, content_type="text/plain", charset="utf-8")
        return web.Response(body=body, content_type="application/xml", charset="utf-8")


def _unacceptable(request: web.Request) -> web.Response | None:
    """The refusal of a signed request that is of no kind WeChat sends."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        return _plain(415, "compressed bodies are not accepted\n")
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() not in _XML_TYPES:
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
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return web.Response(status=status, text=text, content_type="text/plain", headers=headers)
