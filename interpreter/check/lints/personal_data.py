"""Phone and identity numbers where others read them: in the log, or in the address of a request."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.steps import LogStep
from interpreter.expr.printer import print_expression
from interpreter.types.kinds import OptionalType, TextType, Type

CODE = "DL705"

_FORMS = {
    "phone": Wording("a phone number", "手机号"),
    "idcard": Wording("an identity number", "身份证号"),
}


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The holes of log lines, paths and queries."""
    for step in subject.steps:
        if isinstance(step, LogStep):
            yield from _in_text(step.text, subject, _IN_LOG)
    for service in subject.bot.services.values():
        for operation in service.operations.values():
            texts = (*((operation.path,) if operation.path else ()), *(text for _, text in operation.query))
            for text in texts:
                yield from _in_text(text, subject, _IN_ADDRESS)


_IN_LOG = (
    Wording("goes into the log", "会写进日志"),
    Wording("log what it was about, such as `user.id`", "请记录与之相关的内容，例如 `user.id`"),
)
_IN_ADDRESS = (
    Wording("goes into the address, which servers write into their logs", "会出现在网址里，而服务器会把网址写进日志"),
    Wording("send it in `json` or `form`", "请放到 `json` 或 `form` 里发送"),
)


def _in_text(text: Text, subject: Subject, place: tuple[Wording, Wording]) -> Iterator[Diagnostic]:
    typed = subject.analysis.text(text)
    if typed is None:
        return
    said, advice = place
    for hole, kind in zip(text.template.holes, typed.holes, strict=True):
        what = _FORMS.get(_form(kind.type) or "")
        if what is not None:
            shown = print_expression(hole.node)
            yield Diagnostic(
                CODE,
                text.scalar.place(hole.start, hole.end),
                Wording(f"`{shown}` is {what.en} and {said.en}", f"`{shown}` 是{what.zh}，{said.zh}"),
                label=Wording("personal data", "个人信息"),
                help=advice,
            )


def _form(kind: Type) -> str | None:
    inner = kind.inner if isinstance(kind, OptionalType) else kind
    return inner.form if isinstance(inner, TextType) else None
