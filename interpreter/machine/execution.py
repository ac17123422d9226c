"""Running instructions: from a stack of routines to the way it stops.

One loop, one instruction at a time; calls push a routine, ends pop it. Whatever takes the conversation elsewhere
(`wait`, `goto`, `cancel`, …) ends the loop with an `Outcome`, and the caller decides what becomes of the waits.
"""

from __future__ import annotations

from collections.abc import Mapping

from interpreter.machine.asking import begin_question, say_question, wait_for_answer
from interpreter.machine.effects import CallApi as ApiEffect
from interpreter.machine.effects import Effect, LogLine
from interpreter.machine.events import EffectFailed
from interpreter.machine.limits import CALL_DEPTH, CALL_LIMIT, EFFECT_LIMIT, LIST_SIZE, is_small
from interpreter.machine.matching import uncaptured
from interpreter.machine.menus import say_state
from interpreter.machine.outcomes import DONE, Cancelled, Done, Ended, Outcome, Passed, Readmitted, Stayed, Waiting
from interpreter.machine.records import message_from_value, message_to_value
from interpreter.machine.running import Active, NeedEffect, Running
from interpreter.machine.sending import build_send
from interpreter.machine.services import bind_parameters, build_request, is_good, operation_of, read_answer
from interpreter.machine.session import Level, TraceLine, Wait
from interpreter.machine.speaking import add_text, speak
from interpreter.program.instructions import (
    Again,
    Ask,
    AskAgain,
    Assign,
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
    Log,
    LoopNext,
    LoopStart,
    Pass,
    Readmit,
    Return,
    Speak,
    Target,
)
from interpreter.program.names import RoutineName, StateName
from interpreter.program.rules import RuleTable
from interpreter.program.tables import Routine
from interpreter.values import MAX_ITEMS, MAX_SIZE, Fault, Value

Frames = list[Active]

_RULE, _CAPTURED, _MESSAGE = "$rule", "$captured", "$message"


def execute(turn: Running, frames: Frames) -> Outcome:
    """Run the top routine, and its callers after it, until they end or stop.

    Raises:
        Fault: a step failed.
        NeedEffect: a result from the world is wanted first.
    """
    while frames:
        frame = frames[-1]
        routine, pc = frame.routine, frame.pc
        code = routine.code
        if pc >= len(code):
            _return(turn, frames, None)
            continue
        turn.instructions -= 1
        if turn.instructions < 0:
            raise Fault("budget", "the turn takes too many steps")
        turn.routine, turn.pc = routine.name, pc
        frame.pc = pc + 1
        outcome = _run(turn, frames, frame, code[pc])
        if outcome is not None:
            return outcome
    return DONE


def run_routine(turn: Running, name: RoutineName, locals: dict[str, Value]) -> Outcome:
    """Run a routine from its start."""
    routine = turn.program.routines[name]
    if routine.says is None or turn.instructions <= 0:
        return execute(turn, [Active(routine, 0, locals)])
    turn.instructions -= 1  # as `execute` does, which has no more to do here
    turn.routine, turn.pc = name, 0
    speak(turn, routine.says, locals)
    return DONE


