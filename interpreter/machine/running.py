"""A turn while it runs: the one mutable object of the machine, made fresh for every step and thrown away after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from interpreter.expr.env import EVALUATION_BUDGET, Chance, Closure, Env, TextClosure
from interpreter.machine.chance import chance_from
from interpreter.machine.effects import Effect, Send
from interpreter.machine.events import EffectCompleted, EffectFailed, Message
from interpreter.machine.limits import INSTRUCTION_BUDGET, STEP_BUDGET, TEXT_DEPTH, TRANSITION_BUDGET, is_small
from interpreter.machine.records import bot_record, message_record, session_record, state_record
from interpreter.machine.replies import Reply
from interpreter.machine.session import Level, Session, TraceLine, Turn, Wait
from interpreter.program.instructions import Instruction, Target
from interpreter.program.names import Place, RoutineName
from interpreter.program.renames import find_state
from interpreter.program.replies import ReplyPlan
from interpreter.program.rules import StateTable
from interpreter.program.tables import Program, Routine
from interpreter.values import MAX_SIZE, Fault, Value


class NeedEffect(Exception):  # noqa: N818  a signal inside the machine, not an error
    """The turn cannot go on before the world has answered."""

    def __init__(self, effect: Effect) -> None:
        super().__init__(effect.id)
        self.effect = effect


class Active(Struct, eq=False):
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


class Running(Struct, eq=False):
    """The state of a running turn. Fields are public to the machine's modules and to nobody else.

    What it took from the session is shared with it until something is assigned: its maps are never changed in place,
    a new one takes the place of the old one.
    """

    program: Program
    base: Session
    turn: Turn
    plain_text: PlainText
    at: datetime
    message: Message
    is_answer: bool
    """Whether the message can answer a question; see `Message.is_answer`."""
    text: str
    vars: Mapping[str, Value]
    memory: Mapping[str, Value]
    levels: tuple[Level, ...]
    counters: Mapping[str, Value]
    picks: Mapping[str, int]
    results: tuple[EffectCompleted | EffectFailed, ...]
    """Those that no call has taken yet."""
    effects: tuple[Effect, ...] = ()
    effect_count: int = 0
    trace: list[TraceLine] = []
    unfit: list[str] = []
    """The ids of calls whose answers the bot could not take; a fault does not take that back."""
    routine: RoutineName | None = None
    """What was run last, at its instruction `pc`."""
    pc: int = 0
    aside: Place | None = None
    """Where stands what is evaluated outside of any instruction: a variable's default, a rule's condition."""
    top_is_gone: bool = False
    """Whether the wait the message was meant for is gone with an earlier edition of the bot."""
    replies: list[Reply] = []
    is_silent: bool = False
    is_ended: bool = False
    instructions: int = INSTRUCTION_BUDGET
    transitions: int = TRANSITION_BUDGET
    steps: int = STEP_BUDGET
    text_depth: int = 0
    context: int | None = None
    domain: str | None = None
    has_target: bool = False
    has_grown: bool = False
    """Whether anything was stored that takes room."""
    tries: int = 0
    _chance: Chance | None = None
    _env: Env | None = None
    _roots: Roots | None = None

    def restart_from(self, session: Session) -> None:
        """Begin the turn with another session."""
        self.base = session
        fresh = begin(self.program, session, self.turn, self.plain_text)
        for name in _FROM_SESSION:
            setattr(self, name, getattr(fresh, name))

    def undo(self) -> None:
        """Take back what the turn set, said and asked for; what it traced stays."""
        self.effects = ()
        self.text = self.message.text
        self.restart_from(self.base)

    def let_go(self) -> None:
        """Drop what refers back to the turn, so that it is gone with its last reference and leaves no garbage."""
        if self._roots is not None:
            self._env = self._roots = None

    def receive(self, message: Message) -> None:
        """Go on with another message."""
        self.message, self.is_answer, self.text = message, message.is_answer, message.text
        self.roots["text"] = message.text
        self.roots.pop("message", None)

    @property
    def is_pinned(self) -> bool:
        """Whether a test says what chance gives."""
        return isinstance(self.turn.seed, tuple)

    # ------------------------------------------------------------------------------------------------ evaluating

    @property
    def env(self) -> Env:
        """What expressions see; made when the first one is evaluated, for most turns need none."""
        env = self._env
        if env is None:
            locale = self.memory.get("locale")
            self._env = env = Env(
                locals={},
                vars=self.vars,
                user=self.memory,
                roots=self.roots,
                chance=self._chance or self.chance,
                locale=locale if isinstance(locale, str) else self.program.locales[0],
                say_text=self.say_named,
            )
        return env

    @property
    def roots(self) -> Roots:
        """The names that are always there."""
        roots = self._roots
        if roots is None:
            self._roots = roots = Roots()
            roots.turn = self
        return roots

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
        env = self._env or self.env
        if env.steps != EVALUATION_BUDGET:
            self._account(env)
        env.locals = locals
        return closure(env)

    def say(self, closure: TextClosure | None, locals: dict[str, Value]) -> str:
        """A text with its holes filled, `""` for one that was not written."""
        if closure is None:
            return ""
        env = self._env or self.env
        if env.steps != EVALUATION_BUDGET:
            self._account(env)
        env.locals = locals
        return closure(env)

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

    def _account(self, env: Env) -> None:
        """Take from the turn's budget what the evaluation before this one used."""
        if not self.text_depth:
            self.steps -= EVALUATION_BUDGET - env.steps
            env.steps = EVALUATION_BUDGET
            if self.steps < 0:
                raise Fault("budget", "the expressions of this turn take too many steps")

    def holds(self, closure: Closure | None, locals: dict[str, Value]) -> bool:
        """Whether a condition is true; one that was not written is. What is neither true nor false is a fault."""
        return closure is None or self.evaluate(closure, locals) is True

    def values_of(self, target: Target, locals: dict[str, Value]) -> Mapping[str, Value]:
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
            raise Fault("type", f"{target.shown} takes {target.type}, and this value is not one")
        if not isinstance(value, (int, float)):
            if not is_small(value):
                raise Fault("budget", f"the value for {target.shown} is larger than {MAX_SIZE} characters or too deep")
            self.has_grown = True
        self.put(target, value, locals)
        if target.scope == "user" and target.name == "locale" and isinstance(value, str):
            self.env.locale = value
        elif target.scope == "turn" and target.name == "text":
            self.text = value if isinstance(value, str) else ""

    def put(self, target: Target, value: Value, locals: dict[str, Value]) -> None:
        """Store a value that is known to fit."""
        match target.scope:
            case "session":
                self.change_vars({**self.vars, target.name: value})
            case "user":
                self.change_memory({**self.memory, target.name: value})
            case "turn":
                self.roots[target.name] = value
            case "local":
                locals[target.name] = value

    def drop(self, target: Target, locals: dict[str, Value]) -> None:
        """Make a variable one that was never set."""
        match target.scope:
            case "session":
                self.change_vars({name: value for name, value in self.vars.items() if name != target.name})
            case "user":
                self.change_memory({name: value for name, value in self.memory.items() if name != target.name})
            case "turn":
                self.roots.pop(target.name, None)
            case "local":
                locals.pop(target.name, None)

    def change_vars(self, vars: Mapping[str, Value]) -> None:
        """Put other conversation variables in place of those that were."""
        self.vars = vars
        if self._env is not None:
            self._env.vars = vars

    def change_memory(self, memory: Mapping[str, Value]) -> None:
        """Put another memory in place of the one that was."""
        self.memory = memory
        if self._env is not None:
            self._env.user = memory

    # ------------------------------------------------------------------------------------------------ tracing

    def note(self, kind: str, name: str, place: Place | None = None, detail: str = "") -> None:
        """Add a line to the trace."""
        self.trace.append(TraceLine(kind, name, place, detail))

    @property
    def place(self) -> Place | None:
        """Where in the author's file the instruction stands that was run last, or what is evaluated outside of any."""
        if self.aside is not None:
            return self.aside
        return self.program.routines[self.routine].places[self.pc] if self.routine is not None else None

    @property
    def has_spoken(self) -> bool:
        """Whether the turn has answered so far, be it with chosen silence."""
        return bool(self.replies) or self.is_silent

    def unsay(self) -> None:
        """Take back what the turn has told its user so far, messages of their own included."""
        user = self.message.user
        self.effects = tuple(it for it in self.effects if not (isinstance(it, Send) and it.to == user))
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
        return find_state(self.program, wait.state) if wait.state is not None else None

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


_FROM_SESSION = (
    "aside",
    "vars",
    "memory",
    "levels",
    "counters",
    "picks",
    "replies",
    "is_silent",
    "is_ended",
    "instructions",
    "transitions",
    "steps",
    "text_depth",
    "context",
    "domain",
    "has_target",
    "has_grown",
    "tries",
    "_env",
    "_roots",
)
"""What a turn begins with anew when it begins with another session, or is taken back."""


def begin(program: Program, session: Session, turn: Turn, plain_text: PlainText) -> Running:
    """A turn that is about to run."""
    message = turn.message
    return Running(
        program,
        session,
        turn,
        plain_text,
        turn.at,
        message,
        message.type != "event" or message.is_answer,
        message.text,
        session.vars,
        session.memory,
        session.levels,
        session.counters,
        session.picks,
        turn.results,
    )


class Roots(dict[str, Value]):
    """The names that are always there, made when they are first read."""

    __slots__ = ("turn",)

    turn: Running

    def __missing__(self, name: str) -> Value:
        value = self._make(name)
        self[name] = value
        return value

    def _make(self, name: str) -> Value:
        turn = self.turn
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
