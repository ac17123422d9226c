"""Calls of the HTTP services a bot has declared.

One call is bounded in every direction: in time over all attempts together, in bytes, in redirects, and in where it may
go. What is reported of a failure names the host and never the rest of the address, which may hold a key.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from interpreter.machine.effects import CallService
from interpreter.runtime.addresses import AddressRefused, HostRefused, check_host, public_socket, read_url
from interpreter.runtime.bodies import BodyTooLarge, BodyUnreadable, read_body, take_in
from interpreter.runtime.cache import AnswerCache
from interpreter.runtime.clock import Clock
from interpreter.runtime.performer import Completed, Failed, Outcome
from interpreter.values import Value

_MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PAUSE = 0.1
"""Seconds before the second attempt; each further pause is twice as long."""
_CONNECTIONS = 500
"""At once; a call that waited for another one to end would lose of its own time."""
_OWN_HEADERS = {
    "Accept": "application/json, text/*;q=0.9, */*;q=0.5",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": "dialog-interpreter",
}


class TooManyRedirects(Exception):  # noqa: N818  named for what happened
    """The answer is a redirect, and so were the ones before."""


class HttpService:
    """Calls services over two connection pools: one that reaches the public internet only, one that is not restricted.

    A pool keeps connections open, so services that may reach private addresses must not share one with those that
    may not.
    """

    def __init__(self, clock: Clock) -> None:
        self._cache = AnswerCache(clock)
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def call(self, effect: CallService) -> Outcome:
        """The answer `{status, headers, body}` of a service, or why there is none."""
        known = self._cache.get(effect) if effect.cache else None
        if known is not None:
            return Completed(known)
        try:
            async with asyncio.timeout(effect.timeout):
                return await self._attempts(effect)
        except TimeoutError:
            return Failed("timeout", f"{_name(effect)} did not answer within {effect.timeout:g} s")

    def forget(self, effect: CallService) -> None:
        """Do not use the answer again that a call got: the bot cannot take it, and the next one may be another."""
        self._cache.forget(effect)

    async def close(self) -> None:
        """Let go of all connections."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def _attempts(self, effect: CallService) -> Outcome:
        """Try again what may succeed the next time: no connection, or a server in trouble."""
        for attempt in range(effect.retry + 1):
            if attempt:
                await asyncio.sleep(_PAUSE * 2 ** (attempt - 1))
            outcome = await self._attempt(effect)
            if not isinstance(outcome, Failed) or not _may_pass(outcome):
                break
        return outcome

    async def _attempt(self, effect: CallService) -> Outcome:
        try:
            async with self._follow(effect) as response:
                if not 200 <= response.status < 300:
                    return Failed("status", f"{_name(effect)} answered with status {response.status}", response.status)
                body = await take_in(response.content.iter_any(), response.headers.get("Content-Encoding", ""))
                answer = _answer(response, body)
        except TooManyRedirects:
            return Failed("redirects", f"{_name(effect)}: more than {_MAX_REDIRECTS} redirects")
        except HostRefused as error:
            return Failed("refused", f"{_name(effect)}: {error}")
        except BodyTooLarge as error:
            return Failed("too-large", f"{_name(effect)}: {error}")
        except BodyUnreadable as error:
            return Failed("network", f"{_name(effect)}: {error}")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _failure(effect, error)
        self._cache.put(effect, answer, len(body))
        return Completed(answer)

    @contextlib.asynccontextmanager
    async def _follow(self, effect: CallService) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer at the end of a short chain of redirects between declared hosts."""
        request, url = effect, read_url(effect.url)
        for _ in range(_MAX_REDIRECTS + 1):
            check_host(url, effect.hosts)
            async with self._send(request, url) as response:
                place = response.headers.get("Location")
                if response.status not in _REDIRECTS or place is None:
                    yield response
                    return
                request, url = _redirected(request, url, response.status, place)
        raise TooManyRedirects

    def _send(self, request: CallService, url: URL) -> contextlib.AbstractAsyncContextManager[aiohttp.ClientResponse]:
        headers = CIMultiDict(_OWN_HEADERS)
        headers.update(request.headers)
        if request.content_type is not None:
            headers.setdefault("Content-Type", request.content_type)
        return self._session(private=request.private).request(
            request.method, url, headers=headers, data=request.body, allow_redirects=False
        )

    def _session(self, *, private: bool) -> aiohttp.ClientSession:
        if private not in self._sessions:
            self._sessions[private] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(socket_factory=None if private else public_socket, limit=_CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                auto_decompress=False,
            )
        return self._sessions[private]


def _redirected(request: CallService, url: URL, status: int, place: str) -> tuple[CallService, URL]:
    """The request that a redirect asks for. Another host gets no headers of the author's: they may hold a key."""
    try:
        target = read_url(str(url.join(URL(place))))
    except ValueError as error:
        raise HostRefused("it redirects to an address that cannot be read") from error
    if url.scheme == "https" and target.scheme == "http":
        raise HostRefused("it redirects from https to http")
    if status == 303 or (status in {301, 302} and request.method == "POST"):
        request = replace(request, method="GET", body=None, content_type=None)
    if target.origin() != url.origin():
        request = replace(request, headers=())
    return request, target


def _answer(response: aiohttp.ClientResponse, body: bytes) -> Mapping[str, Value]:
    headers: dict[str, Value] = {}
    for name, value in response.headers.items():
        headers.setdefault(name.lower(), value.encode("utf-8", "replace").decode())
    return {
        "status": response.status,
        "headers": headers,
        "body": read_body(body, response.content_type, response.charset),
    }


def _failure(effect: CallService, error: Exception) -> Failed:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, AddressRefused):
        return Failed("refused", f"{_name(effect)}: {cause}")
    if isinstance(error, aiohttp.InvalidURL) or not isinstance(error, (aiohttp.ClientError, OSError)):
        return Failed("refused", f"{_name(effect)}: the request cannot be sent as it is written")
    if isinstance(error, aiohttp.ClientSSLError):
        return Failed("network", f"{_name(effect)}: no secure connection")
    if isinstance(error, aiohttp.ClientConnectionError):
        return Failed("network", f"{_name(effect)}: no connection, or it broke off")
    return Failed("network", f"{_name(effect)}: not an answer of HTTP's")


def _may_pass(failure: Failed) -> bool:
    return failure.kind == "network" or (failure.status is not None and failure.status >= 500)


def _name(effect: CallService) -> str:
    return f"{effect.service}.{effect.operation}"
