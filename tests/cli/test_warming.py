from __future__ import annotations

import pytest
from support.bots import compile_text

from interpreter.cli.warming import Warming
from interpreter.compiler.storing import CompiledBot, StoredRoutines, read_bot, write_bot
from interpreter.program.tables import Program

A_BOT = """\
dialog: 1
name: warm
rules:
  one: {pattern: a, reply: "$(1 + 1)"}
  two: b
"""


def stored() -> tuple[Program, StoredRoutines]:
    compiled = compile_text(A_BOT).program
    assert compiled is not None
    program = read_bot(write_bot(CompiledBot(compiled, (), {}, 0))).program
    assert isinstance(program.routines, StoredRoutines)
    return program, program.routines


async def test_bots_are_warmed_up_one_after_the_other() -> None:
    warming = Warming(delay=0, rest=0)
    bots = [stored(), stored()]
    warming.begin(*(program for program, _ in bots))
    assert [routines.read for _, routines in bots] == [0, 0]
    await warming.finish()
    assert [routines.read for _, routines in bots] == [len(routines) for _, routines in bots]


async def test_a_server_that_ends_leaves_the_rest_cold() -> None:
    warming = Warming(delay=3600)
    program, routines = stored()
    warming.begin(program)
    await warming.stop()
    assert routines.read == 0


async def test_a_program_that_cannot_be_warmed_up_runs_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    warming = Warming(delay=0, rest=0)
    warming.begin(None)  # type: ignore[arg-type]  # no program at all
    await warming.finish()
    assert "could not be warmed up" in caplog.text
