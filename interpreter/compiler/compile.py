"""From a bot's model to its program."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from interpreter.check.analysis import Analysis
from interpreter.compiler.callables import Constant
from interpreter.compiler.leaves import (
    Lowering,
    lower_condition,
    lower_expression,
    lower_parameter,
    lower_text,
    make_target,
    place_of,
)
from interpreter.compiler.media import lower_media
from interpreter.compiler.menus import lower_menu, renamed_buttons
from interpreter.compiler.replies import ReplyNames, lower_reply
from interpreter.compiler.routines import RoutineBuilder, lower_routine, optional_routine
from interpreter.compiler.rules import list_rules, lower_rule, lower_state, nested_states
from interpreter.compiler.services import lower_services
from interpreter.compiler.timers import find_timers
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.rules import Domain, Flow, Parameter, Rule, State
from interpreter.program.instructions import CallApi, Dispatch, Return
from interpreter.program.names import Names, RoutineName, StateName
from interpreter.program.rules import DomainTable, RuleTable, StateTable
from interpreter.program.tables import Program, VariableTable
from interpreter.types.kinds import OptionalType


def lower_bot(bot: Bot, analysis: Analysis) -> Program:
    """Lower a bot that was checked without errors."""
    context = Lowering(bot, analysis)
    rules = (*bot.rules, *bot.menu_rules)
    tables = tuple(lower_rule(context, rule) for rule in rules)
    renamed = renamed_buttons(bot, tables)
    root = list_rules(
        context, "rules", (*rules, *(rule for rule, _ in renamed)), (*tables, *(table for _, table in renamed))
    )
    anywhere = [(rule, table) for rule, table in zip(rules, tables, strict=True) if rule.anywhere]
    states = _lower_states(context, rules)
    for flow in bot.flows.values():
        _lower_flow(context, flow)
    fallback = bot.fallback
    by_message = fallback.by_message if fallback else None
    conversation, user = _split_variables(bot)
    program = Program(
        name=bot.name,
        version=bot.version,
        locales=bot.locales,
        timezone=bot.timezone,
        session_idle=bot.session,
        variables=tuple(_lower_variable(context, "session", parameter) for parameter in conversation),
        user_variables=tuple(_lower_variable(context, "user", parameter) for parameter in user),
        root=root,
        anywhere=list_rules(context, "anywhere", [rule for rule, _ in anywhere], tuple(table for _, table in anywhere)),
        rules=_by_routine(tables, states),
        states=states,
        domains={name: _lower_domain(context, domain) for name, domain in bot.domains.items()},
        operations=lower_services(context),
        texts={name: lower_reply(context, reply, ReplyNames(f"texts.{name}")) for name, reply in bot.texts.items()},
        choice=lower_text(context, bot.choice) if bot.choice else None,
        before=optional_routine(context, "before", bot.before or None, bot.span),
        after=optional_routine(context, "after", bot.after or None, bot.span),
        failure=optional_routine(context, "failure", bot.failure, bot.span),
        fallback=lower_routine(context, "fallback", fallback.steps, fallback.span)
        if fallback and by_message is None
        else None,
        fallback_by_message={
            kind: lower_routine(context, f"fallback/{kind}", steps, bot.span) for kind, steps in by_message.items()
        }
        if by_message is not None
        else None,
        renamed=bot.renamed,
        routines=context.routines,
        env_names=Names(analysis.env_names),
        menu=lower_menu(context),
        media={name: lower_media(name, scalar, bot) for name, scalar in bot.media.items()},
    )
    return replace(program, edition=_edition(bot), timers=find_timers(program), needs_api=_needs_api(program))


def _needs_api(program: Program) -> bool:
    steps = (step for routine in program.routines.values() for step in routine.code)
    return bool(program.media) or any(type(step) in _CALLING for step in steps)


_CALLING = frozenset((CallApi, Dispatch))


def _edition(bot: Bot) -> str:
    """A hash of the files whose rules, states, flows, domains and variables the bot has."""
    spans = [bot.span, *(rule.span for rule in bot.rules), *(state.span for state in bot.states.values())]
    spans += [*(flow.span for flow in bot.flows.values()), *(domain.span for domain in bot.domains.values())]
    spans += [*(variable.span for variable in bot.variables), *(entity.span for entity in bot.entities.values())]
    texts = {span.file.text for span in spans}
    return sha256("\0".join(sorted(texts)).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _lower_states(context: Lowering, rules: tuple[Rule, ...]) -> dict[StateName, StateTable]:
    named = list(context.bot.states.values())
    unnamed = nested_states(rules)
    for state in named:
        unnamed += nested_states((*state.choices, *state.rules))
    states: list[State] = [*named, *unnamed]
    return {StateName(state.path): lower_state(context, state) for state in states}


def _by_routine(tables: tuple[RuleTable, ...], states: dict[StateName, StateTable]) -> dict[RoutineName, RuleTable]:
    found = {table.routine: table for table in tables}
    for state in states.values():
        found.update((table.routine, table) for table in state.rules.rules)
    return found


def _lower_flow(context: Lowering, flow: Flow) -> None:
    builder = RoutineBuilder(context, f"flows.{flow.name.text}")
    builder.lower_steps(flow.steps)
    if flow.result is not None:
        builder.emit(Return(lower_expression(context, flow.result)), flow.result.scalar.span)
    builder.finish(tuple(lower_parameter(context, parameter) for parameter in flow.parameters))


def _lower_domain(context: Lowering, domain: Domain) -> DomainTable:
    name = domain.name.text
    path = f"domains.{name}"
    return DomainTable(
        name=name,
        guard=lower_condition(context, domain.guard) or Constant(True),
        refused=lower_routine(context, f"{path}/else", domain.refused, domain.span, readmit=name)
        if domain.refused is not None
        else None,
        before=optional_routine(context, f"{path}/before", domain.before or None, domain.span),
    )


def _split_variables(bot: Bot) -> tuple[list[Parameter], list[Parameter]]:
    user = [variable for variable in bot.variables if variable.name.text.startswith("user.")]
    return [variable for variable in bot.variables if variable not in user], user


def _lower_variable(context: Lowering, scope: str, variable: Parameter) -> VariableTable:
    name = variable.name.text.removeprefix("user.")
    return VariableTable(
        name,
        lower_expression(context, variable.default) if variable.default else None,
        isinstance(variable.type, OptionalType),
        make_target(context, scope, name, variable.type),
        place_of(variable.name.span),
    )
