"""The steps of a routine, one after the other, with the scope that flows through them."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from interpreter.check import records
from interpreter.check.api_calls import check_api
from interpreter.check.assignments import after_wait, assume_set, let_variable, set_variable, store, store_nothing
from interpreter.check.calls import check_call, check_fetch, check_goto, check_wait
from interpreter.check.flowing import merge, same
from interpreter.check.questions import check_ask, check_form
from interpreter.check.replies import check_reply, loop_scope
from interpreter.check.routine import Routine
from interpreter.check.showing import shown
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.steps import (
    AgainStep,
    ApiStep,
    AskStep,
    Branch,
    CallStep,
    CancelStep,
    EachStep,
    EndStep,
    FetchStep,
    FormStep,
    GotoStep,
    IfStep,
    LetStep,
    LogStep,
    PassStep,
    ReplyStep,
    ReturnStep,
    SendStep,
    SetStep,
    Step,
    Steps,
    WaitStep,
)
from interpreter.expr.layers import grown, without
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.types.kinds import AnyType, ErrorType, is_textual

_MAX_ROUNDS = 4
"""Walks through a loop until the types of its variables settle; then they count as they are."""


def walk_steps(steps: Steps, scope: Scope, routine: Routine) -> Scope | None:
    """Check the steps; the scope after them, or None when they stop.

    Steps after one that stops are checked all the same, in the scope they would have.
    """
    stopped = False
    for step in steps:
        after = _walk_step(step, scope, routine)
        if after is None:
            stopped = True
        else:
            scope = after
    return None if stopped else scope


def _walk_step(step: Step, scope: Scope, routine: Routine) -> Scope | None:
    match step:
        case ReplyStep(reply=reply):
            check_reply(reply, scope, routine)
            return scope
        case SetStep(assignments=assignments, unread=unread):
            for name in unread:
                scope = assume_set(name, scope)
            for assignment in assignments:
                scope = set_variable(assignment, scope, routine)
            return scope
        case LetStep(assignments=assignments, unread=unread):
            for name in unread:
                scope = assume_set(name, scope)
            for assignment in assignments:
                scope = let_variable(assignment, scope, routine)
            return scope
        case IfStep(branches=branches):
            return _walk_branches(branches, scope, routine)
        case EachStep():
            return _walk_loop(step, scope, routine)
        case AskStep(question=question):
            _needs_waiting(step, routine)
            return check_ask(question, scope, routine, walk_steps)
        case FormStep(fields=fields):
            _needs_waiting(step, routine)
            return check_form(fields, scope, routine, walk_steps)
        case FetchStep() | ApiStep():
            return _walk_request(step, scope, routine)
        case SendStep():
            _check_send(step, scope, routine)
            return scope
        case LogStep(text=text):
            routine.findings.text(text, scope)
            return scope
        case _:
            return _walk_transition(step, scope, routine)


def _walk_transition(
    step: WaitStep | AgainStep | CallStep | GotoStep | PassStep | EndStep | CancelStep | ReturnStep,
    scope: Scope,
    routine: Routine,
) -> Scope | None:
    match step:
        case CallStep():
            _needs_waiting(step, routine)
            return _walk_call(step, scope, routine)
        case WaitStep():
            _needs_waiting(step, routine)
            check_wait(step, routine)
        case GotoStep():
            _needs_waiting(step, routine)
            check_goto(step, scope, routine)
        case AgainStep():
            _check_again(step, routine)
        case ReturnStep():
            _check_return(step, scope, routine)
        case PassStep() | EndStep() | CancelStep():
            pass
        case _:
            assert_never(step)
    return None


def _walk_branches(branches: tuple[Branch, ...], scope: Scope, routine: Routine) -> Scope | None:
    ends: list[Scope | None] = []
    exhaustive = False
    for branch in branches:
        routine.findings.condition(branch.condition, scope)
        inside = scope
        if not branch.is_else:
            inside = shown(branch.condition, scope, True, routine.findings)
            scope = shown(branch.condition, scope, False, routine.findings)
        ends.append(walk_steps(branch.steps, inside, routine))
        exhaustive = exhaustive or branch.is_else
    return merge(ends if exhaustive else [*ends, scope])


def _walk_loop(step: EachStep, scope: Scope, routine: Routine) -> Scope:
    """The scope after a loop. Its body is walked for types until they settle, then once for good.

    A loop inside one that is walked for types is walked once only: the outer one comes again.
    """
    start = scope
    scratch = routine.scratch()
    for _ in range(1 if routine.is_scratch else _MAX_ROUNDS):
        inside = loop_scope(step.variable, step.items, start, scratch)
        end = _without(step.variable, walk_steps(step.steps, inside, scratch), scope)
        again = merge([start, end]) or start
        if same(again, start):
            break
        start = again
    if not routine.is_scratch:
        walk_steps(step.steps, loop_scope(step.variable, step.items, start, routine), routine)
    return start


def _without(variable: Name, end: Scope | None, before: Scope) -> Scope | None:
    """The scope after a round: outside, the loop's variable is only known if a local of its name was there before."""
    outside = before.bindings.get(variable.text)
    if end is None or (outside and outside.storage is Storage.LOCAL):
        return end
    kept = without(end.bindings, variable.text)
    return replace(end, bindings=kept if outside is None else grown(kept, {variable.text: outside}))


