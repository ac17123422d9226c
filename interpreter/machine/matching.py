"""Which rule of a list answers the turn's message: the first whose trigger and condition hold."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from interpreter.machine.events import Message
from interpreter.machine.running import Running
from interpreter.program.rules import Captured, RuleList, RuleTable
from interpreter.values import Value


class Match(Struct, frozen=True):
    """A rule that answers, its index in its list, and the locals it starts with."""

    index: int
    rule: RuleTable
    locals: dict[str, Value]


def find_rule(turn: Running, rules: RuleList, start: int, chosen: int | None = None) -> Match | None:
    """The first rule at or after `start` that answers; `chosen` is the choice the message names, if any."""
    if not rules.rules:
        return None
    message = turn.message
    text = turn.text if message.type in ("text", "voice") else ""
    triggered = _triggered(rules, message)
    while True:
        index, captured = _next_triggered(rules, start, chosen, text, triggered)
        if index is None:
            return None
        rule = rules.rules[index]
        locals = _locals(rule, captured)
        if rule.condition is None or turn.holds(rule.condition, locals):
            return Match(index, rule, locals)
        start = index + 1


_NOTHING: tuple[None, None] = (None, None)


def _next_triggered(
    rules: RuleList, start: int, chosen: int | None, text: str, triggered: Sequence[int]
) -> tuple[int | None, Captured | None]:
    index, captured = rules.finder.find(text, start) or _NOTHING if text else _NOTHING
    if chosen is not None and chosen >= start and (index is None or chosen < index):
        index, captured = chosen, None
    for other in triggered:
        if other >= start:
            return (other, None) if index is None or other < index else (index, captured)
    return index, captured


def _triggered(rules: RuleList, message: Message) -> Sequence[int]:
    """The rules that answer a message by something else than a pattern. A scanned scene counts as a key."""
    event = message.event if message.type == "event" else None
    if event is None:
        return rules.triggers.of_message(message.type)
    keys = [key for key in (message.fields.get("key"), message.fields.get("scene")) if isinstance(key, str)]
    return rules.triggers.of_event(event, keys)


def _locals(rule: RuleTable, captured: Captured | None) -> dict[str, Value]:
    locals: dict[str, Value] = dict.fromkeys(rule.captures)
    if captured is not None:
        if captured.values:
            locals.update(captured.values)
        locals["match"] = [*captured.groups]
    return locals
