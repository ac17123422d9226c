"""Rules, states and domains as the machine sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from interpreter.expr.env import Closure, TextClosure
from interpreter.program.names import Interrupt, Place, RoutineName, StateName
from interpreter.program.replies import ReplyPlan
from interpreter.values import Value


class Captured(Protocol):
    """What a pattern found: named captures, and the numbered groups with the whole match first."""

    @property
    def values(self) -> Mapping[str, Value]:
        """Captures by name."""
        ...

    @property
    def groups(self) -> tuple[str | None, ...]:
        """What `match[0]`, `match[1]`, … give."""
        ...


class Finder(Protocol):
    """Finds the rules of one list that answer a text, in document order, from a position on."""

    def find(self, text: str, start: int = 0) -> tuple[int, Captured] | None:
        """The first rule at or after `start` with a pattern that matches, and what it captured; else None."""
        ...


@dataclass(frozen=True, slots=True)
class RuleTable:
    """One rule as the machine sees it; its patterns live in the list's finder."""

    name: str
    """As the author wrote it."""
    routine: RoutineName
    captures: tuple[str, ...]
    """Names its patterns may capture; those that did not take part are null."""
    events: frozenset[str]
    key: str | None
    messages: frozenset[str]
    always: bool
    """Also true of a rule that has a condition and nothing else."""
    condition: Closure | None
    domain: str | None
    anywhere: bool
    has_target: bool
    description: ReplyPlan | None
    label: TextClosure | None
    place: Place


@dataclass(frozen=True, slots=True)
class RuleList:
    """An ordered list of rules: the root's, a state's."""

    name: str
    rules: tuple[RuleTable, ...]
    finder: Finder
    others: tuple[int, ...]
    """The rules that answer more than patterns: an event, a message type, everything."""


@dataclass(frozen=True, slots=True)
class StateTable:
    """A state. `handlers` are routine names, None where nothing was written."""

    name: StateName
    label: str
    """What `state.name` says."""
    prompt: ReplyPlan | None
    shows_choices: bool
    """Whether the prompt says `$(choices)` itself."""
    rules: RuleList
    choices: int
    """How many rules of the list, from the first on, are choices; their names are the keys."""
    choice: TextClosure | None
    back: str | None
    otherwise: RoutineName | None
    tries: int | None
    give_up: RoutineName | None
    timeout: timedelta | None
    timed_out: RoutineName | None
    interrupt: Interrupt
    sticky: bool
    place: Place


@dataclass(frozen=True, slots=True)
class DomainTable:
    """A guarded zone."""

    name: str
    guard: Closure
    refused: RoutineName | None
    before: RoutineName | None
