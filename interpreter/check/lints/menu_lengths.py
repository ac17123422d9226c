"""DL504: names, keys and addresses of menu buttons that are longer than WeChat takes, or than phones show."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.codes import Severity
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Button
from interpreter.source.tree import Mapping, Scalar

CODE = "DL504"
NAME_BYTES = 16
ITEM_BYTES = 60
KEY_BYTES = 128
URL_BYTES = 1024
SHOWN = (4, 8)
"""How many Chinese characters of a name phones show: of a button, of one in a submenu."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The default menu and those for some users."""
    for buttons in (subject.bot.buttons, *(menu.buttons for menu in subject.bot.conditional_menus)):
        for button in buttons:
            yield from _button(button, is_item=False)
            for item in button.items:
                yield from _button(item, is_item=True)


def _button(button: Button, *, is_item: bool) -> Iterator[Diagnostic]:
    yield from _name(button, is_item=is_item)
    if not isinstance(button.node, Mapping):
        return
    for what, limit, scalar in _limited(button.node):
        size = len(scalar.text.encode())
        if size > limit and "$(" not in scalar.text:
            yield Diagnostic(
                CODE,
                scalar.span,
                Wording(
                    f"this {what} has {size:,} bytes, WeChat takes {limit:,}",
                    f"这个 {what} 有 {size:,} 字节，微信最多允许 {limit:,} 字节",
                ),
            )


def _limited(node: Mapping) -> Iterator[tuple[str, int, Scalar]]:
    mini = node.get("mini")
    for what, limit, value in (
        ("key", KEY_BYTES, node.get("key")),
        ("url", URL_BYTES, node.get("url")),
        ("url", URL_BYTES, mini.get("url") if isinstance(mini, Mapping) else None),
    ):
        if isinstance(value, Scalar):
            yield what, limit, value


def _name(button: Button, *, is_item: bool) -> Iterator[Diagnostic]:
    name = button.name.text
    size, limit = len(name.encode()), ITEM_BYTES if is_item else NAME_BYTES
    shown = SHOWN[is_item]
    if size > limit:
        yield Diagnostic(
            CODE,
            button.span,
            Wording(
                f"button name has {size} bytes, WeChat takes {limit}",
                f"按钮名称有 {size} 字节，微信最多允许 {limit} 字节",
            ),
            label=Wording(
                f"{len(name)} characters; phones show about {shown} Chinese ones",
                f"共 {len(name)} 个字符；手机上约显示 {shown} 个汉字",
            ),
            notes=(
                Wording(
                    'the platform would answer 40018 "invalid button name size"'
                    if not is_item
                    else 'the platform would answer 40025 "invalid sub button name size"',
                    "微信会返回 40018（按钮名称长度不合法）"
                    if not is_item
                    else "微信会返回 40025（子按钮名称长度不合法）",
                ),
            ),
        )
    elif _width(name) > 2 * shown:
        yield Diagnostic(
            CODE,
            button.span,
            Wording(
                f"phones show about {shown} Chinese characters of this name",
                f"手机上这个名称约只显示 {shown} 个汉字",
            ),
            own_severity=Severity.INFO,
        )


def _width(name: str) -> int:
    """How wide a name is, in halves of a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in name)
