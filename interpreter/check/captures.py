"""What the patterns of a rule capture."""

from __future__ import annotations

from interpreter.check.joins import join
from interpreter.dialog.model.rules import Rule
from interpreter.expr.scope import Binding, Storage
from interpreter.patterns.tree import Capture, Regex
from interpreter.types.kinds import ListType, OptionalType, TextType, Type, optional

_TEXT = TextType()
MATCH = Binding(ListType(OptionalType(_TEXT)), Storage.LOCAL)
"""`match`: the whole match and the numbered groups, of which any may have taken no part."""


def captures_of(rule: Rule) -> tuple[Capture, ...]:
    """The captures of all patterns; one that not every way into the rule gives is optional."""
    trigger = rule.trigger
    if not any(leaf.pattern.captures for leaf in trigger.patterns):
        return ()
    ways = len(trigger.patterns) + _other_ways(rule)
    found: dict[str, list[Capture]] = {}
    for leaf in trigger.patterns:
        for capture in {capture.name: capture for capture in leaf.pattern.captures}.values():
            found.setdefault(capture.name, []).append(capture)
    return tuple(_join_captures(name, same, ways) for name, same in found.items())


def _other_ways(rule: Rule) -> int:
    """The ways into a rule that are no pattern."""
    trigger = rule.trigger
    # a choice is answered by its key and its label, too
    return bool(trigger.events) + bool(trigger.messages) + trigger.always + (rule.label is not None)


def _join_captures(name: str, same: list[Capture], ways: int) -> Capture:
    kind = same[0].type
    for capture in same[1:]:
        kind = join(kind, capture.type)
    return Capture(name, kind, optional=len(same) < ways or any(capture.optional for capture in same))


def capture_bindings(captures: tuple[Capture, ...]) -> dict[str, Binding]:
    """The captures as names in scope."""
    return {
        capture.name: Binding(optional(capture.type) if capture.optional else capture.type, Storage.LOCAL)
        for capture in captures
    }


def has_regex(rule: Rule) -> bool:
    """Whether a pattern is a regular expression, so that there is a `match`."""
    patterns = rule.trigger.patterns
    return bool(patterns) and any(isinstance(leaf.pattern, Regex) for leaf in patterns)


def certain_groups(rule: Rule) -> dict[str, Type]:
    """The paths of the items of `match` that every pattern fills: no message leads into the rule without them.

    A `goto` does, which gives no groups at all; where there is one, nothing is certain.
    """
    if _other_ways(rule):
        return {}
    certain: set[int] | None = None
    for leaf in rule.trigger.patterns:
        pattern = leaf.pattern
        filled = set(range(pattern.groups + 1))
        if isinstance(pattern, Regex):
            filled -= pattern.optional_groups
        certain = filled if certain is None else certain & filled
    return {f"match.{group}": _TEXT for group in certain or ()}


def group_count(rule: Rule) -> int:
    """The most numbered groups a pattern of the rule has."""
    return max([leaf.pattern.groups for leaf in rule.trigger.patterns], default=0)
