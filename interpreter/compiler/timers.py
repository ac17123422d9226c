"""Which waits end by themselves: those whose `timed_out` does something that must not depend on the user's return.

That is what reaches the world: `send`, `api`, and a `fetch` that is no `get`. Where it stands does not matter, as long
as the steps of `timed_out` can get there within their turn: in a branch, in a flow they call, behind a `goto`, or in
the steps that called the flow, if that is left by `return`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from interpreter.program.instructions import (
    Again,
    Ask,
    CallApi,
    CallFlow,
    Cancel,
    Dispatch,
    End,
    EnterState,
    Fetch,
    GoTo,
    Instruction,
    Jump,
    JumpUnless,
    LoopNext,
    Pass,
    Return,
)
from interpreter.program.names import Names, RoutineName
from interpreter.program.tables import Program

_Place = tuple[RoutineName, int, bool]
"""An instruction, and whether the end of its routine leads back to where that was called."""


def find_timers(program: Program) -> Names:
    """The names of the states, and of the questions by routine and site, whose timeout comes by itself."""
    course = _Course(program)
    names = {
        str(name)
        for name, state in program.states.items()
        if state.timeout is not None and state.timed_out is not None and course.acts((state.timed_out, 0, False))
    }
    for name, routine in program.routines.items():
        for site, index in routine.sites.items():
            ask = routine.code[index]
            if not isinstance(ask, Ask) or ask.question.timeout is None or ask.question.timed_out is None:
                continue
            if course.acts((name, ask.question.timed_out, True)):
                names.add(f"{name}/{site}")
    return Names(names)


class _Course:
    """Where a turn can get to from an instruction."""

    def __init__(self, program: Program) -> None:
        self._program = program

    @cached_property
    def _calls(self) -> dict[RoutineName, list[_Place]]:
        """Where each flow leads back to."""
        calls: dict[RoutineName, list[_Place]] = {}
        for name, routine in self._program.routines.items():
            for index, instruction in enumerate(routine.code):
                if isinstance(instruction, CallFlow):
                    calls.setdefault(instruction.flow, []).append((name, index + 1, True))
        return calls

    def acts(self, start: _Place) -> bool:
        """Whether something that reaches the world can be got to."""
        seen, open_places = {start}, [start]
        while open_places:
            place = open_places.pop()
            instruction = self._at(place)
            if instruction is not None and self._reaches_world(instruction):
                return True
            for following in self._after(place, instruction):
                if following not in seen:
                    seen.add(following)
                    open_places.append(following)
        return False

    def _at(self, place: _Place) -> Instruction | None:
        """The instruction; None behind the last one."""
        name, index, _ = place
        code = self._program.routines[name].code
        return code[index] if index < len(code) else None

    def _reaches_world(self, instruction: Instruction) -> bool:
        if isinstance(instruction, Fetch):
            return self._program.operations[f"{instruction.service}.{instruction.operation}"].method != "GET"
        return isinstance(instruction, (Dispatch, CallApi))

    def _after(self, place: _Place, instruction: Instruction | None) -> Iterator[_Place]:
        name, index, returns = place
        match instruction:
            case None | Return():
                yield from self._calls.get(name, ()) if returns else ()
            case Jump(to=to):
                yield name, to, returns
            case JumpUnless(to=to) | LoopNext(exit=to):
                yield name, index + 1, returns
                yield name, to, returns
            case Fetch(after=after, failed=failed) | CallApi(after=after, failed=failed):
                yield name, after, returns
                if failed is not None:
                    yield name, failed, returns
            case CallFlow(flow=flow):
                yield flow, 0, False
                yield name, index + 1, returns
            case GoTo():
                yield from ((routine, 0, False) for routine in self._entered(instruction))
            case Again() | Ask() | Cancel() | End() | EnterState() | Pass():
                pass
            case _:
                yield name, index + 1, returns

    def _entered(self, go: GoTo) -> Iterator[RoutineName]:
        """The routines that a `goto` may run."""
        if go.kind == "flow":
            yield RoutineName(go.name)
        rule = self._program.rules.get(RoutineName(go.name)) if go.kind == "rule" else None
        if rule is not None:
            yield rule.routine
            domain = self._program.domains.get(rule.domain) if rule.domain else None
            if domain is not None:
                yield from (routine for routine in (domain.before, domain.refused) if routine is not None)
