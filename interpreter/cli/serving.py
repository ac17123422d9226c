"""Putting a server together: programs, a store, engines, the application."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from interpreter.cli.announcing import announcement
from interpreter.cli.common import CLEAN, INTERRUPTED
from interpreter.cli.reloading import Reloader, Reread
from interpreter.diagnostics.wording import Wording
from interpreter.machine.step import step
from interpreter.program.tables import Program
from interpreter.runtime.clock import Clock, SystemClock
from interpreter.runtime.engine import Engine
from interpreter.runtime.http_service import HttpService
from interpreter.runtime.performer import EffectPerformer
from interpreter.runtime.pseudonyms import Pseudonyms
from interpreter.runtime.seeds import fresh_seed
from interpreter.server.app import make_app
from interpreter.server.endpoint import ServedBot
from interpreter.server.errors import SettingsError
from interpreter.server.serving import serve
from interpreter.server.settings import AccountSettings, ServerSettings
from interpreter.stores.protocol import SessionStore
from interpreter.wechat.crypto import MessageCipher

Served = tuple[Program, AccountSettings]


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve: where, in which language, and how a bot's file is read again."""

    settings: ServerSettings
    language: str
    reload: Callable[[str], Reread]
    """Reads the bot of an account again, by the account's name."""
    watch: bool = False
    debug: bool = False


def serve_bots(bots: Sequence[Served], serving: Serving) -> int:
    """Serve until somebody stops it; the exit code. SIGHUP reads the bots again, and so does `watch` when they change.

    Raises:
        ServerError: the settings cannot be, or the port cannot be had.
        StoreUnusable: the store cannot be opened.
    """
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if serving.debug else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    for name in ("asyncio", "aiohttp"):
        logging.getLogger(name).setLevel(logging.WARNING)
    stopped = asyncio.run(_serve(bots, serving))
    return INTERRUPTED if stopped is signal.SIGINT else CLEAN


async def _serve(bots: Sequence[Served], serving: Serving) -> signal.Signals:
    clock, settings, language = SystemClock(), serving.settings, serving.language
    store, http = open_store(settings.store.value), HttpService(clock)
    reloader: Reloader | None = None
    try:
        served = [_served(program, account, settings, store, http, clock, language) for program, account in bots]
        app = make_app(served, clock=clock, language=language)
        reloader = Reloader({bot.name: bot.engine for bot in served}, serving.reload, language)
        reloader.start(watch=serving.watch)

        def ready(host: str, port: int) -> None:
            sys.stdout.write(announcement(bots, host, port, clock.now(), language))
            sys.stdout.flush()

        return await serve(app, settings.host.value, settings.port_number, ready)
    finally:
        if reloader is not None:
            await reloader.stop()
        await http.close()
        await store.close()


def open_store(written: str) -> SessionStore:
    """The store a setting names: `memory`, `sqlite:FILE`, or the address of a Redis.

    Raises:
        SettingsError: it names none.
        StoreUnusable: the file cannot be opened.
    """
    kind, _, path = written.partition(":")
    match kind, path:
        case "memory", "":
            from interpreter.stores.memory import MemoryStore

            return MemoryStore()
        case "sqlite", path if path:
            from interpreter.stores.sqlite import SqliteStore

            return SqliteStore(Path(path))
        case "redis" | "rediss" | "unix" | "redis+sentinel" | "redis+cluster", path if path.startswith("//"):
            from interpreter.stores.redis import RedisStore

            return RedisStore(written)
        case _:
            raise SettingsError(
                Wording(
                    f"store: expected memory, sqlite:FILE or redis://HOST, found `{written}`",
                    f"store：应为 memory、sqlite:文件 或 redis://主机，实为 `{written}`",
                )
            )


def _served(
    program: Program,
    account: AccountSettings,
    settings: ServerSettings,
    store: SessionStore,
    http: HttpService,
    clock: Clock,
    language: str,
) -> ServedBot:
    engine = Engine(
        account.name,
        partial(step, program),
        store,
        EffectPerformer(account.name, http),
        clock=clock,
        seeds=fresh_seed,
        zone=ZoneInfo(program.timezone),
        idle=program.session_idle,
        alias=Pseudonyms(account.token.value).of,
        language=language,
    )
    return ServedBot(
        account.name,
        account.path.value,
        account.token.value,
        engine,
        settings.window_seconds,
        _cipher(account),
        must_encrypt=account.encryption == "safe",
    )


def _cipher(account: AccountSettings) -> MessageCipher | None:
    key, app_id = account.other("aes_key"), account.other("app_id")
    if account.encryption == "plain" or not key or not app_id:
        return None
    return MessageCipher(account.token.value, (key,), app_id)
