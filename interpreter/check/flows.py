"""Flows: their arguments, their steps and what they return. A flow is checked after those whose results it uses."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check import naming
from interpreter.check.findings import Findings
from interpreter.check.fitting import find_misfits, misfit_problem
from interpreter.check.joins import join_all
from interpreter.check.routine import Routine
from interpreter.check.steps import walk_steps
from interpreter.check.traversal import nested
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.rules import Flow, Parameter
from interpreter.dialog.model.steps import CallStep
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.types.kinds import ErrorType, NullType, Type, show


def check_flows(findings: Findings) -> None:
    """Every flow of the bot; `findings.results` then has the type each returns."""
    for name in _callees_first(findings.symbols.bot):
        findings.results[f"flows.{name}"] = _check_flow(findings.symbols.bot.flows[name], findings)


def check_parameters(parameters: tuple[Parameter, ...], scope: Scope, findings: Findings) -> Scope:
    """Names, defaults and types of arguments; the scope in which they are visible."""
    for parameter in parameters:
        findings.report(naming.bad_name(parameter.name.text, parameter.name.span))
        check_default(parameter, scope, findings)
        scope = scope.with_bindings({parameter.name.text: Binding(parameter.type, Storage.LOCAL)})
    return scope


def check_default(parameter: Parameter, scope: Scope, findings: Findings) -> None:
    """The default of an argument or a variable must fit its type."""
    default = parameter.default
    if default is None:
        return
    kind = findings.infer(default, scope, parameter.type)
    name, declared, lexicon = parameter.name.text, show(parameter.type), findings.symbols.lexicon
    for misfit in find_misfits(default, parameter.type, kind, lexicon):
        said = Wording(
            f"`{name}` is {declared}, its default is {misfit.shown}",
            f"`{name}` 的类型是 {declared}，默认值却是 {misfit.shown}",
        )
        problem = misfit_problem("DL210", misfit, said, name, parameter.type, lexicon)
        findings.problem(problem, default.scalar, default.offset)


def _check_flow(flow: Flow, findings: Findings) -> Type:
    routine = Routine(findings, in_flow=True)
    scope = check_parameters(flow.parameters, findings.symbols.base, findings)
    after = walk_steps(flow.steps, scope, routine)
    end: list[Type] = []
    if flow.is_incomplete:
        return ErrorType()
    if flow.result is not None:
        end.append(findings.infer(flow.result, after or scope))
    elif after is not None:
        end.append(NullType())
    return join_all([*routine.returned, *end]) if routine.returned or end else NullType()


def _callees_first(bot: Bot) -> Iterator[str]:
    """The names of all flows, each after the flows whose results it takes, but for those in a circle."""
    done: set[str] = set()
    for root in bot.flows:
        path: list[tuple[str, Iterator[str]]] = []
        if root not in done:
            done.add(root)
            path.append((root, _results_used(bot.flows[root])))
        while path:
            name, callees = path[-1]
            callee = next((each for each in callees if each in bot.flows and each not in done), None)
            if callee is None:
                path.pop()
                yield name
            else:
                done.add(callee)
                path.append((callee, _results_used(bot.flows[callee])))


def _results_used(flow: Flow) -> Iterator[str]:
    return (step.flow.text for step in nested(flow.steps) if isinstance(step, CallStep) and step.into)
