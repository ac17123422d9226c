"""Which rule of a list answers the turn's message: the first whose trigger and condition hold."""

from __future__ import annotations

from collections.abc import Sequence

from interpreter.machine.events import Message
from interpreter.machine.running import Running
from interpreter.program.rules import Captured, RuleList, RuleTable
from interpreter.values import Value

Match = tuple[int, RuleTable, dict[str, Value]]
"""The index in its list of a rule that answers, the rule, and the locals it starts with."""


def find_rule(turn: Running, rules: RuleList, start: int, chosen: int | None = None) -> Match | None:
    """The first rule at or after `start` that answers; `chosen` is the choice the message names, if any."""
    tables = rules.rules
    if not tables:
        return None
    message = turn.message
    kind = message.type
    text = turn.text if kind in ("text", "voice") else ""
    triggered = _by_event(rules, message) if kind == "event" else rules.triggers.of_message(kind)
    if chosen is not None:
        triggered = sorted((*triggered, chosen))
    while True:
        found: tuple[int, Captured | None] | None = rules.finder.find(text, start) if text else None
        if triggered:
            found = _earlier(found, triggered, start)
        if found is None:
            return None
        index, captured = found
        rule = tables[index]
        locals: dict[str, Value]
        if captured is None:
            locals = uncaptured(rule)
        elif len(rule.captures) == 1:  # `match`, which every rule has
            locals = {"match": [*captured.groups]}
        else:
            locals = {**dict.fromkeys(rule.captures), **captured.values, "match": [*captured.groups]}
        if captured is not None and rule.match_size > len(captured.groups):  # one of its other patterns has fewer
            locals["match"] = [*captured.groups, *[None] * (rule.match_size - len(captured.groups))]
        if rule.condition is None or _holds(turn, rule, locals):
            return index, rule, locals
        start = index + 1


def uncaptured(rule: RuleTable) -> dict[str, Value]:
    """The locals of a rule that something else than its patterns leads to: nothing took part."""
    locals: dict[str, Value] = dict.fromkeys(rule.captures)
    if rule.match_size:
        locals["match"] = [None] * rule.match_size
    return locals


def _holds(turn: Running, rule: RuleTable, locals: dict[str, Value]) -> bool:
    turn.aside = rule.place
    holds = turn.holds(rule.condition, locals)
    turn.aside = None
    return holds


def _earlier(
    found: tuple[int, Captured | None] | None, triggered: Sequence[int], start: int
) -> tuple[int, Captured | None] | None:
    """What a pattern found, unless a rule before it answers by something else."""
    other = next((index for index in triggered if index >= start), None)
    return found if other is None or (found is not None and found[0] <= other) else (other, None)


def _by_event(rules: RuleList, message: Message) -> Sequence[int]:
    """The rules that answer an event. A scanned scene counts as a key."""
    event, fields = message.event, message.fields
    if event is None:
        return rules.triggers.of_message("event")
    return rules.triggers.of_event(event, (fields.get("key"), fields.get("scene")))
