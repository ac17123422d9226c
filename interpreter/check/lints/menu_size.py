"""DL502: a menu with too many buttons, or submenus that are too long, empty or nested."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.check.menus import every_button
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Button, ConditionalMenu
from interpreter.source.tree import Mapping

CODE = "DL502"
MOST_BUTTONS = 3
MOST_ITEMS = 5
MOST_HOSTS = 3

_HOST = r"(?i)(?:https?:)?//([^/?#$]+)"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The default menu and those for some users, each on its own."""
    for buttons in (subject.bot.buttons, *(menu.buttons for menu in subject.bot.conditional_menus)):
        if len(buttons) > MOST_BUTTONS:
            yield _too_many_buttons(buttons)
        for button in buttons:
            yield from _submenu(button)
    for menu in subject.bot.conditional_menus:
        yield from _hosts(menu)
    if subject.bot.conditional_menus and not subject.bot.buttons:
        yield _no_default(subject.bot.conditional_menus[0])


def _submenu(button: Button) -> Iterator[Diagnostic]:
    name = button.name.text
    if not button.items and isinstance(button.node, Mapping) and button.node.entry("items") is not None:
        yield Diagnostic(
            CODE,
            button.span,
            Wording(f"submenu `{name}` has no buttons", f"子菜单 `{name}` 没有按钮"),
            help=Wording("give it 1 to 5 buttons", "子菜单要有 1 到 5 个按钮"),
        )
    if len(button.items) > MOST_ITEMS:
        yield Diagnostic(
            CODE,
            button.items[MOST_ITEMS].span,
            Wording(
                f"submenu `{name}` has {len(button.items)} buttons, WeChat takes {MOST_ITEMS}",
                f"子菜单 `{name}` 有 {len(button.items)} 个按钮，微信最多允许 {MOST_ITEMS} 个",
            ),
            help=Wording("move some of them into another submenu", "请把一部分移到另一个子菜单"),
        )
    for item in button.items:
        if item.items:
            yield Diagnostic(
                CODE,
                item.span,
                Wording(
                    f"`{item.name.text}` opens a third level, and WeChat's menus have two",
                    f"`{item.name.text}` 打开了第三级菜单，而微信菜单只有两级",
                ),
                help=Wording(
                    "let the button ask, with a state that has `choices`", "可以让按钮进入一个带 `choices` 的状态"
                ),
            )


def _hosts(menu: ConditionalMenu) -> Iterator[Diagnostic]:
    """The pages of a menu for some users are on three hosts at most, as far as that can be seen."""
    hosts: set[str] = set()
    for button in every_button(menu.buttons):
        for name, text in button.parts:
            host = re.match(_HOST, text.scalar.text) if name == "url" else None
            if host is None or host[1].lower() in hosts:
                continue
            hosts.add(host[1].lower())
            if len(hosts) == MOST_HOSTS + 1:
                yield Diagnostic(
                    CODE,
                    text.scalar.span,
                    Wording(
                        f"a menu for some users leads to {MOST_HOSTS} domains at most, and this is one more",
                        f"个性化菜单的链接最多指向 {MOST_HOSTS} 个域名，这里又多了一个",
                    ),
                    notes=(Wording("the platform would answer 65316", "微信会返回 65316"),),
                )


def _no_default(menu: ConditionalMenu) -> Diagnostic:
    return Diagnostic(
        CODE,
        menu.span,
        Wording("there is no menu for everybody else", "没有给其他用户的默认菜单"),
        help=Wording("write its buttons under `default`", "请在 `default` 里写默认菜单的按钮"),
        notes=(Wording("the platform would answer 65303", "微信会返回 65303"),),
    )


def _too_many_buttons(buttons: tuple[Button, ...]) -> Diagnostic:
    return Diagnostic(
        CODE,
        buttons[MOST_BUTTONS].span,
        Wording(
            f"the menu has {len(buttons)} buttons, WeChat takes {MOST_BUTTONS}",
            f"菜单有 {len(buttons)} 个按钮，微信最多允许 {MOST_BUTTONS} 个",
        ),
        help=Wording("gather some of them under one with `items`", "请用 `items` 把一部分收进一个子菜单"),
    )
