"""The expressions and texts of a model, wherever they stand, and the single expressions within them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from interpreter.check.analysis import Analysis
from interpreter.check.menus import every_button
from interpreter.check.traversal import nested
from interpreter.diagnostics.diagnostic import Diagnostic, Problem
from interpreter.diagnostics.placing import place
from interpreter.dialog.model.bot import Bot, Test
from interpreter.dialog.model.leaves import Data, DataLeaf, DataList, DataMap, Expression, Text
from interpreter.dialog.model.replies import Article, ByLocale, Media, Music, News, OneOf, Reply, Say, Silence, Transfer
from interpreter.dialog.model.rules import Flow, Rule, State
from interpreter.dialog.model.services import Operation, Service
from interpreter.dialog.model.steps import (
    ApiStep,
    AskStep,
    CallStep,
    EachStep,
    FetchStep,
    FormStep,
    GotoStep,
    IfStep,
    LetStep,
    LogStep,
    Question,
    ReplyStep,
    ReturnStep,
    SendStep,
    SetStep,
    Step,
    Steps,
    WithArgument,
)
from interpreter.expr.inference import Typed
from interpreter.expr.tree import Name, Node
from interpreter.expr.walk import walk
from interpreter.source.spans import Span
from interpreter.source.tree import Scalar

Leaf = Expression | Text
"""A leaf with expressions in it."""


class Formula(Struct, frozen=True, eq=False):
    """One expression where it stands: a leaf of its own, or a hole of a text."""

    node: Node
    scalar: Scalar
    offset: int
    typed: Typed
    leaf: Leaf
    """The leaf it stands in."""
    parts: tuple[Node, ...]
    """All nodes of it, itself first."""

    def span(self, node: Node) -> Span:
        """Where a part of it stands in the file."""
        return self.scalar.place(self.offset + node.start, self.offset + node.end)

    def source(self, start: int, end: int) -> str:
        """A piece of it as its author wrote it; offsets are those of its nodes."""
        return self.scalar.text[self.offset + start : self.offset + end]

    def diagnostic(self, problem: Problem) -> Diagnostic:
        """A problem of it, in the file."""
        return place(problem, self.scalar, self.offset)


def formulas(leaves: Iterable[Leaf], analysis: Analysis) -> Iterator[Formula]:
    """The expressions of leaves; of a leaf that no check has reached, none."""
    for leaf in leaves:
        if isinstance(leaf, Expression):
            typed = analysis.typed(leaf)
            if typed is not None:
                yield Formula(leaf.node, leaf.scalar, leaf.offset, typed, leaf, _parts(leaf.node))
        elif leaf.template.holes:
            template = analysis.text(leaf)
            for hole in template.holes if template else ():
                yield Formula(hole.node, leaf.scalar, 0, hole, leaf, _parts(hole.node))


def _parts(node: Node) -> tuple[Node, ...]:
    return (node,) if isinstance(node, Name) else tuple(walk(node))


def nodes_of(leaves: Iterable[Leaf]) -> Iterator[Node]:
    """The roots of all expressions of leaves."""
    for leaf in leaves:
        if isinstance(leaf, Expression):
            yield leaf.node
        else:
            for hole in leaf.template.holes:
                yield hole.node


def leaves_of_bot(bot: Bot) -> Iterator[Leaf]:
    """Every leaf of a bot but those of its tests."""
    yield from _written(bot.choice)
    for account in bot.accounts:
        yield from (text for _, text in account.texts)
    for menu in (bot.buttons, *(each.buttons for each in bot.conditional_menus)):
        yield from (text for button in every_button(menu) for _, text in button.parts)
    for variable in bot.variables:
        yield from _written(variable.default)
    for service in bot.services.values():
        yield from leaves_of_service(service)
    for text in bot.texts.values():
        yield from leaves_of_reply(text)
    for rule in (*bot.rules, *bot.menu_rules):
        yield from leaves_of_rule(rule)
    for state in bot.states.values():
        yield from leaves_of_state(state)
    for flow in bot.flows.values():
        yield from leaves_of_flow(flow)
    for domain in bot.domains.values():
        yield from _written(domain.guard)
        yield from leaves_of_steps(domain.refused or ())
        yield from leaves_of_steps(domain.before)
    if bot.fallback is not None:
        for steps in (bot.fallback.steps, *(bot.fallback.by_message or {}).values()):
            yield from leaves_of_steps(steps)
    for steps in (bot.before, bot.failure or (), bot.after):
        yield from leaves_of_steps(steps)


def leaves_of_test(test: Test) -> Iterator[Leaf]:
    """The leaves of a conversation test."""
    for _, value in test.given:
        yield from leaves_of_data(value)
    for line in test.lines:
        yield from _written(line.expression)


def leaves_of_rule(rule: Rule) -> Iterator[Leaf]:
    """The leaves of a rule and of the rules that follow it up."""
    yield from own_leaves_of_rule(rule)
    if rule.replies is not None:
        yield from leaves_of_state(rule.replies)


def own_leaves_of_rule(rule: Rule) -> Iterator[Leaf]:
    """The leaves that see what a rule captured, and those that tell of it."""
    yield from _written(rule.condition)
    for reply in (rule.description, rule.label):
        yield from leaves_of_reply(reply)
    yield from leaves_of_steps(rule.steps)


def leaves_of_state(state: State) -> Iterator[Leaf]:
    """The leaves of a state and of all its rules."""
    yield from leaves_of_reply(state.prompt)
    yield from _written(state.choice)
    for rule in (*state.choices, *state.rules):
        yield from leaves_of_rule(rule)
    for steps in (state.otherwise, state.give_up, state.timed_out):
        yield from leaves_of_steps(steps or ())


def leaves_of_flow(flow: Flow) -> Iterator[Leaf]:
    """The leaves of a flow."""
    for parameter in flow.parameters:
        yield from _written(parameter.default)
    yield from leaves_of_steps(flow.steps)
    yield from _written(flow.result)


def leaves_of_service(service: Service) -> Iterator[Leaf]:
    """The leaves of a service and its operations."""
    yield from _written(service.url)
    for _, header in service.headers:
        yield header
    for operation in service.operations.values():
        yield from leaves_of_operation(operation)


def leaves_of_operation(operation: Operation) -> Iterator[Leaf]:
    """The leaves of an operation."""
    for parameter in operation.parameters:
        yield from _written(parameter.default)
    yield from _written(operation.path, operation.pick)
    for _, text in (*operation.query, *operation.headers, *(operation.form or ())):
        yield text
    yield from leaves_of_data(operation.json)
    yield from leaves_of_data(operation.mock)


def leaves_of_data(data: Data | None) -> Iterator[Leaf]:
    """The leaves of data for the world outside."""
    match data:
        case DataLeaf(value=Expression() | Text() as leaf):
            yield leaf
        case DataList(items=items):
            for item in items:
                yield from leaves_of_data(item)
        case DataMap(entries=entries):
            for _, item in entries:
                yield from leaves_of_data(item)
        case _:
            pass


def leaves_of_steps(steps: Steps) -> Iterator[Leaf]:
    """The leaves of steps and of all steps within them."""
    for step in nested(steps):
        yield from leaves_of_step(step)


def leaves_of_step(step: Step) -> Iterator[Leaf]:
    """The leaves of one step, without those of the steps within it."""
    match step:
        case ReplyStep(reply=reply):
            yield from leaves_of_reply(reply)
        case SetStep(assignments=assignments) | LetStep(assignments=assignments):
            for assignment in assignments:
                yield assignment.value
        case IfStep(branches=branches):
            for branch in branches:
                yield from _written(branch.condition)
        case EachStep(items=items):
            yield from _written(items)
        case AskStep(question=question):
            yield from _leaves_of_question(question)
        case FormStep(fields=fields):
            for question in fields:
                yield from _leaves_of_question(question)
        case CallStep(arguments=arguments) | GotoStep(arguments=arguments) | ApiStep(arguments=arguments):
            for argument in arguments:
                yield argument.value
        case FetchStep(arguments=given):
            for each in given:
                yield each.value if isinstance(each, WithArgument) else each
        case SendStep():
            yield from leaves_of_reply(step.reply)
            for _, part in (*step.message.parts, *step.message.entries) if step.message else ():
                yield from leaves_of_reply(part)
            texts = (text for _, text in (*step.data, *step.mini))
            yield from _written(step.template, *texts, step.url, step.agent, step.to)
        case LogStep(text=text):
            yield text
        case ReturnStep(value=value):
            yield from _written(value)
        case _:
            pass


def _leaves_of_question(question: Question) -> Iterator[Leaf]:
    yield from leaves_of_reply(question.prompt)
    yield from _written(question.choices, question.choice, question.check, question.condition)


def leaves_of_reply(reply: Reply | None) -> Iterator[Leaf]:
    """The leaves of a reply."""
    if reply is None:
        return
    match reply:
        case Say(text=text):
            yield text
        case OneOf(items=items):
            for item in items:
                yield from leaves_of_reply(item)
        case ByLocale(replies=replies):
            for item in replies.values():
                yield from leaves_of_reply(item)
        case News(articles=articles):
            for article in articles:
                yield from leaves_of_article(article)
        case Music():
            for part in (reply.title, reply.text, reply.url, reply.hq, reply.thumb):
                yield from leaves_of_reply(part)
        case Media():
            for part in (reply.id, reply.title, reply.text):
                yield from leaves_of_reply(part)
        case Transfer(account=account):
            yield from leaves_of_reply(account)
        case Silence():
            pass


def leaves_of_article(article: Article) -> Iterator[Leaf]:
    """The leaves of a news article."""
    if article.each is not None:
        yield article.each[1]
    for part in (article.title, article.text, article.pic, article.url):
        yield from leaves_of_reply(part)


def _written(*leaves: Leaf | None) -> Iterator[Leaf]:
    return (leaf for leaf in leaves if leaf is not None)
