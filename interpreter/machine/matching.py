"""Which rule of a list answers the turn's message: the first whose trigger and condition hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from interpreter.machine.events import Message
from interpreter.machine.running import Running
from interpreter.program.rules import Captured, RuleList, RuleTable
from interpreter.values import Value


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that answers, its index in its list, and the locals it starts with."""

    index: int
    rule: RuleTable
    locals: dict[str, Value]


def find_rule(turn: Running, rules: RuleList, start: int, chosen: int | None = None) -> Match | None:
    """The first rule at or after `start` that answers; `chosen` is the choice the message names, if any."""
    text = turn.text if turn.message.type in ("text", "voice") else ""
    while start < len(rules.rules):
        index, captured = _next_triggered(turn, rules, start, chosen, text)
        if index is None:
            return None
        rule = rules.rules[index]
        locals = _locals(rule, captured)
        if turn.holds(rule.condition, locals):
            return Match(index, rule, locals)
        start = index + 1
    return None


def _next_triggered(
    turn: Running, rules: RuleList, start: int, chosen: int | None, text: str
) -> tuple[int | None, Captured | None]:
    found = rules.finder.find(text, start) if text else None
    index, captured = found or (None, None)
    if chosen is not None and chosen >= start and (index is None or chosen < index):
        index, captured = chosen, None
    for other in rules.others:
        if other >= start and _is_triggered(rules.rules[other], turn.message):
            return (other, None) if index is None or other < index else (index, captured)
    return index, captured


def _is_triggered(rule: RuleTable, message: Message) -> bool:
    """Whether a rule answers a message by something else than a pattern."""
    if rule.always or message.type in rule.messages or "any" in rule.messages:
        return True
    event = message.event
    return event is not None and event in rule.events and (rule.key is None or _has_key(message, rule.key))


def _has_key(message: Message, wanted: str) -> bool:
    """Whether an event has a key; `V10*` is any that begins with `V10`. A scanned scene counts as a key."""
    for key in (message.fields.get("key"), message.fields.get("scene")):
        if isinstance(key, str) and (key.startswith(wanted[:-1]) if wanted.endswith("*") else key == wanted):
            return True
    return False


def _locals(rule: RuleTable, captured: Captured | None) -> dict[str, Value]:
    locals: dict[str, Value] = dict.fromkeys(rule.captures)
    if captured is not None:
        values: Mapping[str, Value] = captured.values
        locals.update(values)
        locals["match"] = list(captured.groups)
    return locals
