"""Questions: saying them, and reading a message as their answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from interpreter.machine.menus import named_choice, offered_values, say_with_choices
from interpreter.machine.outcomes import Waiting
from interpreter.machine.records import message_record
from interpreter.machine.running import Active, Running
from interpreter.machine.session import Frame, Level, Wait
from interpreter.program.instructions import Ask, CallFlow, QuestionPlan
from interpreter.types.relative import with_date
from interpreter.values import Value, print_value


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The message is no answer to the question."""


def begin_question(turn: Running, frames: Sequence[Active], ask: Ask) -> Waiting | None:
    """Ask, and wait; None for a form field that need not be asked."""
    frame = frames[-1]
    if ask.is_field and not _is_missing(turn, frame, ask):
        return None
    say_question(turn, ask.question, frame.locals)
    return wait_for_answer(turn, frames, tries=0)


def wait_for_answer(turn: Running, frames: Sequence[Active], *, tries: int) -> Waiting:
    """Wait at the question the top frame has reached."""
    turn.has_grown = True
    return Waiting(Level(tuple(map(store_frame, frames)), Wait(None, tries, turn.at), turn.domain))


def store_frame(frame: Active) -> Frame:
    """A running routine as a session keeps it; it stands at a question or at a call."""
    instruction = frame.instruction
    assert isinstance(instruction, (Ask, CallFlow))
    return Frame(frame.routine.name, instruction.site, frame.locals)


def _is_missing(turn: Running, frame: Active, ask: Ask) -> bool:
    target = ask.question.target
    values = turn.values_of(target, frame.locals)
    if target.name not in values:
        turn.put(target, None, frame.locals)
    value = values.get(target.name)
    if not turn.holds(ask.condition, frame.locals):
        return False
    if value is None or (ask.fits is not None and not ask.fits(value)):
        return True
    return not turn.holds(ask.question.check, frame.locals)


def say_question(turn: Running, question: QuestionPlan, locals: dict[str, Value]) -> None:
    """Say a question with the choices it offers."""
    values = _offered(turn, question, locals)
    choices = [(str(number), print_value(value)) for number, value in enumerate(values, 1)]
    say_with_choices(turn, question.prompt, choices, question.choice, locals, shows_choices=question.shows_choices)


def _offered(turn: Running, question: QuestionPlan, locals: dict[str, Value]) -> Sequence[Value]:
    if question.choices is not None:
        return offered_values(turn.evaluate(question.choices, locals))
    return question.offered


def read_answer(turn: Running, question: QuestionPlan, locals: dict[str, Value]) -> Value | NoAnswer:
    """The value the turn's message gives as an answer, or `NoAnswer`."""
    if question.accepts not in ("text", "choices"):
        kind = "video" if turn.message.type == "shortvideo" else turn.message.type
        return message_record(turn.message) if kind == question.accepts else NoAnswer()
    text = turn.text.strip()
    if not text or turn.message.type not in ("text", "voice"):
        return NoAnswer()
    if question.read is not None and question.choices is None:
        value = question.read(text)
        if value is None and question.is_day:
            absolute = with_date(text, turn.at.date())
            value = question.read(absolute) if absolute else None
        if value is not None:
            return value
    offered = _offered(turn, question, locals)
    is_named, value = named_choice(text, offered)
    return value if is_named else NoAnswer()
