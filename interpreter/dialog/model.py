"""The dialog model: a bot as its author means it, with a place for everything an author may get wrong.

Every leaf has been read in its own language (expression, text, pattern, type) by the time it stands here. Shorthands
are gone: a rule's `set`, `reply` and target are steps like any other, a bare list is a random pick, a flow that is a
list is its `do`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from interpreter.expr.tree import Node, Template
from interpreter.patterns.tree import Pattern
from interpreter.source.spans import Span
from interpreter.source.tree import Node as YamlNode
from interpreter.source.tree import Scalar
from interpreter.types.kinds import Type
from interpreter.values import Value

# ---------------------------------------------------------------------------------------------------- leaves


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A name and where it stands."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """An expression that could be read; one that could not is None in the model and a diagnostic."""

    scalar: Scalar
    node: Node
    offset: int = 0
    """Where in the scalar's text the expression's own text begins (`x = e`, `svc.op(e)`)."""


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text with `$(…)` inside."""

    scalar: Scalar
    template: Template


@dataclass(frozen=True, slots=True, eq=False)
class Duration:
    """A duration leaf such as `5m`."""

    value: timedelta
    span: Span


# ---------------------------------------------------------------------------------------------------- replies


@dataclass(frozen=True, slots=True, eq=False)
class Say:
    """A text."""

    text: Text


