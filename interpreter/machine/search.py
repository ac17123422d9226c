"""Who answers a message: the order in which rules and waits are asked, and what becomes of the waits afterwards.

The order is `anywhere` rules, then the wait's own rules (or its question), then, if it may be interrupted, the root
rules, then its `otherwise` (or `invalid`), then the level below, and at last `fallback`.

Each candidate has an `Origin` that says which levels survive it. A rule that said nothing and went nowhere has
passed: the search goes on behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec import Struct

from interpreter.machine.asking import NoAnswer, read_answer
from interpreter.machine.execution import enter_state, execute, refuse, run_routine, start_rule
from interpreter.machine.matching import find_rule
from interpreter.machine.menus import back_choice, same_answer, visible_choices
from interpreter.machine.outcomes import DONE, Cancelled, Done, Ended, Outcome, Passed, Readmitted, Stayed, Waiting
from interpreter.machine.running import Active, Running, level_label
from interpreter.machine.session import Level
from interpreter.machine.waits import (
    WaitPlan,
    guard_holds,
    interrupt_of,
    is_late,
    is_sticky,
    plan_of,
    prompt_again,
    question_of,
    restore_frames,
)
from interpreter.program.instructions import Ask, QuestionPlan
from interpreter.program.names import RoutineName
from interpreter.program.renames import find_state
from interpreter.program.rules import RuleList, StateTable

LEVEL_LIMIT = 32
"""How many waits may be interrupted at once; beyond it the oldest is forgotten."""


class Origin(Struct, frozen=True, gc=False):
    """Where a candidate stands: how many levels it leaves alone, without and with a target of its own."""

    keep: int
    keep_with_target: int
    context: int | None = None
    """The level whose wait it answers, for `state` and `again`."""
    prompts: bool = True
    """Whether the wait below speaks again when the candidate is over."""
    domain: str | None = None


_OUTSIDE = Origin(0, 0, prompts=False)
"""Where a candidate stands when nothing waits."""


def answer_message(turn: Running) -> None:
    """Find who answers the turn's message, let them, and settle the waits."""
    if not turn.levels:
        if not _try_rules(turn, turn.program.root, _OUTSIDE):
            _fall_back(turn, _OUTSIDE)
    elif not turn.is_answer:
        _answer_event(turn)
    elif not _answer_late(turn):
        _answer(turn)


def settle(turn: Running, outcome: Outcome, origin: Origin) -> None:
    """Change the levels as a candidate's outcome says."""
    keep = origin.keep_with_target if turn.has_target else origin.keep
    match outcome:
        case Done() | Passed():
            turn.levels = turn.levels[:keep]
            if origin.prompts and turn.levels:
                prompt_again(turn)
        case Waiting(level=level):
            turn.levels = (*turn.levels[:keep], level)[-LEVEL_LIMIT:]
        case Stayed():
            _stay(turn, origin.context)
        case Cancelled():
            turn.levels = ()
        case Ended():
            _forget(turn)
        case Readmitted():
            turn.levels = turn.levels[: origin.keep]
            _answer(turn)


def _forget(turn: Running) -> None:
    turn.levels = ()
    turn.change_vars({})
    turn.counters = {}
    turn.is_ended = True


# ---------------------------------------------------------------------------------------------------- late messages


def _answer_late(turn: Running) -> bool:
    """Drop waits that are over; whether one of them had words for the late message."""
    while turn.levels:
        level = turn.levels[-1]
        if not is_late(turn, level, plan_of(turn, level)):
            return False
        index = len(turn.levels) - 1
        turn.note("late", level.wait.state or "" if level.wait else "")
        if _run_timed_out(turn, index, level, Origin(index, index, index)):
            return True
        turn.levels = turn.levels[:index]
    return False


def _run_timed_out(turn: Running, index: int, level: Level, origin: Origin) -> bool:
    assert level.wait is not None
    turn.enter_context(index)
    turn.domain = level.domain
    turn.has_target = False
    state = turn.state_of(level.wait)
    if state is not None:
        if state.timed_out is None:
            return False
        settle(turn, run_routine(turn, state.timed_out, {}), origin)
        return True
    question, frames = question_of(turn, level), restore_frames(turn, level)
    if question is None or frames is None or question.timed_out is None:
        return False
    frames[-1].pc = question.timed_out
    settle(turn, execute(turn, frames), origin)
    return True


def ask_anew(turn: Running) -> None:
    """Answer a message that was meant for a place that is gone: rules may take it, but what waits now asks first."""
    count = len(turn.levels)
    index = count - 1
    level = turn.levels[index]
    plan = plan_of(turn, level)
    sticky, interrupt = is_sticky(plan), interrupt_of(plan)
    if _try_rules(turn, turn.program.anywhere, Origin(count, index, index, prompts=not sticky)):
        return
    root = _root_origin(index, interrupt, sticky=sticky)
    if interrupt != "never" and _try_rules(turn, turn.program.root, root):
        return
    prompt_again(turn, is_first=True)


