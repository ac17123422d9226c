"""DL514: handing over to customer service behind another reply, or with `send`: only a passive reply can do it."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.check.lints.turns import Sent, messages
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.replies import Transfer

CODE = "DL514"

_HELP = Wording(
    "let the transfer be the only reply; the customer service can greet the user",
    "请只回复 `transfer`；问候语可由客服系统发送",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Whatever the account: the first message of a turn is the passive reply."""
    if not any(isinstance(said.reply, Transfer) for said in subject.said):
        return
    for steps in subject.routines:
        for sent in messages(steps):
            if sent.kind == "transfer" and sent.before:
                yield _late(sent)
    for said in subject.said:
        if said.is_sent and isinstance(said.reply, Transfer):
            yield Diagnostic(
                CODE,
                said.reply.span,
                Wording("`send` cannot hand over to customer service", "`send` 不能转接客服"),
                help=Wording("write it as a `reply`", "请写成 `reply`"),
            )


def _late(sent: Sent) -> Diagnostic:
    return Diagnostic(
        CODE,
        sent.span,
        Wording(
            "the user is not handed over: only the first message of a turn can do that",
            "不会转接客服：只有一轮回复的第一条消息才能转接",
        ),
        related=(Label(sent.first, Wording("this reply goes first", "先发出的是这条回复")),) if sent.first else (),
        help=_HELP,
    )
