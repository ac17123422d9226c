"""Lowering rules, lists of rules and states."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from interpreter.check.captures import group_count, has_regex
from interpreter.compiler.leaves import Lowering, lower_condition, lower_text, place_of
from interpreter.compiler.replies import ReplyNames, lower_localized, lower_reply, says_choices
from interpreter.compiler.routines import lower_routine, optional_routine
from interpreter.dialog.model.rules import Rule, State
from interpreter.patterns.finder import PatternFinder
from interpreter.patterns.matching import matcher
from interpreter.program.names import StateName
from interpreter.program.replies import SayWords
from interpreter.program.rules import RuleList, RuleTable, StateTable, triggers_of
from interpreter.program.tables import Routine


def lower_rules(context: Lowering, name: str, rules: Sequence[Rule]) -> RuleList:
    """A list of rules, their routines entered among those of the program."""
    tables = tuple(lower_rule(context, rule) for rule in rules)
    return list_rules(context, name, rules, tables)


def list_rules(context: Lowering, name: str, rules: Sequence[Rule], tables: tuple[RuleTable, ...]) -> RuleList:
    """A list of rules that have been lowered already."""
    lexicon = context.analysis.lexicon
    finder = PatternFinder([tuple(matcher(leaf.pattern, lexicon) for leaf in rule.trigger.patterns) for rule in rules])
    return RuleList(name, tables, finder, triggers_of(tables))


def lower_rule(context: Lowering, rule: Rule) -> RuleTable:
    """One rule."""
    trigger = rule.trigger
    routine = lower_routine(context, rule.path, rule.steps, rule.span)
    captures = tuple(capture.name for capture in context.analysis.captures(rule))
    return RuleTable(
        name=rule.name.text,
        routine=routine,
        captures=_captured(captures),
        events=_once([event.text.lower() for event in trigger.events]) if trigger.events else (),
        key=trigger.key.text if trigger.key else None,
        messages=_once([message.text for message in trigger.messages]) if trigger.messages else (),
        always=trigger.always or _has_only_condition(rule),
        condition=lower_condition(context, rule.condition),
        domain=rule.domain.text if rule.domain else None,
        anywhere=rule.anywhere,
        has_target=rule.has_target,
        description=lower_reply(context, rule.description, ReplyNames(rule.path)) if rule.description else None,
        label=lower_localized(context, rule.label),
        place=place_of(rule.name.span),
        words=_only_words(context.routines[routine]),
        match_size=group_count(rule) + 1 if has_regex(rule) else 0,
    )


def _once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


@lru_cache
def _captured(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names that a rule with some captures has; one tuple for all rules that have the same."""
    return (*names, "match")


def _only_words(routine: Routine) -> str | None:
    says = routine.says
    return (says.text.rstrip("\r\n") or None) if isinstance(says, SayWords) else None


def _has_only_condition(rule: Rule) -> bool:
    trigger = rule.trigger
    is_empty = not (trigger.patterns or trigger.events or trigger.messages or trigger.always)
    return is_empty and rule.condition is not None and rule.label is None


def lower_state(context: Lowering, state: State) -> StateTable:
    """One state."""
    rules = (*state.choices, *state.rules)
    timeout = state.timeout.value if state.timeout else context.bot.timeout
    return StateTable(
        name=StateName(state.path),
        label=state.path.partition(".")[2],
        prompt=lower_reply(context, state.prompt, ReplyNames(f"{state.path}/prompt")) if state.prompt else None,
        shows_choices=says_choices(state.prompt),
        rules=lower_rules(context, state.path, rules),
        choices=len(state.choices),
        choice=lower_text(context, state.choice) if state.choice else None,
        back=state.back.text if state.back else None,
        otherwise=optional_routine(context, f"{state.path}/otherwise", state.otherwise, state.span),
        tries=state.tries,
        give_up=optional_routine(context, f"{state.path}/give_up", state.give_up, state.span),
        timeout=timeout,
        timed_out=optional_routine(context, f"{state.path}/timed_out", state.timed_out, state.span),
        interrupt=state.interrupt,
        sticky=state.sticky,
        place=place_of(state.span),
    )


def nested_states(rules: Sequence[Rule]) -> list[State]:
    """The unnamed states of `replies`, at any depth."""
    found = []
    for rule in rules:
        if rule.replies is not None:
            found += [rule.replies, *nested_states(rule.replies.rules)]
    return found
