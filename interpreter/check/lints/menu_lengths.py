"""DL504: names, keys and addresses of menu buttons that are longer than WeChat takes, or than phones show.

Also names with characters that WeChat refuses in menus.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from interpreter.check.accounts import is_wecom
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.codes import Severity
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Button
from interpreter.source.spans import Span
from interpreter.source.tree import Mapping

CODE = "DL504"
NAME_BYTES = 16
ITEM_BYTES = 60
WECOM_ITEM_BYTES = 40
KEY_BYTES = 128
URL_BYTES = 1024
SHOWN = (4, 8)
"""How many Chinese characters of a name phones show: of a button, of one in a submenu."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The default menu and those for some users."""
    most = WECOM_ITEM_BYTES if any(map(is_wecom, subject.bot.accounts)) else ITEM_BYTES
    for buttons in (subject.bot.buttons, *(menu.buttons for menu in subject.bot.conditional_menus)):
        for button in buttons:
            yield from _button(button, NAME_BYTES, is_item=False)
            for item in button.items:
                yield from _button(item, most, is_item=True)


def _button(button: Button, most: int, *, is_item: bool) -> Iterator[Diagnostic]:
    yield from _name(button, most, is_item=is_item)
    if button.key is not None and len(button.key.encode()) > KEY_BYTES:
        yield _key(button, button.key)
    for name, text in button.parts:
        size = len(text.scalar.text.encode())
        if name == "url" and size > URL_BYTES and not text.template.holes:
            yield Diagnostic(
                CODE,
                text.scalar.span,
                Wording(
                    f"this url has {size:,} bytes, WeChat takes {URL_BYTES:,}",
                    f"这个 url 有 {size:,} 字节，微信最多允许 {URL_BYTES:,} 字节",
                ),
            )


def _key(button: Button, key: str) -> Diagnostic:
    written = button.node.get("key") if isinstance(button.node, Mapping) else None
    size = len(key.encode())
    return Diagnostic(
        CODE,
        button.span if written is None else written.span,
        Wording(
            f"this key has {size} bytes, WeChat takes {KEY_BYTES}",
            f"这个 key 有 {size} 字节，微信最多允许 {KEY_BYTES} 字节",
        ),
        help=None
        if written is not None
        else Wording("give the button a shorter `key` of its own", "请给按钮写一个更短的 `key`"),
    )


def _name(button: Button, limit: int, *, is_item: bool) -> Iterator[Diagnostic]:
    name, span = button.shown, button.span if button.label is None else button.label.span
    size = len(name.encode())
    shown = SHOWN[is_item]
    if odd := next((char for char in name if not char.isprintable() or char > "\uffff"), None):
        yield _odd_character(span, odd)
    elif size > limit:
        yield Diagnostic(
            CODE,
            span,
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
            span,
            Wording(
                f"phones show about {shown} Chinese characters of this name",
                f"手机上这个名称约只显示 {shown} 个汉字",
            ),
            own_severity=Severity.INFO,
        )


def _odd_character(span: Span, char: str) -> Diagnostic:
    what = f"`{char}`" if char.isprintable() else f"U+{ord(char):04X}"
    return Diagnostic(
        CODE,
        span,
        Wording(f"the name of a button cannot hold {what}", f"按钮名称里不能有 {what}"),
        help=Wording(
            "write it without emoji, line breaks and invisible characters", "请去掉表情符号、换行和不可见字符"
        ),
        notes=(Wording('the platform may answer 40033 "invalid charset"', "微信可能返回 40033（非法字符）"),),
    )


def _width(name: str) -> int:
    """How wide a name is, in halves of a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in name)
