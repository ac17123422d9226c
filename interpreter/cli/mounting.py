"""Bots inside somebody else's aiohttp application.

app = web.Application()
app.add_subapp("/bots", interpreter.make_app(["bot.yaml"], store="redis://localhost"))
web.run_app(app)
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from pathlib import Path

from aiohttp import web

import interpreter
from interpreter.cli.accounts import filled_accounts, filled_in
from interpreter.cli.assembling import Store, Workshop, assemble, open_store
from interpreter.cli.cache_folder import find_folder
from interpreter.cli.caching import ready_bot
from interpreter.diagnostics.wording import Wording
from interpreter.program.tables import Program
from interpreter.runtime.clock import SystemClock
from interpreter.runtime.http_service import HttpService
from interpreter.runtime.observing import Observer
from interpreter.runtime.turn_log import TurnLog
from interpreter.server import app as server
from interpreter.server.environment import Environment
from interpreter.server.errors import SettingsError
from interpreter.server.secrecy import SECRETS
from interpreter.server.settings import AccountSettings, WrittenAccount, every_account, server_settings

BotSource = str | Path | Program


def make_app(
    bots: Iterable[BotSource],
    *,
    store: str | Store | None = None,
    accounts: Mapping[str, Mapping[str, str]] | None = None,
    environ: Mapping[str, str] | None = None,
    observers: Iterable[Observer] = (),
    language: str = "en",
) -> web.Application:
    """An application that serves bots, by itself or below a path of another one.

    Each bot is a file, or a program that `compile_file` made. `store` is `memory`, `sqlite:FILE`, an address of Redis,
    or what `open_store` gave, which stays yours to close; by default it is what `dialog-run` would take. `accounts`
    gives a bot's account, by its name, what is not in its file: `path`, `token`, `app_id`, `aes_key`, …. Everything
    else comes from the environment, as with `dialog-run`.

    Raises:
        CompileError: a bot has errors.
        SettingsError: the settings cannot be, or a bot has no token.
    """
    environment = Environment(os.environ if environ is None else environ)
    programs = _programs(bots, environment, accounts or {})
    settings = server_settings({"store": store if isinstance(store, str) else None}, environment, is_public=True)
    opened = open_store(settings.store.value) if store is None or isinstance(store, str) else store
    clock = SystemClock()
    watching = [TurnLog(language), *observers]
    window = settings.window_seconds
    workshop = Workshop(opened, HttpService(clock), clock, language, window, watching, environment)
    served = [assemble(program, account, workshop, folder) for program, account, folder in programs]
    app = server.make_app(served, stores=[opened], clock=clock, language=language, peers=settings.peers)
    app.cleanup_ctx.insert(0, _closing(workshop, None if opened is store else opened))
    return app


def _programs(
    bots: Iterable[BotSource], environment: Environment, accounts: Mapping[str, Mapping[str, str]]
) -> list[tuple[Program, AccountSettings, Path | None]]:
    """Every account of every bot, with its program and its folder."""
    every: list[tuple[Program, WrittenAccount, Path | None]] = []
    for bot in bots:
        if isinstance(bot, Program):
            every.append((filled_in(bot, environment), WrittenAccount(bot.name, None, {}, {}), None))
            continue
        ready = ready_bot(Path(bot), find_folder(environment.variables))
        if ready.program is None:
            raise interpreter.CompileError(ready.diagnostics)
        program = filled_in(ready.program, environment)
        every += [(program, account, ready.path.parent) for account in filled_accounts(ready.accounts, environment)]
    written = [_with(account, accounts.get(account.full_name, {})) for _, account, _ in every]
    found = every_account(written, environment)
    for account in found:
        if account.has_generated_token:
            raise SettingsError(
                Wording(
                    f"{account.name} has no token; set {account.token_variable or 'it in `accounts`'}",
                    f"{account.name} 没有 token；请设置 {account.token_variable or '`accounts`'}",
                )
            )
        SECRETS.add(*account.secrets)
    return [(program, account, folder) for (program, _, folder), account in zip(every, found, strict=True)]


def _with(account: WrittenAccount, given: Mapping[str, str]) -> WrittenAccount:
    """An account with what its owner gives in Python, which goes before what its file says."""
    origins = {key: names for key, names in account.origins.items() if key not in given}
    return WrittenAccount(
        account.bot,
        account.name,
        {**account.settings, **given},
        origins,
        slow=account.slow,
        is_verified=account.is_verified,
    )


def _closing(workshop: Workshop, store: Store | None) -> Callable[[web.Application], AsyncIterator[None]]:
    async def run(_: web.Application) -> AsyncIterator[None]:
        yield
        await workshop.close()
        if store is not None:
            await store.close()

    return run
