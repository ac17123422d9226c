"""A port, the connections that come in there, and how much patience there is with them."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from interpreter.diagnostics.wording import Wording
from interpreter.server.errors import CannotListen

_BACKLOG = 1024
_HEADER_SECONDS = 5.0
"""For the head of a request to come in."""


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether a failure of the HTTP library is worth a line: not that a stranger sent something that is no HTTP."""
    strangers = HttpProcessingError, web.RequestPayloadError
    return record.exc_info is None or not isinstance(record.exc_info[1], strangers)


_log = logging.getLogger("interpreter.server.http")
_log.addFilter(_is_ours)

PROTOCOL: Mapping[str, Any] = {  # aiohttp takes these as any keywords
    "access_log": None,
    "auto_decompress": False,
    "logger": _log,
    "keepalive_timeout": 30.0,
    "lingering_time": 1.0,
}
"""How connections are kept: what is left of a refused body is read for a second at most, and never unpacked."""


class Newcomers:
    """Connections on which a request is awaited. Who takes too long to ask is shown out.

    The first request has to come in so soon after the connection, any other so soon after its own first byte; until
    that a connection is idle, and kept for as long as `PROTOCOL` says.
    """

    def __init__(self, seconds: float = _HEADER_SECONDS) -> None:
        self.seconds = seconds
        self._visits: dict[web.RequestHandler, _Visit] = {}

    def __len__(self) -> int:
        return sum(visit.is_awaited for visit in self._visits.values())

    def welcome(self, make: Callable[[], web.RequestHandler]) -> Callable[[], asyncio.Protocol]:
        """A maker of connections that makes them newcomers."""

        def made() -> asyncio.Protocol:
            connection = make()
            visit = self._visits[connection] = _Visit(connection, self.seconds, self._visits.pop)
            return visit

        return made

    @web.middleware
    async def greet(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """A middleware: something was asked."""
        visit = self._visits.get(request.protocol)
        if visit is None:
            return await handler(request)
        visit.begin_answer()
        try:
            return await handler(request)
        finally:
            visit.end_answer()


class _Visit(asyncio.Protocol):
    """A connection in front of the HTTP library's; it looks at the time only."""

    def __init__(self, inner: web.RequestHandler, seconds: float, gone: Callable[[web.RequestHandler], object]) -> None:
        self._inner = inner
        self._seconds = seconds
        self._gone = gone
        self._is_busy = False
        self._timer: asyncio.TimerHandle | None = None
        self._await_request()

    @property
    def is_awaited(self) -> bool:
        """Whether a request should have come in before long."""
        return self._timer is not None

    def begin_answer(self) -> None:
        """The request has come in."""
        self._is_busy = True
        self._stop()

    def end_answer(self) -> None:
        """Whatever comes now is another request."""
        self._is_busy = False

    def _await_request(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._give_up)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        self._inner.force_close()

    # ------------------------------------------------------------------------------------ what a transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._inner.connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._stop()
        self._gone(self._inner)
        self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._is_busy and self._timer is None:
            self._await_request()
        self._inner.data_received(data)

    def eof_received(self) -> None:
        self._inner.eof_received()

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()


async def listen(
    make: Callable[[], asyncio.Protocol], host: str, port: int, *, shared: bool = False, option: str = "--port"
) -> asyncio.Server:
    """Accept connections at an address; with `shared`, other processes of this user may do so too.

    `option` is what names another port.

    Raises:
        CannotListen: the port is taken, forbidden or not of this computer.
    """
    loop = asyncio.get_running_loop()
    try:
        return await loop.create_server(make, host, port, backlog=_BACKLOG, reuse_port=shared or None)
    except OSError as error:
        raise CannotListen(why_not(error, host, port, option)) from error


def share_port(host: str, port: int, *, option: str = "--port") -> socket.socket:
    """Hold a port for processes that will listen on it together, and let nobody else have it.

    Raises:
        CannotListen: the port is taken, forbidden or not of this computer, or ports cannot be shared here.
    """
    if not hasattr(socket, "SO_REUSEPORT"):
        raise CannotListen(
            Wording(
                "this system does not let several processes share a port; start one process for each port, "
                "behind a web server",
                "本系统不支持多个进程共用一个端口；请让每个进程使用各自的端口，并由网页服务器转发",
            )
        )
    held: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        held = socket.socket(family, kind, protocol)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(address)
    except OSError as error:
        if held is not None:
            held.close()
        raise CannotListen(why_not(error, host, port, option)) from error
    return held


def why_not(error: OSError, host: str, port: int, option: str = "--port") -> Wording:
    """Why an address cannot be had, and what to do; `option` names another port."""
    match error.errno:
        case errno.EADDRINUSE:
            return Wording(
                f"port {port} is taken by another program; stop it, or take another port with {option}",
                f"端口 {port} 已被其他程序占用；请停止该程序，或用 {option} 换一个端口",
            )
        case errno.EACCES:
            return Wording(
                f"this user may not open port {port}; take one above 1023 and let a web server forward to it",
                f"当前用户无权使用端口 {port}；请使用 1023 以上的端口，并由网页服务器转发",
            )
        case errno.EADDRNOTAVAIL:
            return Wording(f"{host} is not an address of this computer", f"{host} 不是本机的地址")
        case _:
            return Wording(
                f"cannot listen on {host}:{port}: {error.strerror}", f"无法监听 {host}:{port}：{error.strerror}"
            )
