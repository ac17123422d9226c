"""Entries of `renamed` that lead nowhere, or from a name that is still in use."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.check.menus import every_button
from interpreter.check.waiting import routines, sites
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Name

CODE = "DL019"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Each entry whose new name is none, or whose old name is one."""
    bot = subject.bot
    if not bot.renames:
        return
    places = [state.path for state in subject.states] + [f"flows.{name}" for name in bot.flows]
    places += [site.path for routine in routines(bot) for site in sites(routine)]
    known = dict.fromkeys(name for path in places for name in (path, path.partition(".")[2]))
    known |= dict.fromkeys(rule.path for rule in subject.rules)
    menus = (bot.buttons, *(menu.buttons for menu in bot.conditional_menus))
    known |= dict.fromkeys(f"menu.{button.path}" for buttons in menus for button in every_button(buttons))
    for old, new in bot.renames:
        if new.text not in known:
            yield _leads_nowhere(new, nearest(new.text, known))
        elif old.text in known:
            yield _in_use(old)


def _leads_nowhere(new: Name, near: str | None) -> Diagnostic:
    return Diagnostic(
        CODE,
        new.span,
        Wording(f"no state or flow is named `{new.text}`", f"没有名为 `{new.text}` 的状态或流程"),
        label=Wording(f"did you mean `{near}`?", f"是不是想写 `{near}`？")
        if near
        else Wording("conversations cannot go on there", "对话无法在那里继续"),
        help=None if near else Wording("write its new name, or remove the entry", "请写新的名称，或删掉这一项"),
        fix=Fix(near, (Edit(new.span, near),), Applicability.UNSAFE) if near else None,
    )


def _in_use(old: Name) -> Diagnostic:
    return Diagnostic(
        CODE,
        old.span,
        Wording(f"`{old.text}` is still the name of a state or flow", f"`{old.text}` 仍是状态或流程的名称"),
        label=Wording("conversations there would be led away", "停在那里的对话会被带走"),
        help=Wording("remove the entry", "请删掉这一项"),
    )
