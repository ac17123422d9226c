"""Sessions that began under another edition of the bot: what becomes of their values and waits.

Names lead the way (`program.renames`). What a name no longer leads to:

- A value that is none of its variable's type any more is dropped, and the variable gets its default.
- A wait in a question that is gone stands at the first question of the same flow that has no answer yet, or whose
  answer is of its type no more; and one in a state that is gone, in the state it was entered from, if `back` would
  lead there. What is asked there is asked at once, and the message is not taken for the answer.
- Any other wait is over, and the user is told to start over.

Nothing is known of the locals of another edition but what questions and parameters say. So the steps that go on from
such a wait may read what was never set, or is of another type: then all waits are over, and the user is told as well.
A session goes on under its old names until its waits are over; so the old edition, if it comes back, knows them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from interpreter.machine.replies import TextReply
from interpreter.machine.running import Running
from interpreter.machine.session import Frame, Level, Session, Wait
from interpreter.program.instructions import Ask, CallFlow
from interpreter.program.renames import find_routine, find_site, find_state
from interpreter.program.tables import Program, Routine, VariableTable
from interpreter.values import MAX_TEXT, Value

RESTARTED = {
    "zh": "这里刚刚更新过，请重新开始",
    "en": "This has just been updated, please start over",
}
"""What is said when a wait is over because the bot was edited."""

STALE_ERRORS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What closures of one edition may raise on locals of another, whose types they were not made for."""


def is_stale(program: Program, session: Session) -> bool:
    """Whether steps may go on that another edition of the bot began."""
    return session.edition != program.edition and any(level.frames for level in session.levels)


def adopt(turn: Running) -> None:
    """Look over a session of another edition, before anything else happens in the turn."""
    session, program = turn.base, turn.program
    kept = replace(
        session,
        vars=_fitting(turn, program.variables, session.vars, ""),
        memory=_fitting(turn, program.user_variables, session.memory, "user."),
    )
    if turn.is_answer and not turn.turn.is_timer:
        kept = replace(kept, levels=_adopt_levels(turn, session.levels))
    turn.restart_from(kept)


def edition_after(turn: Running) -> str:
    """The edition that the waits of a session are of, now that a turn of another edition is over."""
    before = turn.base.levels
    is_looked_over = turn.is_answer and not turn.turn.is_timer
    if not turn.levels or not before or (is_looked_over and not any(level.frames for level in before)):
        return turn.program.edition
    return ""


def say_restarted(turn: Running) -> None:
    """Say, before all else, that what the user was in the middle of is gone."""
    text = RESTARTED["zh" if turn.env.locale.startswith("zh") else "en"]
    first = turn.replies[0] if turn.replies else None
    if isinstance(first, TextReply) and len(first.text) + len(text) < MAX_TEXT:
        turn.replies[0] = TextReply(f"{text}\n{first.text}")
    else:
        turn.replies.insert(0, TextReply(text))


# ---------------------------------------------------------------------------------------------------- values


def _fitting(
    turn: Running, variables: Iterable[VariableTable], values: Mapping[str, Value], scope: str
) -> Mapping[str, Value]:
    """The values without those that are none of their variable's type; what no variable has stays for another time."""
    misfits = set()
    for variable in variables:
        fits = variable.target.fits
        if variable.name in values and fits is not None and not fits(values[variable.name]):
            turn.note("dropped", f"{scope}{variable.name}")
            misfits.add(variable.name)
    return {name: value for name, value in values.items() if name not in misfits} if misfits else values


# ---------------------------------------------------------------------------------------------------- waits


def _adopt_levels(turn: Running, levels: tuple[Level, ...]) -> tuple[Level, ...]:
    adopted = []
    for level in levels:
        found = _adopt(turn, level)
        if found is None:
            turn.note("gone", _place_of(level))
        elif found.wait is not level.wait:
            turn.note("moved", _place_of(level), detail=_place_of(found))
        if level is levels[-1]:
            turn.top_is_gone = found is None or found.wait is not level.wait
        if found is not None:
            adopted.append(found)
    return tuple(adopted)


