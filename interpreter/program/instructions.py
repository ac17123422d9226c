"""The instructions of routines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Literal

from msgspec import Struct

from interpreter.expr.env import Closure, TextClosure
from interpreter.program.messages import MessageKind
from interpreter.program.names import Interrupt, RoutineName, Site, StateName
from interpreter.program.replies import ReplyPlan
from interpreter.values import Value


class Target(Struct, frozen=True, gc=False):
    """Where an assignment goes: a local, a conversation variable, a user variable, or the turn's `text` or `reply`."""

    scope: Literal["local", "session", "user", "turn"]
    name: str
    fits: Callable[[Value], bool] | None = None
    """Whether a value may be stored there; None when the compiler has proved it."""
    type: str = "any"
    """The declared type in type notation, for the message of a fault."""

    @property
    def shown(self) -> str:
        """The name as its author writes it."""
        return f"user.{self.name}" if self.scope == "user" else self.name


class Speak(Struct, frozen=True, gc=False):
    """`reply`."""

    plan: ReplyPlan


class Assign(Struct, frozen=True, gc=False):
    """`set`, `let`."""

    target: Target
    value: Closure


class Jump(Struct, frozen=True, gc=False):
    """Continue at another instruction."""

    to: int


class JumpUnless(Struct, frozen=True, gc=False):
    """Continue elsewhere when the condition is false."""

    condition: Closure
    to: int


class LoopStart(Struct, frozen=True, gc=False):
    """Evaluate the list of an `each` and keep it, with the position 0, in the local `slot`."""

    slot: str
    items: Closure


class LoopNext(Struct, frozen=True, gc=False):
    """Bind the next item to `variable`, or leave the loop."""

    slot: str
    variable: str
    exit: int


class QuestionPlan(Struct, frozen=True, gc=False):
    """An `ask` or a form field: what it asks, how an answer is read, and where its handlers begin in the same routine.

    `read` turns a message into the value of its type, or None; `choices` gives the list offered instead of a type.
    """

    prompt: ReplyPlan | None
    target: Target
    accepts: Literal["text", "choices", "image", "voice", "video", "location"]
    read: Callable[[str], Value] | None
    """For `text`: the message's text as a value (synonyms included), None when it is none."""
    is_day: bool
    """Whether a day may be said relative to today (`明天`)."""
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


class Ask(Struct, frozen=True, gc=False):
    """Ask and wait. With `skip`, a form field: skipped when the condition is false or the local fits already."""

    site: Site
    question: QuestionPlan
    is_field: bool = False
    condition: Closure | None = None
    fits: Callable[[Value], bool] | None = None
    """Of a form field: whether a value that is there already is of its type."""


class AskAgain(Struct, frozen=True, gc=False):
    """The end of an `invalid` or `refused` block: back to waiting at the question at `ask`."""

    ask: int


class EnterState(Struct, frozen=True, gc=False):
    """`wait`."""

    state: StateName


class Again(Struct, frozen=True, gc=False):
    """`again`."""


class CallFlow(Struct, frozen=True, gc=False):
    """`call`. `is_target`: the target of a rule."""

    site: Site
    flow: RoutineName
    arguments: tuple[tuple[str, Closure], ...]
    into: Target | None
    is_target: bool = False


class GoTo(Struct, frozen=True, gc=False):
    """`goto`: leave the routine and its callers for a rule, a flow or a state."""

    kind: Literal["rule", "flow", "state"]
    name: str
    arguments: tuple[tuple[str, Closure], ...]


class Fetch(Struct, frozen=True, gc=False):
    """`fetch`. `failed` is where the steps for a failure begin; without it the turn fails."""

    service: str
    operation: str
    arguments: tuple[tuple[str, Closure], ...]
    into: Target | None
    failed: int | None
    after: int = 0


class CallApi(Struct, frozen=True, gc=False):
    """`api`."""

    method: str
    arguments: tuple[tuple[str, Closure], ...]
    into: Target | None
    failed: int | None
    after: int = 0


class MessagePlan(Struct, frozen=True, gc=False):
    """A message that no reply can be, by its kind, its texts and its choices or values."""

    kind: MessageKind
    parts: tuple[tuple[str, TextClosure], ...]
    entries: tuple[tuple[str, TextClosure], ...]


class Dispatch(Struct, frozen=True, gc=False):
    """`send`: a proactive message as an effect of the turn."""

    plan: ReplyPlan | None
    template: TextClosure | None
    data: tuple[tuple[str, TextClosure], ...]
    url: TextClosure | None
    to: Closure | None
    message: MessagePlan | None = None
    mini: tuple[tuple[str, TextClosure], ...] = ()
    agent: TextClosure | None = None


class Log(Struct, frozen=True, gc=False):
    """`log`."""

    text: TextClosure


class Pass(Struct, frozen=True, gc=False):
    """`pass`."""


class End(Struct, frozen=True, gc=False):
    """`end`."""


class Cancel(Struct, frozen=True, gc=False):
    """`cancel`."""


class Return(Struct, frozen=True, gc=False):
    """`return`, and the end of every flow."""

    value: Closure | None


class Readmit(Struct, frozen=True, gc=False):
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
