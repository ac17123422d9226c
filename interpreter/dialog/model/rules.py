"""Rules, states, flows, domains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from interpreter.dialog.model.leaves import Duration, Expression, Name, PatternLeaf, Text
from interpreter.dialog.model.replies import Localized, Reply
from interpreter.dialog.model.steps import Steps
from interpreter.source.spans import Span
from interpreter.source.tree import Scalar
from interpreter.types.kinds import ErrorType, OptionalType, Type


class Trigger(Struct, frozen=True, eq=False):
    """What a rule answers: any of these. With `always` everything; with nothing at all and no `if`, nothing."""

    patterns: tuple[PatternLeaf, ...] = ()
    events: tuple[Name, ...] = ()
    key: Name | None = None
    """An event key; a `*` at its end stands for any ending."""
    messages: tuple[Name, ...] = ()
    always: bool = False
    is_incomplete: bool = False
    """Whether a pattern could not be read, so that there may be captures that are not known here."""


class Rule(Struct, frozen=True, eq=False):
    """A rule, a choice, a menu button with steps or an `otherwise`."""

    name: Name
    path: str
    """Its full name: `rules.hi`, `states.guess/right`, `states.main/1`, `rules.sex/replies/girl`, `menu.赞一下`."""
    trigger: Trigger
    condition: Expression | None
    domain: Name | None
    steps: Steps
    replies: State | None
    anywhere: bool
    description: Localized | None
    examples: tuple[Scalar, ...]
    label: Localized | None
    """How a choice is called; None for other rules."""
    has_target: bool
    """Whether it has a target of its own: `wait call goto again pass end cancel`, or `replies`."""
    span: Span
    is_incomplete: bool = False
    """Whether its condition could not be read."""


class State(Struct, frozen=True, eq=False):
    """A place to wait. `path` is `states.guess` or `rules.sex/replies`."""

    name: Name
    path: str
    prompt: Reply | None
    rules: tuple[Rule, ...]
    choices: tuple[Rule, ...]
    choice: Text | None
    back: Scalar | None
    otherwise: Steps | None
    tries: int | None
    give_up: Steps | None
    timeout: Duration | None
    timed_out: Steps | None
    interrupt: Literal["leave", "resume", "never"]
    sticky: bool
    span: Span
    is_incomplete: bool = False
    """Whether something in it is no part of a state, and may have been meant to answer."""


class Parameter(Struct, frozen=True, eq=False):
    """A typed name: a flow's argument, an operation's argument, a variable, a pack's input."""

    name: Name
    type: Type
    default: Expression | None
    span: Span
    is_incomplete: bool = False
    """Whether it has a default that could not be read."""

    @property
    def has_no_value(self) -> bool:
        """Whether it is known to have neither a value of its own nor null in its place."""
        known = not self.is_incomplete and not isinstance(self.type, ErrorType)
        return known and self.default is None and not isinstance(self.type, OptionalType)


class Flow(Struct, frozen=True, eq=False):
    """A script of steps."""

    name: Name
    parameters: tuple[Parameter, ...]
    steps: Steps
    result: Expression | None
    span: Span
    is_incomplete: bool = False
    """Whether it has a result that could not be read."""


class Domain(Struct, frozen=True, eq=False):
    """A guarded zone."""

    name: Name
    guard: Expression | None
    refused: Steps | None
    """Its `else`."""
    before: Steps
    span: Span


class Fallback(Struct, frozen=True, eq=False):
    """What is said when nothing matched; `by_message` when it is a map by message type."""

    steps: Steps
    by_message: Mapping[str, Steps] | None
    span: Span
