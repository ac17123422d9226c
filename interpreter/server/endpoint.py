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
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import cast

from aiohttp import web
from msgspec import Struct

from interpreter.diagnostics.wording import Wording
from interpreter.machine.events import Message
from interpreter.machine.replies import Reply
from interpreter.runtime.about import about
from interpreter.runtime.arrival import Arrival, HeldBack, Overloaded, StoreFailed
from interpreter.runtime.clock import Clock
from interpreter.runtime.engine import Engine
from interpreter.runtime.spoken_of import spoken_of
from interpreter.runtime.timing import ANSWER_WITHIN
from interpreter.runtime.waiting import pass_on
from interpreter.server.credentials import Credentials
from interpreter.server.door import Door
from interpreter.server.peers import Asked
from interpreter.server.refusals import told_of
from interpreter.server.replays import REPLAYED, Replays
from interpreter.server.tally import Refusal
from interpreter.stores.protocol import SessionKey, SharedSignatures, StoreError
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
    shared: SharedSignatures | None = None
    heard: Callable[[Message], None] | None = None


class Answer(Struct, frozen=True, gc=False):
    """What answers a message: XML, or a plain text."""

    status: int
    body: bytes
    is_xml: bool = False


_SAID_NOTHING = Answer(200, SUCCESS)
NOT_READY, STORE_FAILED, BUSY = b"not ready\n", b"store failed\n", b"busy\n"
"""Why a delivery is not answered: its turn is still running, it was not saved, or there was no room for it."""
TOO_LATE = Answer(408, b"the body did not arrive in time\n")


Awaited = asyncio.Future[Answer] | asyncio.Future[bytes | None] | asyncio.Future[Answer | bytes | None]
"""What an answer is made of (see `Endpoint.conclude`)."""


class _Refused(Exception):  # noqa: N818  named for what happened
    """A request that gets 403: why, in a word and in a sentence for the operator."""

    def __init__(self, why: Refusal, reason: Wording) -> None:
        super().__init__(why)
        self.why: Refusal = why
        self.reason = reason


