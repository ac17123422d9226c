"""Lowering the custom menu."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from interpreter.compiler.callables import ButtonPlan, WholeMenu
from interpreter.compiler.leaves import Lowering, lower_text
from interpreter.dialog.model.bot import Bot, Button
from interpreter.dialog.model.rules import Rule
from interpreter.program.menu import Button as ButtonTable
from interpreter.program.menu import MenuPlan
from interpreter.program.rules import RuleTable

_MENU = "menu."


def lower_menu(context: Lowering) -> MenuPlan | None:
    """The menu of a bot that was checked without errors; None when it has none."""
    bot = context.bot
    if not bot.buttons and not bot.conditional_menus:
        return None
    others = (
        (
            tuple(sorted(((name.text, scalar.text) for name, scalar in menu.conditions), reverse=True)),
            _lower_buttons(context, menu.buttons),
        )
        for menu in bot.conditional_menus
    )
    return WholeMenu(_lower_buttons(context, bot.buttons), tuple(others))


def _lower_buttons(context: Lowering, buttons: Sequence[Button]) -> tuple[ButtonPlan, ...]:
    return tuple(
        ButtonPlan(
            ButtonTable(button.shown, button.kind, button.key or ""),
            tuple((name, lower_text(context, text)) for name, text in button.parts),
            _lower_buttons(context, button.items),
        )
        for button in buttons
    )


def renamed_buttons(bot: Bot, tables: Sequence[RuleTable]) -> tuple[tuple[Rule, RuleTable], ...]:
    """The rules of buttons that `renamed` moved, once more: phones go on sending the old keys for a while."""
    named = {f"{_MENU}{table.key}": table for table in tables if table.routine.startswith(_MENU)}
    rules = {rule.path: rule for rule in bot.menu_rules}
    return tuple(
        (rules[path], replace(named[path], key=old))
        for path in rules
        if path in named
        for old in dict.fromkeys(_old_keys(bot, path))
    )


def _old_keys(bot: Bot, path: str) -> Iterator[str]:
    """What the key of a button was, when it is its place in the menu; a submenu takes what is in it along."""
    for old, new in bot.renames:
        if old.text.startswith(_MENU) and (path == new.text or path.startswith(f"{new.text}/")):
            yield old.text.removeprefix(_MENU) + path[len(new.text) :]
