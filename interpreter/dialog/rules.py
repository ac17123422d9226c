"""Rules: what a bot answers, and what the answer is. Choices and menu buttons are rules too."""

from __future__ import annotations

from interpreter.dialog.leaves import (
    Leaves,
    as_items,
    as_mapping,
    name_of,
    read_flag,
    read_name,
    read_names,
    read_scalars,
)
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.replies import Localized
from interpreter.dialog.model.rules import Rule, State, Trigger
from interpreter.dialog.model.steps import WaitStep
from interpreter.dialog.replies import read_localized
from interpreter.dialog.steps import read_effects, read_steps
from interpreter.dialog.words import TARGETS, TRIGGERS
from interpreter.source.tree import Entry, Mapping, Node, Scalar


def read_rules(leaves: Leaves, node: Node | None, path: str) -> tuple[Rule, ...]:
    """An ordered map of rules; `path` is what their own paths begin with (`rules.`, `states.guess/`)."""
    return tuple(_rule(leaves, entry, path + entry.key.text) for entry in as_mapping(node).entries)


def read_choices(leaves: Leaves, node: Node | None, path: str) -> tuple[Rule, ...]:
    """The choices of a state: rules with a label. What they answer, key and label, is left to the compiler."""
    return tuple(
        read_rule(
            leaves,
            entry.value,
            name=name_of(entry.key),
            path=path + entry.key.text,
            trigger=_written_trigger(leaves, entry.value),
            label=read_localized(leaves, entry.value.get("label")),
        )
        for entry in as_mapping(node).entries
        if isinstance(entry.value, Mapping)
    )


def read_rule(
    leaves: Leaves, node: Mapping, *, name: Name, path: str, trigger: Trigger, label: Localized | None = None
) -> Rule:
    """A rule that is a mapping, answering what `trigger` says."""
    condition = leaves.expression(node.get("if"))
    replies = _replies(leaves, node.entry("replies"), path)
    steps = read_effects(leaves, node, of_rule=True)
    if replies is not None:
        steps = (*steps, WaitStep(None, replies.span))
    return Rule(
        name=name,
        path=path,
        trigger=trigger,
        condition=condition,
        domain=read_name(node.get("domain")),
        steps=steps,
        replies=replies,
        anywhere=read_flag(node.get("anywhere")),
        description=read_localized(leaves, node.get("description")),
        examples=read_scalars(node.get("examples")),
        label=label,
        has_target=replies is not None or not node.keys.isdisjoint(TARGETS),
        span=name.span,
        is_incomplete=condition is None and node.get("if") is not None,
    )


def _rule(leaves: Leaves, entry: Entry, path: str) -> Rule:
    name = name_of(entry.key)
    if isinstance(entry.value, Mapping):
        return read_rule(leaves, entry.value, name=name, path=path, trigger=_trigger(leaves, entry.key, entry.value))
    return Rule(
        name=name,
        path=path,
        trigger=_own_name(leaves, entry.key),
        condition=None,
        domain=None,
        steps=read_steps(leaves, entry.value),
        replies=None,
        anywhere=False,
        description=None,
        examples=(),
        label=None,
        has_target=False,
        span=name.span,
    )


_TELLING = frozenset((*TRIGGERS, "if"))


def _trigger(leaves: Leaves, key: Scalar, node: Mapping) -> Trigger:
    """What a rule answers; one that says nothing about it answers its own name."""
    if not node.keys.isdisjoint(_TELLING):
        return _written_trigger(leaves, node)
    return _own_name(leaves, key)


def _own_name(leaves: Leaves, key: Scalar) -> Trigger:
    pattern = leaves.pattern(key)
    return Trigger(patterns=(pattern,)) if pattern else Trigger(is_incomplete=True)


def _written_trigger(leaves: Leaves, node: Mapping) -> Trigger:
    patterns = [leaves.pattern(item) for item in as_items(node.get("pattern"))]
    return Trigger(
        patterns=tuple(pattern for pattern in patterns if pattern is not None),
        events=read_names(node.get("event")),
        key=read_name(node.get("key")),
        messages=read_names(node.get("message")),
        always=read_flag(node.get("always")),
        is_incomplete=None in patterns,
    )


def _replies(leaves: Leaves, entry: Entry | None, path: str) -> State | None:
    """The unnamed state of a rule's `replies`."""
    if entry is None:
        return None
    path = f"{path}/replies"
    return State(
        name=name_of(entry.key),
        path=path,
        prompt=None,
        rules=read_rules(leaves, entry.value, f"{path}/"),
        choices=(),
        choice=None,
        back=None,
        otherwise=None,
        tries=None,
        give_up=None,
        timeout=None,
        timed_out=None,
        interrupt="leave",
        sticky=False,
        span=entry.key.span,
    )
