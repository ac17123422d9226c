"""DL605: `reply: null`, `reply: no_reply` and the like, which are said as these words where silence was meant."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.replies import Say
from interpreter.source.tree import Scalar

CODE = "DL605"

_WORDS = frozenset(
    (
        *("null", "Null", "NULL", "~", "nil", "None", "NONE", "undefined", "void"),
        *("no_reply", "noreply", "no-reply", "noReply", "NO_REPLY"),
    )
)
"""What predecessors and other languages write for nothing; nobody says these words to people."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """All that a step, a state or a named text says."""
    for said in subject.said:
        reply = said.reply
        if isinstance(reply, Say) and reply.text.scalar.text in _WORDS and reply.text.scalar.is_plain:
            yield _report(reply.text.scalar)


def _report(scalar: Scalar) -> Diagnostic:
    return Diagnostic(
        CODE,
        scalar.span,
        Wording(f"the bot would say the word `{scalar.text}`", f"机器人会把 `{scalar.text}` 当作文字发出去"),
        label=Wording("silence is written `none`", "静默写作 `none`"),
        fix=Fix("none", (Edit(scalar.span, "none"),), Applicability.SAFE),
        help=Wording("if the word itself is meant, put quotes around it", "如果确实要发这个词，请给它加引号"),
    )