def _run(turn: Running, frames: Frames, frame: Active, instruction: Instruction) -> Outcome | None:
    locals = frame.locals
    match instruction:
        case Speak():
            speak(turn, instruction.plan, locals)
        case EnterState(state=state):
            return enter_state(turn, state, next_trail(turn, state))
        case Assign(target=target, value=value):
            turn.assign(target, turn.evaluate(value, locals), locals)
        case Jump(to=to):
            frame.pc = to
        case JumpUnless(condition=condition, to=to):
            if not turn.holds(condition, locals):
                frame.pc = to
        case LoopStart():
            _start_loop(turn, frame, instruction)
        case LoopNext():
            _next_item(frame, instruction)
        case Ask():
            return begin_question(turn, frames, instruction)
        case AskAgain(ask=ask):
            return _ask_again(turn, frames, frame, ask)
        case CallFlow():
            _call(turn, frames, instruction)
        case GoTo():
            return _go(turn, frame, instruction)
        case Fetch():
            _fetch(turn, frame, instruction)
        case CallApi():
            _call_api(turn, frame, instruction)
        case Dispatch():
            turn.effects += (build_send(turn, instruction, frame.locals, _effect_id(turn)),)
        case Log(text=text):
            turn.effects += (LogLine(_effect_id(turn), turn.say(text, locals)),)
        case Return(value=value):
            _return(turn, frames, turn.evaluate(value, locals) if value else None)
        case Readmit(domain=domain):
            return _readmit(turn, locals, domain)
        case Again():
            turn.has_target = True
            return Stayed()
        case Pass():
            return Passed()
        case End():
            turn.has_target = True
            return Ended()
        case Cancel():
            turn.has_target = True
            return Cancelled()
    return None


# ---------------------------------------------------------------------------------------------------- loops


def _start_loop(turn: Running, frame: Active, loop: LoopStart) -> None:
    items = turn.evaluate(loop.items, frame.locals)
    if not isinstance(items, (list, tuple)):
        raise Fault("type", "`each` goes through a list, and this value is not one")
    if len(items) > MAX_ITEMS:
        raise Fault("budget", f"`each` goes through more than {MAX_ITEMS} items")
    if not is_small(items, LIST_SIZE):
        raise Fault("budget", f"`each` goes through a list of more than {LIST_SIZE} characters, or one nested too deep")
    frame.locals[loop.slot] = [0, list(items)]


def _next_item(frame: Active, loop: LoopNext) -> None:
    position = frame.locals.get(loop.slot)
    index, items = position if isinstance(position, (list, tuple)) else (0, ())  # another edition had no loop here
    assert isinstance(index, int)
    assert isinstance(items, (list, tuple))
    if index >= len(items):
        frame.locals.pop(loop.slot, None)
        frame.pc = loop.exit
        return
    frame.locals[loop.variable] = items[index]
    frame.locals[loop.slot] = [index + 1, items]


# ---------------------------------------------------------------------------------------------------- flows


def _call(turn: Running, frames: Frames, call: CallFlow) -> None:
    if len(frames) >= CALL_DEPTH:
        raise Fault("budget", f"flows call one another more than {CALL_DEPTH} deep")
    turn.has_target = turn.has_target or call.is_target
    locals = frames[-1].locals
    given = {name: turn.evaluate(value, locals) for name, value in call.arguments}
    frames.append(_begin_flow(turn, turn.program.routines[call.flow], given))


def _begin_flow(turn: Running, flow: Routine, given: Mapping[str, Value]) -> Active:
    turn.note("flow", flow.name)
    locals: dict[str, Value] = {}
    for name, default, target in flow.parameters:
        value = given.get(name)
        if name not in given and default is not None:
            value = turn.evaluate(default, locals)
        turn.assign(target, value, locals)
    return Active(flow, 0, locals)


def _return(turn: Running, frames: Frames, value: Value) -> None:
    frames.pop()
    if not frames:
        return
    call = frames[-1].instruction
    assert isinstance(call, CallFlow)
    if call.into is not None:
        turn.assign(call.into, value, frames[-1].locals)


def _go(turn: Running, frame: Active, go: GoTo) -> Outcome:
    turn.has_target = True
    given = {name: _passed_on(turn.evaluate(value, frame.locals), name) for name, value in go.arguments}
    match go.kind:
        case "state":
            return enter_state(turn, StateName(go.name), next_trail(turn, StateName(go.name)))
        case "flow":
            turn.transit()
            return execute(turn, [_begin_flow(turn, turn.program.routines[RoutineName(go.name)], given)])
        case "rule":
            turn.transit()
            rule = turn.program.rules[RoutineName(go.name)]
            return start_rule(turn, rule, {**uncaptured(rule), **given})


