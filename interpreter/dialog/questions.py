"""Questions: `ask` and the fields of a `form`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, cast

from interpreter.dialog.leaves import Leaves, as_mapping, name_of, read_duration_leaf, read_integer, read_name, written
from interpreter.dialog.misplaced_keys import into_of
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.steps import Question, Steps
from interpreter.dialog.replies import read_reply
from interpreter.dialog.splitting import trimmed
from interpreter.source.tree import Entry, Mapping, Node, Scalar
from interpreter.types.kinds import ErrorType, Type

Interrupt = Literal["leave", "resume", "never"]

StepsReader = Callable[[Leaves, Node | None], Steps | None]
"""Reads steps, None where none were written. It comes as an argument: steps hold questions, and questions steps."""


def read_ask(leaves: Leaves, node: Mapping, steps: StepsReader) -> Question:
    """The question of a step `ask`."""
    return _question(leaves, node, read_name(into_of(node)), steps)


def read_fields(leaves: Leaves, node: Node | None, steps: StepsReader) -> tuple[Question, ...]:
    """The questions of a `form`; each field's name is its `into`."""
    return tuple(
        _question(leaves, entry.value, name_of(entry.key), steps)
        for entry in as_mapping(node).entries
        if isinstance(entry.value, Mapping)
    )


def read_interrupt(node: Node | None, default: Interrupt) -> Interrupt:
    """`leave`, `resume` or `never`."""
    if isinstance(node, Scalar) and node.text in ("leave", "resume", "never"):
        return cast("Interrupt", node.text)
    return default


def _question(leaves: Leaves, node: Mapping, into: Name | None, steps: StepsReader) -> Question:
    kind = node.entry("type")
    choices = leaves.expression(node.get("choices"))
    is_broken = choices is None and node.get("choices") is not None
    return Question(
        prompt=read_reply(leaves, node.get("ask")),
        into=into,
        type=ErrorType() if is_broken else _type(leaves, kind),
        type_span=kind.value.span if kind else None,
        choices=choices,
        choice=leaves.text(node.get("choice")),
        invalid=steps(leaves, node.get("invalid")),
        check=leaves.expression(node.get("check")),
        refused=steps(leaves, node.get("refused")),
        tries=read_integer(node.get("tries")),
        give_up=steps(leaves, node.get("give_up")),
        timeout=read_duration_leaf(node.get("timeout")),
        timed_out=steps(leaves, node.get("timed_out")),
        interrupt=read_interrupt(node.get("interrupt"), "resume"),
        condition=leaves.expression(node.get("if")),
        span=node.span,
    )


def _type(leaves: Leaves, entry: Entry | None) -> Type | None:
    scalar = written(entry.value) if entry else None
    return None if scalar is None else leaves.type_in(scalar, trimmed(scalar.text))
