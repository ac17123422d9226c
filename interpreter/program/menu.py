"""The custom menu as data, and as the JSON that WeChat takes and gives.

https://developers.weixin.qq.com/doc/offiaccount/Custom_Menus/Creating_Custom-Defined_Menu.html
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from interpreter.expr.env import Env
from interpreter.values import Value

KEYED = (
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
)
"""What a tap may do that sends the key of the button."""

_FIELDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(KEYED, (("key", "key"),)),
    "view": (("url", "url"),),
    "miniprogram": (("url", "url"), ("appid", "app_id"), ("pagepath", "page")),
    "media_id": (("media_id", "media"),),
    "view_limited": (("media_id", "media"),),
    "article_id": (("article_id", "article"),),
    "article_view_limited": (("article_id", "article"),),
}
"""What belongs to each kind of button: WeChat's name and ours."""

_WECOM_KINDS = {"miniprogram": "view_miniprogram"}
"""What WeCom calls otherwise."""

_CONDITIONS = {"tag_id": "tag", "client_platform_type": "platform"}
_PLATFORMS = {"1": "ios", "2": "android", "3": "other"}


@dataclass(frozen=True, slots=True)
class Button:
    """A button; one without a `kind` opens its `items`."""

    name: str
    kind: str = ""
    """WeChat's name of what a tap does: `click`, `view` …"""
    key: str = ""
    url: str = ""
    app_id: str = ""
    page: str = ""
    media: str = ""
    article: str = ""
    items: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionalMenu:
    """A menu for some users: `conditions` are `tag` and `platform`, and what WeChat once had besides."""

    conditions: tuple[tuple[str, str], ...]
    buttons: tuple[Button, ...]
    id: str = field(default="", compare=False)
    """WeChat's number of it, once it is there."""


