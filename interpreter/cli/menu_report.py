"""How a change of a menu is shown, line by line, like a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from interpreter.diagnostics.wording import Wording
from interpreter.program.menu import Menu
from interpreter.program.menu_changes import Change, changes, is_other_order

_SIGNS = {"added": "+", "removed": "-", "changed": "~", "moved": ">", "same": " "}
_COLOURS = {"added": "32", "removed": "31", "changed": "33", "moved": "36", "same": "2"}
_COUNTED = {
    "added": Wording("added", "新增"),
    "removed": Wording("removed", "删除"),
    "changed": Wording("changed", "修改"),
    "moved": Wording("moved", "移动"),
}


def show_changes(old: Menu, new: Menu, language: str, *, colour: bool) -> str:
    """The lines of both menus, and how many of them differ."""
    found = changes(old, new)
    if not found:
        return Wording("there is no menu, neither here nor there\n", "两边都没有菜单\n").say(language)
    lines: list[str] = []
    for audience, each in groupby(found, key=lambda change: change.audience):
        lines.append(_title(audience).say(language))
        lines += _lines(list(each), language, colour=colour)
    if is_other_order(old, new):
        lines.append(
            Wording("the menus for some users are tried in another order", "个性化菜单的先后顺序改变").say(language)
        )
    lines.append(_summary(found, old == new).say(language))
    return "\n".join(lines) + "\n"


def _title(audience: str) -> Wording:
    if not audience:
        return Wording("menu", "菜单")
    return Wording(f"menu for {audience}", f"个性化菜单 {audience}")


def _lines(found: Sequence[Change], language: str, *, colour: bool) -> Iterator[str]:
    width = max(len(change.path) for change in found)
    for change in found:
        line = f"  {_SIGNS[change.kind]} {change.path:<{width}}  {_what(change, language)}".rstrip()
        yield f"\x1b[{_COLOURS[change.kind]}m{line}\x1b[0m" if colour else line


def _what(change: Change, language: str) -> str:
    before, after = (text or Wording("submenu", "子菜单").say(language) for text in (change.before, change.after))
    match change.kind:
        case "removed":
            return before
        case "changed" | "moved" if before != after:
            return f"{before} → {after}"
        case _:
            return after


def _summary(found: Sequence[Change], is_equal: bool) -> Wording:
    counts = [(kind, sum(change.kind == kind for change in found)) for kind in _COUNTED]
    en = ", ".join(f"{count} {_COUNTED[kind].en}" for kind, count in counts if count)
    zh = "，".join(f"{_COUNTED[kind].zh} {count}" for kind, count in counts if count)
    if is_equal:
        return Wording("nothing differs", "没有差别")
    return Wording(en or "only the order differs", zh or "只有顺序不同")