def _passed_on(value: Value, name: str) -> Value:
    """A value that a rule gets in place of what it would have captured, if a session can keep it."""
    if not is_small(value):
        raise Fault("budget", f"the value for {name} is larger than {MAX_SIZE} characters, or nested too deep")
    return value


# ---------------------------------------------------------------------------------------------------- rules and domains


def start_rule(turn: Running, rule: RuleTable, captured: dict[str, Value]) -> Outcome:
    """Run a rule with what it captured, through the door of its domain."""
    turn.trace.append(TraceLine("rule", rule.routine, rule.place))
    if rule.domain is not None:
        domain = turn.program.domains[rule.domain]
        if not turn.holds(domain.guard, {}):
            return refuse(turn, rule.domain, rule, captured)
        turn.domain = rule.domain
        if domain.before is not None:
            outcome = run_routine(turn, domain.before, {})
            if not isinstance(outcome, Done) or turn.has_spoken:
                return outcome
    if rule.words is None or turn.instructions <= 0:
        return run_routine(turn, rule.routine, captured)
    turn.instructions -= 1  # as its routine does, which need not even be read
    turn.routine, turn.pc = rule.routine, 0
    add_text(turn, rule.words)
    return DONE


def refuse(turn: Running, domain: str, rule: RuleTable | None, captured: dict[str, Value]) -> Outcome:
    """Run a domain's `else` in place of a rule (or, without one, of a level that the domain guards)."""
    turn.note("domain", domain, detail="refused")
    turn.domain = None
    refused = turn.program.domains[domain].refused
    if refused is None:
        turn.is_silent = True
        return DONE
    locals: dict[str, Value] = {
        _RULE: rule.routine if rule else None,
        _CAPTURED: captured,
        _MESSAGE: message_to_value(turn.message),
    }
    outcome = run_routine(turn, refused, locals)
    turn.is_silent = turn.is_silent or (isinstance(outcome, Done) and not turn.replies)
    return outcome


def _readmit(turn: Running, locals: Mapping[str, Value], domain: str) -> Outcome:
    if not turn.holds(turn.program.domains[domain].guard, {}):
        return DONE
    turn.transit()
    resumed = message_from_value(locals[_MESSAGE])
    turn.receive(resumed)
    name, captured = locals[_RULE], locals[_CAPTURED]
    if name is None:
        return Readmitted()
    rule = turn.program.rules.get(RoutineName(str(name)))
    if rule is None or not isinstance(captured, Mapping):
        return DONE
    return start_rule(turn, rule, dict(captured))


# ---------------------------------------------------------------------------------------------------- waits


def next_trail(turn: Running, state: StateName) -> tuple[str, ...]:
    """Where `back` leads from a state that is entered now: the state being answered, and where that came from."""
    wait = turn.context_wait
    if wait is None or wait.state is None:
        return ()
    trail = wait.trail if wait.state == state else (*wait.trail, wait.state)
    return trail[: trail.index(state)] if state in trail else trail


def enter_state(turn: Running, name: StateName, trail: tuple[str, ...]) -> Waiting:
    """Wait in a state; its prompt is said if nothing else was."""
    turn.has_target = True
    turn.transit()
    turn.note("state", name)
    if not turn.has_spoken:
        say_state(turn, turn.program.states[name], trail)
    return Waiting(Level((), Wait(name, 0, turn.at, trail), turn.domain))


def _ask_again(turn: Running, frames: Frames, frame: Active, index: int) -> Outcome:
    ask = frame.routine.code[index]
    assert isinstance(ask, Ask)
    question = ask.question
    if question.tries is not None and turn.tries >= question.tries:
        turn.has_target = True
        return Cancelled()
    frame.pc = index + 1
    if not turn.has_spoken:
        say_question(turn, question, frame.locals)
    return wait_for_answer(turn, frames, tries=turn.tries)


