"""Going over a bot's model for every name in it, with the routine that each local belongs to."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping

from interpreter.check.analysis import Analysis
from interpreter.dialog.model.bot import Bot, Entity, TalkLine, Test
from interpreter.dialog.model.leaves import Expression, Name, PatternLeaf, Text
from interpreter.dialog.model.rules import Domain, Flow, Parameter, Rule, State
from interpreter.dialog.model.services import Operation, Service
from interpreter.dialog.model.steps import (
    Assignment,
    CallStep,
    EachStep,
    FetchStep,
    GotoStep,
    LetStep,
    Question,
    WaitStep,
    WithArgument,
)
from interpreter.language_server.entity_names import entity_names, pattern_names
from interpreter.language_server.expression_names import names_in
from interpreter.language_server.index import Kind, Occurrence, Symbol
from interpreter.language_server.tree_names import tree_names
from interpreter.source.spans import Span
from interpreter.source.tree import Mapping as MappingNode
from interpreter.source.tree import Node, Scalar, Sequence
from interpreter.types.kinds import Type, optional

_REQUEST = re.compile(r"!\s*fetch\s+(?P<service>[^\s.]+)\.(?P<operation>\S+)")
_PLAIN = frozenset((type(None), str, int, bool, Span, Scalar))
"""What many things hold and no name is in."""
_KINDS: Mapping[str, Kind] = {"rules": "rule", "states": "state", "flows": "flow"}


def occurrences(bot: Bot, analysis: Analysis, trees: Mapping[str, Node]) -> Iterator[Occurrence]:
    """Every name of a bot.

    Args:
        bot: The bot.
        analysis: What is known of it.
        trees: Its files by name, for what the model keeps no place of.
    """
    yield from tree_names(bot, trees)
    yield from _Walk(bot, analysis).inside(bot, "")


class _Walk:
    """One going over one model."""

    def __init__(self, bot: Bot, analysis: Analysis) -> None:
        self._bot = bot
        self._analysis = analysis
        self._waits = {
            **{name: Symbol("flow", name) for name in bot.flows},
            **{name: Symbol("state", name) for name in bot.states},
        }
        self._roots = frozenset(map(id, (*bot.rules, *bot.menu_rules)))

    def inside(self, thing: object, owner: str) -> Iterator[Occurrence]:
        """The names in what a thing of the model holds."""
        for _, part in _parts(thing):
            if type(part) not in _PLAIN:
                yield from self._of(part, owner)

    def _of(self, thing: object, owner: str) -> Iterator[Occurrence]:
        match thing:
            case Expression() | Text() | PatternLeaf() | Parameter() | TalkLine():
                yield from self._leaf(thing, owner)
            case Rule() | State() | Flow() | Domain() | Service() | Operation() | Entity() | Test():
                yield from self._definition(thing)
            case _:
                yield from self._reference(thing, owner)
                yield from self.inside(thing, owner)

    # ------------------------------------------------------------------------------------------------ leaves

    def _leaf(self, leaf: Expression | Text | PatternLeaf | Parameter | TalkLine, owner: str) -> Iterator[Occurrence]:
        match leaf:
            case Expression(scalar=scalar, offset=offset):
                typed = self._analysis.typed(leaf)
                if typed is not None:
                    yield from names_in(typed, scalar, offset, owner, self._waits)
            case Text(scalar=scalar):
                template = self._analysis.text(leaf)
                for hole in template.holes if template else ():
                    yield from names_in(hole, scalar, 0, owner, self._waits)
            case PatternLeaf():
                yield from pattern_names(leaf, owner)
            case Parameter():
                yield from self._parameter(leaf, owner)
                yield from self.inside(leaf, owner)
            case TalkLine(span=span):
                yield from self.inside(leaf, owner)
                found = _REQUEST.search(span.file.text, span.start, span.end)
                if found:
                    yield _match(Symbol("service", found["service"]), span, found, "service")
                    yield _match(Symbol("operation", found["operation"], found["service"]), span, found, "operation")

    def _parameter(self, parameter: Parameter, owner: str) -> Iterator[Occurrence]:
        yield from entity_names(parameter.type, parameter.span)
        name = parameter.name
        if owner:
            yield Occurrence(Symbol("local", name.text, owner), name.span, True, parameter.type)
        else:
            yield Occurrence(Symbol("variable", name.text), _without_user(name), True, parameter.type)

    # ------------------------------------------------------------------------------------------------ what has a name

    def _definition(
        self, thing: Rule | State | Flow | Domain | Service | Operation | Entity | Test
    ) -> Iterator[Occurrence]:
        match thing:
            case Rule(path=path):
                if id(thing) in self._roots:
                    yield Occurrence(Symbol("rule", thing.name.text), thing.name.span, True)
                if thing.domain:
                    yield Occurrence(Symbol("domain", thing.domain.text), thing.domain.span)
                yield from self._captures(thing)
                yield from self.inside(thing, path)
            case State(path=path):
                if path == f"states.{thing.name.text}":
                    yield Occurrence(Symbol("state", thing.name.text), thing.name.span, True)
                for name, part in _parts(thing):  # its handlers are routines of their own
                    yield from self._of(part, f"{path}#{name}")
            case Flow(name=name):
                yield Occurrence(Symbol("flow", name.text), name.span, True)
                yield from self.inside(thing, f"flows.{name.text}")
            case Domain(name=name):
                yield Occurrence(Symbol("domain", name.text), name.span, True)
                for part_name, part in _parts(thing):
                    yield from self._of(part, f"domains.{name.text}#{part_name}")
            case Service(name=name):
                yield Occurrence(Symbol("service", name.text), name.span, True)
                yield from self._operations(thing)
            case Operation() | Test():
                yield from self._test(thing) if isinstance(thing, Test) else ()
            case Entity(name=name):
                yield Occurrence(Symbol("entity", name.text), name.span, True)

    def _operations(self, service: Service) -> Iterator[Occurrence]:
        name = service.name.text
        for operation in service.operations.values():
            own = operation.name
            yield Occurrence(Symbol("operation", own.text, name), own.span, True)
            yield from self.inside(operation, f"services.{name}.{own.text}")

    def _captures(self, rule: Rule) -> Iterator[Occurrence]:
        """Only the definitions of captures know their types."""
        kinds = {
            capture.name: optional(capture.type) if capture.optional else capture.type
            for capture in self._analysis.captures(rule)
        }
        for leaf in rule.trigger.patterns:
            for each in pattern_names(leaf, rule.path):
                if each.symbol.kind == "local":
                    yield dataclasses.replace(each, type=kinds.get(each.symbol.name))

    def _test(self, test: Test) -> Iterator[Occurrence]:
        for name, _ in test.given:
            first, _, second = name.text.partition(".")
            if first in self._bot.services:
                yield Occurrence(Symbol("service", first), _part(name.span, 0, len(first)))
                yield Occurrence(Symbol("operation", second, first), _part(name.span, len(first) + 1, len(second)))
            elif any(name.text == variable.name.text for variable in self._bot.variables):
                yield Occurrence(Symbol("variable", name.text), _without_user(name))
        yield from self.inside(test, "")

    # ------------------------------------------------------------------------------------------------ what uses a name

    def _reference(self, thing: object, owner: str) -> Iterator[Occurrence]:
        match thing:
            case WaitStep(state=Name(text=text, span=span)):
                yield Occurrence(Symbol("state", text), span)
            case CallStep(flow=flow):
                yield Occurrence(Symbol("flow", flow.text), flow.span)
                yield from _arguments(thing.arguments, f"flows.{flow.text}")
            case GotoStep(kind=kind, target=target):
                yield Occurrence(Symbol(_KINDS[kind], target.text), target.span)
                yield from _arguments(thing.arguments, f"{kind}.{target.text}")
            case FetchStep(service=service, operation=operation):
                yield Occurrence(Symbol("service", service.text), service.span)
                yield Occurrence(Symbol("operation", operation.text, service.text), operation.span)
                yield from _arguments(thing.arguments, f"services.{service.text}.{operation.text}")
            case LetStep():
                for assignment in thing.assignments:
                    yield self._local(assignment.target, owner, None)
            case EachStep(variable=variable):
                yield self._local(variable, owner, None)
            case Assignment(target=target):
                yield from self._assigned(target, owner, None)
            case Question():
                if thing.type is not None and thing.type_span is not None:
                    yield from entity_names(thing.type, thing.type_span)
            case (Name() as variable, Expression()):  # `each` of articles
                yield self._local(variable, owner, None)
            case _:
                pass
        into = getattr(thing, "into", None)
        if isinstance(into, Name):
            yield from self._assigned(into, owner, thing.type if isinstance(thing, Question) else None)

    def _assigned(self, name: Name, owner: str, kind: Type | None) -> Iterator[Occurrence]:
        target = self._analysis.target(name)
        if target is None or target.scope == "turn":
            return
        if target.scope == "local":
            yield self._local(name, owner, kind or target.type)
        else:
            yield Occurrence(Symbol("variable", name.text), _without_user(name), type=target.type)

    def _local(self, name: Name, owner: str, kind: Type | None) -> Occurrence:
        return Occurrence(Symbol("local", name.text, owner), name.span, True, kind)


def _arguments(arguments: tuple[WithArgument | Expression, ...], owner: str) -> Iterator[Occurrence]:
    for argument in arguments:
        if isinstance(argument, WithArgument):
            yield Occurrence(Symbol("local", argument.name.text, owner), argument.name.span)


def _without_user(name: Name) -> Span:
    """Of `user.name` only what the author chose."""
    own = name.text.removeprefix("user.")
    return _part(name.span, len(name.text) - len(own), len(own)) if own != name.text else name.span


def _part(span: Span, start: int, length: int) -> Span:
    """A part of a name; a quote before it moves it on."""
    quoted = span.file.text[span.start : span.start + 1] in ("'", '"')
    first = span.start + start + quoted
    return Span(span.file, first, first + length)


def _match(symbol: Symbol, span: Span, found: re.Match[str], group: str) -> Occurrence:
    return Occurrence(symbol, Span(span.file, found.start(group), found.end(group)))


def _parts(thing: object) -> Iterator[tuple[str, object]]:
    """What a thing of the model holds, each with the name of its attribute."""
    match thing:
        case str() | Span() | Scalar() | MappingNode() | Sequence():
            return
        case tuple():
            for item in thing:
                yield "", item
        case Mapping():
            for item in thing.values():
                yield "", item
        case _:
            for name in getattr(type(thing), "__match_args__", ()):
                yield name, getattr(thing, name)
