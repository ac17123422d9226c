"""DL309: no `failure` though requests may fail, or no `fallback` though there are many rules."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.leaving import takes_all
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.rules import Rule
from interpreter.dialog.model.steps import ApiStep, FetchStep
from interpreter.source.spans import Span

CODE = "DL309"

MANY = 20
"""From how many rules for text messages on users will expect an answer to all they write."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """At most one of each."""
    if subject.bot.failure is None:
        requests = (step for step in subject.steps if isinstance(step, (FetchStep, ApiStep)) and step.failed is None)
        first = next(requests, None)
        if first is not None:
            yield _no_failure(first.span)
    textual = [rule for rule in subject.bot.rules if rule.trigger.patterns]
    if subject.bot.fallback is None and len(textual) >= MANY and not any(map(_answers_all, subject.bot.rules)):
        yield _no_fallback(subject.bot.rules[-1].name.span, len(textual))


def _answers_all(rule: Rule) -> bool:
    return takes_all(rule) or not (rule.trigger.patterns or rule.trigger.events or rule.trigger.messages)


def _no_failure(span: Span) -> Diagnostic:
    return Diagnostic(
        CODE,
        span,
        Wording(
            "when this fails, the user gets a general excuse: the bot has no `failure`",
            "这一步失败时，用户只会收到笼统的道歉：机器人没有 `failure`",
        ),
        help=Wording(
            "add `failed` to the step, or `failure: …` to the bot", "请给这一步加 `failed`，或给机器人加 `failure: …`"
        ),
    )


def _no_fallback(span: Span, count: int) -> Diagnostic:
    return Diagnostic(
        CODE,
        span,
        Wording(
            f"a message that none of {count} rules matches is met with silence: the bot has no `fallback`",
            f"{count} 条规则都不匹配的消息得不到任何回答：机器人没有 `fallback`",
        ),
        help=Wording("add `fallback: …` and say what the bot can do", "请加上 `fallback: …`，说明机器人会做什么"),
    )
