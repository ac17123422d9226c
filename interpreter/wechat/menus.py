"""Putting a custom menu on an account, so that its users have a menu at every moment.

The default menu is replaced first, because menus for some users need one. These are added anew, the last of them first
(of those that fit, WeChat shows the newest), and only then are the old ones deleted.
"""

from __future__ import annotations

from typing import Protocol

from interpreter.diagnostics.wording import Wording
from interpreter.program.menu import Menu, conditional_body, menu_body, read_menu
from interpreter.values import Value


class MenuRefused(Exception):  # noqa: N818  named for what happened
    """WeChat did not do what was asked, or could not be reached; the wording says why."""

    def __init__(self, wording: Wording) -> None:
        super().__init__(wording.en)
        self.wording = wording


class MenuApi(Protocol):
    """What can be asked of WeChat about the menu of one account. What fails raises `MenuRefused`."""

    async def get(self) -> Value:
        """The answer of `menu/get`; null when there is no menu."""
        ...

    async def create(self, body: Value) -> None:
        """Replace the default menu."""
        ...

    async def delete(self) -> None:
        """Delete the default menu and all others."""
        ...

    async def add_conditional(self, body: Value) -> str:
        """Add a menu for some users; its number."""
        ...

    async def delete_conditional(self, id: str) -> None:
        """Delete a menu for some users."""
        ...

    async def try_match(self, user: str) -> Value:
        """The menu that a user sees."""
        ...


async def current_menu(api: MenuApi) -> Menu:
    """The menu that an account has.

    Raises:
        NoMenu: WeChat's answer is another one than it gives to this day.
    """
    answer = await api.get()
    return Menu() if answer is None else read_menu(answer)


async def menu_of_user(api: MenuApi, user: str) -> Menu:
    """The menu that a user sees."""
    return read_menu(await api.try_match(user))


async def push_menu(api: MenuApi, old: Menu, new: Menu, *, is_wecom: bool = False) -> None:
    """Put a menu in place of another; what is equal is left alone."""
    if new.is_empty:
        await api.delete()
        return
    if old.buttons != new.buttons:
        await api.create(menu_body(new.buttons, is_wecom=is_wecom))
    if old.conditional == new.conditional:
        return
    for menu in reversed(new.conditional):
        await api.add_conditional(conditional_body(menu))
    if not old.conditional:
        return
    outdated = {menu.id for menu in old.conditional}
    there = await current_menu(api)
    for menu in there.conditional:
        if menu.id in outdated:
            await api.delete_conditional(menu.id)
