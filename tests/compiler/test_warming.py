from __future__ import annotations

from pathlib import Path

import pytest
from support.bots import compile_path, compile_text
from support.talks import BOTS, ROOT

from interpreter.compiler.late import LateCondition, LateText
from interpreter.compiler.storing import CompiledBot, StoredRoutines, read_bot, write_bot
from interpreter.compiler.warming import warm
from interpreter.program.instructions import Speak
from interpreter.program.replies import SayText
from interpreter.program.tables import Program

A_BOT = """\
dialog: 1
name: warm
vars: {n: int = 0}
rules:
  greet: {pattern: "/^hi (?<w>.+)$/", if: n == 0, reply: "hello $(w)"}
  other: bye
"""


def stored(program: Program | None) -> Program:
    assert program is not None
    return read_bot(write_bot(CompiledBot(program, (), {}, 0))).program


def test_what_is_warm_has_been_read_and_compiled() -> None:
    program = stored(compile_text(A_BOT).program)
    routines = program.routines
    assert isinstance(routines, StoredRoutines)
    assert routines.read == 0
    steps = list(warm(program))
    assert len(steps) == len(routines) + 1
    assert routines.read == len(routines)
    (speak,) = routines["rules.greet"].code  # type: ignore[index]  # a plain text
    assert isinstance(speak, Speak)
    assert isinstance(speak.plan, SayText)
    assert isinstance(speak.plan.text, LateText)
    assert speak.plan.text.is_ready
    condition = program.root.rules[0].condition
    assert isinstance(condition, LateCondition)
    assert condition.is_ready


def test_each_step_does_a_part() -> None:
    program = stored(compile_text(A_BOT).program)
    steps = warm(program)
    next(steps)
    next(steps)
    assert isinstance(program.routines, StoredRoutines)
    assert program.routines.read == 1


@pytest.mark.parametrize("path", BOTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_bot_can_be_warmed_and_stored_again(path: Path) -> None:
    program = compile_path(path).program
    assert program is not None
    before = write_bot(CompiledBot(program, (), {}, 0))
    list(warm(program))
    assert write_bot(CompiledBot(program, (), {}, 0)) == before
