"""The application: every bot under its path, a sign of life, and the tidying up behind them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence

from aiohttp import web

from interpreter.runtime.clock import Clock, SystemClock
from interpreter.server.endpoint import BODY_SECONDS, Endpoint, ServedBot
from interpreter.server.errors import SettingsError, clashing_names, clashing_paths
from interpreter.server.refusals import RefusalLog
from interpreter.wechat.xml import MAX_BODY

_log = logging.getLogger("interpreter.server")

HEALTH = "/healthz"
_SWEEP_SECONDS = 600.0


def make_app(
    bots: Sequence[ServedBot],
    *,
    clock: Clock | None = None,
    language: str = "en",
    body_seconds: float = BODY_SECONDS,
) -> web.Application:
    """The application that serves some bots; when it ends, running turns finish first.

    Raises:
        SettingsError: two bots would have the same path, or the same name.
    """
    clock = clock or SystemClock()
    refusals = RefusalLog(clock, language)
    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_get(HEALTH, _health)
    taken = {HEALTH: "healthz"}
    for bot in bots:
        if sum(bot.name == other.name for other in bots) > 1:
            raise SettingsError(clashing_names(bot.name))
        if bot.path in taken:
            raise SettingsError(clashing_paths(bot.path, taken[bot.path], bot.name))
        taken[bot.path] = bot.name
        endpoint = Endpoint(bot, clock, refusals, body_seconds=body_seconds)
        app.router.add_get(bot.path, endpoint.verify)
        app.router.add_post(bot.path, endpoint.receive)
    app.cleanup_ctx.append(_lifetime(bots))
    return app


async def _health(_: web.Request) -> web.Response:
    return web.Response(text="ok\n", headers={"Cache-Control": "no-store"})


def _lifetime(bots: Sequence[ServedBot]) -> Callable[[web.Application], AsyncIterator[None]]:
    async def run(_: web.Application) -> AsyncIterator[None]:
        sweeping = asyncio.create_task(_sweep(bots))
        yield
        sweeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sweeping
        await asyncio.gather(*(bot.engine.close() for bot in bots))

    return run


async def _sweep(bots: Sequence[ServedBot]) -> None:
    """Forget what is over, now and then."""
    while True:
        for bot in bots:
            try:
                await bot.engine.sweep()
            except Exception:
                _log.exception("%s: old sessions could not be swept", bot.name)
        await asyncio.sleep(_SWEEP_SECONDS)
