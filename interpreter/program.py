"""The compiled machine: frozen tables, written by the compiler and run by the machine.

A *routine* is a flat list of instructions. Everything an author writes as steps becomes one: a rule, a flow, what a
state says when tries are spent, `before`, `failure`. Branches and loops are jumps. Where a routine can stop and be
continued later it has a *site*, a name that outlives edits of the file (`flows.survey/age`): a session stores names,
never positions.

Closures come from the compiler; the machine calls them and knows nothing of how they were made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, NewType, Protocol

from interpreter.expr.env import Closure, TextClosure
from interpreter.values import Value

RoutineName = NewType("RoutineName", str)
"""`rules.hi`, `flows.survey`, `states.guess/give_up`, `before`."""
StateName = NewType("StateName", str)
"""`states.guess`, `rules.sex/replies`."""
Site = NewType("Site", str)
"""A place inside a routine where it can wait: `age`, `call login`, `fetch his.free`; unique in its routine."""

Interrupt = Literal["leave", "resume", "never"]


# ---------------------------------------------------------------------------------------------------- replies


@dataclass(frozen=True, slots=True)
class SayText:
    """A text; in every locale the same."""

    text: TextClosure


@dataclass(frozen=True, slots=True)
class SayOneOf:
    """One of several; `id` is the name its counter is kept under."""

    id: str
    mode: Literal["random", "sequence", "cycle", "shuffle", "once"]
    items: tuple[ReplyPlan, ...]
    by_try: bool = False
    """Counted by the tries of the running wait instead (in `invalid` and `refused`)."""


@dataclass(frozen=True, slots=True)
class SayByLocale:
    """One per locale; `default` is the bot's first locale that has one."""

    plans: Mapping[str, ReplyPlan]
    default: str


@dataclass(frozen=True, slots=True)
class ArticlePlan:
    """One article, or one per item of a list: `each` is (local name, list)."""

    title: TextClosure | None
    text: TextClosure | None
    pic: TextClosure | None
    url: TextClosure | None
    each: tuple[str, Closure] | None = None


@dataclass(frozen=True, slots=True)
class SayNews:
    """News articles."""

    articles: tuple[ArticlePlan, ...]


@dataclass(frozen=True, slots=True)
class SayMusic:
    """Music."""

    title: TextClosure | None
    text: TextClosure | None
    url: TextClosure | None
    hq: TextClosure | None
    thumb: TextClosure | None


@dataclass(frozen=True, slots=True)
class SayMedia:
    """An image, a voice or a video."""

    kind: Literal["image", "voice", "video"]
    id: TextClosure
    title: TextClosure | None = None
    text: TextClosure | None = None


@dataclass(frozen=True, slots=True)
class SayTransfer:
    """Handing over to human customer service."""

    account: TextClosure | None


@dataclass(frozen=True, slots=True)
class SayNothing:
    """Silence."""


ReplyPlan = SayText | SayOneOf | SayByLocale | SayNews | SayMusic | SayMedia | SayTransfer | SayNothing


# ---------------------------------------------------------------------------------------------------- instructions


@dataclass(frozen=True, slots=True)
class Target:
    """Where an assignment goes: a local, a conversation variable, a user variable, or the turn's `text` or `reply`."""

    scope: Literal["local", "session", "user", "turn"]
    name: str
    fits: Callable[[Value], bool] | None = None
    """Whether a value may be stored there; None when the compiler has proved it."""
    type: str = "any"
    """The declared type in type notation, for the message of a fault."""


@dataclass(frozen=True, slots=True)
class Speak:
    """`reply`."""

    plan: ReplyPlan


@dataclass(frozen=True, slots=True)
class Assign:
    """`set`, `let`."""

    target: Target
    value: Closure


@dataclass(frozen=True, slots=True)
class Jump:
    """Continue at another instruction."""

    to: int


@dataclass(frozen=True, slots=True)
class JumpUnless:
    """Continue elsewhere when the condition is false."""

    condition: Closure
    to: int


