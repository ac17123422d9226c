"""A turn while it runs: the one mutable object of the machine, made fresh for every step and thrown away after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from interpreter.expr.env import EVALUATION_BUDGET, Chance, Closure, Env, TextClosure
from interpreter.machine.chance import chance_from
from interpreter.machine.effects import Effect, Send
from interpreter.machine.events import EffectCompleted, EffectFailed, Message
from interpreter.machine.records import bot_record, message_record, session_record, state_record
from interpreter.machine.replies import Reply
from interpreter.machine.session import Level, Session, TraceLine, Turn, Wait
from interpreter.program.instructions import Instruction, Target
from interpreter.program.names import Place
from interpreter.program.renames import find_state
from interpreter.program.replies import ReplyPlan
from interpreter.program.rules import StateTable
from interpreter.program.tables import Program, Routine
from interpreter.values import MAX_SIZE, Fault, Value

INSTRUCTION_BUDGET = 10_000
"""Instructions one turn may run."""
TRANSITION_BUDGET = 32
"""How often one turn may go to another rule, flow or state."""
CALL_DEPTH = 32
"""How deep flows may call one another."""
REPLY_LIMIT = 100
"""How many replies one turn may give."""
CALL_LIMIT = 50
"""How many results from the world one turn may wait for; it is run again for each."""
EFFECT_LIMIT = 500
"""How many messages and log lines one turn may send elsewhere."""
STEP_BUDGET = 100_000
"""Steps all evaluations of one turn may take together."""
TEXT_DEPTH = 32
"""How deep named texts may stand in one another."""
VALUE_DEPTH = 64
"""How deep lists and maps may stand in one another in a variable."""
LIST_SIZE = 4 * MAX_SIZE
"""The largest list that may be gone through, in characters."""


class NeedEffect(Exception):  # noqa: N818  a signal inside the machine, not an error
    """The turn cannot go on before the world has answered."""

    def __init__(self, effect: Effect) -> None:
        super().__init__(effect.id)
        self.effect = effect


@dataclass(slots=True)
class Active:
    """A routine that is being run: the next instruction and its locals."""

    routine: Routine
    pc: int
    locals: dict[str, Value]

    @property
    def instruction(self) -> Instruction:
        """The instruction that was begun last."""
        return self.routine.code[self.pc - 1]


PlainText = Callable[["Running", ReplyPlan, dict[str, Value]], str]
"""How a reply that is only a text is said; it is handed in, because saying builds on this module."""


class Running:
    """The state of a running turn. Fields are public to the machine's modules and to nobody else."""

    __slots__ = (
        "_chance",
        "_env",
        "_roots",
        "at",
        "base",
        "context",
        "counters",
        "domain",
        "effect_count",
        "effects",
        "has_grown",
        "has_target",
        "instructions",
        "is_ended",
        "is_pinned",
        "is_silent",
        "levels",
        "memory",
        "message",
        "pc",
        "picks",
        "plain_text",
        "program",
        "replies",
        "results",
        "routine",
        "steps",
        "text",
        "text_depth",
        "top_is_gone",
        "trace",
        "transitions",
        "tries",
        "turn",
        "vars",
    )

    def __init__(self, program: Program, session: Session, turn: Turn, plain_text: PlainText) -> None:
        self.program = program
        self.plain_text = plain_text
        self.turn = turn
        self.base = session
        self.at: datetime = turn.at
        self.message: Message = turn.message
        self.text = turn.message.text
        self.is_pinned = isinstance(turn.seed, tuple)
        self.results: list[EffectCompleted | EffectFailed] = [*turn.results]
        self.effects: list[Effect] = []
        self.effect_count = 0
        self.trace: list[TraceLine] = []
        self.routine: Routine | None = None
        """What was run last, at its instruction `pc`."""
        self.pc = 0
        self.top_is_gone = False
        """Whether the wait the message was meant for is gone with an earlier edition of the bot."""
        self._chance: Chance | None = None
        self._from_session(session)

    def _from_session(self, session: Session) -> None:
        self.vars: dict[str, Value] = {**session.vars}
        self.memory: dict[str, Value] = {**session.memory}
        self.levels: tuple[Level, ...] = session.levels
        self.counters: dict[str, Value] = {**session.counters}
        self.picks: dict[str, int] = {**session.picks}
        self.replies: list[Reply] = []
        self.is_silent = False
        self.is_ended = False
        self.instructions = INSTRUCTION_BUDGET
        self.transitions = TRANSITION_BUDGET
        self.steps = STEP_BUDGET
        self.text_depth = 0
        self.context: int | None = None
        self.domain: str | None = None
        self.has_target = False
        self.has_grown = False
        """Whether anything was stored that takes room."""
        self.tries = 0
        self._env: Env | None = None
        self._roots: Roots | None = None

    def restart_from(self, session: Session) -> None:
        """Begin the turn with another session."""
        self.base = session
        self._from_session(session)

    def undo(self) -> None:
        """Take back what the turn set, said and asked for; what it traced stays."""
        self.effects = []
        self.text = self.message.text
        self._from_session(self.base)

    def let_go(self) -> None:
        """Drop what refers back to the turn, so that it is gone with its last reference and leaves no garbage."""
        self._env = self._roots = None

    # ------------------------------------------------------------------------------------------------ evaluating

    @property
    def env(self) -> Env:
        """What expressions see; made when the first one is evaluated, for most turns need none."""
        if self._env is None:
            locale = self.memory.get("locale")
            self._env = Env(
                locals={},
                vars=self.vars,
                user=self.memory,
                roots=self.roots,
                chance=self.chance,
                locale=locale if isinstance(locale, str) else self.program.locales[0],
                say_text=self.say_named,
            )
        return self._env

    @property
    def roots(self) -> Roots:
        """The names that are always there."""
        if self._roots is None:
            self._roots = Roots(self)
        return self._roots

    @property
    def chance(self) -> Chance:
        """The chance of the whole turn, however often it begins again."""
        if self._chance is None:
            self._chance = chance_from(self.turn.seed)
        return self._chance

    def evaluate(self, closure: Closure, locals: dict[str, Value]) -> Value:
        """The value of an expression.

        Raises:
            Fault: the expression failed.
        """
        return closure(self._begin(locals))

    def say(self, closure: TextClosure | None, locals: dict[str, Value]) -> str:
        """A text with its holes filled, `""` for one that was not written."""
        if closure is None:
            return ""
        return closure(self._begin(locals))

    def say_named(self, name: str) -> str:
        """What a text of `texts` says in the middle of another text, whose budget it shares.

        Raises:
            Fault: it failed, or stands too deep in other texts.
        """
        env = self.env
        locals = env.locals
        env.spend()
        self.text_depth += 1
        if self.text_depth > TEXT_DEPTH:
            raise Fault("budget", f"texts stand in one another more than {TEXT_DEPTH} deep")
        said = self.plain_text(self, self.program.texts[name], {})
        self.text_depth -= 1
        env.locals = locals
        return said

    def _begin(self, locals: dict[str, Value]) -> Env:
        """The environment, ready for an evaluation; what the one before it used is taken from the turn's budget."""
        env = self._env or self.env
        env.locals = locals
        if env.steps != EVALUATION_BUDGET and not self.text_depth:
            self.steps -= EVALUATION_BUDGET - env.steps
            env.steps = EVALUATION_BUDGET
            if self.steps < 0:
                raise Fault("budget", "the expressions of this turn take too many steps")
        return env

    def holds(self, closure: Closure | None, locals: dict[str, Value]) -> bool:
        """Whether a condition is true; one that was not written is. What is neither true nor false is a fault."""
        return closure is None or self.evaluate(closure, locals) is True

    def values_of(self, target: Target, locals: dict[str, Value]) -> dict[str, Value]:
        """The variables among which an assignment goes."""
        match target.scope:
            case "session":
                return self.vars
            case "user":
                return self.memory
            case "turn":
                return self.roots
            case "local":
                return locals

    def assign(self, target: Target, value: Value, locals: dict[str, Value]) -> None:
        """Store a value.

        Raises:
            Fault: it does not fit the declared type, or is too big.
        """
        if target.fits is not None and not target.fits(value):
            raise Fault("type", f"{target.name} takes {target.type}, and this value is none")
        if not isinstance(value, (int, float)):
            if not is_small(value):
                raise Fault("budget", f"the value for {target.name} is larger than {MAX_SIZE} characters or too deep")
            self.has_grown = True
        self.values_of(target, locals)[target.name] = value
        if target.scope == "user" and target.name == "locale" and isinstance(value, str):
            self.env.locale = value
        elif target.scope == "turn" and target.name == "text":
            self.text = value if isinstance(value, str) else ""

    # ------------------------------------------------------------------------------------------------ tracing

    def note(self, kind: str, name: str, place: Place | None = None, detail: str = "") -> None:
        """Add a line to the trace."""
        self.trace.append(TraceLine(kind, name, place, detail))

    @property
    def place(self) -> Place | None:
        """Where in the author's file the instruction stands that was run last."""
        return self.routine.places[self.pc] if self.routine is not None else None

    @property
    def has_spoken(self) -> bool:
        """Whether the turn has answered so far, be it with chosen silence."""
        return bool(self.replies) or self.is_silent

    def unsay(self) -> None:
        """Take back what the turn has told its user so far, messages of their own included."""
        user = self.message.user
        self.effects = [effect for effect in self.effects if not (isinstance(effect, Send) and effect.to == user)]
        self.replies.clear()
        self.is_silent = False

    def transit(self) -> None:
        """Count a transition.

        Raises:
            Fault: there were too many in this turn.
        """
        self.transitions -= 1
        if self.transitions < 0:
            raise Fault("budget", f"more than {TRANSITION_BUDGET} transitions in one turn")

    # ------------------------------------------------------------------------------------------------ waits

    def state_of(self, wait: Wait) -> StateTable | None:
        """The state a wait is in; None for a question, and for a state an edited bot no longer has."""
        if wait.state is None:
            return None
        return find_state(self.program, wait.state)

    def enter_context(self, index: int | None) -> None:
        """Say which level's wait is being answered: `state` and `again` mean that one."""
        self.context = index
        if self._roots is not None:
            self._roots.pop("state", None)

    @property
    def context_wait(self) -> Wait | None:
        """The wait being answered, if any."""
        if self.context is None or self.context >= len(self.levels):
            return None
        return self.levels[self.context].wait

    def change_wait(self, index: int, *, tries: int) -> None:
        """Ask again in a level: its timeout starts anew."""
        level = self.levels[index]
        assert level.wait is not None
        wait = replace(level.wait, tries=tries, since=self.at)
        self.levels = (*self.levels[:index], replace(level, wait=wait), *self.levels[index + 1 :])