class Endpoint:
    """The address of one bot."""

    def __init__(self, bot: ServedBot, clock: Clock, door: Door, *, body_seconds: float = BODY_SECONDS) -> None:
        self._bot = bot
        self.body_seconds = body_seconds
        self._clock = clock
        self._door = door
        self._readiness = door.readiness
        self._takes_all = not door.peers.allowed
        self._may_decrypt = bot.credentials.can_decrypt or bot.must_encrypt
        self._replays = Replays(clock, 2 * (bot.window or WINDOW))

    async def verify(self, request: web.Request) -> web.Response:
        """Answer WeChat's question whether this is the address its owner means, or tell a visitor what it is."""
        if not any(name in request.query for name in _PARAMETERS):
            return _plain(200, _ABOUT.format(name=self._bot.name))
        try:
            self._bot.credentials.check(request.query)
        except SignatureMismatch as error:
            return _response(self._refuse(request, "signature", told_of(request.query, error.reason)))
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
                async with asyncio.timeout(self.body_seconds):
                    body = await _read_body(request)
        except TimeoutError:
            return _response(TOO_LATE)
        if body is None:
            return _plain(413, f"at most {MAX_BODY} bytes are accepted\n")
        within = ANSWER_WITHIN - (time.monotonic() - began)
        begun = self.begin(request, request.query, body, within)
        return _response(begun if isinstance(begun, Answer) else await self._awaited(begun))

    def refusal(self, asked: Asked, query: Mapping[str, str]) -> Answer | None:
        """The answer to a message from somebody who may not send any."""
        if not (self._takes_all or self._door.peers.may_send(asked)):
            return self._refuse(asked, "address", _NOT_ALLOWED)
        bot = self._bot
        why: Refusal = "signature"
        try:
            bot.credentials.check(query)
            if bot.window is not None:
                why = "time"
                check_time(query, self._clock.timestamp(), bot.window)
        except SignatureMismatch as error:
            return self._refuse(asked, why, error.reason)
        if bot.must_encrypt and query.get("encrypt_type") != "aes":
            return self._refuse(asked, "encryption", _NOT_ENCRYPTED)
        return None

    def begin(
        self, asked: Asked, query: Mapping[str, str], body: bytes, within: float = ANSWER_WITHIN
    ) -> Answer | Awaited:
        """The answer to a message from somebody who may send it; what has to be waited for, `conclude` makes one of.

        `within` is for how many seconds.
        """
        name = self._bot.name
        try:
            raw: Raw = read_xml(body)
            cipher: MessageCipher | None = None
            if self._may_decrypt or "Encrypt" in raw:
                body, raw, cipher = self._open(body, raw, query)
            # A signature is good for one message. That of an encrypted one covers its body: nobody else can make one.
            if not self._replays.admits(query["signature"], body):
                return self._refuse(asked, "replay", REPLAYED)
            message = read_message(raw)
            arrival = Arrival(
                SessionKey(self._bot.name, message.user),
                message_key(message, body),
                message,
                partial(self._encode, message, cipher),
                is_last_delivery(message, query["timestamp"]),
            )
        except _Refused as refusal:
            return self._refuse(asked, refusal.why, refusal.reason)
        except MalformedMessage as error:
            _log.warning("%s: a signed request is no message: %s", name, error, extra=about(name, error=str(error)))
            return Answer(400, b"the body is not a message of WeChat's\n")
        if self._bot.shared is not None and cipher is None:
            return self._hand_in_once(self._bot.shared, asked, query["signature"], body, arrival, within)
        return self._hand_in(arrival, within)

    def conclude(self, ended: Awaited) -> Answer:
        """The answer to a message, now that what had to be waited for has ended."""
        try:
            outcome = ended.result()
        except Exception as failure:
            return self._unanswered(failure)
        return outcome if isinstance(outcome, Answer) else _answer(outcome)

    @property
    def is_draining(self) -> bool:
        """Whether no connection should be kept for another request."""
        return self._readiness.is_draining

    # ------------------------------------------------------------------------------------ who, and what

    def _refuse(self, asked: Asked, why: Refusal, reason: Wording) -> Answer:
        client = self._door.peers.client(asked)
        self._door.refusals.report(self._bot.name, why, reason, method=asked.method, client=client)
        return Answer(403, b"forbidden\n")

    def _open(self, body: bytes, raw: Raw, query: Mapping[str, str]) -> tuple[bytes, Raw, MessageCipher | None]:
        """A message in clear: its bytes, its elements, and the cipher it came under."""
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
            return body, read_xml(body), cipher
        if is_sealed or self._bot.must_encrypt:
            raise _Refused("decryption", _CANNOT_DECRYPT)
        if not credentials.can_decrypt and encrypted is not None and "MsgType" not in raw:
            raise _Refused("encryption", _NO_KEY)
        return body, raw, None

    def _encode(self, message: Message, cipher: MessageCipher | None, replies: Sequence[Reply]) -> PassiveReply:
        """Replies to a message as the body of the answer, under the cipher it came under."""
        now = int(self._clock.timestamp())
        written = write_passive(message, replies, now)
        if cipher is None or written.body == SUCCESS:
            return written
        sealed = cipher.seal(
            written.body, random=secrets.token_bytes(16), timestamp=str(now), nonce=secrets.token_hex(8)
        )
        return PassiveReply(sealed, written.rest, written.first)

    # ------------------------------------------------------------------------------------ the answer

    def _hand_in(self, arrival: Arrival, within: float) -> Answer | Awaited:
        """Give a message to the engine."""
        spoken_of.set(arrival.message.user)
        if self._bot.heard is not None:
            self._bot.heard(arrival.message)
        if self._readiness.is_draining:
            within = min(within, self._readiness.seconds_left - 1)
        try:
            begun = self._bot.engine.begin(arrival, within=within)
        except Exception as failure:
            return self._unanswered(failure)
        return _answer(begun) if begun is None or isinstance(begun, bytes) else begun

    def _hand_in_once(
        self, shared: SharedSignatures, asked: Asked, signature: str, body: bytes, arrival: Arrival, within: float
    ) -> asyncio.Future[Answer | bytes | None]:
        """The same, unless another process has seen the signature with another message."""
        answered: asyncio.Future[Answer | bytes | None] = asyncio.get_running_loop().create_future()
        began = time.monotonic()

        def hand_in(is_ours: bool | StoreError) -> None:
            if answered.done():  # whoever asked has gone
                return
            begun: Answer | Awaited
            try:
                if is_ours is False:
                    begun = self._refuse(asked, "replay", REPLAYED)
                else:  # if the store has failed, the turn will say so
                    begun = self._hand_in(arrival, within - (time.monotonic() - began))
            except Exception as failure:
                begun = self._unanswered(failure)
            if isinstance(begun, Answer):
                answered.set_result(begun)
            else:
                pass_on(cast("asyncio.Future[Answer | bytes | None]", begun), answered)

        seconds = 2 * (self._bot.window or WINDOW)
        holder = hashlib.sha256(body).hexdigest()
        shared.admit(signature, holder, seconds, arrival.key, arrival.message_key, hand_in)
        return answered

    async def _awaited(self, begun: Awaited) -> Answer:
        with suppress(Exception):
            await begun
        return self.conclude(begun)

    def _unanswered(self, failure: Exception) -> Answer:
        """What is said to whoever brought a message that the engine has no answer to; to be called when it fails."""
        name = self._bot.name
        match failure:
            case Overloaded():
                self._door.tally.shed(name)
                _log.warning(
                    "%s: too many turns are running; WeChat will deliver the message again", name, extra=about(name)
                )
                return Answer(503, BUSY)
            case StoreFailed():
                return Answer(503, STORE_FAILED)
            case HeldBack():
                return Answer(503, NOT_READY)
            case _:
                _log.error(
                    "%s: a message was lost by a mistake of this program", name, exc_info=failure, extra=about(name)
                )
                return _SAID_NOTHING


def _answer(body: bytes | None) -> Answer:
    return _SAID_NOTHING if body is None or body == SUCCESS else Answer(200, body, is_xml=True)


def _response(answer: Answer) -> web.Response:
    if answer.status != 200:
        return _plain(answer.status, answer.body.decode())
    return web.Response(
        body=answer.body, content_type="application/xml" if answer.is_xml else "text/plain", charset="utf-8"
    )


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
