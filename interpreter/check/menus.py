"""The custom menu: what its buttons open. Nobody talks to the bot when it is made, so it sees the environment only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interpreter.check.findings import Findings
from interpreter.dialog.model.bot import Bot, Button
from interpreter.expr.scope import Scope


def check_menus(bot: Bot, findings: Findings) -> None:
    """The default menu and those for some users."""
    env = Scope({"env": findings.symbols.constant.bindings["env"]})
    for buttons in (bot.buttons, *(menu.buttons for menu in bot.conditional_menus)):
        for button in every_button(buttons):
            for _, text in button.parts:
                findings.text(text, env)


def every_button(buttons: Sequence[Button]) -> Iterator[Button]:
    """The buttons of a menu, and after each the ones below it."""
    for button in buttons:
        yield button
        yield from every_button(button.items)
