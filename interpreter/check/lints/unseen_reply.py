"""DL506: a reply to an event that cannot be answered: whoever has left gets no messages, `view` shows none."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import nested
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.replies import Silence
from interpreter.dialog.model.rules import Rule
from interpreter.dialog.model.steps import ReplyStep

CODE = "DL506"

_UNSEEN = {
    "unsubscribe": Wording("whoever has unsubscribed can receive nothing", "用户已取消关注，收不到任何消息"),
    "view": Wording("WeChat shows no reply to `view`: the page is open", "微信不显示对 `view` 的回复：页面已经打开"),
}


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Rules for these events alone: with others beside them the reply is for those."""
    for rule in subject.root_rules:
        trigger = rule.trigger
        events = {event.text for event in trigger.events}
        if events and events <= _UNSEEN.keys() and not (trigger.patterns or trigger.messages or trigger.always):
            yield from _replies(rule, trigger.events[0].text)


def _replies(rule: Rule, event: str) -> Iterator[Diagnostic]:
    for step in nested(rule.steps):
        if isinstance(step, ReplyStep) and not isinstance(step.reply, Silence):
            yield Diagnostic(
                CODE,
                step.span,
                Wording(f"nobody sees a reply to `{event}`", f"没有人能看到对 `{event}` 的回复"),
                related=(Label(rule.trigger.events[0].span, _UNSEEN[event]),),
                help=Wording(
                    "write `reply: none`, and keep what the rule sets or logs",
                    "请改为 `reply: none`，保留规则中的 `set`、`log` 等步骤",
                ),
            )
