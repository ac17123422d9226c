"""DL310: a rule that does nothing with what it answers: it says nothing, remembers nothing and leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.rules import Rule
from interpreter.dialog.model.steps import EachStep, IfStep, LetStep, Steps

CODE = "DL310"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Rules, choices and buttons without effect; a `pass: true` says that this is meant."""
    for rule in subject.rules:
        if rule.domain is None and not rule.has_target and _do_nothing(rule.steps):
            yield _report(rule)


def _do_nothing(steps: Steps) -> bool:
    for step in steps:
        match step:
            case LetStep():
                pass
            case IfStep(branches=branches):
                if not all(_do_nothing(branch.steps) for branch in branches):
                    return False
            case EachStep(steps=inner):
                if not _do_nothing(inner):
                    return False
            case _:
                return False
    return True


def _report(rule: Rule) -> Diagnostic:
    name = rule.name.text
    noun = Wording("choice", "选项") if rule.label is not None else Wording("rule", "规则")
    return Diagnostic(
        CODE,
        rule.name.span,
        Wording(
            f"{noun.en} `{name}` has no effect: the search goes on behind it",
            f"{noun.zh} `{name}` 没有任何作用：会继续往后匹配",
        ),
        help=Wording(
            "give it a `reply`, `do` or a target such as `wait`; `pass: true` says that it is meant",
            "请加上 `reply`、`do` 或 `wait` 等目标；有意如此就写 `pass: true`",
        ),
    )
