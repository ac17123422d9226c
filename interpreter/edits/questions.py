"""DL904: questions that were asked already and now want an answer of another kind."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.steps import Question
from interpreter.edits.edit import Edit
from interpreter.expr.assignable import assignable
from interpreter.types.kinds import TextType, Type, required, show

CODE = "DL904"


def changed_questions(edit: Edit) -> Iterator[Diagnostic]:
    """Places where the answer to the old question is none to the new one."""
    for old in edit.old.sites.values():
        new = edit.new_site(old)
        if new is not None and isinstance(old.step, Question) and isinstance(new.step, Question):
            was, now = _wanted(old.step), _wanted(new.step)
            if _is_other(now, was):
                yield _changed(old.step, new.step, _shown(was), _shown(now))


def _wanted(question: Question) -> Type | None:
    """The type of the answer; None where it is one of a list."""
    if question.choices is not None:
        return None
    return required(question.type) if question.type else TextType()


def _is_other(new: Type | None, old: Type | None) -> bool:
    if new is None or old is None:
        return new is not old
    return assignable(new, old) is False and assignable(old, new) is False


def _shown(kind: Type | None) -> Wording:
    return Wording("one of a list", "列表中的一项") if kind is None else Wording(f"`{show(kind)}`", f"`{show(kind)}`")


def _changed(old: Question, new: Question, was: Wording, now: Wording) -> Diagnostic:
    return Diagnostic(
        CODE,
        new.type_span or (new.into.span if new.into else new.span),
        Wording(
            f"conversations that wait here were asked for {was.en}, and their answer is now read as {now.en}",
            f"停在这里的对话被问的是 {was.zh}，回答却会按 {now.zh} 来读",
        ),
        related=(
            Label(
                old.type_span or (old.into.span if old.into else old.span),
                Wording(f"it asked for {was.en}", f"原来问的是 {was.zh}"),
            ),
        ),
        help=Wording(
            "give the new question another name (`into`), so that nobody stands there yet",
            "给新问题换个名字（`into`），这样还没有人停在那里",
        ),
    )
