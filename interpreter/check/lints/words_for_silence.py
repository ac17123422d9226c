"""DL605: `reply: null`, `reply: no_reply` and the like, which are said as these words where silence was meant."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.replies import Say
from interpreter.dialog.model.steps import ReplyStep
from interpreter.source.tree import Scalar

CODE = "DL605"

_WORDS = frozenset(
    (
        *("null", "Null", "NULL", "~", "nil", "None", "NONE", "undefined", "void"),
        *("no_reply", "noreply", "no-reply", "noReply", "NO_REPLY"),
    )
)
"""What predecessors and other languages write for nothing; nobody says these words to people."""


_TILDE = "~"
"""A mark at the end of a text, too: `你好$(texts.tail)`; alone it may be said as it stands."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """All that a step, a state or a named text says."""
    found = [
        said.reply
        for said in subject.said
        if isinstance(said.reply, Say) and said.reply.text.scalar.text in _WORDS and said.reply.text.scalar.is_plain
    ]
    whole = _whole(subject) if found else frozenset()
    for reply in found:
        is_tilde, is_whole = reply.text.scalar.text == _TILDE, id(reply) in whole
        if is_whole or not is_tilde:
            yield _report(reply.text.scalar, is_sure=is_whole and not is_tilde)


def _whole(subject: Subject) -> frozenset[int]:
    """The identities of the replies that are all a step says, not one of several texts, and no part of another."""
    return frozenset(id(step.reply) for step in subject.steps if isinstance(step, ReplyStep))


def _report(scalar: Scalar, *, is_sure: bool) -> Diagnostic:
    return Diagnostic(
        CODE,
        scalar.span,
        Wording(f"the bot would say the word `{scalar.text}`", f"机器人会把 `{scalar.text}` 当作文字发出去"),
        label=Wording("silence is written `none`", "静默写作 `none`"),
        fix=Fix("none", (Edit(scalar.span, "none"),), Applicability.SAFE if is_sure else Applicability.UNSAFE),
        help=Wording("if the word itself is meant, put quotes around it", "如果确实要发这个词，请给它加引号"),
    )
