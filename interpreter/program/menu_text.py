"""A menu in the dialog language, to be put into a bot file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from interpreter.program.menu import KEYED, Button, Menu, free_name

_INDENT = "  "
_WORDS = {
    "scancode_push": "scan: push",
    "scancode_waitmsg": "scan: wait",
    "pic_sysphoto": "photo: camera",
    "pic_weixin": "photo: album",
    "pic_photo_or_album": "photo: any",
    "location_select": "location: true",
}
_OPENING = {
    "view": ("url", "url"),
    "media_id": ("media", "media"),
    "view_limited": ("open_media", "media"),
    "article_id": ("article", "article"),
    "article_view_limited": ("open_article", "article"),
}
_RESERVED = frozenset(("default", "for"))
"""What begins something else at the top of a menu."""
_PLAIN = re.compile(r"[^\W_](?:[\w./?=&%+~@-]|:(?=[/\w]))*(?: [\w./?=&%+~@-]+)*\Z")


def menu_text(menu: Menu) -> str:
    """The lines of `menu:`; nothing when there is no menu."""
    if menu.is_empty:
        return ""
    return "\n".join(("menu:", *_menu(menu))) + "\n"


def _menu(menu: Menu) -> Iterator[str]:
    if not menu.conditional:
        yield from _buttons(menu.buttons, "", _INDENT, _RESERVED)
        return
    yield f"{_INDENT}default:"
    yield from _buttons(menu.buttons, "", _INDENT * 2)
    yield f"{_INDENT}for:"
    for each in menu.conditional:
        conditions = ", ".join(f"{name}: {_scalar(value)}" for name, value in each.conditions)
        above = ",".join(f"{name}={value}" for name, value in each.conditions)
        yield f"{_INDENT * 2}- if: {{{conditions}}}"
        yield f"{_INDENT * 3}items:"
        yield from _buttons(each.buttons, f"{above}/", _INDENT * 4)


def _buttons(buttons: Sequence[Button], above: str, indent: str, taken: frozenset[str] = frozenset()) -> Iterator[str]:
    for button in buttons:
        name = free_name(button.name, taken)
        taken |= {name}
        label = [] if name == button.name else [f"label: {_scalar(button.name)}"]
        if button.kind:
            yield f"{indent}{_scalar(name)}: {{{', '.join((*label, *_parts(button, above + name)))}}}"
            continue
        yield f"{indent}{_scalar(name)}:"
        yield from (f"{indent}{_INDENT}{line}" for line in label)
        yield f"{indent}{_INDENT}items:"
        yield from _buttons(button.items, f"{above}{name}/", indent + _INDENT * 2)


def _parts(button: Button, path: str) -> Iterator[str]:
    if button.kind in KEYED:
        if button.kind == "click" or button.key != path:
            yield f"key: {_scalar(button.key)}"
        if button.kind in _WORDS:
            yield _WORDS[button.kind]
    elif button.kind == "miniprogram":
        places = (("app_id", button.app_id), ("page", button.page), ("url", button.url))
        yield f"mini: {{{', '.join(f'{name}: {_template(text)}' for name, text in places)}}}"
    else:
        key, part = _OPENING[button.kind]
        yield f"{key}: {_template(getattr(button, part))}"


def _template(text: str) -> str:
    return _scalar(text.replace("$(", "$$("))


def _scalar(text: str) -> str:
    return text if _PLAIN.match(text) else json.dumps(text, ensure_ascii=False)
