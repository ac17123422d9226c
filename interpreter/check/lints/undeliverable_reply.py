"""DL508: a second message in one turn, where no account can send more than the one passive reply."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.account_powers import none_can_send
from interpreter.check.lints.subject import Subject
from interpreter.check.lints.turns import Sent, messages
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording

CODE = "DL508"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The second message of each straight path; a transfer behind another reply is a matter of its own."""
    if not none_can_send(subject.bot):
        return
    for steps in subject.routines:
        for sent in messages(steps):
            if sent.before == 1 and sent.kind != "transfer":
                yield _lost(sent)


def _lost(sent: Sent) -> Diagnostic:
    return Diagnostic(
        CODE,
        sent.span,
        Wording(
            "this would be a second message, and the account can send only one reply",
            "这会是第二条消息，而这个账号一次只能回复一条",
        ),
        related=(Label(sent.first, Wording("this is the one reply", "唯一的一条回复在这里")),) if sent.first else (),
        help=Wording(
            "say it in one message (texts that follow one another are joined), or offer the rest by a keyword",
            "请合并成一条消息（相邻的文本会自动合并），或让用户发送关键词再取其余内容",
        ),
        notes=(
            Wording(
                "further messages go through the customer-service API, which takes `verified: true`",
                "其余消息要通过客服接口发送，账号须为 `verified: true`",
            ),
        ),
    )