@dataclass(frozen=True, slots=True, eq=False)
class OneOf:
    """A list of replies, of which one is said."""

    mode: Literal["random", "sequence", "cycle", "shuffle", "once"]
    items: tuple[Reply, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class ByLocale:
    """One reply per locale."""

    replies: Mapping[str, Reply]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Article:
    """One news article; with `each`, one per item of a list."""

    title: Localized | None
    text: Localized | None
    pic: Localized | None
    url: Localized | None
    span: Span
    each: tuple[Name, Expression] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """News articles."""

    articles: tuple[Article, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Music:
    """A piece of music."""

    title: Localized | None
    text: Localized | None
    url: Localized | None
    hq: Localized | None
    thumb: Localized | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Media:
    """An image, a voice or a video, by media id or by a name from `media`."""

    kind: Literal["image", "voice", "video"]
    id: Localized | None
    title: Localized | None
    text: Localized | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Transfer:
    """Handing over to human customer service, to anyone or to one account."""

    account: Localized | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Silence:
    """`none`: the turn ends and nothing is said."""

    span: Span


Reply = Say | OneOf | ByLocale | News | Music | Media | Transfer | Silence

Localized = Say | ByLocale
"""A text leaf, which may be a locale map of texts."""

# ---------------------------------------------------------------------------------------------------- steps


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


@dataclass(frozen=True, slots=True, eq=False)
class LetStep:
    """Name local values."""

    assignments: tuple[Assignment, ...]
    span: Span


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
    """Call a method of WeChat's API."""

    method: Name
    arguments: tuple[WithArgument, ...]
    into: Name | None
    failed: Steps | None
    span: Span
    is_incomplete: bool = False
    """Whether an argument could not be read and is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class SendStep:
    """A customer-service message, or a template message when `template` is given."""

    reply: Reply | None
    template: Text | None
    data: tuple[tuple[Name, Text], ...]
    url: Text | None
    to: Expression | None
    span: Span


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

# ---------------------------------------------------------------------------------------------------- rules, states


@dataclass(frozen=True, slots=True, eq=False)
class PatternLeaf:
    """A pattern that could be read. `localized`, when not None, is the locale it counts in."""

    scalar: Scalar
    pattern: Pattern


@dataclass(frozen=True, slots=True, eq=False)
class Trigger:
    """What a rule answers: any of these. With `always` everything; with nothing at all and no `if`, nothing."""

    patterns: tuple[PatternLeaf, ...] = ()
    events: tuple[Name, ...] = ()
    key: Name | None = None
    """An event key; a `*` at its end stands for any ending."""
    messages: tuple[Name, ...] = ()
    always: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
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


@dataclass(frozen=True, slots=True, eq=False)
class State:
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


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """A typed name: a flow's argument, an operation's argument, a variable, a pack's input."""

    name: Name
    type: Type
    default: Expression | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """A script of steps."""

    name: Name
    parameters: tuple[Parameter, ...]
    steps: Steps
    result: Expression | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """A guarded zone."""

    name: Name
    guard: Expression | None
    refused: Steps | None
    """Its `else`."""
    before: Steps
    span: Span


# ---------------------------------------------------------------------------------------------------- services, account


@dataclass(frozen=True, slots=True, eq=False)
class DataLeaf:
    """A leaf of `json:`, `mock:` or `given:`: a JSON literal, one expression that keeps its type, or a text."""

    scalar: Scalar
    value: Value | Expression | Text


@dataclass(frozen=True, slots=True, eq=False)
class DataList:
    """A list in `json:`, `mock:` or `given:`."""

    items: tuple[Data, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class DataMap:
    """A map in `json:`, `mock:` or `given:`."""

    entries: tuple[tuple[Name, Data], ...]
    span: Span


Data = DataLeaf | DataList | DataMap


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One HTTP operation."""

    name: Name
    parameters: tuple[Parameter, ...]
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: Text | None
    query: tuple[tuple[Name, Text], ...]
    headers: tuple[tuple[Name, Text], ...]
    json: Data | None
    form: tuple[tuple[Name, Text], ...] | None
    timeout: Duration | None
    retry: int | None
    cache: Duration | None
    pick: Expression | None
    mock: Data | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """An HTTP service the bot may call."""

    name: Name
    url: Text | None
    headers: tuple[tuple[Name, Text], ...]
    timeout: Duration | None
    retry: int
    private: bool
    operations: Mapping[str, Operation]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """How the bot connects to WeChat. Texts may hold `$(env.NAME)`."""

    name: str | None
    """Its name under `accounts:`; None for a single `account:`."""
    settings: Mapping[str, Text]
    """`type kind path token app_id app_secret aes_key encryption agent_id` as written."""
    verified: bool
    slow: tuple[Name, ...]
    span: Span


# ---------------------------------------------------------------------------------------------------- menu, tests


@dataclass(frozen=True, slots=True, eq=False)
class Button:
    """A button of the custom menu. One with steps has its rule among `Bot.menu_rules`; others are kept as written."""

    name: Name
    key: str | None
    """The EventKey a click on it sends, when it sends one."""
    items: tuple[Button, ...]
    node: YamlNode
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class ConditionalMenu:
    """A menu for some users; rules of its buttons are among `Bot.menu_rules` too."""

    conditions: tuple[tuple[Name, Scalar], ...]
    """Its `if`: `tag`, `language` and so on, as WeChat's match rule names them."""
    buttons: tuple[Button, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class TalkLine:
    """One line of a conversation test; see `dialog.talk`."""

    kind: Literal["send", "expect", "clock", "check", "request"]
    text: str
    """What follows the mark, as written."""
    user: str | None
    span: Span
    expression: Expression | None = None
    """Of a `check` line."""


@dataclass(frozen=True, slots=True, eq=False)
class Test:
    """A conversation that must hold."""

    name: Name
    given: tuple[tuple[Name, Data], ...]
    lines: tuple[TalkLine, ...]
    span: Span


# ---------------------------------------------------------------------------------------------------- the bot


@dataclass(frozen=True, slots=True, eq=False)
class Entity:
    """A named list of things, each with its synonyms."""

    name: Name
    things: Mapping[str, tuple[str, ...]]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Bot:
    """A whole bot, its imported files merged in."""

    name: str
    version: str
    description: str
    locales: tuple[str, ...]
    timezone: str
    session: timedelta
    timeout: timedelta | None
    choice: Text | None
    accounts: tuple[Account, ...]
    variables: tuple[Parameter, ...]
    """Names are as written: `answer`, `user.name`."""
    services: Mapping[str, Service]
    entities: Mapping[str, Entity]
    texts: Mapping[str, Reply]
    media: Mapping[str, Scalar]
    domains: Mapping[str, Domain]
    before: Steps
    rules: tuple[Rule, ...]
    menu_rules: tuple[Rule, ...]
    """Rules of menu buttons that have steps; they are tried after `rules`."""
    buttons: tuple[Button, ...]
    states: Mapping[str, State]
    flows: Mapping[str, Flow]
    fallback: Fallback | None
    failure: Steps | None
    after: Steps
    renamed: Mapping[str, str]
    tests: tuple[Test, ...]
    span: Span
    sources: tuple[str, ...] = field(default=())
    """The files it was read from, the bot's own first."""
    conditional_menus: tuple[ConditionalMenu, ...] = field(default=())


@dataclass(frozen=True, slots=True, eq=False)
class Fallback:
    """What is said when nothing matched; `by_message` when it is a map by message type."""

    steps: Steps
    by_message: Mapping[str, Steps] | None
    span: Span
