"""Going through all steps of a bot without scopes: for what can be seen from the steps alone."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.rules import Rule, State
from interpreter.dialog.model.steps import (
    ApiStep,
    AskStep,
    Assignment,
    CallStep,
    EachStep,
    FetchStep,
    FormStep,
    GotoStep,
    IfStep,
    LetStep,
    Question,
    SetStep,
    Step,
    Steps,
)
from interpreter.expr.tree import Literal
from interpreter.expr.walk import walk


def routines(bot: Bot) -> Iterator[Steps]:
    """Every list of steps of a bot that is not inside another one."""
    for rule in (*bot.rules, *bot.menu_rules):
        yield from rule_steps(rule)
    for state in bot.states.values():
        yield from state_steps(state)
    for flow in bot.flows.values():
        yield flow.steps
    for domain in bot.domains.values():
        yield domain.refused or ()
        yield domain.before
    if bot.fallback:
        yield bot.fallback.steps
        yield from (bot.fallback.by_message or {}).values()
    yield bot.before
    yield bot.failure or ()
    yield bot.after


def rule_steps(rule: Rule) -> Iterator[Steps]:
    """The steps of a rule, and of those that follow up on it."""
    yield rule.steps
    if rule.replies:
        yield from state_steps(rule.replies)


def state_steps(state: State) -> Iterator[Steps]:
    """All steps that belong to a state."""
    for rule in (*state.rules, *state.choices):
        yield from rule_steps(rule)
    for steps in (state.otherwise, state.give_up, state.timed_out):
        yield steps or ()


_HOLDING = frozenset({IfStep, EachStep, FetchStep, ApiStep, AskStep, FormStep})
"""Steps with further steps inside them."""


def nested(steps: Steps) -> Iterator[Step]:
    """Every step of a list and of the lists inside it, in the author's order."""
    for step in steps:
        yield step
        if type(step) in _HOLDING:
            for inner in inner_lists(step):
                yield from nested(inner)


def inner_lists(step: Step) -> Iterator[Steps]:
    """The lists of steps directly inside a step."""
    match step:
        case IfStep():
            for branch in step.branches:
                yield branch.steps
        case EachStep():
            yield step.steps
        case FetchStep() | ApiStep():
            yield step.failed or ()
        case AskStep():
            yield from _question_lists(step.question)
        case FormStep():
            for question in step.fields:
                yield from _question_lists(question)
        case _:
            pass


def _question_lists(question: Question) -> Iterator[Steps]:
    for steps in (question.invalid, question.refused, question.give_up, question.timed_out):
        yield steps or ()


def assigned_names(bot: Bot) -> frozenset[str]:
    """Every name, as written, that a step somewhere gives a value."""
    return frozenset(name.text for steps in routines(bot) for step in nested(steps) for name in _targets(step))


def _targets(step: Step) -> Iterator[Name]:
    match step:
        case SetStep() | LetStep():
            for assignment in step.assignments:
                yield assignment.target
            yield from step.unread
        case AskStep(question=Question(into=into)) | CallStep(into=into) | FetchStep(into=into) | ApiStep(into=into):
            if into:
                yield into
        case FormStep():
            for question in step.fields:
                if question.into:
                    yield question.into
        case _:
            pass


def nulled_names(bot: Bot) -> frozenset[str]:
    """Every name, as written, to which a step somewhere assigns an expression with `null` in it."""
    return frozenset(
        assignment.target.text
        for steps in routines(bot)
        for step in nested(steps)
        if isinstance(step, SetStep)
        for assignment in step.assignments
        if _mentions_null(assignment)
    )


def rules_gone_to(bot: Bot) -> frozenset[str]:
    """The name of every root rule that a step goes to."""
    return frozenset(
        step.target.text
        for steps in routines(bot)
        for step in nested(steps)
        if isinstance(step, GotoStep) and step.kind == "rules"
    )


def _mentions_null(assignment: Assignment) -> bool:
    return any(isinstance(node, Literal) and node.value is None for node in walk(assignment.value.node))
