"""Requests over HTTP. What an answer is, is decided by its bytes: WeChat's content types cannot be relied on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import IO

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from interpreter.diagnostics.wording import Wording
from interpreter.source.regular_files import open_regular
from interpreter.values import Value
from interpreter.wechat.api.errors import CallRefused, NoAnswer
from interpreter.wechat.api.requests import Body, Part, Payload, Request, Upload

HTTPS = "https://{host}"
_MAX_JSON = 16 * 1024 * 1024
_MAX_DOWNLOAD = 64 * 1024 * 1024
_CHUNK = 256 * 1024
_CONNECT = 5.0


@dataclass(frozen=True, slots=True)
class Download:
    """A file: on disk where it was asked for, else in memory."""

    content: Path | bytes = field(repr=False)
    type: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Sink:
    """Where a file goes; `watch` is told how many bytes are there, and of how many if that is known."""

    path: Path
    watch: Callable[[int, int | None], None] = lambda _, __: None


Answer = dict[str, Value] | list[Value] | Download


class Transport:
    """Sends requests. `origin` says where to: `{host}` in it stands for WeChat's host.

    A relay with a fixed address is such an origin, and so is a platform that is played in a test. Addresses without
    encryption are for the loopback only. A `proxy` only passes on what is encrypted. Failures name whom they are of:
    an origin other than WeChat's by `said_by`, which is where its owner finds it.
    """

    def __init__(
        self,
        origin: str = HTTPS,
        *,
        proxy: str | None = None,
        timeout: float = 10.0,
        file_timeout: float = 300.0,
        said_by: str = "relay",
    ) -> None:
        _check_origin(origin)
        self._relay = "" if origin == HTTPS else f"{said_by} {without_secrets(origin)}"
        self._proxy = proxy
        self._origin = origin.rstrip("/")
        self._timeout = timeout
        self._file_timeout = file_timeout
        self._session: aiohttp.ClientSession | None = None

    async def exchange(self, request: Request, token: str | None = None, sink: Sink | None = None) -> Answer:
        """The answer to a request: JSON, or a file, which goes to the sink if one is given.

        Raises:
            NoAnswer: there is none.
        """
        query = [*(() if token is None else (("access_token", token),)), *request.query]
        url = URL(self._origin.replace("{host}", request.host) + request.path).update_query(query)
        moves_file = sink is not None or isinstance(request.body, (Upload, tuple))
        seconds = self._file_timeout if moves_file else self._timeout
        return await self._within(seconds, replace(request, host=self._relay or request.host), url, sink)

    async def fetch_json(self, url: str) -> Answer:
        """What a complete address answers, such as that of a relay for tokens."""
        target = URL(url)
        request = Request("", "GET", f"token relay {without_secrets(url)}", target.path, takes_token=False)
        return await self._within(self._timeout, request, target, None)

    async def _within(self, seconds: float, request: Request, url: URL, sink: Sink | None) -> Answer:
        """The answer of an address; the request's host is whom a failure is said to be of."""
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(request, url, sink)
        except TimeoutError:
            raise NoAnswer(request.host, "timeout", _NO_ANSWER) from None
        except aiohttp.ClientProxyConnectionError as error:
            proxy = f"proxy {without_secrets(self._proxy or '')}"
            raise NoAnswer(proxy, "network", _no_connection(error), may_have_arrived=False) from None
        except aiohttp.ClientConnectorError as error:
            raise NoAnswer(request.host, "network", _no_connection(error), may_have_arrived=False) from None
        except (aiohttp.ClientError, ConnectionError, OSError) as error:
            arrived = not isinstance(error, aiohttp.ConnectionTimeoutError)
            raise NoAnswer(request.host, "network", _BROKEN, may_have_arrived=arrived) from None

    async def close(self) -> None:
        """Let go of all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _exchange(self, request: Request, url: URL, sink: Sink | None) -> Answer:
        async with (
            _content(request.body) as (data, headers),
            self._open().request(
                request.verb, url, data=data, headers=headers, proxy=self._proxy, allow_redirects=False
            ) as response,
        ):
            if response.status >= 300:
                raise NoAnswer(request.host, "status", _status(response.status), status=response.status)
            return await _read(request, response, sink)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=100),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT),
                headers={"User-Agent": "dialog-interpreter", "Accept-Encoding": "gzip, deflate"},
            )
        return self._session


@contextlib.asynccontextmanager
async def _content(
    body: Body | None,
) -> AsyncIterator[tuple[aiohttp.FormData | bytes | IO[bytes] | None, CIMultiDict[str]]]:
    """A body as aiohttp sends it; files are open while it does."""
    headers: CIMultiDict[str] = CIMultiDict()
    with contextlib.ExitStack() as files:
        match body:
            case Payload(content=content, type=kind):
                headers["Content-Type"] = kind
                yield content, headers
            case Upload():
                headers["Content-Type"] = body.type
                yield await _opened(body, files), headers
            case tuple():
                yield await _form(body, files), headers
            case _:
                yield None, headers


async def _form(parts: tuple[Part, ...], files: contextlib.ExitStack) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for part in parts:
        match part.content:
            case Upload() as file:
                content = await _opened(file, files)
                form.add_field(part.name, content, filename=file.sent_name, content_type=file.type)
            case text:
                form.add_field(part.name, text, content_type="text/plain; charset=utf-8")
    return form


async def _opened(file: Upload, files: contextlib.ExitStack) -> bytes | IO[bytes]:
    if isinstance(file.content, bytes):
        return file.content
    try:
        opened = await asyncio.to_thread(open_regular, file.content, follow_links=file.follows_links)
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        said = Wording(f"{file.name} cannot be read ({cause})", f"无法读取 {file.name}（{cause}）")
        raise CallRefused("", "arguments", said) from None
    return files.enter_context(opened)


async def _read(request: Request, response: aiohttp.ClientResponse, sink: Sink | None) -> Answer:
    chunks = response.content.iter_chunked(_CHUNK)
    first = await anext(chunks, b"")
    if _opens_json(first):
        body = first + b"".join([chunk async for chunk in _capped(request, chunks, _MAX_JSON - len(first))])
        answer = _json(body)
        if answer is not None:
            return answer
        return await _keep(request, response, _one(body), sink)
    if response.content_type == "text/html":
        raise NoAnswer(request.host, "garbled", _HTML)
    if not first and response.status != 204:
        raise NoAnswer(request.host, "garbled", _EMPTY)
    if _opens_xml(first) and request.body is not None:
        body = first + b"".join([chunk async for chunk in _capped(request, chunks, _MAX_JSON)])
        return _xml(request, body)
    if response.status == 204:
        return {}
    return await _keep(request, response, _chain(first, chunks), sink)


async def _keep(
    request: Request, response: aiohttp.ClientResponse, chunks: AsyncIterator[bytes], sink: Sink | None
) -> Download:
    disposition = response.content_disposition
    name = Path((disposition.filename if disposition else "") or "").name
    if sink is None:
        body = b"".join([chunk async for chunk in _capped(request, chunks, _MAX_DOWNLOAD)])
        return Download(body, response.content_type, name, len(body))
    into, size = sink.path, 0
    part = into.with_name(into.name + ".part")
    try:
        with await asyncio.to_thread(part.open, "wb") as file:
            async for chunk in chunks:
                await asyncio.to_thread(file.write, chunk)
                size += len(chunk)
                sink.watch(size, response.content_length)
        await asyncio.to_thread(os.replace, part, into)
    finally:
        await asyncio.to_thread(part.unlink, missing_ok=True)
    return Download(into, response.content_type, name, size)


async def _capped(request: Request, chunks: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        most -= len(chunk)
        if most < 0:
            raise NoAnswer(request.host, "too-large", _TOO_LARGE)
        yield chunk


async def _one(chunk: bytes) -> AsyncIterator[bytes]:
    yield chunk


async def _chain(first: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in chunks:
        yield chunk


def _opens_json(start: bytes) -> bool:
    return start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def _opens_xml(start: bytes) -> bool:
    return start.lstrip()[:4] == b"<xml"


def _json(body: bytes) -> dict[str, Value] | list[Value] | None:
    try:
        # control characters inside of nicknames and names of articles do occur
        answer = json.loads(body.decode("utf-8-sig", "replace"), strict=False)
    except ValueError:
        return None
    return answer if isinstance(answer, (dict, list)) else None


def _xml(request: Request, body: bytes) -> dict[str, Value]:
    from interpreter.wechat.errors import MalformedMessage
    from interpreter.wechat.xml import read_xml

    try:
        return read_xml(body)
    except MalformedMessage:
        raise NoAnswer(request.host, "garbled", _HTML) from None


def _check_origin(origin: str) -> None:
    url = URL(origin.replace("{host}", "host.invalid"))
    if url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.host or "")):
        return
    raise ValueError("the address of the API must begin with https://, but for one on this computer")


def without_secrets(address: str) -> str:
    """Where an address is: nothing of what may stand before and behind that."""
    found = _ADDRESS.fullmatch(address)
    return found["place"] if found is not None else "..."


def shown_address(address: str) -> str:
    """Scheme, host, port and path of an address; of one that may be read in two ways only the scheme."""
    found = _ADDRESS.fullmatch(address)
    if found is not None:
        return f"{found['scheme']}://{found['place']}{found['path'] or ''}"
    scheme = _SCHEME.match(address)
    return f"{scheme[0] if scheme else ''}..."


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_ADDRESS = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:[^\s@/?#\\]*@)?"
    r"(?P<place>(?:[\w.{}-]+|\[[0-9A-Fa-f:.%]+\])(?::\d{1,5})?)"
    r"(?P<path>/[^\s@?#\\]*)?(?:[?#][^\s@\\]*)?"
)
"""An address in which everything is where it seems to be: what is behind an @ or a slash may be part of a password."""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_NO_ANSWER = Wording("no answer in time", "没有在限定时间内回答")
_BROKEN = Wording("the connection broke off", "连接中断")
_HTML = Wording("the answer is not WeChat's", "回答不是微信的格式")
_EMPTY = Wording("the answer is empty", "回答是空的")
_TOO_LARGE = Wording("the answer is too large", "回答太大")


def _no_connection(error: aiohttp.ClientConnectorError) -> Wording:
    if isinstance(error, (aiohttp.ClientConnectorSSLError, aiohttp.ClientConnectorCertificateError)):
        return Wording("no secure connection", "无法建立安全连接")
    return Wording("cannot be reached", "无法连接")


def _status(status: int) -> Wording:
    return Wording(f"answered with status {status}", f"返回了状态码 {status}")
