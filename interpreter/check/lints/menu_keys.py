"""DL503: two buttons that send the same key although one tap cannot mean two things, and menus nobody sees."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.check.menus import every_button
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot, Button, ConditionalMenu

CODE = "DL503"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Keys may be shared on purpose: by a button with a condition and one without, or by one button in two menus."""
    bot = subject.bot
    handled = {rule.path for rule in bot.menu_rules}
    seen: dict[tuple[str, str], Button] = {}
    for button in _buttons(bot):
        if button.key is None:
            continue
        first = seen.setdefault((button.kind, button.key), button)
        if first is button:
            continue
        is_answered = any(f"menu.{each.path}" in handled for each in (first, button))
        if is_answered and first.shown != button.shown and (_is_made(first) or _is_made(button)):
            yield _same_key(button, first)
    audiences: dict[str, ConditionalMenu] = {}
    for menu in bot.conditional_menus:
        earlier = audiences.setdefault(menu.audience, menu)
        if earlier is not menu:
            yield _unseen(menu, earlier)


def _buttons(bot: Bot) -> Iterator[Button]:
    yield from every_button(bot.buttons)
    for menu in bot.conditional_menus:
        yield from every_button(menu.buttons)


def _is_made(button: Button) -> bool:
    """Whether its key is its place in the menu."""
    return button.key == button.path


def _same_key(button: Button, first: Button) -> Diagnostic:
    return Diagnostic(
        CODE,
        button.span,
        Wording(
            f"two buttons send the key `{button.key}`, so a tap on this one is taken for the other",
            f"两个按钮都发送 key `{button.key}`，点击这个会被当成另一个",
        ),
        related=(Label(first.span, Wording("the other one", "另一个按钮")),),
        help=Wording(
            "give one of them a `key` of its own, or let only one of them have steps",
            "请给其中一个写不同的 `key`，或只让其中一个带步骤",
        ),
    )


def _unseen(menu: ConditionalMenu, earlier: ConditionalMenu) -> Diagnostic:
    return Diagnostic(
        CODE,
        menu.span,
        Wording(
            "nobody sees this menu: an earlier one is for the same users",
            "没有人会看到这个菜单：前面的菜单针对同样的用户",
        ),
        related=(Label(earlier.span, Wording("the earlier one", "前面的菜单")),),
        help=Wording("delete one of them, or change its `if`", "请删除其中一个，或修改它的 `if`"),
    )
