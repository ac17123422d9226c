"""The tests and examples a bot brings along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from interpreter.expr.env import Closure
from interpreter.program.names import Place, RoutineName, StateName
from interpreter.values import Value


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
class GivenValue:
    """What a test gives for a variable, `now`, `random`, the answers of a service or a method, or `env.NAME`."""

    name: str
    value: Closure
    fits: Callable[[Value], bool] | None
    """Whether it is of the type that is wanted; None when anything is."""
    type: str
    """That type, in type notation."""
    place: Place


@dataclass(frozen=True, slots=True)
class ConversationTable:
    """A conversation that must hold."""

    name: str
    given: tuple[GivenValue, ...]
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
