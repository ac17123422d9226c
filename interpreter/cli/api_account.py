"""The account of a bot file, and a client for it: settings as the server reads them, secrets from the environment."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from interpreter.cli.accounts import chosen_account, written_accounts
from interpreter.cli.assembling import is_shared_store, open_store
from interpreter.cli.bot_files import find_bots
from interpreter.cli.common import UsageError
from interpreter.cli.loading import load
from interpreter.diagnostics.render import render_text
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.runtime.clock import SystemClock
from interpreter.server.api_access import client_for
from interpreter.server.environment import with_file
from interpreter.server.settings import AccountSettings
from interpreter.stores.memory import MemoryStore
from interpreter.wechat.api.client import ApiClient


@asynccontextmanager
async def opened(
    file: Path, name: str | None, env_file: str | None, environ: Mapping[str, str], *, may_call: bool = True
) -> AsyncIterator[tuple[AccountSettings, ApiClient]]:
    """The settings of an account and a client of its own; one that may not call needs no secrets.

    Tokens are shared with running servers where a store can be shared: with `DIALOG_STORE` set to a Redis.

    Raises:
        UsageError, SettingsError: there is no such account, or something is missing.
    """
    environment = with_file(environ, env_file)
    bot = _bot(file)
    account = chosen_account(written_accounts(bot, environment), name, environment)
    found = environment.find("DIALOG_STORE")
    shared = open_store(found.value) if found is not None and is_shared_store(found.value) else MemoryStore()
    try:
        client = client_for(account, shared, SystemClock(), environment, may_call=may_call)
        if not bot.accounts:
            client.standing = None  # nobody said what it may do
        try:
            yield account, client
        finally:
            await client.close()
    finally:
        await shared.close()


def _bot(file: Path) -> Bot:
    paths, missing = find_bots([str(file)])
    if missing or len(paths) != 1:
        raise UsageError(Wording(f"{file}: no bot file is there", f"{file}：这里没有机器人文件"))
    loaded = load(paths[0], only_check=True)
    if loaded.bot is None:
        raise UsageError(
            Wording(
                render_text(loaded.diagnostics, "en", colour=False), render_text(loaded.diagnostics, "zh", colour=False)
            )
        )
    return loaded.bot
