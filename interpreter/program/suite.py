"""The tests and examples a bot brings along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from interpreter.expr.env import Closure
from interpreter.program.names import Place, RoutineName, StateName


@dataclass(frozen=True, slots=True)
class ConversationLine:
    """One line of a conversation test."""

    kind: Literal["send", "expect", "clock", "check", "request"]
    text: str
    user: str | None
    place: Place
    check: Closure | None = None
    operands: tuple[tuple[str, Closure], ...] = ()
    """What a check compares, by how it is written; told when the check does not hold."""


@dataclass(frozen=True, slots=True)
class ConversationTable:
    """A conversation that must hold; `given` are variables, `now`, `random`, answers of services, `env.NAME`."""

    name: str
    given: tuple[tuple[str, Closure], ...]
    lines: tuple[ConversationLine, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class ExampleTable:
    """A message that must reach a rule; `state` is where the user waits then, None for a rule of the root."""

    text: str
    rule: RoutineName
    state: StateName | None
    place: Place


@dataclass(frozen=True, slots=True)
class SuiteTable:
    """Everything a bot file says must hold."""

    tests: tuple[ConversationTable, ...]
    examples: tuple[ExampleTable, ...]
    buttons: Mapping[str, str] = field(default_factory=dict)
    """Keys of menu buttons by their names."""
