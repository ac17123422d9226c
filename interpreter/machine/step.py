"""One event in, one step out: the only door of the machine.

Theory of operation
-------------------
A *turn* begins with a message of the user and ends with replies. It is a pure function of four things: the program,
the session as it was, the message with its time and seed, and the results of the effects it asked for. So a turn that
needs an answer from the world is not stopped in the middle and stored half-done: it is given up, the effect is
returned, and when the result arrives the turn is run again from its beginning with one result more. The session that
is stored meanwhile is the one from before the turn, plus the turn's beginnings (`Session.turn`).

A turn goes through four phases:

1. *renewal*: a conversation that was idle for too long is forgotten; variables get their defaults;
2. `before`, which may answer in place of everything else;
3. the *search* (`search`) for who answers: rules, waits, `fallback`;
4. `after`, which sees what will be said.

A fault anywhere takes the whole turn back, and `failure` answers.

The turn of a timer is shorter: the user has said nothing, so nothing is searched and `before` is not asked. The wait's
`timed_out` runs, then `after`. A fault takes the turn back but not the end of the wait, or the timer would fire for
ever; and nobody who has said nothing is told that something went wrong, unless the bot has words of its own for it.

The machine knows no clock, no randomness and no network: time and seed come with the event, effects leave with the
step. The same program, session and event give the same step on any machine and in any year.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from interpreter.machine.bounds import check_size
from interpreter.machine.defaults import set_defaults
from interpreter.machine.events import EffectCompleted, EffectFailed, Event, Message, MessageReceived, TimerFired
from interpreter.machine.execution import ServiceFault, run_routine
from interpreter.machine.migration import STALE_ERRORS, adopt, edition_after, is_stale, say_restarted
from interpreter.machine.outcomes import Done, Passed
from interpreter.machine.passing import passed
from interpreter.machine.replies import TextReply
from interpreter.machine.running import NeedEffect, Running, begin
from interpreter.machine.search import Origin, answer_message, ask_anew, end_wait, settle
from interpreter.machine.session import Session, Step, TraceLine, Turn
from interpreter.machine.speaking import add_text, plain_text
from interpreter.machine.waits import next_timer, wake_at
from interpreter.program.names import RoutineName
from interpreter.program.tables import Program
from interpreter.values import Fault, Value

DEFAULT_FAILURE = {"zh": "系统出了点问题，请稍后再试", "en": "Something went wrong, please try again later"}
"""What a bot without `failure` says after a fault."""
_STALE_FAULTS = frozenset({"null", "type", "unset"})
"""Faults that steps may have because another edition of the bot began them: its user is told to start over."""


def step(program: Program, session: Session, event: Event) -> Step:
    """The outcome of one event; nothing is performed and nothing but the arguments is read.

    A message begins a turn (and drops one that was still waiting for an effect). So does a timer that is due, unless a
    turn is going on; one whose wait is over or has been renewed changes nothing. A result goes on with the turn that
    waits for it; a result nobody waits for changes nothing.
    """
    if isinstance(event, MessageReceived):
        turn = Turn(event.message, event.at, event.seed, "")
    elif (begun := _turn_of(program, session, event)) is not None:
        turn = begun
    else:
        return Step(session)
    base = session if session.turn is None else replace(session, turn=None)
    is_over = base.seen is not None and not turn.is_timer and passed(base.seen, turn.at) > program.session_idle
    running = begin(program, _without_conversation(base) if is_over else base, turn, plain_text)
    try:
        try:
            if base.edition != program.edition and (base.vars or base.memory or base.levels):
                adopt(running)
            if turn.is_timer:
                _take_timer(running)
            else:
                _take_turn(running)
        except Fault as fault:
            _fail(running, fault)
        except UnicodeError:
            _fail(running, Fault("type", "a text holds half of a character, which cannot be sent"))
        except STALE_ERRORS as error:
            if not is_stale(program, base):
                raise
            _fail(running, Fault("type", f"what another edition of the bot has left does not fit: {error}"))
    except NeedEffect as need:
        waiting = replace(base, turn=replace(turn, effect=need.effect.id))
        return Step(waiting, effects=(need.effect,), trace=tuple(running.trace), unfit=tuple(running.unfit))
    finally:
        running.let_go()
    return _finish(running)


def _turn_of(program: Program, session: Session, event: TimerFired | EffectCompleted | EffectFailed) -> Turn | None:
    """The turn that a timer begins, or that a result goes on with; None when the event changes nothing."""
    if isinstance(event, TimerFired):
        due = wake_at(program, session)
        if session.turn is not None or due is None or passed(event.at, due) > timedelta():
            return None
        return Turn(Message.silence(session.user, event.at), event.at, event.seed, "", is_timer=True)
    if session.turn is not None and session.turn.effect == event.effect:
        return replace(session.turn, results=(*session.turn.results, event))
    return None


def _without_conversation(session: Session) -> Session:
    """What is left of a session that was idle for too long."""
    return Session(
        session.user,
        memory=session.memory,
        picks=session.picks,
        edition=session.edition,
        effects=session.effects,
    )


def _take_turn(turn: Running) -> None:
    set_defaults(turn)
    if turn.program.before is None or not _run_before(turn, turn.program.before):
        if turn.top_is_gone:
            _answer_anew(turn)
        else:
            answer_message(turn)
    if turn.program.after is not None:
        _run_after(turn, turn.program.after)
    if turn.has_grown:
        check_size(turn)


def _answer_anew(turn: Running) -> None:
    """The wait that was meant to answer is gone: what waits in its place asks, or the user hears."""
    if turn.levels:
        ask_anew(turn)
        if turn.has_spoken:
            return
    else:
        answer_message(turn)
    say_restarted(turn)


def _take_timer(turn: Running) -> None:
    timer = next_timer(turn.program, turn.base)
    assert timer is not None, "a timer that is not due begins no turn"
    index, _ = timer
    levels = turn.base.levels
    turn.base = replace(turn.base, levels=(*levels[:index], *levels[index + 1 :]))
    set_defaults(turn)
    end_wait(turn, index)
    if turn.program.after is not None:
        _run_after(turn, turn.program.after)
    if turn.has_grown:
        check_size(turn)


def _run_before(turn: Running, name: RoutineName) -> bool:
    """Run `before`; whether it has answered."""
    turn.enter_context(len(turn.levels) - 1 if turn.levels else None)
    outcome = run_routine(turn, name, {})
    if isinstance(outcome, (Done, Passed)) and not turn.has_spoken and not turn.has_target:
        return False
    count = len(turn.levels)
    settle(turn, outcome, Origin(count, count, turn.context, prompts=False))
    return True


def _run_after(turn: Running, name: RoutineName) -> None:
    """Run `after` on what will be said; it sees the first text as `reply` and may change or drop it."""
    if not turn.replies:
        return
    index = next((i for i, reply in enumerate(turn.replies) if isinstance(reply, TextReply)), None)
    said = turn.replies[index] if index is not None else None
    text = said.text if isinstance(said, TextReply) else None
    turn.roots["reply"] = text
    run_routine(turn, name, {})
    changed = turn.roots["reply"]
    if index is None or changed == text:
        return
    if isinstance(changed, str) and changed:
        turn.replies[index] = TextReply(changed)
    else:
        del turn.replies[index]


def _fail(turn: Running, fault: Fault) -> None:
    """Take the turn back and let `failure` answer."""
    turn.note("fault", fault.kind, turn.place, fault.message)
    is_left_over = fault.kind in _STALE_FAULTS and is_stale(turn.program, turn.base)
    if is_left_over:
        turn.base = replace(turn.base, levels=())
    turn.undo()
    error: dict[str, Value] = {"kind": fault.kind, "status": None, "code": None, "message": fault.message}
    if isinstance(fault, ServiceFault):
        error = fault.error
    try:
        set_defaults(turn)
        name = turn.program.failure
        if is_left_over:
            say_restarted(turn)
            return
        if name is not None:
            run_routine(turn, name, {"error": error})
            if turn.program.after is not None:
                _run_after(turn, turn.program.after)
            if turn.has_grown:
                check_size(turn)
            return
    except Fault as second:
        again = TraceLine("fault", second.kind, turn.place, second.message)
        if again not in turn.trace:  # such as that of a default, which fails as often as it is needed
            turn.trace.append(again)
        turn.undo()
    if not turn.turn.is_timer:
        add_text(turn, DEFAULT_FAILURE["zh" if turn.env.locale.startswith("zh") else "en"])


def _finish(turn: Running) -> Step:
    base, at = turn.base, turn.at
    is_answer = turn.is_answer and not turn.turn.is_timer
    session = Session(
        base.user,
        base.started or at,
        at if is_answer or base.seen is None else base.seen,
        base.turns + is_answer,
        turn.vars,
        turn.levels,
        turn.counters,
        turn.memory,
        turn.picks,
        None,
        base.edition if base.edition == turn.program.edition else edition_after(turn),
        base.effects + turn.effect_count,
    )
    if turn.is_ended:
        session = replace(session, started=None, seen=None, turns=0, vars={}, levels=(), counters={})
    return Step(session, tuple(turn.replies), turn.effects, tuple(turn.trace), tuple(turn.unfit))
