"""DL902, DL903: variables that are remembered with values of another type, or not read any more."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.rules import Parameter
from interpreter.edits.edit import Edit
from interpreter.expr.assignable import assignable
from interpreter.source.spans import Span
from interpreter.types.kinds import AnyType, EntityType, OptionalType, Type, required, show

CHANGED = "DL902"
VANISHED = "DL903"


def changed_variables(edit: Edit) -> Iterator[Diagnostic]:
    """Variables of the old bot whose values the new one cannot use, or does not know."""
    new = {variable.name.text: variable for variable in edit.new.bot.variables}
    old = {variable.name.text: variable for variable in edit.old.bot.variables}
    for name, variable in old.items():
        if name not in new:
            yield _gone(edit.new.bot, variable, [each for each in new.values() if each.name.text not in old])
        elif not still_fits(new[name].type, variable.type):
            yield _changed(variable, new[name])


def still_fits(new: Type, old: Type) -> bool:
    """Whether every value of the old type is one of the new type, as far as types tell.

    Of an entity, the things are compared elsewhere; of `any` nothing is known.
    """
    if isinstance(required(old), AnyType) or new == old:
        return True
    if isinstance(old, OptionalType) and not isinstance(new, (OptionalType, AnyType)):
        return False
    new, old = required(new), required(old)
    return (isinstance(old, EntityType) and new == old) or assignable(new, old) is True


def _changed(old: Parameter, new: Parameter) -> Diagnostic:
    was, now = show(old.type), show(new.type)
    name = new.name.text
    everybody = ("everybody", "所有人") if name.startswith("user.") else ("a conversation under way", "进行中的对话")
    return Diagnostic(
        CHANGED,
        new.name.span,
        Wording(
            f"`{name}` is `{now}` now, and {everybody[0]} may still have a value of `{was}`",
            f"`{name}` 现在是 `{now}`，{everybody[1]}可能还存着 `{was}` 的值",
        ),
        label=Wording("a value that does not fit is dropped for the default", "不合新类型的值会被丢弃，改用默认值"),
        related=(Label(old.name.span, Wording(f"it was `{was}`", f"原来是 `{was}`")),),
        help=Wording(
            "take a type that holds the old values too, or another name",
            "换一个也能容纳旧值的类型，或者换个名字",
        ),
    )


def _gone(bot: Bot, old: Parameter, added: list[Parameter]) -> Diagnostic:
    name = old.name.text
    alike = [each for each in added if each.type == old.type and _scope(each.name.text) == _scope(name)]
    near = nearest(name, (each.name.text for each in alike)) or (alike[0].name.text if len(alike) == 1 else None)
    now = next((each for each in alike if each.name.text == near), None)
    label = Wording(f"is it called `{near}` now?", f"是不是改名为 `{near}`？") if near else None
    return Diagnostic(
        VANISHED,
        now.name.span if now else _variables(bot),
        Wording(
            f"variable `{name}` is gone, and what is remembered under it is not read any more",
            f"变量 `{name}` 没有了，以前记在里面的内容不会再被读取",
        ),
        label=label,
        related=(Label(old.name.span, Wording("it was declared here", "原来在这里声明")),),
        help=Wording(
            f"keep the name `{name}`, or keep the variable too and copy it in `before`",
            f"保留名称 `{name}`；或者两个变量都保留，在 `before` 里复制过去",
        ),
    )


def _scope(name: str) -> str:
    return name.partition(".")[0] if "." in name else ""


def _variables(bot: Bot) -> Span:
    """Where variables are declared, or the beginning of a bot that declares none."""
    if bot.variables:
        return bot.variables[0].name.span
    file, start = bot.span.file, bot.span.start
    return Span(file, start, start + len(file.line_text(bot.span.line)) - bot.span.column + 1)