def _place_of(level: Level) -> str:
    if level.wait is not None and level.wait.state is not None:
        return level.wait.state
    return f"{level.frames[-1].routine}/{level.frames[-1].site}" if level.frames else ""


def _adopt(turn: Running, level: Level) -> Level | None:
    """The level itself when it can go on as it is, another one to go on with, or None."""
    if level.wait is None:
        return None
    if level.wait.state is not None:
        return _adopt_state(turn, level, level.wait, level.wait.state)
    if not level.frames:
        return None
    *callers, top = level.frames
    adopted = [_adopt_caller(turn, frame) for frame in callers]
    last = _adopt_asking(turn, top)
    frames = tuple(frame for frame in (*adopted, last) if frame is not None)
    if last is None or len(frames) < len(level.frames):
        return None
    is_there = (last.routine, last.site) == (top.routine, top.site)
    return replace(level, frames=frames, wait=level.wait if is_there else Wait(None, 0, turn.at))


def _adopt_state(turn: Running, level: Level, wait: Wait, name: str) -> Level | None:
    if find_state(turn.program, name) is not None:
        return level
    trail = wait.trail
    while trail:
        *rest, last = trail
        trail = tuple(rest)
        if find_state(turn.program, last) is not None:
            return replace(level, frames=(), wait=Wait(last, 0, turn.at, trail))
    return None


def _adopt_caller(turn: Running, frame: Frame) -> Frame | None:
    """A routine that waits for a flow it called."""
    found = find_site(turn.program, frame.routine, frame.site)
    if found is None or not isinstance(found[0].code[found[1]], CallFlow):
        return None
    routine = found[0]
    locals = _with_parameters(turn, routine, frame.locals)
    while (misfit := _first_misfit(routine, locals)) is not None:
        locals = _without(locals, misfit)
    return replace(frame, locals=locals)


def _adopt_asking(turn: Running, frame: Frame) -> Frame | None:
    """A routine that waits for an answer: where it asks, or asks anew."""
    found = find_site(turn.program, frame.routine, frame.site)
    routine = found[0] if found is not None else find_routine(turn.program, frame.routine)
    if routine is None:
        return None
    locals = _with_parameters(turn, routine, frame.locals)
    current = routine.code[found[1]] if found is not None else None
    asked = _first_misfit(routine, locals)
    if asked is not None:
        locals = _without(locals, asked)
    elif not isinstance(current, Ask):
        asked = next((ask for ask in _questions(routine) if locals.get(ask.question.target.name) is None), None)
        if asked is None:
            return None
    if asked is None or asked is current:
        return replace(frame, locals=locals)
    return Frame(routine.name, asked.site, locals)


def _questions(routine: Routine) -> Iterable[Ask]:
    """The questions whose answers are locals, in order."""
    asks = (routine.code[index] for index in sorted(routine.sites.values()))
    return (ask for ask in asks if isinstance(ask, Ask) and ask.question.target.scope == "local")


def _first_misfit(routine: Routine, locals: Mapping[str, Value]) -> Ask | None:
    """The first question that was answered with what is no answer to it now."""
    for ask in _questions(routine):
        value = locals.get(ask.question.target.name)
        if value is not None and ask.fits is not None and not ask.fits(value):
            return ask
    return None


def _without(locals: Mapping[str, Value], ask: Ask) -> Mapping[str, Value]:
    return {name: value for name, value in locals.items() if name != ask.question.target.name}


def _with_parameters(turn: Running, routine: Routine, locals: Mapping[str, Value]) -> Mapping[str, Value]:
    """The locals, with defaults for the parameters that a flow did not have before, or had of another type."""
    fitting = dict(locals)
    for name, default, target in routine.parameters:
        if name in fitting and (target.fits is None or target.fits(fitting[name])):
            continue
        value = turn.evaluate(default, fitting) if default is not None else None
        if target.fits is None or target.fits(value):
            fitting[name] = value
        else:
            fitting.pop(name, None)
    return fitting