# ---------------------------------------------------------------------------------------------------- effects


def _effect_id(turn: Running) -> str:
    turn.effect_count += 1
    if len(turn.effects) >= EFFECT_LIMIT:
        raise Fault("budget", f"the turn sends more than {EFFECT_LIMIT} messages and log lines")
    return str(turn.base.effects + turn.effect_count)


def _result_of(turn: Running, effect: Effect) -> Value | EffectFailed:
    if not turn.results:
        if len(turn.turn.results) >= CALL_LIMIT:
            raise Fault("budget", f"the turn calls services more than {CALL_LIMIT} times")
        raise NeedEffect(effect)
    result, *rest = turn.results
    turn.results = tuple(rest)
    return result if isinstance(result, EffectFailed) else result.value


def _fetch(turn: Running, frame: Active, fetch: Fetch) -> None:
    operation = operation_of(turn.program, fetch.service, fetch.operation)
    given = {name: turn.evaluate(value, frame.locals) for name, value in fetch.arguments}
    locals = bind_parameters(turn, operation, given)
    request = build_request(turn, operation, locals, _effect_id(turn))
    result = _result_of(turn, request)
    name = f"{fetch.service}.{fetch.operation}"
    if isinstance(result, EffectFailed):
        failure = _error(result.kind, result.message, result.status, result.code)
    elif not is_good(result):
        status = _status_of(result)
        failure = _error("status", f"{name} answered with status {status}", status)
    else:
        try:
            value = read_answer(turn, operation, result)
            if fetch.into is not None:
                turn.assign(fetch.into, value, frame.locals)
        except Fault as fault:
            turn.unfit.append(request.id)
            failure = _unfit(name, fault, _status_of(result))
        else:
            turn.note("fetch", name)
            frame.pc = fetch.after
            return
    turn.note("fetch", name, detail=str(failure["kind"]))
    _fail(turn, frame, fetch.failed, fetch.into, failure)


def _call_api(turn: Running, frame: Active, call: CallApi) -> None:
    arguments = {name: _passed_on(turn.evaluate(value, frame.locals), name) for name, value in call.arguments}
    result = _result_of(turn, ApiEffect(_effect_id(turn), call.method, arguments))
    turn.note("api", call.method)
    if isinstance(result, EffectFailed):
        failure = _error(result.kind, result.message, result.status, result.code)
    else:
        try:
            if call.into is not None:
                turn.assign(call.into, result, frame.locals)
        except Fault as fault:
            failure = _unfit(call.method, fault, None)
        else:
            frame.pc = call.after
            return
    _fail(turn, frame, call.failed, call.into, failure)


def _status_of(answer: Value) -> int | None:
    status = answer.get("status") if isinstance(answer, Mapping) else None
    return status if isinstance(status, int) else None


def _unfit(name: str, fault: Fault, status: int | None) -> dict[str, Value]:
    """The error of a call whose answer is not what `pick` or `into` takes.

    Raises:
        Fault: it was not the answer that is wrong, a limit was reached.
    """
    if fault.kind == "budget":
        raise fault
    return _error("answer", f"{name} gave an answer that does not fit: {fault.message}", status)


def _error(kind: str, message: str, status: int | None = None, code: int | None = None) -> dict[str, Value]:
    return {"kind": kind, "status": status, "code": code, "message": message}


def _fail(turn: Running, frame: Active, to: int | None, into: Target | None, error: dict[str, Value]) -> None:
    if to is None:
        raise ServiceFault(error)
    frame.locals["error"] = error
    if into is not None and (into.fits is None or into.fits(None)):
        turn.assign(into, None, frame.locals)
    frame.pc = to


class ServiceFault(Fault):
    """A service or API call failed and the bot wrote no `failed` for it."""

    def __init__(self, error: Mapping[str, Value]) -> None:
        super().__init__("service", str(error["message"]))
        self.error = dict(error)
