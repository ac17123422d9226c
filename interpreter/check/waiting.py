"""The places where a conversation may stand between two messages, by the names that sessions remember.

A *site* is a place in a routine: a question by its variable (`flows.survey/age`), a call by its flow
(`rules.book/call login`). The compiler names them in the same order; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from interpreter.check.captures import captures_of
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.leaves import Expression
from interpreter.dialog.model.rules import Flow, Parameter, Rule, State
from interpreter.dialog.model.steps import (
    ApiStep,
    AskStep,
    CallStep,
    EachStep,
    FetchStep,
    FormStep,
    IfStep,
    LetStep,
    Question,
    SetStep,
    Step,
    Steps,
)
from interpreter.source.spans import Span
from interpreter.types.kinds import Type


class Owner(Struct, frozen=True, eq=False):
    """What an author calls by a name and what holds steps: a rule, a state, a flow, or a part of the bot itself."""

    path: str
    kind: Literal["rule", "state", "flow", "part"]
    name: Span
    body: Span
    parent: Owner | None = None
    state: State | None = None

    @property
    def chain(self) -> tuple[Owner, ...]:
        """It and all that it stands in, the outermost first."""
        return (*(self.parent.chain if self.parent else ()), self)


class Routine(Struct, frozen=True, eq=False):
    """A list of steps with the name it is compiled under, and the names it begins with."""

    name: str
    steps: Steps
    owner: Owner
    given: Mapping[str, Type] = field(default_factory=dict)
    result: Expression | None = None


class Site(Struct, frozen=True, eq=False):
    """One place to stand. `step` is the question, or the call of a flow that may ask one."""

    routine: Routine
    name: str
    step: Question | CallStep
    known: frozenset[str]
    """The locals that may have a value there."""
    rest: tuple[Steps, ...]
    """What follows it in its routine: the rest of its own list of steps, then of the lists around it."""

    @property
    def path(self) -> str:
        """Its whole name."""
        return f"{self.routine.name}/{self.name}"

    @property
    def span(self) -> Span:
        """Where an author finds it."""
        if isinstance(self.step, CallStep):
            return self.step.flow.span
        return self.step.into.span if self.step.into else self.step.span


def owners(bot: Bot) -> dict[str, Owner]:
    """Everything that may hold places, by its path."""
    found: dict[str, Owner] = {}
    for routine in routines(bot):
        for owner in routine.owner.chain:
            found.setdefault(owner.path, owner)
    return found


def routines(bot: Bot) -> Iterator[Routine]:
    """Every routine of a bot; a state without steps of its own has one without steps."""
    for rule in (*bot.rules, *bot.menu_rules):
        yield from _of_rule(rule, None)
    for state in bot.states.values():
        yield from _of_state(state, None)
    for flow in bot.flows.values():
        yield _of_flow(flow)
    for name, domain in bot.domains.items():
        owner = Owner(f"domains.{name}", "part", domain.name.span, domain.span)
        yield Routine(f"domains.{name}/else", domain.refused or (), owner)
        yield Routine(f"domains.{name}/before", domain.before, owner)
    parts: list[tuple[str, Steps | None]] = [("before", bot.before), ("after", bot.after), ("failure", bot.failure)]
    if bot.fallback is not None:
        parts.append(("fallback", bot.fallback.steps))
        parts += ((f"fallback/{kind}", steps) for kind, steps in (bot.fallback.by_message or {}).items())
    for part, steps in parts:
        if steps:
            yield Routine(part, steps, Owner(part, "part", steps[0].span, bot.span))


def _of_rule(rule: Rule, parent: Owner | None) -> Iterator[Routine]:
    owner = Owner(rule.path, "rule", rule.name.span, rule.span, parent)
    yield Routine(rule.path, rule.steps, owner, {capture.name: capture.type for capture in captures_of(rule)})
    if rule.replies is not None:
        yield from _of_state(rule.replies, owner)


def _of_state(state: State, parent: Owner | None) -> Iterator[Routine]:
    owner = Owner(state.path, "state", state.name.span, state.span, parent, state)
    for name, steps in (("otherwise", state.otherwise), ("give_up", state.give_up), ("timed_out", state.timed_out)):
        yield Routine(f"{state.path}/{name}", steps or (), owner)
    for rule in (*state.choices, *state.rules):
        yield from _of_rule(rule, owner)


def _of_flow(flow: Flow) -> Routine:
    path = f"flows.{flow.name.text}"
    return Routine(
        path, flow.steps, Owner(path, "flow", flow.name.span, flow.span), _typed(flow.parameters), flow.result
    )


def _typed(parameters: tuple[Parameter, ...]) -> dict[str, Type]:
    return {parameter.name.text: parameter.type for parameter in parameters}


def sites(routine: Routine) -> Iterator[Site]:
    """The places of a routine, in the order in which they get their names."""
    return _Walk(routine, set(routine.given)).through(routine.steps, ())


class _Walk(Struct):
    """Going through a routine: the locals and the names given away so far."""

    routine: Routine
    known: set[str]
    taken: set[str] = field(default_factory=set)

    def through(self, steps: Steps, rest: tuple[Steps, ...]) -> Iterator[Site]:
        for index, step in enumerate(steps):
            match step:
                case SetStep(assignments=assignments) | LetStep(assignments=assignments):
                    self.known.update(assignment.target.text for assignment in assignments)
                case AskStep() | FormStep() | CallStep() | IfStep() | EachStep() | FetchStep() | ApiStep():
                    yield from self._into(step, (steps[index + 1 :], *rest))
                case _:
                    pass

    def _into(self, step: Step, rest: tuple[Steps, ...]) -> Iterator[Site]:
        match step:
            case AskStep(question=question):
                yield from self._question(question, rest)
            case FormStep(fields=fields):
                for index, question in enumerate(fields):
                    yield from self._question(question, ((replace(step, fields=fields[index + 1 :]),), *rest))
            case CallStep(flow=flow, into=into):
                yield self._site(f"call {flow.text}", step, rest)
                self.known.update((into.text,) if into else ())
            case IfStep(branches=branches):
                for branch in branches:
                    yield from self.through(branch.steps, rest)
            case EachStep(variable=variable, steps=steps):
                self.known.add(variable.text)
                yield from self.through(steps, rest)
            case FetchStep(failed=failed, into=into) | ApiStep(failed=failed, into=into):
                yield from self.through(failed or (), rest)
                self.known.update((into.text,) if into else ())
            case _:
                pass

    def _question(self, question: Question, rest: tuple[Steps, ...]) -> Iterator[Site]:
        yield self._site(question.into.text if question.into else "ask", question, rest)
        self.known.update((question.into.text,) if question.into else ())
        for block in (question.invalid, question.refused, question.give_up, question.timed_out):
            yield from self.through(block or (), ())

    def _site(self, wanted: str, step: Question | CallStep, rest: tuple[Steps, ...]) -> Site:
        number, name = 1, wanted
        while name in self.taken:
            number += 1
            name = f"{wanted}#{number}"
        self.taken.add(name)
        return Site(self.routine, name, step, frozenset(self.known), rest)