def _walk_request(step: FetchStep | ApiStep, scope: Scope, routine: Routine) -> Scope | None:
    kind = check_fetch(step, scope, routine) if isinstance(step, FetchStep) else check_api(step, scope, routine)
    succeeded = store(step.into, kind, scope, routine) if step.into else scope
    if step.failed is None:
        return succeeded
    errors = scope.with_bindings({"error": Binding(records.ERROR, Storage.LOCAL)})
    if step.into:
        errors = store_nothing(step.into, errors, routine.scratch())
    failed = walk_steps(step.failed, errors, routine)
    return merge([succeeded, _without_error(failed, scope)])


def _without_error(end: Scope | None, before: Scope) -> Scope | None:
    if end is None or "error" in before.bindings:
        return end
    return replace(end, bindings=without(end.bindings, "error"))


def _walk_call(step: CallStep, scope: Scope, routine: Routine) -> Scope | None:
    result = check_call(step, scope, routine)
    if step.into:
        scope = store(step.into, result, scope, routine)
    if step.is_target:
        return None
    return routine.symbols.with_message(after_wait(scope, routine), records.EVERY)


def _check_send(step: SendStep, scope: Scope, routine: Routine) -> None:
    findings = routine.findings
    check_reply(step.reply, scope, routine)
    findings.text(step.template, scope)
    findings.text(step.url, scope)
    findings.text(step.agent, scope)
    for _, text in (*step.data, *step.mini):
        findings.text(text, scope)
    if step.message is not None:
        for _, part in (*step.message.parts, *step.message.entries):
            check_reply(part, scope, routine)
    if step.to is not None:
        kind = findings.infer(step.to, scope)
        if not (is_textual(kind) or isinstance(kind, (AnyType, ErrorType))):
            findings.wrong_type(step.to, Wording("the id of a user", "用户的 id"), kind)


def _check_again(step: AgainStep, routine: Routine) -> None:
    if routine.may_repeat:
        return
    routine.findings.report(
        Diagnostic(
            "DL302",
            step.span,
            Wording("`again` stays in a wait, but nothing is waiting here", "`again` 用来留在等待里，但这里没有等待"),
            help=Wording(
                "use it in the rules of a state, in `replies` or in a rule with `anywhere`",
                "请用在状态的规则、`replies` 或带 `anywhere` 的规则里",
            ),
        )
    )


def _check_return(step: ReturnStep, scope: Scope, routine: Routine) -> None:
    kind = routine.findings.infer(step.value, scope)
    if routine.in_flow:
        routine.returned.append(kind)
        return
    routine.findings.report(
        Diagnostic(
            "DL302",
            step.span,
            Wording("`return` leaves a flow, but this is none", "`return` 用来离开流程，但这里不是流程"),
            help=Wording(
                "use `end` or `cancel`, or move the steps to a flow", "请用 `end`、`cancel`，或把步骤移到流程里"
            ),
        )
    )


def _needs_waiting(step: Step, routine: Routine) -> None:
    if routine.may_wait:
        return
    routine.findings.report(
        Diagnostic(
            "DL302",
            step.span,
            Wording(
                "the steps of `after` run on a reply that is on its way: they cannot ask, wait or go elsewhere",
                "`after` 的步骤只处理即将发出的回复，不能提问、等待或转去别处",
            ),
        )
    )
