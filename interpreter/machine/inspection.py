"""Looking into a conversation from outside: an expression over a session, where it waits, what a mock answers."""

from __future__ import annotations

from datetime import datetime

from interpreter.expr.env import Closure
from interpreter.machine.defaults import set_defaults
from interpreter.machine.effects import CallService
from interpreter.machine.events import Message, Seed
from interpreter.machine.running import Running, begin, level_label
from interpreter.machine.session import Session, Turn
from interpreter.machine.speaking import plain_text
from interpreter.program.tables import Program
from interpreter.values import Value


def peek(program: Program, session: Session, at: datetime, seed: Seed = 0) -> Running:
    """A turn that never runs, for evaluating expressions over a session; it answers the session's last wait.

    Raises:
        Fault: the default of a variable failed.
    """
    running = unprepared(program, session, at, seed)
    set_defaults(running)
    running.enter_context(len(running.levels) - 1 if running.levels else None)
    return running


def unprepared(program: Program, session: Session, at: datetime, seed: Seed = 0) -> Running:
    """A turn that never runs, and in which no variable has its default."""
    turn = Turn(Message("text", session.user, "", int(at.timestamp())), at, seed, "")
    return begin(program, session, turn, plain_text)


def evaluate(program: Program, session: Session, at: datetime, expression: Closure) -> Value:
    """The value of an expression over a session between turns.

    Raises:
        Fault: the expression failed.
    """
    return peek(program, session, at).evaluate(expression, {})


def waiting_places(program: Program, session: Session, at: datetime) -> tuple[str, ...]:
    """Where a session waits, the place that is asked first last: `guess`, `survey/age`."""
    running = unprepared(program, session, at)
    return tuple(label for level in running.levels if (label := level_label(running, level)) is not None)


def mock_answer(program: Program, session: Session, at: datetime, call: CallService) -> Value:
    """What an operation's `mock` answers to a call; None when it has none.

    Raises:
        Fault: an expression in the mock failed.
    """
    operation = program.operations[f"{call.service}.{call.operation}"]
    if operation.mock is None:
        return None
    return peek(program, session, at).evaluate(operation.mock, dict(call.arguments))
