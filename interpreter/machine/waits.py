"""Waits of a session: finding their routines again, whether they are late, saying their prompts once more.

Most waits end lazily: the first message that comes too late finds them over. A wait whose `timed_out` does something
in the world (`Program.timers`) has a *timer*: it is due when its time has passed, and whoever runs the machine lets it
fire then. A wait below others has its timer as well; time passes for what lies underneath, too.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from interpreter.machine.asking import say_question
from interpreter.machine.menus import say_state
from interpreter.machine.passing import later, passed
from interpreter.machine.running import Active, Running
from interpreter.machine.session import Level, Session
from interpreter.program.instructions import Ask, QuestionPlan
from interpreter.program.names import Interrupt
from interpreter.program.renames import find_site, find_state
from interpreter.program.rules import StateTable
from interpreter.program.tables import Program


def wake_at(program: Program, session: Session) -> datetime | None:
    """When the next timer of a session is due; None when none will ever be."""
    timer = next_timer(program, session)
    return timer[1] if timer is not None else None


def next_timer(program: Program, session: Session) -> tuple[int, datetime] | None:
    """The level whose timer is due first, and when; a conversation that is forgotten before then has none."""
    if not program.timers or not session.levels:
        return None
    found: tuple[int, datetime] | None = None
    for index, level in enumerate(session.levels):
        timeout = _timer_of(program, level)
        if timeout is None or level.wait is None:
            continue
        due = later(level.wait.since, timeout)
        if session.seen is not None and passed(session.seen, due) > program.session_idle:
            continue
        if found is None or passed(due, found[1]) >= timedelta():
            found = index, due
    return found


def has_timer(program: Program, level: Level) -> bool:
    """Whether the timeout of a level's wait comes by itself."""
    return _timer_of(program, level) is not None


def _timer_of(program: Program, level: Level) -> timedelta | None:
    """How long a level waits, if its timeout comes by itself."""
    if level.wait is not None and level.wait.state is not None:
        state = find_state(program, level.wait.state)
        return state.timeout if state is not None and state.name in program.timers else None
    top = level.frames[-1] if level.frames else None
    found = find_site(program, top.routine, top.site) if top is not None else None
    if found is None:
        return None
    routine, pc = found
    ask = routine.code[pc]
    if not isinstance(ask, Ask) or f"{routine.name}/{ask.site}" not in program.timers:
        return None
    return ask.question.timeout


def restore_frames(turn: Running, level: Level) -> list[Active] | None:
    """The routines of a level, ready to go on after the site each stands at; None when an edited bot lacks one."""
    frames = []
    for frame in level.frames:
        found = find_site(turn.program, frame.routine, frame.site)
        if found is None:
            return None
        routine, pc = found
        frames.append(Active(routine, pc + 1, dict(frame.locals)))
    return frames


def question_of(turn: Running, level: Level) -> QuestionPlan | None:
    """The question a level waits at; None for a state or when an edited bot lacks it."""
    if level.wait is None or level.wait.state is not None:
        return None
    frames = restore_frames(turn, level)
    if not frames:
        return None
    ask = frames[-1].instruction
    return ask.question if isinstance(ask, Ask) else None


WaitPlan = StateTable | QuestionPlan
"""What a level waits at."""


def plan_of(turn: Running, level: Level) -> WaitPlan | None:
    """What a level waits at; None when an edited bot no longer has it."""
    wait = level.wait
    if wait is None:
        return None
    return question_of(turn, level) if wait.state is None else find_state(turn.program, wait.state)


def interrupt_of(plan: WaitPlan | None) -> Interrupt:
    """What a message that is no answer does to a wait."""
    return plan.interrupt if plan is not None else "leave"


def is_sticky(plan: WaitPlan | None) -> bool:
    """Whether a wait is in a sticky state."""
    return isinstance(plan, StateTable) and plan.sticky


def is_late(turn: Running, level: Level, plan: WaitPlan | None) -> bool:
    """Whether the turn comes after the timeout of a level that waits at something."""
    if plan is None or plan.timeout is None or level.wait is None:
        return False
    return passed(level.wait.since, turn.at) > plan.timeout


def guard_holds(turn: Running, level: Level) -> bool:
    """Whether a level's domain, if it has one, still lets its user in."""
    domain = turn.program.domains.get(level.domain) if level.domain else None
    return domain is None or turn.holds(domain.guard, {})


def prompt_again(turn: Running, *, is_first: bool = False) -> None:
    """Say the prompt of the wait that goes on, now that what interrupted it is over; it costs no try.

    A sticky state says nothing again, unless the user has not been there yet.
    """
    while turn.levels:
        level = turn.levels[-1]
        plan = plan_of(turn, level)
        if plan is None or not guard_holds(turn, level):
            turn.levels = turn.levels[:-1]
            continue
        if is_late(turn, level, plan):
            if has_timer(turn.program, level):
                return  # its timer is about to fire, and says what is to be said
            turn.levels = turn.levels[:-1]
            continue
        if is_sticky(plan) and not is_first:
            return
        assert level.wait is not None
        turn.enter_context(len(turn.levels) - 1)
        if isinstance(plan, StateTable):
            say_state(turn, plan, level.wait.trail)
        else:
            frames = restore_frames(turn, level)
            assert frames
            say_question(turn, plan, frames[-1].locals)
        turn.change_wait(len(turn.levels) - 1, tries=level.wait.tries)
        return
