"""DL301: states and flows that only lead to one another, and rules of states that wait for what never answers a wait.

What nothing refers to at all is unused (DL110), and explains whatever it alone leads to.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import nested, rule_steps, state_steps
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.rules import Rule, State
from interpreter.dialog.model.steps import CallStep, GotoStep, Steps, WaitStep

CODE = "DL301"

_STATE, _FLOW = Wording("state", "状态"), Wording("flow", "流程")


def check(subject: Subject) -> Iterator[Diagnostic]:
    """One finding for each circle that is cut off, and for each rule that is never asked."""
    bot = subject.bot
    names: dict[str, Name] = {f"states.{name}": state.name for name, state in bot.states.items()}
    names |= {f"flows.{name}": flow.name for name, flow in bot.flows.items()}
    leads = {f"states.{name}": _leads(state_steps(state), names) for name, state in bot.states.items()}
    leads |= {f"flows.{name}": _leads([flow.steps], names) for name, flow in bot.flows.items()}
    start = _leads(_root_steps(bot), names)
    led_to = {*start, *(target for targets in leads.values() for target in targets)}
    kept = {new.rpartition(".")[2] for new in bot.renamed.values()}
    explained = _closure([*start, *(place for place in names if place not in led_to or _is_kept(place, kept))], leads)
    for place in names:
        if place not in explained:
            circle = _closure([place], leads) - explained
            explained |= circle
            yield _report(place, names[place], [names[each] for each in names if each in circle and each != place])
    for state in subject.states:
        for rule in state.rules:
            if _waits_for_events(rule):
                yield _never_an_answer(rule, state)


def _is_kept(place: str, kept: Container[str]) -> bool:
    """Whether conversations that began before an edit may be there."""
    return place.partition(".")[2] in kept


def _closure(start: Iterable[str], leads: dict[str, list[str]]) -> set[str]:
    """All places that one comes to from some places."""
    found = set(start)
    queue = list(found)
    while queue:
        for target in leads[queue.pop()]:
            if target not in found:
                found.add(target)
                queue.append(target)
    return found


def _leads(lists: Iterable[Steps], names: dict[str, Name]) -> list[str]:
    """The states and flows that steps lead to."""
    found: dict[str, None] = {}
    for steps in lists:
        for step in nested(steps):
            match step:
                case WaitStep(state=Name(text=name)):
                    found[f"states.{name}"] = None
                case GotoStep(kind="states" | "flows" as kind, target=target):
                    found[f"{kind}.{target.text}"] = None
                case CallStep(flow=flow):
                    found[f"flows.{flow.text}"] = None
                case _:
                    pass
    return [place for place in found if place in names]


def _root_steps(bot: Bot) -> Iterator[Steps]:
    for rule in (*bot.rules, *bot.menu_rules):
        yield from rule_steps(rule)
    for domain in bot.domains.values():
        yield domain.refused or ()
        yield domain.before
    if bot.fallback:
        yield bot.fallback.steps
        yield from (bot.fallback.by_message or {}).values()
    yield bot.before
    yield bot.failure or ()


def _waits_for_events(rule: Rule) -> bool:
    """Whether all that triggers a rule are events, of which only menu clicks answer a wait."""
    trigger = rule.trigger
    if trigger.always or trigger.patterns or trigger.messages or not trigger.events:
        return False
    return all(event.text.lower() != "click" for event in trigger.events)


def _report(place: str, name: Name, below: list[Name]) -> Diagnostic:
    noun = _STATE if place.startswith("states.") else _FLOW
    way = f"`wait: {name.text}`" if noun is _STATE else f"`call: {name.text}`"
    return Diagnostic(
        CODE,
        name.span,
        Wording(f"no conversation ever comes to {noun.en} `{name.text}`", f"没有任何对话能走到{noun.zh} `{name.text}`"),
        related=tuple(Label(each.span, Wording("reached only from there", "只能从那里到达")) for each in below[:5]),
        help=Wording(
            f"lead to it with {way} from a rule that users can reach, or remove it",
            f"请在用户能触发的规则里用 {way} 进入它，或删去",
        ),
    )


def _never_an_answer(rule: Rule, state: State) -> Diagnostic:
    event = rule.trigger.events[0]
    return Diagnostic(
        CODE,
        rule.name.span,
        Wording(
            f"this rule is never asked: the event `{event.text}` does not answer a wait",
            f"这条规则永远轮不到：事件 `{event.text}` 不会回答等待",
        ),
        related=(Label(state.name.span, Wording("the wait it belongs to", "它所属的等待")),),
        help=Wording(
            "of events only menu clicks are answers; move the rule to `rules`",
            "事件里只有菜单点击算回答；请把它移到 `rules`",
        ),
    )