@dataclass(frozen=True, slots=True)
class LoopStart:
    """Evaluate the list of an `each` and keep it, with the position 0, in the local `slot`."""

    slot: str
    items: Closure


@dataclass(frozen=True, slots=True)
class LoopNext:
    """Bind the next item to `variable`, or leave the loop."""

    slot: str
    variable: str
    exit: int


@dataclass(frozen=True, slots=True)
class QuestionPlan:
    """An `ask` or a form field: what it asks, how an answer is read, and where its handlers begin in the same routine.

    `read` turns a message into the value of its type, or None; `choices` gives the list offered instead of a type.
    """

    prompt: ReplyPlan | None
    target: Target
    accepts: Literal["text", "choices", "image", "voice", "video", "location"]
    read: Callable[[str], Value] | None
    """For `text`: the message's text as a value (synonyms included), None when it is none."""
    offered: tuple[str, ...]
    """The numbered choices of an enumeration or a small entity; empty for other types."""
    choices: Closure | None
    choice: TextClosure | None
    """How a choice is written, with the locals `key` and `label`; None for the bot's way."""
    shows_choices: bool
    """Whether the prompt says `$(choices)` itself."""
    check: Closure | None
    tries: int | None
    timeout: timedelta | None
    interrupt: Interrupt
    invalid: int | None = None
    refused: int | None = None
    give_up: int | None = None
    timed_out: int | None = None
    after: int = 0
    """Where the routine goes on once an answer was taken."""
    again: int = 0
    """The `AskAgain` of this question: where a block for a wrong answer ends, or begins when none was written."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask and wait. With `skip`, a form field: skipped when the condition is false or the local fits already."""

    site: Site
    question: QuestionPlan
    is_field: bool = False
    condition: Closure | None = None
    fits: Callable[[Value], bool] | None = None
    """Of a form field: whether a value that is there already is of its type."""


@dataclass(frozen=True, slots=True)
class AskAgain:
    """The end of an `invalid` or `refused` block: back to waiting at the question at `ask`."""

    ask: int


@dataclass(frozen=True, slots=True)
class EnterState:
    """`wait`."""

    state: StateName


@dataclass(frozen=True, slots=True)
class Again:
    """`again`."""


@dataclass(frozen=True, slots=True)
class CallFlow:
    """`call`. `is_target`: the target of a rule."""

    site: Site
    flow: RoutineName
    arguments: tuple[tuple[str, Closure], ...]
    into: Target | None
    is_target: bool = False


@dataclass(frozen=True, slots=True)
class GoTo:
    """`goto`: leave the routine and its callers for a rule, a flow or a state."""

    kind: Literal["rule", "flow", "state"]
    name: str
    arguments: tuple[tuple[str, Closure], ...]


@dataclass(frozen=True, slots=True)
class Fetch:
    """`fetch`. `failed` is where the steps for a failure begin; without it the turn fails."""

    service: str
    operation: str
    arguments: tuple[tuple[str, Closure], ...]
    into: Target | None
    failed: int | None
    after: int = 0


@dataclass(frozen=True, slots=True)
class CallApi:
    """`api`."""

    method: str
    arguments: tuple[tuple[str, Closure], ...]
    into: Target | None
    failed: int | None
    after: int = 0


@dataclass(frozen=True, slots=True)
class Dispatch:
    """`send`: a proactive message as an effect of the turn."""

    plan: ReplyPlan | None
    template: TextClosure | None
    data: tuple[tuple[str, TextClosure], ...]
    url: TextClosure | None
    to: Closure | None


@dataclass(frozen=True, slots=True)
class Log:
    """`log`."""

    text: TextClosure


@dataclass(frozen=True, slots=True)
class Pass:
    """`pass`."""


