"""Running the application on a port until somebody asks it to stop."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from interpreter.diagnostics.wording import Wording
from interpreter.server.errors import CannotListen

_BACKLOG = 1024
_DRAIN_SECONDS = 6.0
"""A turn has 4.5 s; a request that is being answered is answered."""


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


async def serve(app: web.Application, host: str, port: int, ready: Callable[[str, int], None]) -> signal.Signals:
    """Serve until SIGINT or SIGTERM, and say which it was; `ready` is called once requests are accepted.

    Raises:
        CannotListen: the port is taken, forbidden or not of this computer.
    """
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[signal.Signals] = loop.create_future()
    runner = web.AppRunner(app, shutdown_timeout=_DRAIN_SECONDS, **PROTOCOL)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, _stop, stopped, number)
        ready(*runner.addresses[0][:2])
        return await stopped
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port, backlog=_BACKLOG).start()
    except OSError as error:
        raise CannotListen(_why(error, host, port)) from error


def _stop(stopped: asyncio.Future[signal.Signals], number: signal.Signals) -> None:
    if not stopped.done():
        stopped.set_result(number)


def _why(error: OSError, host: str, port: int) -> Wording:
    match error.errno:
        case errno.EADDRINUSE:
            return Wording(
                f"port {port} is taken by another program; stop it, or take another port with --port",
                f"端口 {port} 已被其他程序占用；请停止该程序，或用 --port 换一个端口",
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
