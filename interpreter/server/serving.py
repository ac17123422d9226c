"""Running the application on a port until somebody asks it to stop.

Asked by SIGTERM it says at once that it is not ready any more, but takes messages for another second, so that whoever
sends them can learn of it and nobody finds the door slammed; then it finishes what it has begun. Asked by SIGINT, as
by a person at the keyboard, or a second time, it does without that second.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable

from aiohttp import web

from interpreter.server.app import ENDPOINTS, READINESS
from interpreter.server.fast_path import FastPath, is_there
from interpreter.server.listening import PROTOCOL, Newcomers, listen
from interpreter.server.readiness import DRAIN_SECONDS

__all__ = ["PROTOCOL", "Stop", "serve"]

_GRACE_SECONDS = 1.0
_LAST_SECONDS = 1.0
"""Of what there is to finish in, those that are left for the answer to a message whose body came last."""


class Stop:
    """The wish that a server ends, whoever utters it."""

    def __init__(self) -> None:
        self._first: asyncio.Future[signal.Signals] = asyncio.get_running_loop().create_future()
        self._again = asyncio.Event()

    def ask(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Wish for the end; twice means at once."""
        if self._first.done():
            self._again.set()
        else:
            self._first.set_result(number)

    async def asked(self) -> signal.Signals:
        """Wait until it is wished for; how."""
        return await asyncio.shield(self._first)

    async def grace(self) -> None:
        """Let a second pass in which messages are still taken."""
        if self._first.result() is signal.SIGTERM:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._again.wait(), _GRACE_SECONDS)


async def serve(
    app: web.Application,
    host: str,
    port: int,
    ready: Callable[[str, int], None],
    *,
    stop: Stop | None = None,
    shared: bool = False,
) -> signal.Signals:
    """Serve until SIGINT or SIGTERM, and say which it was; `ready` is called once requests are accepted.

    Raises:
        CannotListen: the port is taken, forbidden or not of this computer.
    """
    loop = asyncio.get_running_loop()
    stop, newcomers = stop or Stop(), Newcomers()
    fast: FastPath | None = None
    app.middlewares.append(newcomers.greet)

    async def finish(app: web.Application) -> None:
        app[READINESS].drain()
        if fast is not None:
            await fast.finish(app[READINESS].seconds_left - _LAST_SECONDS)

    app.on_shutdown.insert(0, finish)  # before the engines take no more turns
    runner = web.AppRunner(app, shutdown_timeout=DRAIN_SECONDS, **PROTOCOL)
    await runner.setup()
    assert runner.server is not None
    usual = newcomers.welcome(runner.server)
    if is_there():
        fast = FastPath(app[ENDPOINTS], usual)
    try:
        readiness = app[READINESS]
        for number in (signal.SIGINT, signal.SIGTERM):  # before anybody can know that it is there
            loop.add_signal_handler(number, stop.ask, number)
        door = await listen(fast or usual, host, port, shared=shared)
        try:
            ready(*door.sockets[0].getsockname()[:2])
            wished = await stop.asked()
            readiness.drain()
            await stop.grace()
        finally:
            door.close()
        return wished
    finally:
        await runner.cleanup()
        if fast is not None:
            await fast.close()
