"""What a test is given though nothing in the bot could ever use it."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.replies import parts_of
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.replies import OneOf
from interpreter.expr.functions.library import FUNCTIONS
from interpreter.expr.tree import Call

CODE = "DL805"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Chance where there is none, an environment that is never read."""
    if not any(test.given for test in subject.bot.tests):
        return
    has_chance = _has_chance(subject)
    for test in subject.bot.tests:
        for name, _ in test.given:
            if name.text == "random" and not has_chance:
                yield _idle(name, Wording("nothing in this bot is left to chance", "这个机器人没有任何随机内容"))
            elif name.text.startswith("env.") and name.text[4:] not in subject.analysis.env_names:
                yield _idle(name, Wording(f"nothing reads `{name.text}`", f"没有任何地方读取 `{name.text}`"))


def _has_chance(subject: Subject) -> bool:
    for reply in subject.replies:
        if isinstance(reply, OneOf) and reply.mode in ("random", "shuffle") and len(tuple(parts_of(reply))) > 1:
            return True
    calls = (node for formula in subject.formulas for node in formula.parts if isinstance(node, Call))
    return any(call.function in FUNCTIONS and FUNCTIONS[call.function].family == "random" for call in calls)


def _idle(name: Name, why: Wording) -> Diagnostic:
    return Diagnostic(
        CODE,
        name.span,
        Wording(f"the test gains nothing from `{name.text}`: {why.en}", f"给定 `{name.text}` 没有作用：{why.zh}"),
        label=Wording("never used", "不会用到"),
        help=Wording("remove it", "请删掉它"),
    )