@dataclass(frozen=True, slots=True)
class End:
    """`end`."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """`cancel`."""


@dataclass(frozen=True, slots=True)
class Return:
    """`return`, and the end of every flow."""

    value: Closure | None


@dataclass(frozen=True, slots=True)
class Readmit:
    """The end of a domain's `else`: if the guard holds now, the refused message is resumed."""

    domain: str


Instruction = (
    Speak
    | Assign
    | Jump
    | JumpUnless
    | LoopStart
    | LoopNext
    | Ask
    | AskAgain
    | EnterState
    | Again
    | CallFlow
    | GoTo
    | Fetch
    | CallApi
    | Dispatch
    | Log
    | Pass
    | End
    | Cancel
    | Return
    | Readmit
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an author's file something was written: file name, 1-based line and column."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Routine:
    """A compiled list of steps. `places` runs beside `code`."""

    name: RoutineName
    code: tuple[Instruction, ...]
    places: tuple[Place, ...]
    sites: Mapping[str, int]
    """Instruction of each site."""
    parameters: tuple[tuple[str, Closure | None, Target], ...] = ()
    """Of a flow: name, default, and where it goes (with its type)."""


# ---------------------------------------------------------------------------------------------------- rules and states


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


# ---------------------------------------------------------------------------------------------------- services


@dataclass(frozen=True, slots=True)
class OperationTable:
    """One HTTP operation; every closure sees its arguments as locals, and `env`."""

    service: str
    name: str
    method: str
    base: TextClosure
    """The service's address; only its host may be reached. It reads nothing but `env`."""
    path: TextClosure
    """What follows the address, its values percent-encoded."""
    query: tuple[tuple[str, TextClosure], ...]
    headers: tuple[tuple[str, TextClosure], ...]
    json: Closure | None
    form: tuple[tuple[str, TextClosure], ...] | None
    timeout: timedelta
    retry: int
    cache: timedelta | None
    private: bool
    pick: Closure | None
    """Sees `status`, `headers`, `body` as locals."""
    mock: Closure | None
    """Gives a map with some of `status`, `headers`, `body`, `timeout`."""
    parameters: tuple[tuple[str, Closure | None, Target], ...]


# ---------------------------------------------------------------------------------------------------- the program


@dataclass(frozen=True, slots=True)
class VariableTable:
    """A declared variable. `default` is evaluated when the session (or the user) is new."""

    name: str
    default: Closure | None
    is_optional: bool
    target: Target
    read: Callable[[str], Value]
    """A text as a value of its type, None when it is none."""


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled bot. Enough to run it; nothing of YAML, schema or grammar is needed any more."""

    name: str
    version: str
    locales: tuple[str, ...]
    timezone: str
    session_idle: timedelta
    variables: tuple[VariableTable, ...]
    """Conversation variables."""
    user_variables: tuple[VariableTable, ...]
    """User variables, without the `user.`."""
    routines: Mapping[RoutineName, Routine]
    root: RuleList
    """`rules`, then the menu's."""
    anywhere: RuleList
    """The root rules with `anywhere`, in document order."""
    rules: Mapping[RoutineName, RuleTable]
    """Every rule of the bot by its routine."""
    states: Mapping[StateName, StateTable]
    domains: Mapping[str, DomainTable]
    operations: Mapping[str, OperationTable]
    """By `service.operation`."""
    texts: Mapping[str, ReplyPlan]
    choice: TextClosure | None
    before: RoutineName | None
    after: RoutineName | None
    failure: RoutineName | None
    fallback: RoutineName | None
    fallback_by_message: Mapping[str, RoutineName] | None
    renamed: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    """The environment `env.NAME` reads; the shell fills it in, with what the bot names only."""
    env_names: frozenset[str] = frozenset()
    """The names the bot reads."""


# ---------------------------------------------------------------------------------------------------- tests


@dataclass(frozen=True, slots=True)
class ConversationLine:
    """One line of a conversation test."""

    kind: Literal["send", "expect", "clock", "check", "request"]
    text: str
    user: str | None
    place: Place
    check: Closure | None = None


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
