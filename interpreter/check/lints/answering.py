"""What a rule surely does with a message: whether it always answers, so that no rule behind it gets its turn."""

from __future__ import annotations

from functools import lru_cache

from interpreter.check.traversal import nested
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.replies import ByLocale, OneOf, Reply, Say
from interpreter.dialog.model.rules import Rule
from interpreter.dialog.model.steps import (
    AgainStep,
    AskStep,
    CallStep,
    CancelStep,
    EndStep,
    GotoStep,
    IfStep,
    PassStep,
    ReplyStep,
    Step,
    Steps,
    WaitStep,
)


def always_answers(rule: Rule, bot: Bot) -> bool:
    """Whether a rule answers whatever its trigger takes, under no condition, and never passes."""
    return rule.condition is None and rule.domain is None and surely_answer(rule.steps, bot)


def surely_answer(steps: Steps, bot: Bot) -> bool:
    """Whether steps say something or go somewhere on every way through them, and never pass."""
    return any(_surely_answers(step, bot) for step in steps) and not _may_pass(steps, bot)


def surely_says(reply: Reply) -> bool:
    """Whether a reply is something to say (or a chosen silence) every time."""
    match reply:
        case Say(text=text):
            return any(isinstance(part, str) and part.strip() for part in text.template.parts)
        case OneOf(mode=mode, items=items):
            return mode != "once" and bool(items) and all(map(surely_says, items))
        case ByLocale(replies=replies):
            return all(map(surely_says, replies.values()))
        case _:
            return True


def _surely_answers(step: Step, bot: Bot) -> bool:
    match step:
        case ReplyStep(reply=reply):
            return surely_says(reply)
        case IfStep(branches=branches):
            return any(branch.is_else for branch in branches) and all(
                any(_surely_answers(inner, bot) for inner in branch.steps) for branch in branches
            )
        case CallStep(is_target=is_target):
            return is_target
        case AskStep() | WaitStep() | GotoStep() | EndStep() | CancelStep() | AgainStep():
            return True
        case _:
            return False


def _may_pass(steps: Steps, bot: Bot) -> bool:
    """Whether a `pass` stands somewhere in the steps, or in what they continue in."""
    passing = _passing_places(bot)
    return any(isinstance(step, PassStep) or (passing and _continued(step) in passing) for step in nested(steps))


def _continued(step: Step) -> str | None:
    """The flow or rule that a step continues in."""
    match step:
        case CallStep(flow=name):
            return f"flows.{name.text}"
        case GotoStep(kind="flows" | "rules" as kind, target=name):
            return f"{kind}.{name.text}"
        case _:
            return None


@lru_cache(maxsize=1)
def _passing_places(bot: Bot) -> frozenset[str]:
    """The flows and rules that may pass, by themselves or in what they continue in."""
    places = [(f"flows.{name}", flow.steps) for name, flow in bot.flows.items()]
    places += [(f"rules.{rule.name.text}", rule.steps) for rule in (*bot.rules, *bot.menu_rules)]
    callers: dict[str, list[str]] = {}
    queue: list[str] = []
    for place, steps in places:
        for step in nested(steps):
            if isinstance(step, PassStep):
                queue.append(place)
            elif (target := _continued(step)) is not None:
                callers.setdefault(target, []).append(place)
    found = set(queue)
    while queue:
        new = [caller for caller in callers.get(queue.pop(), ()) if caller not in found]
        found.update(new)
        queue += new
    return frozenset(found)
