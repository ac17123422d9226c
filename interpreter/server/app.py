"""The application: every bot under its path, signs of life, and the tidying up behind them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

from aiohttp import web

from interpreter.diagnostics.wording import Wording
from interpreter.runtime.about import about
from interpreter.runtime.clock import Clock, SystemClock
from interpreter.server.door import Door
from interpreter.server.endpoint import BODY_SECONDS, Endpoint, ServedBot
from interpreter.server.errors import SettingsError, clashing_names, clashing_paths, reserved_path
from interpreter.server.peers import Peers
from interpreter.server.readiness import Pingable, Readiness
from interpreter.server.refusals import RefusalLog
from interpreter.server.secrecy import HIDDEN
from interpreter.server.tally import NoTally, Tally
from interpreter.stores.protocol import StoreError
from interpreter.wechat.xml import MAX_BODY

_log = logging.getLogger("interpreter.server")

HEALTH, READY = "/healthz", "/readyz"
RESERVED = (HEALTH, READY, "/metrics")
READINESS = web.AppKey("readiness", Readiness)
ENDPOINTS: web.AppKey[Mapping[str, Endpoint]] = web.AppKey("endpoints", Mapping)
"""The endpoints of the bots, by path."""
_LONGEST_PATH = 80
_SWEEP_SECONDS = 600.0
_WAKE_SECONDS = 0.5
"""A timer is at most a second late, the time its turn takes included."""


def make_app(
    bots: Sequence[ServedBot],
    *,
    stores: Sequence[Pingable] = (),
    clock: Clock | None = None,
    language: str = "en",
    body_seconds: float = BODY_SECONDS,
    peers: Peers | None = None,
    tally: Tally | None = None,
) -> web.Application:
    """The application that serves some bots; when it ends, running turns finish first.

    A bot is reached at its path with and without a slash at the end: which one was typed into WeChat's console should
    not matter.

    Raises:
        SettingsError: two bots would have the same name, or one a path that is equal to or below another's.
    """
    check_places(bots)
    clock, tally = clock or SystemClock(), tally or NoTally()
    readiness = Readiness(stores, clock)
    door = Door(peers or Peers(), RefusalLog(clock, language, tally), readiness, tally)
    app = web.Application(client_max_size=MAX_BODY)
    app[READINESS] = readiness
    app.router.add_get(HEALTH, _health)
    app.router.add_get(READY, _ready(readiness, language))
    endpoints: dict[str, Endpoint] = {}
    for bot in bots:
        endpoint = Endpoint(bot, clock, door, body_seconds=body_seconds)
        bare = bot.path.rstrip("/")
        for path in {bare, f"{bare}/"} - {""}:
            app.router.add_get(path, endpoint.verify)
            app.router.add_post(path, endpoint.receive)
            endpoints[path] = endpoint
    app[ENDPOINTS] = endpoints
    nowhere = _nowhere(door, [bot.path for bot in bots])
    app.router.add_get("/{path:.*}", nowhere)
    app.router.add_post("/{path:.*}", nowhere)
    app.on_response_prepare.append(_let_go)
    app.on_shutdown.append(_drain(bots))
    app.cleanup_ctx.append(_lifetime(bots))
    return app


def check_places(bots: Sequence[ServedBot]) -> None:
    """Make sure that every bot has a name and a path of its own.

    Raises:
        SettingsError: two have the same name, or one a path that is equal to or below another's or ours.
    """
    for number, bot in enumerate(bots):
        reserved = next((path for path in RESERVED if _is_below(bot.path, path)), None)
        if reserved is not None:
            raise SettingsError(reserved_path(bot.name, bot.path, reserved))
        for other in bots[:number]:
            if bot.name == other.name:
                raise SettingsError(clashing_names(bot.name))
            if _is_below(bot.path, other.path) or _is_below(other.path, bot.path):
                raise SettingsError(clashing_paths(other.name, other.path, bot.name, bot.path))


def _is_below(path: str, other: str) -> bool:
    """Whether a path is another one or below it."""
    return f"{path.rstrip('/')}/".startswith(f"{other.rstrip('/')}/")


async def _health(_: web.Request) -> web.Response:
    return web.Response(text="ok\n", headers={"Cache-Control": "no-store"})


def _ready(readiness: Readiness, language: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_: web.Request) -> web.Response:
        lack = await readiness.lack()
        status, text = (200, "ok") if lack is None else (503, lack.say(language))
        return web.Response(status=status, text=f"{text}\n", headers={"Cache-Control": "no-store"})

    return answer


def _nowhere(door: Door, paths: Sequence[str]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """What is answered where no bot is. A request that looks like WeChat's shows that its console has another path."""

    async def answer(request: web.Request) -> web.Response:
        if all(name in request.query for name in ("signature", "timestamp", "nonce")):
            where = _without_users(request)[:_LONGEST_PATH]
            reason = Wording(
                f"a request like WeChat's, but no bot is at {where}; correct the URL in WeChat's console: "
                f"{', '.join(paths)}",
                f"像是微信的请求，但路径 {where} 没有机器人；请更正微信后台的 URL，可用路径：{'、'.join(paths)}",
            )
            client = door.peers.client(request)
            door.refusals.report("-", "path", reason, method=request.method, client=client, status=404)
        return web.Response(status=404, text="not found\n", headers={"Cache-Control": "no-store"})

    return answer


def _without_users(request: web.Request) -> str:
    """The path, which may name the user that the query names."""
    path = request.path
    for user in filter(None, request.query.getall("openid", ())):
        path = path.replace(user, HIDDEN)
    return path


async def _let_go(request: web.Request, response: web.StreamResponse) -> None:
    """Once the end was asked for, no connection is kept for another request."""
    if request.app[READINESS].is_draining and "Connection" not in response.headers:
        response.headers["Connection"] = "close"
        response.force_close()


def _drain(bots: Sequence[ServedBot]) -> Callable[[web.Application], Awaitable[None]]:
    """Let running turns finish, and with them the requests that wait for them."""

    async def run(app: web.Application) -> None:
        app[READINESS].drain()
        await asyncio.gather(*(bot.engine.close() for bot in bots))

    return run


def _lifetime(bots: Sequence[ServedBot]) -> Callable[[web.Application], AsyncIterator[None]]:
    async def run(_: web.Application) -> AsyncIterator[None]:
        chores = [asyncio.create_task(_sweep(bots)), *(asyncio.create_task(_wake(bot)) for bot in bots)]
        yield
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)

    return run


async def _wake(bot: ServedBot) -> None:
    """Let timers fire, twice a second. Of failures that follow one another only the first is told."""
    is_failing = False
    while True:
        try:
            await bot.engine.wake()
            is_failing = False
        except StoreError as error:
            if not is_failing:
                _log.warning(
                    "%s: timers could not be looked at: %s", bot.name, error, extra=about(bot.name, error=str(error))
                )
            is_failing = True
        except Exception:
            if not is_failing:
                _log.exception("%s: timers could not be looked at", bot.name, extra=about(bot.name))
            is_failing = True
        await asyncio.sleep(_WAKE_SECONDS)


async def _sweep(bots: Sequence[ServedBot]) -> None:
    """Forget what is over, now and then."""
    while True:
        for bot in bots:
            try:
                await bot.engine.sweep()
            except StoreError as error:
                _log.warning(
                    "%s: old sessions could not be swept: %s", bot.name, error, extra=about(bot.name, error=str(error))
                )
            except Exception:
                _log.exception("%s: old sessions could not be swept", bot.name, extra=about(bot.name))
        await asyncio.sleep(_SWEEP_SECONDS)
