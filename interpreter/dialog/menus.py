"""The custom menu: buttons, and the rules of those that have steps."""

from __future__ import annotations

from dataclasses import dataclass, field

from interpreter.dialog.leaves import Leaves, as_mapping, name_of, read_name, read_scalars
from interpreter.dialog.model.bot import Button, ConditionalMenu
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.rules import Rule, Trigger
from interpreter.dialog.rules import read_rule
from interpreter.dialog.words import EFFECTS
from interpreter.source.tree import Entry, Mapping, Node, Scalar, Sequence

_SCANS = {"push": "scancode_push", "wait": "scancode_waitmsg"}
_PHOTOS = {"camera": "pic_sysphoto", "album": "pic_weixin", "any": "pic_photo_or_album"}
_SILENT = ("url", "mini", "items")
"""Buttons with one of these send no key of the bot's."""


@dataclass(frozen=True, slots=True)
class Menu:
    """All of `menu:`."""

    buttons: tuple[Button, ...] = ()
    rules: tuple[Rule, ...] = ()
    conditional: tuple[ConditionalMenu, ...] = ()


@dataclass(slots=True)
class _Reading:
    leaves: Leaves
    rules: list[Rule] = field(default_factory=list)

    def buttons(self, node: Node | None, path: str) -> tuple[Button, ...]:
        return tuple(self._button(entry, path + entry.key.text) for entry in as_mapping(node).entries)

    def _button(self, entry: Entry, path: str) -> Button:
        node = as_mapping(entry.value)
        name, key = name_of(entry.key), _key(entry, node, path)
        if key and any(item.key.text in EFFECTS for item in node.entries):
            trigger = Trigger(events=(Name(_event(node), name.span),), key=key)
            self.rules.append(read_rule(self.leaves, node, name=name, path=f"menu.{path}", trigger=trigger))
        items = self.buttons(node.get("items"), f"{path}/")
        return Button(name, key.text if key else None, items, entry.value, entry.key.span)


def _key(entry: Entry, node: Mapping, path: str) -> Name | None:
    """The EventKey of a button: its own, or the way to it through the menu."""
    if any(node.entry(word) for word in _SILENT):
        return None
    return read_name(node.get("key")) or Name(path, entry.key.span)


def _event(node: Mapping) -> str:
    """The event that a tap on a button sends."""
    match node.get("scan"), node.get("photo"), node.get("location"):
        case Scalar(text=kind), _, _ if kind in _SCANS:
            return _SCANS[kind]
        case _, Scalar(text=kind), _ if kind in _PHOTOS:
            return _PHOTOS[kind]
        case _, _, Scalar(text="true"):
            return "location_select"
        case _:
            return "click"


def read_menu(leaves: Leaves, node: Node | None) -> Menu:
    """The map `menu`; with `for`, a default menu and others for some users."""
    menu, reading = as_mapping(node), _Reading(leaves)
    others = menu.get("for")
    if not isinstance(others, Sequence):
        buttons = reading.buttons(menu, "")
        return Menu(buttons, tuple(reading.rules))
    buttons = reading.buttons(menu.get("default"), "")
    conditional = tuple(
        _conditional(reading, item, number)
        for number, item in enumerate(others.items, start=1)
        if isinstance(item, Mapping)
    )
    return Menu(buttons, tuple(reading.rules), conditional)


def _conditional(reading: _Reading, node: Mapping, number: int) -> ConditionalMenu:
    """A menu for some users; its buttons' keys begin with its number, so that they are told from the default's."""
    conditions = (
        (name_of(entry.key), scalar)
        for entry in as_mapping(node.get("if")).entries
        for scalar in read_scalars(entry.value)
    )
    return ConditionalMenu(tuple(conditions), reading.buttons(node.get("items"), f"{number}/"), node.span)
