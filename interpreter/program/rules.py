"""Rules, states and domains as the machine sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from msgspec import Struct

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


class RuleTable(Struct, frozen=True, gc=False):
    """One rule as the machine sees it; its patterns live in the list's finder. What every turn reads comes first."""

    routine: RoutineName
    captures: tuple[str, ...]
    """Names its patterns may capture; those that did not take part are null."""
    condition: Closure | None
    match_size: int
    """How many items `match` has in its steps: one more than the groups of its regular expressions; 0 without any."""
    domain: str | None
    place: Place
    words: str | None
    """What it says, if that are words without holes and it does nothing else, as most do; never empty."""
    name: str
    """As the author wrote it."""
    events: tuple[str, ...]
    """Each once, as `messages` are."""
    key: str | None
    messages: tuple[str, ...]
    always: bool
    """Also true of a rule that has a condition and nothing else."""
    anywhere: bool
    has_target: bool
    description: ReplyPlan | None
    label: TextClosure | None


class Triggers(Struct, frozen=True, gc=False):
    """Which rules of a list answer a message by something else than a pattern, by their indices in order."""

    always: tuple[int, ...]
    """The rules that answer every message."""
    by_message: Mapping[str, tuple[int, ...]]
    """By the type of the message: the rules that answer it, those of `always` among them."""
    by_event: Mapping[str, tuple[int, ...]]
    """By the event: the rules that answer it whatever its key is."""
    by_key: Mapping[tuple[str, str], tuple[int, ...]]
    """By event and key."""
    by_prefix: Mapping[str, tuple[tuple[str, int], ...]]
    """By the event: what its key must begin with, and the rule."""

    def of_message(self, type: str) -> tuple[int, ...]:
        """The rules that answer a message of a type."""
        return self.by_message.get(type, self.always)

    def of_event(self, event: str, keys: Sequence[Value]) -> tuple[int, ...]:
        """The rules that answer an event that has some keys; what is no text is no key."""
        found = self.by_message.get("event", self.always) + self.by_event.get(event, ())
        prefixes = self.by_prefix.get(event, ())
        for key in keys:
            if isinstance(key, str):
                found += self.by_key.get((event, key), ())
                found += tuple([index for prefix, index in prefixes if key.startswith(prefix)]) if prefixes else ()
        return tuple(sorted(set(found))) if len(found) > 1 else found


def triggers_of(rules: Sequence[RuleTable]) -> Triggers:
    """The index of a list of rules."""
    always: list[int] = []
    messages: dict[str, list[int]] = {}
    events: dict[str, list[int]] = {}
    keys: dict[tuple[str, str], list[int]] = {}
    prefixes: dict[str, list[tuple[str, int]]] = {}
    for index, rule in enumerate(rules):
        if rule.always or "any" in rule.messages:
            always.append(index)
            continue
        for message in rule.messages:
            messages.setdefault(message, []).append(index)
        for event in rule.events:
            if rule.key is None:
                events.setdefault(event, []).append(index)
            elif rule.key.endswith("*"):
                prefixes.setdefault(event, []).append((rule.key[:-1], index))
            else:
                keys.setdefault((event, rule.key), []).append(index)
    return Triggers(
        tuple(always),
        {message: tuple(sorted([*always, *indices])) for message, indices in messages.items()},
        {event: tuple(indices) for event, indices in events.items()},
        {key: tuple(indices) for key, indices in keys.items()},
        {event: tuple(found) for event, found in prefixes.items()},
    )


class RuleList(Struct, frozen=True, gc=False):
    """An ordered list of rules: the root's, a state's."""

    name: str
    rules: tuple[RuleTable, ...]
    finder: Finder
    triggers: Triggers


class StateTable(Struct, frozen=True, gc=False):
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


class DomainTable(Struct, frozen=True, gc=False):
    """A guarded zone."""

    name: str
    guard: Closure
    refused: RoutineName | None
    before: RoutineName | None
