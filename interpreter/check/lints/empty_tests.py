"""Tests that check nothing, so that they always hold."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording

CODE = "DL804"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Tests without a line `<`, `?` or `!`."""
    for test in subject.bot.tests:
        if not any(line.kind in ("expect", "check", "request") for line in test.lines):
            yield Diagnostic(
                CODE,
                test.name.span,
                Wording(f"the test `{test.name.text}` expects nothing", f"测试 `{test.name.text}` 没有任何期望"),
                label=Wording("it always holds", "它总会通过"),
                help=Wording(
                    "add what the bot should say: `< text`, or `< *` for anything",
                    "请加上机器人应有的回复：`< 文本`，或用 `< *` 表示任意回复",
                ),
            )
