"""What a bot can do, one class for each verb."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from interpreter.dialog.model.leaves import Duration, Expression, Name, Text
from interpreter.dialog.model.messages import Message
from interpreter.dialog.model.replies import Reply
from interpreter.source.spans import Span
from interpreter.types.kinds import Type


@dataclass(frozen=True, slots=True, eq=False)
class ReplyStep:
    """Say it."""

    reply: Reply
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """`x = e`, `x += e`, `x -= e`; the name may be `user.x`."""

    target: Name
    operator: Literal["=", "+=", "-="]
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class SetStep:
    """Assign in order."""

    assignments: tuple[Assignment, ...]
    span: Span
    unread: tuple[Name, ...] = ()
    """Names that get a value, too, but one that could not be read."""


@dataclass(frozen=True, slots=True, eq=False)
class LetStep:
    """Name local values."""

    assignments: tuple[Assignment, ...]
    span: Span
    unread: tuple[Name, ...] = ()
    """Names that get a value, too, but one that could not be read."""


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """One branch of `if` or `choose`; the last one may have no condition (`else`)."""

    condition: Expression | None
    steps: Steps
    span: Span
    is_else: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class IfStep:
    """`if`/`then`/`else` and `choose`: the first branch whose condition is true."""

    branches: tuple[Branch, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class EachStep:
    """A loop over a list."""

    variable: Name
    items: Expression | None
    steps: Steps
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What `ask` and a form field ask, and what becomes of the answers."""

    prompt: Reply | None
    into: Name | None
    type: Type | None
    """None with `choices`, or where nothing but text was wanted."""
    type_span: Span | None
    choices: Expression | None
    choice: Text | None
    invalid: Steps | None
    check: Expression | None
    refused: Steps | None
    tries: int | None
    give_up: Steps | None
    timeout: Duration | None
    timed_out: Steps | None
    interrupt: Literal["leave", "resume", "never"]
    condition: Expression | None
    """A form field's `if`."""
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class AskStep:
    """Ask and wait for an answer."""

    question: Question
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class FormStep:
    """Ask for what is missing; each field's name is its `into`."""

    fields: tuple[Question, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class WaitStep:
    """Wait in a state; `state` is None for the unnamed state of a rule's `replies`."""

    state: Name | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class AgainStep:
    """Stay and count a try."""

    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class WithArgument:
    """One `name: expression` of `with`."""

    name: Name
    value: Expression


@dataclass(frozen=True, slots=True, eq=False)
class CallStep:
    """Run a flow and come back. `is_target`: it stands as the target of a rule, not among its `do` steps."""

    flow: Name
    arguments: tuple[WithArgument, ...]
    into: Name | None
    span: Span
    is_target: bool = False
    is_incomplete: bool = False
    """Whether an argument could not be read and is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class GotoStep:
    """Continue elsewhere; `kind` is `rules`, `states` or `flows`."""

    kind: Literal["rules", "states", "flows"]
    target: Name
    arguments: tuple[WithArgument, ...]
    span: Span
    is_incomplete: bool = False
    """Whether an argument could not be read and is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class FetchStep:
    """Call an operation of a service."""

    service: Name
    operation: Name
    arguments: tuple[WithArgument | Expression, ...]
    into: Name | None
    failed: Steps | None
    span: Span
    is_incomplete: bool = False
    """Whether an argument could not be read and is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class ApiStep:
    """Call a method of WeChat's API; an argument's name is its path, such as `tag.name` or `button[0].name`."""

    method: Name
    arguments: tuple[WithArgument, ...]
    into: Name | None
    failed: Steps | None
    span: Span
    is_incomplete: bool = False
    """Whether an argument could not be read and is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class SendStep:
    """A customer-service message, or a template message when `template` is given.

    The former is a `reply`, or a `message` that no reply can be.
    """

    reply: Reply | None
    template: Text | None
    data: tuple[tuple[Name, Text], ...]
    url: Text | None
    to: Expression | None
    span: Span
    message: Message | None = None
    mini: tuple[tuple[Name, Text], ...] = ()
    """The mini program that a tap on a template message opens: `app_id` and `page`."""
    agent: Text | None = None
    """The customer-service account in whose name it is sent (`as`)."""


@dataclass(frozen=True, slots=True, eq=False)
class LogStep:
    """One structured log line."""

    text: Text
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class PassStep:
    """Go on searching."""

    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class EndStep:
    """Forget the conversation."""

    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class CancelStep:
    """Leave the wait and every flow."""

    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class ReturnStep:
    """Leave this flow with a result."""

    value: Expression | None
    span: Span


Step = (
    ReplyStep
    | SetStep
    | LetStep
    | IfStep
    | EachStep
    | AskStep
    | FormStep
    | WaitStep
    | AgainStep
    | CallStep
    | GotoStep
    | FetchStep
    | ApiStep
    | SendStep
    | LogStep
    | PassStep
    | EndStep
    | CancelStep
    | ReturnStep
)


Steps = tuple[Step, ...]