def end_wait(turn: Running, index: int) -> None:
    """Let the timer of a level end its wait, as a late message would have done.

    What lies on it goes on, unless `timed_out` waits, too: then the conversation is there.
    """
    level, above = turn.levels[index], turn.levels[index + 1 :]
    turn.levels = turn.levels[: index + 1]
    turn.note("timer", level_label(turn, level) or "")
    if not _run_timed_out(turn, index, level, Origin(index, index, index, prompts=not above)):
        turn.levels = turn.levels[:index]  # what it waited in is gone
    if len(turn.levels) <= index and not turn.is_ended:
        turn.levels += above


# ---------------------------------------------------------------------------------------------------- the order


def _answer_event(turn: Running) -> None:
    """An event that is no answer meets root rules only and leaves the waits as they are."""
    count = len(turn.levels)
    plan = plan_of(turn, turn.levels[-1])
    may_go = interrupt_of(plan) == "leave" and not is_sticky(plan)
    origin = Origin(count, count - 1 if may_go else count, prompts=False)
    if not _try_rules(turn, turn.program.root, origin):
        _fall_back(turn, origin)


def _answer(turn: Running) -> None:
    if not turn.levels:  # those there were are over
        answer_message(turn)
        return
    program, count = turn.program, len(turn.levels)
    if program.anywhere.rules:
        sticky = is_sticky(plan_of(turn, turn.levels[-1]))
        if _try_rules(turn, program.anywhere, Origin(count, count - 1, count - 1, prompts=not sticky)):
            return
    index = count - 1
    asks_root = True
    while index >= 0:
        level = turn.levels[index]
        plan = plan_of(turn, level)
        if _try_level(turn, index, level, plan):
            return
        interrupt = interrupt_of(plan)
        sticky = is_sticky(plan)
        root = _root_origin(index, interrupt, sticky=sticky)
        if asks_root and interrupt != "never" and _try_rules(turn, program.root, root):
            return
        asks_root = False
        if _try_otherwise(turn, index, level):
            return
        if sticky or interrupt != "leave":
            _fall_back(turn, Origin(index + 1, index, index, prompts=False), counts=not sticky)
            return
        index -= 1
    turn.enter_context(None)
    _fall_back(turn, _OUTSIDE)


def _root_origin(index: int, interrupt: str, *, sticky: bool) -> Origin:
    if sticky:
        return Origin(index + 1, index, index, prompts=False)
    if interrupt == "resume":
        return Origin(index + 1, index + 1, index)
    return Origin(index, index, index)


def _try_rules(turn: Running, rules: RuleList, origin: Origin, chosen: int | None = None) -> bool:
    """Let the first rule that answers and does not pass answer."""
    if turn.context is not None or origin.context is not None:
        turn.enter_context(origin.context)
    start = 0
    while (found := find_rule(turn, rules, start, chosen)) is not None:
        index, rule, locals = found
        if turn.has_target:
            turn.has_target = False
        if turn.domain is not origin.domain:
            turn.domain = origin.domain
        outcome = start_rule(turn, rule, locals)
        if outcome is DONE and turn.replies and not turn.levels:  # as nearly every turn ends
            return True
        if not _has_passed(turn, outcome):
            settle(turn, outcome, origin)
            return True
        turn.note("pass", rule.routine)
        start = index + 1
    return False


def _has_passed(turn: Running, outcome: Outcome) -> bool:
    """Whether the search goes on: a candidate said so, or has neither spoken nor gone anywhere."""
    if outcome is DONE:
        return not (turn.replies or turn.is_silent or turn.has_target)
    return isinstance(outcome, Passed)


def _try_level(turn: Running, index: int, level: Level, plan: WaitPlan | None) -> bool:
    """Let a wait's own rules, or its question, answer."""
    turn.enter_context(index)
    if level.domain is not None and not guard_holds(turn, level):
        outcome = refuse(turn, level.domain, None, {})
        if not isinstance(outcome, Readmitted):
            keep = index + 1 if isinstance(outcome, Waiting) else index
            settle(turn, outcome, Origin(keep, keep, index))
            return True
    if isinstance(plan, StateTable):
        return _try_state(turn, index, level, plan)
    return plan is not None and _try_question(turn, index, level, plan)


def _try_state(turn: Running, index: int, level: Level, state: StateTable) -> bool:
    assert level.wait is not None
    chosen = None
    if (state.back is not None or state.choices) and turn.text and turn.message.type in ("text", "voice"):
        back = back_choice(turn, state, level.wait.trail)
        if back and any(same_answer(turn.text, word) for word in back):
            turn.domain = level.domain
            *rest, last = level.wait.trail
            before = find_state(turn.program, last)
            if before is not None:
                settle(turn, enter_state(turn, before.name, tuple(rest)), Origin(index, index, index))
                return True
        chosen = _chosen(turn, state)
    keep = index + 1 if state.sticky else index
    origin = Origin(keep, index, index, prompts=not state.sticky, domain=level.domain)
    return _try_rules(turn, state.rules, origin, chosen)


def _chosen(turn: Running, state: StateTable) -> int | None:
    for index, rule, label in visible_choices(turn, state):
        if same_answer(turn.text, rule.name) or same_answer(turn.text, label):
            return index
    return None


# ---------------------------------------------------------------------------------------------------- questions


