"""The menu of an account, through WeChat's API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

from interpreter.cli.accounts import written_accounts
from interpreter.cli.loading import Loaded
from interpreter.dialog.model.services import Account
from interpreter.runtime.clock import SystemClock
from interpreter.server.api_access import client_for
from interpreter.server.environment import Environment
from interpreter.server.settings import every_account
from interpreter.stores.memory import MemoryStore
from interpreter.values import Value
from interpreter.wechat.api.client import ApiClient
from interpreter.wechat.api.errors import ApiError, ApiFailure
from interpreter.wechat.menus import MenuApi, MenuRefused

_NO_MENU = 46003


@asynccontextmanager
async def connect(loaded: Loaded, account: Account | None, environment: Environment) -> AsyncIterator[MenuApi]:
    """The menu of an account of a bot.

    Raises:
        SettingsError: what the account proves itself with is missing.
    """
    assert loaded.bot is not None
    every = every_account(written_accounts(loaded.bot, environment), environment)
    names = [each.name for each in loaded.bot.accounts] or [None]
    settings = every[names.index(account.name if account else None)]
    client = client_for(settings, MemoryStore(), SystemClock(), environment)
    if account is None:
        client.standing = None  # nobody said what it may do
    try:
        yield AccountMenu(client)
    finally:
        await client.close()


class AccountMenu:
    """The menu of one account."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    async def get(self) -> Value:
        """What WeChat says the menu is."""
        with _worded():
            try:
                answer = await self._client.call("menu.get_menu")
            except ApiError as error:
                if error.code == _NO_MENU:
                    return None
                raise
        assert isinstance(answer, dict)
        return {key: value for key, value in answer.items() if key not in ("errcode", "errmsg")}

    async def create(self, body: Value) -> None:
        """Replace the default menu."""
        with _worded():
            await self._client.call("menu.create_menu", _mapping(body))

    async def delete(self) -> None:
        """Delete all menus."""
        with _worded():
            await self._client.call("menu.delete_menu")

    async def add_conditional(self, body: Value) -> str:
        """Add a menu for some users."""
        with _worded():
            answer = await self._client.call("menu.add_conditional_menu", _mapping(body))
        return str(_mapping(answer).get("menuid", ""))

    async def delete_conditional(self, id: str) -> None:
        """Delete a menu for some users."""
        with _worded():
            await self._client.call("menu.delete_conditional_menu", {"menuid": id})

    async def try_match(self, user: str) -> Value:
        """The menu a user sees."""
        with _worded():
            answer = await self._client.call("menu.try_match_menu", {"user_id": user})
        return {key: value for key, value in _mapping(answer).items() if key not in ("errcode", "errmsg")}


@contextmanager
def _worded() -> Iterator[None]:
    try:
        yield
    except ApiFailure as failure:
        raise MenuRefused(failure.wording) from failure


def _mapping(value: object) -> Mapping[str, Value]:
    assert isinstance(value, Mapping)
    return value
