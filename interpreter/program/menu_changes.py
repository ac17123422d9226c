"""What pushing a menu would change, button by button."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from interpreter.program.menu import Button, Menu, places


@dataclass(frozen=True, slots=True)
class Change:
    """One button that is added, removed, changed, moved, or stays as it is."""

    kind: Literal["added", "removed", "changed", "moved", "same"]
    audience: str
    """Whose menu it is in: `tag=2`; `""` is everybody's."""
    path: str
    before: str = ""
    """What it did, `click LIKE`; of a submenu nothing."""
    after: str = ""


def changes(old: Menu, new: Menu) -> tuple[Change, ...]:
    """The buttons of both menus, in the order of the new one; what is gone stands where it was."""
    found = list(_changes(old.buttons, new.buttons, ""))
    before = {_audience(each.conditions): each.buttons for each in old.conditional}
    after = {_audience(each.conditions): each.buttons for each in new.conditional}
    for audience in dict.fromkeys((*after, *before)):
        found += _changes(before.get(audience, ()), after.get(audience, ()), audience)
    return tuple(found)


def is_other_order(old: Menu, new: Menu) -> bool:
    """Whether the menus for some users are tried in another order."""
    before = [_audience(each.conditions) for each in old.conditional]
    after = [_audience(each.conditions) for each in new.conditional]
    return [each for each in before if each in after] != [each for each in after if each in before]


def are_equal(old: Menu, new: Menu) -> bool:
    """Whether nothing would change."""
    return old == new


def _audience(conditions: Sequence[tuple[str, str]]) -> str:
    return ",".join(f"{name}={value}" for name, value in sorted(conditions, reverse=True))


def _changes(old: Sequence[Button], new: Sequence[Button], audience: str) -> Iterator[Change]:
    before, after = list(places(old)), list(places(new))
    was, now = ({path: described(button) for path, button in each} for each in (before, after))
    paths, others = [path for path, _ in before], [path for path, _ in after]
    for word, start, end, first, last in SequenceMatcher(None, paths, others, autojunk=False).get_opcodes():
        if word == "equal":
            for path in others[first:last]:
                kind: Literal["same", "changed"] = "same" if was[path] == now[path] else "changed"
                yield Change(kind, audience, path, was[path], now[path])
            continue
        for path in paths[start:end]:
            if path not in now:
                yield Change("removed", audience, path, was[path], "")
        for path in others[first:last]:
            yield Change("moved" if path in was else "added", audience, path, was.get(path, ""), now[path])


def described(button: Button) -> str:
    """What a tap does, in one line."""
    parts = (button.key, button.url, button.app_id, button.page, button.media, button.article)
    return " ".join(part for part in (button.kind, *parts) if part)
