"""The custom menu: buttons, and the rules of those that have steps."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from interpreter.dialog.leaves import Leaves, as_mapping, name_of, read_name, read_scalars, written
from interpreter.dialog.model.bot import Button, ConditionalMenu, audience_of
from interpreter.dialog.model.leaves import Name, Text
from interpreter.dialog.model.rules import Rule, Trigger
from interpreter.dialog.rules import read_rule
from interpreter.dialog.words import EFFECTS
from interpreter.source.tree import Entry, Mapping, Node, Scalar, Sequence

_SCANS = {"push": "scancode_push", "wait": "scancode_waitmsg"}
_PHOTOS = {"camera": "pic_sysphoto", "album": "pic_weixin", "any": "pic_photo_or_album"}
_OPENING = {
    "url": "view",
    "mini": "miniprogram",
    "media": "media_id",
    "open_media": "view_limited",
    "article": "article_id",
    "open_article": "article_view_limited",
}
"""What a tap does on a button with one of these keys; it sends no key of the bot's."""


class Menu(Struct, frozen=True):
    """All of `menu:`."""

    buttons: tuple[Button, ...] = ()
    rules: tuple[Rule, ...] = ()
    conditional: tuple[ConditionalMenu, ...] = ()


class _Reading(Struct):
    leaves: Leaves
    rules: list[Rule] = field(default_factory=list)

    def buttons(self, node: Node | None, path: str) -> tuple[Button, ...]:
        return tuple(self._button(entry, path + entry.key.text) for entry in as_mapping(node).entries)

    def _button(self, entry: Entry, path: str) -> Button:
        node, kind = as_mapping(entry.value), _kind(entry.value)
        name, key = name_of(entry.key), _key(entry, kind, path)
        if key and any(item.key.text in EFFECTS for item in node.entries):
            trigger = Trigger(events=(Name(kind, name.span),), key=key)
            self.rules.append(read_rule(self.leaves, node, name=name, path=f"menu.{path}", trigger=trigger))
        return Button(
            name,
            key.text if key else None,
            self.buttons(node.get("items"), f"{path}/"),
            entry.value,
            entry.key.span,
            kind=kind,
            path=path,
            label=written(node.get("label")),
            parts=tuple(_parts(self.leaves, node)),
        )


def _kind(node: Node) -> str:
    """What a tap on a button does, by WeChat's name for it."""
    entries = as_mapping(node)
    if entries.entry("items") is not None:
        return ""
    opening = next((kind for key, kind in _OPENING.items() if entries.entry(key) is not None), None)
    if opening is not None:
        return opening
    match entries.get("scan"), entries.get("photo"), entries.get("location"):
        case Scalar(text=source), _, _ if source in _SCANS:
            return _SCANS[source]
        case _, Scalar(text=source), _ if source in _PHOTOS:
            return _PHOTOS[source]
        case _, _, Scalar(text="true"):
            return "location_select"
        case _:
            return "click"


def _key(entry: Entry, kind: str, path: str) -> Name | None:
    """The EventKey of a button: its own, or the way to it through the menu."""
    if not kind or kind in _OPENING.values():
        return None
    return read_name(as_mapping(entry.value).get("key")) or Name(path, entry.key.span)


def _parts(leaves: Leaves, node: Mapping) -> Iterator[tuple[str, Text]]:
    opened = next((key for key in _OPENING if node.entry(key) is not None), None)
    if opened == "mini":
        mini = as_mapping(node.get("mini"))
        found = [(name, mini.get(name)) for name in ("app_id", "page", "url")]
    else:
        name = (opened or "").removeprefix("open_")
        found = [(name, node.get(opened))] if opened else []
    for name, part in found:
        text = leaves.text(written(part))
        if text is not None:
            yield name, text


def read_menu(leaves: Leaves, node: Node | None) -> Menu:
    """The map `menu`; with `for`, a default menu and others for some users."""
    menu, reading = as_mapping(node), _Reading(leaves)
    others = menu.get("for")
    if not isinstance(others, Sequence):
        buttons = reading.buttons(menu, "")
        return Menu(buttons, tuple(reading.rules))
    buttons = reading.buttons(menu.get("default"), "")
    conditional = tuple(_conditional(reading, item) for item in others.items if isinstance(item, Mapping))
    return Menu(buttons, tuple(reading.rules), conditional)


def _conditional(reading: _Reading, node: Mapping) -> ConditionalMenu:
    """A menu for some users; the paths of its buttons begin with whom it is for, so that they can stand anywhere."""
    conditions = tuple(
        (name_of(entry.key), scalar)
        for entry in as_mapping(node.get("if")).entries
        for scalar in read_scalars(entry.value)
    )
    audience = audience_of((name.text, scalar.text) for name, scalar in conditions)
    return ConditionalMenu(conditions, reading.buttons(node.get("items"), f"{audience}/"), node.span)
