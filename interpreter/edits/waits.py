"""DL901: places where conversations wait that the new bot no longer has."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.waiting import Owner, Site
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.steps import CallStep
from interpreter.edits.edit import Edit
from interpreter.edits.renaming import Candidate, Guess, guess, rename_fix, text_of
from interpreter.source.spans import Span

CODE = "DL901"

_KINDS = {
    "rule": Wording("rule", "规则"),
    "state": Wording("state", "状态"),
    "flow": Wording("flow", "流程"),
    "part": Wording("part", "部分"),
}
_KEEP = Wording(
    "keep it until nobody waits there, or say under `renamed` what goes on in its place",
    "先保留，直到没有人停在那里；或在 `renamed` 里写明由什么来接续",
)


def vanished_waits(edit: Edit) -> Iterator[Diagnostic]:
    """One finding for each rule, state or flow that is gone, and for each place gone from one that is still there."""
    gone: dict[str, list[Owner | Site]] = {}
    for path, state in edit.old.states.items():
        if edit.new_state(path) is None:
            _group(edit, state, state, gone)
    for site in edit.old.sites.values():
        if edit.new_site(site) is None and not _follows(edit, site):
            _group(edit, site.routine.owner, site, gone)
    for places in gone.values():
        first = places[0]
        yield _site_gone(edit, first) if isinstance(first, Site) else _owner_gone(edit, first)


def _group(edit: Edit, owner: Owner, place: Owner | Site, gone: dict[str, list[Owner | Site]]) -> None:
    """Count a place with the outermost thing that is gone; the place itself when all around it is still there."""
    cause = next((each for each in owner.chain if edit.new_owner(each) is None), place)
    gone.setdefault(cause.path, [cause]).append(place)


def _follows(edit: Edit, site: Site) -> bool:
    """Whether a call is gone from a place that is still there because its flow is: that has its own finding."""
    if not isinstance(site.step, CallStep) or edit.new_owner(site.routine.owner) is None:
        return False
    flow = edit.old.owners.get(f"flows.{site.step.flow.text}")
    return flow is not None and edit.new_owner(flow) is None


def _owner_gone(edit: Edit, owner: Owner) -> Diagnostic:
    added = [
        Candidate(path, each.name, text_of(each.body))
        for path, each in edit.new.owners.items()
        if each.kind == owner.kind and path not in edit.old.owners and _is_beside(edit, owner, each)
    ]
    found = guess(owner.path, text_of(owner.body), added)
    kind, name = _KINDS[owner.kind], _short(owner.path)
    message = Wording(
        f"{kind.en} `{name}` is gone, and conversations that wait in it must start over",
        f"{kind.zh} `{name}` 没有了，停在其中的对话要重新开始",
    )
    return _finding(edit, message, owner.path, owner.name, owner.parent, found)


def _is_beside(edit: Edit, old: Owner, new: Owner) -> bool:
    """Whether both stand in the same state or rule, or in none."""
    parent = edit.new_owner(old.parent) if old.parent else None
    return (new.parent.path if new.parent else None) == (parent.path if parent else None)


def _site_gone(edit: Edit, site: Site) -> Diagnostic:
    owner = edit.new_owner(site.routine.owner)
    added = [
        Candidate(path, each.span, text_of(each.step.span))
        for path, each in edit.new.sites.items()
        if path not in edit.old.sites
        and owner is not None
        and owner.path == each.routine.owner.path
        and type(each.step) is type(site.step)
    ]
    found = guess(site.path, text_of(site.step.span), added)
    if isinstance(site.step, CallStep):
        message = Wording(
            f"`{_short(site.routine.name)}` no longer calls `{site.step.flow.text}`, "
            "and conversations that wait in that call must start over",
            f"`{_short(site.routine.name)}` 不再调用 `{site.step.flow.text}`，停在这次调用中的对话要重新开始",
        )
    else:
        message = Wording(
            f"question `{_short(site.path)}` is gone, and conversations that were asked it are asked something else",
            f"问题 `{_short(site.path)}` 没有了，已经问到它的对话会被问别的问题",
        )
    return _finding(edit, message, site.path, site.span, site.routine.owner, found)


def _finding(
    edit: Edit, message: Wording, path: str, place: Span, parent: Owner | None, found: Guess | None
) -> Diagnostic:
    was = Label(place, Wording("conversations may wait here", "对话可能停在这里"))
    if found is not None:
        name = _short(found.candidate.path)
        return Diagnostic(
            CODE,
            found.candidate.name,
            message,
            label=Wording(f"is it called `{name}` now?", f"是不是改名为 `{name}`？"),
            related=(was,),
            fix=rename_fix(edit.new.bot, path, found),
        )
    around = edit.new_owner(parent) if parent else None
    span = around.name if around else _beginning(edit.new.bot)
    return Diagnostic(CODE, span, message, related=(was,), help=_KEEP)


def _beginning(bot: Bot) -> Span:
    """The first line of a bot."""
    file, start = bot.span.file, bot.span.start
    return Span(file, start, start + len(file.line_text(bot.span.line)) - bot.span.column + 1)


def _short(path: str) -> str:
    """A name as authors say it: `guess`, `survey/age`."""
    return path.partition(".")[2] or path
