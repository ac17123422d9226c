"""Running the tests and examples of a bot: every line in order, the first failure of each test with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from interpreter.catalogue.samples import play
from interpreter.diagnostics.fault_words import fault_words
from interpreter.diagnostics.wording import Wording
from interpreter.machine.conversation import Conversation, Exchange
from interpreter.machine.inspection import evaluate, unprepared
from interpreter.machine.session import Level, Session, TraceLine, Wait
from interpreter.machine.shown import shown_lines
from interpreter.machine.simulation import UnknownWords, lacking, simulate, text_message
from interpreter.program.names import Place
from interpreter.program.suite import ConversationLine, ConversationTable, ExampleTable, SuiteTable
from interpreter.program.tables import Program
from interpreter.transcripts.requests import effect_line, is_requested
from interpreter.transcripts.wildcards import finds, matches, regex_of
from interpreter.types.answers import read_answer
from interpreter.types.kinds import DurationType
from interpreter.types.lexicon import Lexicon
from interpreter.values import Fault, Value, kind_of, print_value

DEFAULT_NOW = (2026, 1, 1, 12, 0)
"""The time of a test that gives none, in the bot's time zone: a Thursday noon."""
DEFAULT_USER = "user"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a test does not hold, and where."""

    place: Place
    message: Wording
    expected: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    talk: tuple[str, ...] = ()
    """The conversation up to the failing line."""
    trace: tuple[TraceLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one test or example; it holds when there is no failure."""

    kind: Literal["test", "example"]
    name: str
    place: Place
    failure: Failure | None
    turns: int
    rules: frozenset[str]
    """Routines that were reached, for coverage."""


def run_suite(program: Program, suite: SuiteTable) -> Iterator[Verdict]:
    """Run every test and every example, in the order of the file."""
    for test in suite.tests:
        yield run_test(program, test, suite.buttons)
    for example in suite.examples:
        yield run_example(program, example)


def run_test(program: Program, test: ConversationTable, buttons: Mapping[str, str]) -> Verdict:
    """Run one conversation, from fresh sessions."""
    try:
        player = _Player(program, test, buttons)
    except _Unfit as unfit:
        return Verdict("test", test.name, test.place, Failure(unfit.place, unfit.said), 0, frozenset())
    failure = player.play()
    return Verdict("test", test.name, test.place, failure, player.turns, frozenset(player.reached))


def run_example(program: Program, example: ExampleTable) -> Verdict:
    """Send one message and see whether it reaches its rule."""
    now = _default_now(program)
    conversation = Conversation(program, now, play_api=play)
    if example.state is not None:
        wait = Level((), Wait(example.state, 0, now))
        conversation.sessions[DEFAULT_USER] = Session(DEFAULT_USER, started=now, seen=now, turns=1, levels=(wait,))
    message = text_message(example.text, user=DEFAULT_USER, account="bot", time=int(now.timestamp()), id="1")
    exchange = conversation.receive(message)
    reached = _reached(exchange.trace)
    failure = None
    if example.rule not in reached:
        taken = reached[0] if reached else None
        failure = Failure(example.place, _not_reached(example, taken), trace=exchange.trace)
    return Verdict("example", example.text, example.place, failure, 1, frozenset(reached))


def _not_reached(example: ExampleTable, taken: str | None) -> Wording:
    if taken is None:
        return Wording(
            f"`{example.text}` does not reach {example.rule}; no rule answers it",
            f"`{example.text}` 没有到达 {example.rule}，没有规则回答它",
        )
    return Wording(
        f"`{example.text}` does not reach {example.rule}; {taken} takes it",
        f"`{example.text}` 没有到达 {example.rule}，被 {taken} 抢先回答",
    )


def _reached(trace: Sequence[TraceLine]) -> list[str]:
    """The rules of a trace that answered, those that passed left out."""
    rules: list[str] = []
    for line in trace:
        if line.kind == "rule":
            rules.append(line.name)
        elif line.kind == "pass" and line.name in rules:
            rules.remove(line.name)
    return rules


def _default_now(program: Program) -> datetime:
    return datetime(*DEFAULT_NOW, tzinfo=ZoneInfo(program.timezone))


class _Unfit(Exception):  # noqa: N818  a bot's mistake, not an error of ours
    """What is given cannot be set."""

    def __init__(self, place: Place, said: Wording) -> None:
        super().__init__(said.en)
        self.place = place
        self.said = said