class Roots(dict[str, Value]):
    """The names that are always there, made when they are first read."""

    __slots__ = ("_turn",)

    def __init__(self, turn: Running) -> None:
        self._turn = turn

    def __missing__(self, name: str) -> Value:
        value = self._make(name)
        self[name] = value
        return value

    def _make(self, name: str) -> Value:
        turn = self._turn
        match name:
            case "text":
                return turn.text
            case "now":
                return turn.at
            case "today":
                return turn.at.date()
            case "env":
                return turn.program.env
            case "message":
                return message_record(turn.message)
            case "session":
                return session_record(turn.base, turn.at)
            case "state":
                return state_record(_wait_label(turn), turn.context_wait)
            case "bot":
                return bot_record(turn.program, _describe_rules(turn))
            case _:
                return None


def level_label(turn: Running, level: Level) -> str | None:
    """What `state.name` says while a level is being answered: `guess`, `survey/age`."""
    if level.wait is None:
        return None
    if level.wait.state is None:
        top = level.frames[-1]
        return f"{top.routine.partition('.')[2] or top.routine}/{top.site}"
    state = turn.state_of(level.wait)
    return state.label if state else None


def _wait_label(turn: Running) -> str | None:
    if turn.context_wait is None or turn.context is None:
        return None
    return level_label(turn, turn.levels[turn.context])


def _describe_rules(turn: Running) -> list[Value]:
    return [
        {"name": rule.name, "description": turn.plain_text(turn, rule.description, {}) if rule.description else None}
        for rule in turn.program.root.rules
    ]


def is_small(value: Value, limit: int = MAX_SIZE) -> bool:
    """Whether a value takes at most about so many characters when it is stored, and is not nested too deep.

    What one list holds many times is stored many times; so the count stops at the limit.
    """
    if isinstance(value, str):
        return len(value) <= limit
    size, level = 0, [value]
    for _ in range(VALUE_DEPTH):
        below: list[Value] = []
        for item in level:
            if isinstance(item, str):
                size += len(item)
            elif isinstance(item, Mapping):
                size += sum(len(key) + 6 for key in item)
                below.extend(item.values())
            elif isinstance(item, (list, tuple)):
                size += 2 * len(item)
                below.extend(item)
            else:
                size += 8
            if size > limit:
                return False
        if not below:
            return True
        level = below
    return False
