"""Where a conversation goes next: flows, states and rules by name, and requests to services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from interpreter.check import naming
from interpreter.check.arguments import (
    Callee,
    check_arguments,
    slots_of_captures,
    slots_of_parameters,
)
from interpreter.check.captures import capture_bindings, captures_of
from interpreter.check.routine import Routine
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Expression, Name
from interpreter.dialog.model.rules import Rule
from interpreter.dialog.model.services import Operation
from interpreter.dialog.model.steps import CallStep, FetchStep, GotoStep, WaitStep, WithArgument
from interpreter.expr.fields import path_type
from interpreter.expr.narrowing import narrow
from interpreter.expr.scope import Scope, Storage
from interpreter.expr.tree import Field, Node
from interpreter.expr.tree import Name as NameNode
from interpreter.types.kinds import AnyType, ErrorType, NullType, OptionalType, Type


def check_wait(step: WaitStep, routine: Routine) -> None:
    """`wait: state`: the state must exist."""
    if step.state is not None and step.state.text not in routine.symbols.bot.states:
        _unknown_state(step.state, routine)


def check_call(step: CallStep, scope: Scope, routine: Routine) -> Type:
    """`call: flow`: the type of what it returns."""
    if not _check_flow(step.flow, step, scope, routine):
        return ErrorType()
    return routine.findings.results.get(f"flows.{step.flow.text}", AnyType())


def check_goto(step: GotoStep, scope: Scope, routine: Routine) -> None:
    """`goto`: the place must exist and take the arguments."""
    match step.kind:
        case "flows":
            _check_flow(step.target, step, scope, routine)
        case "states":
            if step.target.text not in routine.symbols.bot.states:
                _unknown_state(step.target, routine)
            shown = f"`states.{step.target.text}`"
            check_arguments(step.arguments, Callee(shown, ()), step.target.span, scope, routine)
        case "rules":
            _check_rule(step, scope, routine)


def check_fetch(step: FetchStep, scope: Scope, routine: Routine) -> Type:
    """`fetch: svc.op(…)`: the type of what `into` receives."""
    operation = find_operation(step.service, step.operation, routine)
    if operation is None:
        _infer_all(step.arguments, scope, routine)
        return ErrorType()
    shown = f"`{step.service.text}.{step.operation.text}`"
    callee = Callee(shown, slots_of_parameters(operation.parameters), by_name=False)
    check_arguments(step.arguments, callee, step.operation.span, scope, routine, is_incomplete=step.is_incomplete)
    return routine.findings.results.get(f"services.{step.service.text}.{step.operation.text}", AnyType())


def find_operation(service: Name, operation: Name, routine: Routine) -> Operation | None:
    """An operation by name, or None after a report."""
    services = routine.symbols.bot.services
    found = services.get(service.text)
    if found is None:
        places = {name: each.name.span for name, each in services.items()}
        routine.findings.report(naming.unknown("DL105", service, naming.SERVICE, places))
        return None
    if operation.text not in found.operations:
        places = {name: each.name.span for name, each in found.operations.items()}
        said = Wording(
            f"service `{service.text}` has no operation `{operation.text}`",
            f"服务 `{service.text}` 没有操作 `{operation.text}`",
        )
        routine.findings.report(naming.unknown("DL105", operation, naming.OPERATION, places, message=said))
        return None
    return found.operations[operation.text]


def _check_flow(name: Name, step: CallStep | GotoStep, scope: Scope, routine: Routine) -> bool:
    flow = routine.symbols.bot.flows.get(name.text)
    if flow is None:
        routine.findings.report(_unknown_flow(name, routine))
        _infer_all(step.arguments, scope, routine)
        return False
    callee = Callee(f"`flows.{name.text}`", slots_of_parameters(flow.parameters))
    check_arguments(step.arguments, callee, name.span, scope, routine, is_incomplete=step.is_incomplete)
    return True


def _check_rule(step: GotoStep, scope: Scope, routine: Routine) -> None:
    rule = routine.symbols.rules.get(step.target.text)
    if rule is None:
        routine.findings.report(naming.unknown("DL101", step.target, naming.RULE, routine.symbols.rule_names()))
        _infer_all(step.arguments, scope, routine)
        return
    shown = _shown_by_condition(rule, routine)
    slots = slots_of_captures(captures_of(rule), frozenset(shown))
    callee = Callee(f"`rules.{step.target.text}`", slots, code="DL108", noun=naming.CAPTURE)
    if rule.trigger.is_incomplete:
        _infer_all(step.arguments, scope, routine)
        return
    check_arguments(step.arguments, callee, step.target.span, scope, routine, is_incomplete=step.is_incomplete)
    _check_relied_on(step, shown, scope, routine)


def _shown_by_condition(rule: Rule, routine: Routine) -> Mapping[str, Type]:
    """What the steps of a rule rely on because of its `if`, which a `goto` does not ask."""
    if rule.condition is None:
        return {}
    scope = routine.symbols.base.with_bindings(capture_bindings(captures_of(rule)))
    shown = narrow(rule.condition.node, scope, True).narrowed
    return {path: kind for path, kind in shown.items() if not isinstance(kind, NullType)}


def _check_relied_on(step: GotoStep, shown: Mapping[str, Type], scope: Scope, routine: Routine) -> None:
    """Report what the rule takes for granted and is not known where the `goto` stands."""
    for path in shown:
        first, *fields = path.split(".")
        binding = routine.symbols.base.bindings.get(first)
        if binding is None or binding.storage not in (Storage.USER, Storage.SESSION):
            continue
        node: Node = NameNode(first, 0, 0)
        for field in fields:
            node = Field(node, field, 0, 0)
        kind = path_type(node, scope)
        unset = path not in scope.narrowed and scope.bindings[first].may_be_unset
        if unset or isinstance(kind, (OptionalType, NullType)):
            routine.findings.report(_not_asked(step.target, path))


def _not_asked(target: Name, path: str) -> Diagnostic:
    return Diagnostic(
        "DL205",
        target.span,
        Wording(
            f"`rules.{target.text}` relies on `{path}`, which may be null here: `goto` does not ask its `if`",
            f"`rules.{target.text}` 依赖 `{path}`，这里它可能是 null：`goto` 不判断那条规则的 `if`",
        ),
        help=Wording(f"go there only if `{path} != null`", f"请在 `{path} != null` 时才转过去"),
    )


def _unknown_state(name: Name, routine: Routine) -> None:
    symbols = routine.symbols
    help = None
    if name.text in symbols.bot.flows:
        help = Wording(
            f"`{name.text}` is a flow: run it with `call: {name.text}`",
            f"`{name.text}` 是流程：请用 `call: {name.text}` 运行",
        )
        said = Wording(f"no state is named `{name.text}`", f"没有名为 `{name.text}` 的状态")
        routine.findings.report(Diagnostic("DL101", name.span, said, help=help))
        return
    routine.findings.report(naming.unknown("DL101", name, naming.STATE, symbols.state_names()))


def _unknown_flow(name: Name, routine: Routine) -> Diagnostic:
    symbols = routine.symbols
    said = Wording(f"no flow is named `{name.text}`", f"没有名为 `{name.text}` 的流程")
    if nearest(name.text, symbols.bot.flows) is None and name.text in symbols.bot.states:
        help = Wording(
            f"`{name.text}` is a state: enter it with `wait: {name.text}`",
            f"`{name.text}` 是状态：请用 `wait: {name.text}` 进入",
        )
        return Diagnostic("DL101", name.span, said, help=help)
    return naming.unknown("DL101", name, naming.FLOW, symbols.flow_names())


def _infer_all(arguments: Iterable[WithArgument | Expression], scope: Scope, routine: Routine) -> None:
    for argument in arguments:
        value = argument.value if isinstance(argument, WithArgument) else argument
        routine.findings.infer(value, scope)