class _Player:
    """One test while it runs."""

    def __init__(self, program: Program, test: ConversationTable, buttons: Mapping[str, str]) -> None:
        self._test = test
        self._buttons = buttons
        self._talk: list[str] = []
        self._user = DEFAULT_USER
        self.turns = 0
        self.reached: set[str] = set()
        self._conversation = _prepare(program, test)

    def play(self) -> Failure | None:
        """Run the lines until one fails."""
        lines = list(self._test.lines)
        index = 0
        while index < len(lines):
            block = [lines[index]]
            if lines[index].kind == "expect":
                while index + len(block) < len(lines) and lines[index + len(block)].kind == "expect":
                    block.append(lines[index + len(block)])
            failure = self._run(block)
            if failure is not None:
                return failure
            index += len(block)
        return None

    def _run(self, block: list[ConversationLine]) -> Failure | None:
        line = block[0]
        match line.kind:
            case "send":
                return self._send(line)
            case "expect":
                return self._expect(block)
            case "clock":
                return self._advance(line)
            case "check":
                return self._check(line)
            case "request":
                return self._request(line)

    def _send(self, line: ConversationLine) -> Failure | None:
        self._user = line.user or DEFAULT_USER
        self.turns += 1
        now = self._conversation.now
        common = {"user": self._user, "account": "bot"}
        time, id = int(now.timestamp()), str(self.turns)
        text = line.text.strip()
        self._talk.append(f"@{line.user} > {text}" if line.user else f"> {text}")
        try:
            if text.startswith("@"):
                message = simulate(text[1:], **common, time=time, id=id, buttons=self._buttons)
            else:
                sent = text[1:] if text.startswith("\\@") else text
                message = text_message(sent, **common, time=time, id=id)
        except UnknownWords as unknown:
            return Failure(line.place, Wording(*lacking("@", unknown.word)), talk=tuple(self._talk))
        self._remember(self._conversation.receive(message))
        return None

    def _remember(self, exchange: Exchange) -> None:
        """Keep what was reached and said."""
        self.reached.update(item.name for item in exchange.trace if item.kind in ("rule", "flow", "state", "fallback"))
        if exchange.replies or exchange.trace:
            self._talk.extend(f"< {shown}" for shown in shown_lines(exchange.replies))

    def _advance(self, line: ConversationLine) -> Failure | None:
        duration = read_answer(DurationType(), line.text.strip(), Lexicon({}, ("zh", "en")))
        self._talk.append(f"~ {line.text}")
        try:
            exchange = self._conversation.advance(duration)  # type: ignore[arg-type]  # a duration, by its type; or none
        except (OverflowError, TypeError):
            return self._failure(line.place, Wording("the clock cannot move that far", "时钟无法拨到那么远"))
        self._remember(exchange)
        return None

    def _expect(self, block: list[ConversationLine]) -> Failure | None:
        said = [shown.rstrip() for shown in shown_lines(self._conversation.last.replies)]
        expected = [line.text.rstrip() for line in block]
        bad = _mismatch(expected, said)
        if bad is None:
            return None
        unanswered = self._conversation.last.unanswered
        message = Wording("the reply is another one", "回复与期望不同")
        if unanswered:
            names = "、".join(unanswered)
            message = Wording(
                f"the reply is another one; {', '.join(unanswered)} has neither a `mock` nor a given answer",
                f"回复与期望不同；{names} 既没有 `mock` 也没有在 given 里给出回答",
            )
        place = block[min(bad, len(block) - 1)].place
        return self._failure(place, message, expected, said)

    def _check(self, line: ConversationLine) -> Failure | None:
        assert line.check is not None
        conversation = self._conversation
        session = conversation.session(self._user)
        try:
            value = evaluate(conversation.program, session, conversation.now, line.check)
        except Fault as fault:
            words = fault_words(fault.kind, fault.message)
            return self._failure(line.place, Wording(f"the check failed: {words.en}", f"检查出错：{words.zh}"))
        if value is True:
            return None
        known = {**session.vars, **{f"user.{name}": item for name, item in session.memory.items()}}
        for name, operand in line.operands:
            with suppress(Fault):
                known.setdefault(name, evaluate(conversation.program, session, conversation.now, operand))
        said = [f"{name} = {_shown(item)}" for name, item in known.items()]
        return self._failure(line.place, Wording(f"this is not true: {line.text}", f"不成立：{line.text}"), (), said)

    def _request(self, line: ConversationLine) -> Failure | None:
        effects = self._conversation.last.effects
        if any(is_requested(effect, line.text.strip()) for effect in effects):
            return None
        said = [effect_line(effect) for effect in effects]
        message = Wording(f"the last turn did not request this: {line.text}", f"上一轮没有发出这个请求：{line.text}")
        return self._failure(line.place, message, (f"! {line.text}",), said)

    def _failure(
        self, place: Place, message: Wording, expected: Sequence[str] = (), said: Sequence[str] = ()
    ) -> Failure:
        trace = self._conversation.last.trace
        return Failure(place, message, tuple(expected), tuple(said), tuple(self._talk), trace)


