"""DL523: a call that reaches many people, destroys something or pays, made by a rule that anybody can trigger.

A rule is guarded by its `if` or its `domain`. On its way any branch and any `check` of a question count as a guard, and
so does a `before` that branches or goes elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.catalogue.methods import find_method
from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import nested
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.rules import Rule
from interpreter.dialog.model.steps import ApiStep, AskStep, CallStep, EachStep, FormStep, GotoStep, IfStep, Steps

CODE = "DL523"

_EFFECTS = {
    "many": Wording("reaches many people", "会影响很多人"),
    "destroys": Wording("destroys something for good", "会造成无法恢复的删除"),
    "pays": Wording("moves money", "涉及资金"),
}


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Each such call once, with the first rule that leads to it."""
    bot = subject.bot
    risky = {id(step): reach for step in subject.calls if (reach := _reach(step)) is not None}
    if not risky or any(isinstance(step, (IfStep, CallStep, GotoStep)) for step in nested(bot.before)):
        return
    reached: dict[int, Diagnostic] = {}
    for rule in subject.root_rules:
        if rule.condition is not None or rule.domain is not None or rule.is_incomplete:
            continue
        for step in _certain_calls(rule.steps, bot, set()):
            if id(step) in risky:
                reached.setdefault(id(step), _unguarded(step, risky[id(step)], rule))
    yield from reached.values()


def _reach(step: ApiStep) -> Wording | None:
    method = find_method(step.method.text)
    return None if method is None or method.reach is None else _EFFECTS[method.reach]


def _certain_calls(steps: Steps, bot: Bot, entered: set[str]) -> Iterator[ApiStep]:
    """The calls on the straight way through some steps and the flows they call, up to what may be a guard."""
    for step in steps:
        match step:
            case IfStep():
                return
            case AskStep(question=question) if question.check is not None or question.choices is not None:
                return
            case FormStep(fields=fields) if any(field.check is not None for field in fields):
                return
            case ApiStep():
                yield step
            case EachStep(steps=inner):
                yield from _certain_calls(inner, bot, entered)
            case CallStep(flow=name) | GotoStep(kind="flows", target=name) if name.text not in entered:
                entered.add(name.text)
                flow = bot.flows.get(name.text)
                if flow is None or any(isinstance(inner, IfStep) for inner in nested(flow.steps)):
                    yield from _certain_calls(flow.steps if flow else (), bot, entered)
                    return
                yield from _certain_calls(flow.steps, bot, entered)
            case _:
                pass


def _unguarded(step: ApiStep, effect: Wording, rule: Rule) -> Diagnostic:
    name = step.method.text
    return Diagnostic(
        CODE,
        step.method.span,
        Wording(
            f"`{name}` {effect.en}, and anybody who writes to the bot can trigger it",
            f"`{name}` {effect.zh}，而任何人给机器人发消息都能触发它",
        ),
        related=(Label(rule.name.span, Wording("by this rule", "由这条规则触发")),),
        help=Wording(
            "give the rule a guard, such as `if: user.id == env.OWNER` or a `domain`",
            "请给规则加上条件，例如 `if: user.id == env.OWNER` 或 `domain`",
        ),
    )
