"""Asking an address as WeChat does, and its name and certificate on the way."""

from __future__ import annotations

import asyncio
import secrets
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp

from interpreter.server.diagnosis.address import Address
from interpreter.server.diagnosis.answers import Answer, Obstacle, Unanswered
from interpreter.server.diagnosis.delivery import harmless_event
from interpreter.server.refusals import PROBE
from interpreter.wechat.deliveries import Sender

TIME_LIMIT = 10.0
"""Seconds: longer than WeChat waits, so that it can be told how slow an answer is."""
_LONGEST = 64 * 1024
_LIKE_WECHAT = {"Accept": "*/*", "User-Agent": "Mozilla/4.0", "Pragma": "no-cache"}
_CERTIFICATES: Mapping[int, Obstacle] = {
    9: Obstacle.NOT_YET,
    10: Obstacle.EXPIRED,
    18: Obstacle.SELF_SIGNED,
    19: Obstacle.SELF_SIGNED,
    20: Obstacle.CHAIN,
    21: Obstacle.CHAIN,
    62: Obstacle.OTHER_NAME,
    64: Obstacle.OTHER_NAME,
}
"""https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a server showed when a secure connection came about."""

    ends: datetime


class Visitor:
    """Asks one address. `context` says whom to trust; `limit` is how many seconds an answer may take."""

    def __init__(self, sender: Sender, *, context: ssl.SSLContext | None = None, limit: float = TIME_LIMIT) -> None:
        self._sender = sender
        self._context = context or ssl.create_default_context()
        self._limit = limit

    async def verify(self, url: str, echo: str) -> Answer | Unanswered:
        """Ask what WeChat asks when an owner enters the address."""
        return await self._verify(url, echo, self._sender, str(secrets.randbelow(10**10)))

    async def verify_wrongly(self, url: str, echo: str, sender: Sender) -> Answer | Unanswered:
        """Ask the same as somebody with another token, in a way that does not alarm whoever reads the bot's log."""
        return await self._verify(url, echo, sender, f"{PROBE}{secrets.randbelow(10**10)}")

    async def _verify(self, url: str, echo: str, sender: Sender, nonce: str) -> Answer | Unanswered:
        return await self._ask("GET", url, sender.verification(timestamp=int(time.time()), nonce=nonce, echo=echo))

    async def deliver(self, url: str, account: str) -> Answer | Unanswered:
        """Deliver the event that no bot waits for."""
        now = int(time.time())
        request = self._sender.delivery(
            harmless_event(account, now),
            timestamp=now,
            nonce=str(secrets.randbelow(10**10)),
            random=secrets.token_bytes(16),
        )
        return await self._ask("POST", url, request.query, request.body)

    async def glance(self, url: str) -> Answer | Unanswered:
        """Ask without any parameters."""
        return await self._ask("GET", url, {})

    async def _ask(
        self, method: str, url: str, query: Mapping[str, str], body: bytes | None = None
    ) -> Answer | Unanswered:
        headers = _LIKE_WECHAT | ({"Content-Type": "text/xml"} if body is not None else {})
        began = time.monotonic()
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=aiohttp.ClientTimeout(total=self._limit),
                    auto_decompress=False,
                    skip_auto_headers=("Accept-Encoding",),
                ) as session,
                session.request(
                    method,
                    url,
                    params=query,
                    data=body,
                    headers=headers,
                    allow_redirects=False,
                    ssl=self._context,
                ) as response,
            ):
                content = await response.content.read(_LONGEST)
                seen = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status, content, seen, time.monotonic() - began)
        except (aiohttp.ClientError, OSError, UnicodeError) as error:
            return obstacle_of(error)


def obstacle_of(error: Exception) -> Unanswered:
    """Why a connection failed, from what the library raised."""
    cause: BaseException = getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error
    match cause:
        case ssl.SSLCertVerificationError():
            return Unanswered(_CERTIFICATES.get(cause.verify_code, Obstacle.CHAIN), cause.verify_message)
        case ssl.SSLError():
            return Unanswered(Obstacle.TLS, getattr(cause, "reason", None) or type(cause).__name__)
        case aiohttp.ClientConnectorDNSError() | socket.gaierror() | UnicodeError():
            return Unanswered(Obstacle.DNS)
        case TimeoutError():
            return Unanswered(Obstacle.TIMEOUT)
        case ConnectionRefusedError():
            return Unanswered(Obstacle.REFUSED)
        case aiohttp.ServerDisconnectedError() | ConnectionResetError() | BrokenPipeError():
            return Unanswered(Obstacle.RESET)
        case aiohttp.ClientResponseError() | aiohttp.ClientPayloadError():
            return Unanswered(Obstacle.NOT_HTTP, type(cause).__name__)
        case OSError():
            return Unanswered(Obstacle.OTHER, cause.strerror or type(cause).__name__)
        case _:
            return Unanswered(Obstacle.OTHER, type(cause).__name__)


async def resolve(address: Address) -> tuple[str, ...] | Unanswered:
    """The IP addresses a name leads to."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return Unanswered(Obstacle.DNS)
    return tuple(dict.fromkeys(str(item[4][0]) for item in found))


async def see_certificate(
    address: Address, *, context: ssl.SSLContext | None = None, limit: float = TIME_LIMIT
) -> Certificate | Unanswered:
    """The certificate a server shows, or why no secure connection comes about."""
    try:
        async with asyncio.timeout(limit):
            _, writer = await asyncio.open_connection(
                address.host, address.port, ssl=context or ssl.create_default_context()
            )
    except OSError as error:  # a timeout is one, and so are those of `ssl` and of names
        return obstacle_of(error)
    shown = writer.get_extra_info("peercert")
    writer.transport.abort()
    return Certificate(datetime.fromtimestamp(ssl.cert_time_to_seconds(shown["notAfter"]), UTC))
