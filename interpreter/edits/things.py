"""DL906: things that are gone from an entity while variables may still hold them."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.steps import Question
from interpreter.edits.edit import Edit, Side
from interpreter.types.kinds import EntityType, ListType, Type, required

CODE = "DL906"
_MOST_NAMED = 3


def vanished_things(edit: Edit) -> Iterator[Diagnostic]:
    """Entities that lack things of the old bot, where a value of the entity may be remembered."""
    held = _remembered(edit.old)
    for name, old in edit.old.bot.entities.items():
        new = edit.new.bot.entities.get(name)
        if new is None or name not in held:
            continue
        gone = [thing for thing in old.things if thing not in new.things]
        if not gone:
            continue
        more = f" and {len(gone) - _MOST_NAMED} more" if len(gone) > _MOST_NAMED else ""
        more_zh = f"等 {len(gone)} 个" if len(gone) > _MOST_NAMED else ""
        named = [f"`{thing}`" for thing in gone[:_MOST_NAMED]]
        meant = nearest(gone[0], (thing for thing in new.things if thing not in old.things))
        yield Diagnostic(
            CODE,
            new.name.span,
            Wording(
                f"{', '.join(named)}{more} are gone from `{name}`, and `{held[name]}` may still hold such a value"
                if len(gone) > 1
                else f"{named[0]} is gone from `{name}`, and `{held[name]}` may still hold it",
                f"`{name}` 里没有了 {'、'.join(named)}{more_zh}，而 `{held[name]}` 里可能还存着",
            ),
            label=Wording(f"is it called `{meant}` now?", f"是不是改成了 `{meant}`？") if meant else None,
            related=(Label(old.name.span, Wording("as it was", "原来的内容")),),
            help=Wording("keep its name and add the new words as synonyms", "保留原来的名称，把新的说法加为同义词"),
        )


def _remembered(side: Side) -> dict[str, str]:
    """For each entity, a variable, an argument or a question whose value is remembered and may be one of its things."""
    found: dict[str, str] = {}
    for variable in side.bot.variables:
        _add(found, variable.type, variable.name.text)
    for site in side.sites.values():
        if isinstance(site.step, Question) and site.step.type and site.step.into:
            _add(found, site.step.type, site.step.into.text)
        for name, kind in site.routine.given.items():
            _add(found, kind, name)
    return found


def _add(found: dict[str, str], kind: Type, name: str) -> None:
    kind = required(kind)
    if isinstance(kind, ListType):
        kind = required(kind.item)
    if isinstance(kind, EntityType):
        found.setdefault(kind.name, name)