def _mismatch(expected: list[str], said: list[str]) -> int | None:
    """The first expected line that does not hold, or None when the reply is as expected."""
    if len(expected) == 1 and (pattern := regex_of(expected[0])) is not None:
        return None if finds(pattern, "\n".join(said)) else 0
    if any(regex_of(line) for line in expected):
        return _mismatch_by_line(expected, said)
    if matches(_open_media("\n".join(expected)), "\n".join(said)):
        return None
    for index in range(len(expected)):
        if not matches("\n".join(expected[: index + 1]) + "*", "\n".join(said)):
            return index
    return len(expected) - 1


def _mismatch_by_line(expected: list[str], said: list[str]) -> int | None:
    for index, line in enumerate(expected):
        if index >= len(said):
            return index
        pattern = regex_of(line)
        if not (finds(pattern, said[index]) if pattern else matches(line, said[index])):
            return index
    return None if len(said) == len(expected) else len(expected) - 1


def _open_media(expected: str) -> str:
    """`@music` without a title stands for any music, and so with the other kinds."""
    kinds = ("@news", "@music", "@image", "@voice", "@video")
    return "\n".join(f"{line} *" if line in kinds else line for line in expected.split("\n"))


def _shown(value: Value) -> str:
    return print_value(value) if kind_of(value) not in ("list", "map") else str(value)


def _prepare(program: Program, test: ConversationTable) -> Conversation:
    """The conversation of a test, with what is given to it."""
    program = replace(program, env={**dict.fromkeys(program.env_names, ""), **program.env})
    now = _default_now(program)
    values = _given_values(program, test, now)
    env = {name.removeprefix("env."): str(value) for name, value in values.items() if name.startswith("env.")}
    program = replace(program, env={**dict.fromkeys(program.env_names, ""), **program.env, **env})
    moment = values.get("now")
    conversation = Conversation(program, moment if isinstance(moment, datetime) else now, play_api=play)
    pinned = values.get("random")
    if isinstance(pinned, int):
        conversation.pinned = (pinned,)
    conversation.answers = {
        name: value for name, value in values.items() if name in program.operations or name.startswith("api.")
    }
    conversation.vars = {
        variable.name: values[variable.name] for variable in program.variables if variable.name in values
    }
    conversation.memory = {
        variable.name: values[f"user.{variable.name}"]
        for variable in program.user_variables
        if f"user.{variable.name}" in values
    }
    locale = values.get("user.locale")
    if isinstance(locale, str):
        conversation.memory["locale"] = locale
    return conversation


def _given_values(program: Program, test: ConversationTable, now: datetime) -> dict[str, Value]:
    """What is given, by its names.

    Raises:
        _Unfit: some of it failed, or is not of the type that is wanted.
    """
    running = unprepared(program, Session(DEFAULT_USER), now)
    values: dict[str, Value] = {}
    for given in test.given:
        try:
            value = running.evaluate(given.value, {})
            if given.name.startswith("env."):
                value = print_value(value)
        except Fault as fault:
            said = fault_words(fault.kind, fault.message)
            raise _Unfit(
                given.place,
                Wording(f"`{given.name}` cannot be given this: {said.en}", f"`{given.name}` 无法给定：{said.zh}"),
            ) from None
        if given.fits is not None and not given.fits(value):
            raise _Unfit(
                given.place,
                Wording(
                    f"`{given.name}` is {given.type}, and what is given for it is not",
                    f"`{given.name}` 的类型是 {given.type}，给定的值不是",
                ),
            )
        values[given.name] = value
    return values