def _try_question(turn: Running, index: int, level: Level, question: QuestionPlan) -> bool:
    """Take the message as the answer to a question, if it is one."""
    frames = restore_frames(turn, level)
    assert frames
    top = frames[-1]
    value = read_answer(turn, question, top.locals)
    if isinstance(value, NoAnswer):
        return False
    turn.domain = level.domain
    turn.has_target = False
    turn.note("answer", f"{top.routine.name}/{level.frames[-1].site}")
    target = question.target
    values = turn.values_of(target, top.locals)
    was_set, before = target.name in values, values.get(target.name)
    turn.assign(target, value, top.locals)
    if not turn.holds(question.check, top.locals):
        forget = partial(turn.put, target, before) if was_set else partial(turn.drop, target)
        _count_try(turn, index, question, frames, question.refused, partial(forget, top.locals))
        return True
    top.pc = question.after
    settle(turn, execute(turn, frames), Origin(index, index, index))
    return True


def _count_try(
    turn: Running,
    index: int,
    question: QuestionPlan,
    frames: list[Active],
    block: int | None,
    forget: Callable[[], None] = lambda: None,
) -> None:
    """An answer was none, or was refused: say so and ask again, or give up.

    What says so may still read a refused answer; `forget` takes it back afterwards.
    """
    level = turn.levels[index]
    assert level.wait is not None
    turn.tries = level.wait.tries + 1
    turn.domain = level.domain
    turn.enter_context(index)
    frame = frames[-1]
    asked = frame.pc - 1
    assert isinstance(frame.routine.code[asked], Ask)
    gives_up = question.tries is not None and turn.tries >= question.tries
    if gives_up and question.give_up is not None:
        forget()
        frame.pc = question.give_up
    elif block is not None:
        frame.pc = block
    else:
        frame.pc = question.again
    outcome = execute(turn, frames)
    forget()
    settle(turn, outcome, Origin(index, index, index))
    if gives_up and not turn.has_spoken:
        _fall_back(turn, _OUTSIDE)


def _try_otherwise(turn: Running, index: int, level: Level) -> bool:
    """The last rule of a wait: a state's `otherwise`, a question's `invalid`."""
    assert level.wait is not None
    state = turn.state_of(level.wait)
    if state is None:
        frames, question = restore_frames(turn, level), question_of(turn, level)
        if not frames or question is None:
            return False
        turn.has_target = False
        _count_try(turn, index, question, frames, question.invalid)
        return True
    if state.otherwise is None:
        return False
    turn.enter_context(index)
    turn.domain = level.domain
    turn.has_target = False
    outcome = run_routine(turn, state.otherwise, {})
    if _has_passed(turn, outcome):
        return False
    keep = index + 1 if state.sticky else index
    settle(turn, outcome, Origin(keep, index, index, prompts=not state.sticky))
    return True


# ---------------------------------------------------------------------------------------------------- again, fallback


def _stay(turn: Running, index: int | None) -> None:
    """`again`: count a try and stay, or give up in place of what was said."""
    if index is None or index >= len(turn.levels):
        return
    level = turn.levels[index]
    assert level.wait is not None
    turn.levels = turn.levels[: index + 1]
    tries = level.wait.tries + 1
    state = turn.state_of(level.wait)
    if state is None:
        question = question_of(turn, level)
        limit = question.tries if question else None
    else:
        limit = state.tries
    if limit is None or tries < limit:
        turn.change_wait(index, tries=tries)
        if not turn.has_spoken:
            prompt_again(turn)
        return
    turn.note("give_up", level.wait.state or "")
    _give_up(turn, index, level, state)


def _give_up(turn: Running, index: int, level: Level, state: StateTable | None) -> None:
    turn.domain = level.domain
    turn.has_target = False
    outcome: Outcome = DONE
    question = question_of(turn, level)
    if state is not None and state.give_up is not None:
        turn.unsay()
        outcome = run_routine(turn, state.give_up, {})
    elif question is not None and question.give_up is not None:
        turn.unsay()
        frames = restore_frames(turn, level)
        assert frames
        frames[-1].pc = question.give_up
        outcome = execute(turn, frames)
    settle(turn, DONE if isinstance(outcome, Stayed) else outcome, Origin(index, index, index))


def _fall_back(turn: Running, origin: Origin, *, counts: bool = False) -> None:
    """Nothing matched. In a wait that cannot be left by it, this `counts` as `again`."""
    turn.has_target = False
    turn.domain = None
    name = _fallback_for(turn)
    outcome: Outcome = DONE
    if name is not None:
        turn.note("fallback", name)
        outcome = run_routine(turn, name, {})
    if counts and isinstance(outcome, (Done, Passed)) and not turn.has_target:
        outcome = Stayed()
    settle(turn, outcome, origin)


def _fallback_for(turn: Running) -> RoutineName | None:
    program = turn.program
    if program.fallback_by_message is not None:
        named = program.fallback_by_message.get(turn.message.type)
        return named or (program.fallback_by_message.get("any") if turn.is_answer else None)
    if turn.message.type in ("text", "voice") or turn.message.event == "click":
        return program.fallback
    return None
