"""Random lists in which a reply stands twice or is empty."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.replies import OneOf, Say
from interpreter.types.folding import fold

CODE = "DL603"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Every list of which one item is said, save those that are told in order."""
    for reply in subject.replies:
        if isinstance(reply, OneOf) and len(reply.items) > 1:
            yield from _in_list(reply)


def _in_list(reply: OneOf) -> Iterator[Diagnostic]:
    seen: dict[str, Text] = {}
    for item in reply.items:
        if not isinstance(item, Say):
            continue
        text = item.text
        if not text.scalar.text.strip():
            yield _empty(text)
        elif reply.mode not in ("sequence", "cycle"):
            first = seen.setdefault(fold(text.scalar.text), text)
            if first is not text:
                yield _repeated(text, first)


def _empty(text: Text) -> Diagnostic:
    return Diagnostic(
        CODE,
        text.scalar.span,
        Wording("an empty reply in a list: the bot would say nothing", "列表里有空的回复，机器人会什么也不说"),
        help=Wording("remove it; for silence write `none`", "请删掉它；如果要静默，请写 `none`"),
    )


def _repeated(text: Text, first: Text) -> Diagnostic:
    return Diagnostic(
        CODE,
        text.scalar.span,
        Wording("this reply stands twice in the list", "这条回复在列表里出现了两次"),
        related=(Label(first.scalar.span, Wording("first written here", "第一次写在这里")),),
        help=Wording("remove one, or say it in other words", "请删掉一条，或换个说法"),
    )