@dataclass(frozen=True, slots=True)
class Menu:
    """The menu of everybody, and those of some; of these the first that fits is shown."""

    buttons: tuple[Button, ...] = ()
    conditional: tuple[ConditionalMenu, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is none."""
        return not self.buttons and not self.conditional


MenuPlan = Callable[[Env], Menu]
"""Gives the menu of a bot; of the environment (`$(env.SHOP)`) it sees what the account's settings see."""


class NoMenu(ValueError):  # noqa: N818  named for what is wrong
    """Some JSON is no menu; `place` leads to what is wrong in it."""

    def __init__(self, place: str) -> None:
        super().__init__(f"{place} is no part of a menu")
        self.place = place


# ---------------------------------------------------------------------------------------------------- to JSON


def menu_body(buttons: Sequence[Button], *, is_wecom: bool = False) -> dict[str, Value]:
    """What `menu/create` takes."""
    return {"button": [_written(button, is_wecom=is_wecom) for button in buttons]}


def conditional_body(menu: ConditionalMenu) -> dict[str, Value]:
    """What `menu/addconditional` takes."""
    return {**menu_body(menu.buttons), "matchrule": dict(map(_rule, menu.conditions))}


def menu_json(menu: Menu, *, is_wecom: bool = False) -> dict[str, Value]:
    """A menu as plain JSON: what `menu/create` takes, or with menus for some, what `menu/get` gives."""
    default = menu_body(menu.buttons, is_wecom=is_wecom)
    if not menu.conditional:
        return default
    others = [{**conditional_body(each), **({"menuid": each.id} if each.id else {})} for each in menu.conditional]
    return {"menu": default, "conditionalmenu": others}


def _written(button: Button, *, is_wecom: bool) -> dict[str, Value]:
    if not button.kind:
        return {"name": button.name, "sub_button": [_written(item, is_wecom=is_wecom) for item in button.items]}
    kind = _WECOM_KINDS.get(button.kind, button.kind) if is_wecom else button.kind
    parts = {theirs: getattr(button, ours) for theirs, ours in _FIELDS[button.kind]}
    return {"type": kind, "name": button.name, **parts}


def _rule(condition: tuple[str, str]) -> tuple[str, str]:
    name, value = condition
    theirs = next((theirs for theirs, ours in _CONDITIONS.items() if ours == name), name)
    return theirs, next((number for number, word in _PLATFORMS.items() if (name, word) == ("platform", value)), value)


# ---------------------------------------------------------------------------------------------------- from JSON


def read_menu(json: Value) -> Menu:
    """The menu in some JSON: what `menu/create` takes, or what `menu/get` gives.

    Raises:
        NoMenu: it is neither.
    """
    whole = _mapping(json, "")
    default = _mapping(whole["menu"], "menu") if "menu" in whole else whole
    others = [
        _conditional(each, f"conditionalmenu[{index}]")
        for index, each in enumerate(_list(whole.get("conditionalmenu", []), "conditionalmenu"))
    ]
    buttons = _buttons(default.get("button", [] if others else None), "button")
    if all(each.id.isdecimal() for each in others):
        others.sort(key=lambda each: -int(each.id))  # the newest one is tried first
    return Menu(buttons, tuple(others))


def _conditional(json: Value, place: str) -> ConditionalMenu:
    whole = _mapping(json, place)
    rule = _mapping(whole.get("matchrule"), f"{place}.matchrule")
    conditions = tuple(_condition(name, _text(value, f"{place}.matchrule.{name}")) for name, value in rule.items())
    written = tuple(sorted(((name, value) for name, value in conditions if value), reverse=True))
    id = whole.get("menuid", "")
    return ConditionalMenu(written, _buttons(whole.get("button"), f"{place}.button"), _text(id, f"{place}.menuid"))


def _condition(name: str, value: str) -> tuple[str, str]:
    ours = _CONDITIONS.get(name, name)
    return ours, _PLATFORMS.get(value, value) if ours == "platform" else value


def _buttons(json: Value, place: str) -> tuple[Button, ...]:
    return tuple(_button(each, f"{place}[{index}]") for index, each in enumerate(_list(json, place)))


def _button(json: Value, place: str) -> Button:
    whole = _mapping(json, place)
    name = _text(whole.get("name"), f"{place}.name")
    if not name:
        raise NoMenu(f"{place}.name")
    inner = whole.get("sub_button")
    listed = inner.get("list") if isinstance(inner, Mapping) else inner
    if listed or "type" not in whole:
        return Button(name, items=_buttons(listed, f"{place}.sub_button"))
    written = _text(whole["type"], f"{place}.type")
    kind = next((ours for ours, theirs in _WECOM_KINDS.items() if theirs == written), written)
    if kind not in _FIELDS:
        raise NoMenu(f"{place}.type")
    parts = {ours: _text(whole.get(theirs), f"{place}.{theirs}") for theirs, ours in _FIELDS[kind]}
    return replace(Button(name, kind), **parts)  # type: ignore[arg-type]  # the texts of `_FIELDS`


def _mapping(json: Value, place: str) -> Mapping[str, Value]:
    if not isinstance(json, Mapping):
        raise NoMenu(place)
    return json


def _list(json: Value, place: str) -> Sequence[Value]:
    if not isinstance(json, (list, tuple)):
        raise NoMenu(place)
    return json


def _text(json: Value, place: str) -> str:
    if isinstance(json, bool) or not isinstance(json, (str, int)):
        raise NoMenu(place)
    return str(json)


# ---------------------------------------------------------------------------------------------------- places


def places(buttons: Sequence[Button], above: str = "") -> Iterator[tuple[str, Button]]:
    """Every button with the way to it, `更多/赞一下`; submenus come before what is in them."""
    seen: set[str] = set()
    for button in buttons:
        path = above + free_name(button.name, seen)
        seen.add(path.removeprefix(above))
        yield path, button
        yield from places(button.items, f"{path}/")


def free_name(name: str, taken: Container[str]) -> str:
    """A name that no button beside it has: `赞`, `赞 2`."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} {number}"
    return free
