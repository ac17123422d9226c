"""What a bot can do, one class for each verb."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from interpreter.dialog.model.leaves import Duration, Expression, Name, Text
from interpreter.dialog.model.messages import Message
from interpreter.dialog.model.replies import Reply
from interpreter.source.spans import Span
from interpreter.types.kinds import Type


class ReplyStep(Struct, frozen=True, eq=False):
    """Say it."""

    reply: Reply
    span: Span


class Assignment(Struct, frozen=True, eq=False):
    """`x = e`, `x += e`, `x -= e`; the name may be `user.x`."""

    target: Name
    operator: Literal["=", "+=", "-="]
    value: Expression
    span: Span


class SetStep(Struct, frozen=True, eq=False):
    """Assign in order."""

    assignments: tuple[Assignment, ...]
    span: Span
    unread: tuple[Name, ...] = ()
    """Names that get a value, too, but one that could not be read."""


class LetStep(Struct, frozen=True, eq=False):
    """Name local values."""

    assignments: tuple[Assignment, ...]
    span: Span
    unread: tuple[Name, ...] = ()
    """Names that get a value, too, but one that could not be read."""


class Branch(Struct, frozen=True, eq=False):
    """One branch of `if` or `choose`; the last one may have no condition (`else`)."""

    condition: Expression | None
    steps: Steps
    span: Span
    is_else: bool = False


class IfStep(Struct, frozen=True, eq=False):
    """`if`/`then`/`else` and `choose`: the first branch whose condition is true."""

    branches: tuple[Branch, ...]
    span: Span


class EachStep(Struct, frozen=True, eq=False):
    """A loop over a list."""

    variable: Name
    items: Expression | None
    steps: Steps
    span: Span


class Question(Struct, frozen=True, eq=False):
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


class AskStep(Struct, frozen=True, eq=False):
    """Ask and wait for an answer."""

    question: Question
    span: Span


class FormStep(Struct, frozen=True, eq=False):
    """Ask for what is missing; each field's name is its `into`."""

    fields: tuple[Question, ...]
    span: Span


class WaitStep(Struct, frozen=True, eq=False):
    """Wait in a state; `state` is None for the unnamed state of a rule's `replies`."""

    state: Name | None
    span: Span


class AgainStep(Struct, frozen=True, eq=False):
    """Stay and count a try."""

    span: Span


class WithArgument(Struct, frozen=True, eq=False):
    """One `name: expression` of `with`."""

    name: Name
    value: Expression


class CallStep(Struct, frozen=True, eq=False):
    """Run a flow and come back. `is_target`: it stands as the target of a rule, not among its `do` steps."""

    flow: Name
    arguments: tuple[WithArgument, ...]
    into: Name | None
    span: Span
    is_target: bool = False
    is_incomplete: bool = False
    """Whether an argument could not be read and is left out."""


class GotoStep(Struct, frozen=True, eq=False):
    """Continue elsewhere; `kind` is `rules`, `states` or `flows`."""

    kind: Literal["rules", "states", "flows"]
    target: Name
    arguments: tuple[WithArgument, ...]
    span: Span
    is_incomplete: bool = False
    """Whether an argument could not be read and is left out."""


class FetchStep(Struct, frozen=True, eq=False):
    """Call an operation of a service."""

    service: Name
    operation: Name
    arguments: tuple[WithArgument | Expression, ...]
    into: Name | None
    failed: Steps | None
    span: Span
    is_incomplete: bool = False
    """Whether an argument could not be read and is left out."""


class ApiStep(Struct, frozen=True, eq=False):
    """Call a method of WeChat's API; an argument's name is its path, such as `tag.name` or `button[0].name`."""

    method: Name
    arguments: tuple[WithArgument, ...]
    into: Name | None
    failed: Steps | None
    span: Span
    is_incomplete: bool = False
    """Whether an argument could not be read and is left out."""


class SendStep(Struct, frozen=True, eq=False):
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


class LogStep(Struct, frozen=True, eq=False):
    """One structured log line."""

    text: Text
    span: Span


class PassStep(Struct, frozen=True, eq=False):
    """Go on searching."""

    span: Span


class EndStep(Struct, frozen=True, eq=False):
    """Forget the conversation."""

    span: Span


class CancelStep(Struct, frozen=True, eq=False):
    """Leave the wait and every flow."""

    span: Span


class ReturnStep(Struct, frozen=True, eq=False):
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
