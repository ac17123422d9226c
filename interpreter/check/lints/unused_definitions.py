"""DL110: a state, flow, service, operation, text, entity or domain to which nothing refers."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from interpreter.check import naming
from interpreter.check.api_calls import files_given
from interpreter.check.lints.leaves import nodes_of
from interpreter.check.lints.media_without_id import media_uses
from interpreter.check.lints.reading import mentions
from interpreter.check.lints.speech import constant
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.steps import AskStep, CallStep, FetchStep, FormStep, GotoStep, Step, WaitStep
from interpreter.types.kinds import EntityType, ListType, MapType, OptionalType, Type

CODE = "DL110"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """What nothing refers to; a service of which no operation is called is said once."""
    bot = subject.bot
    referred = {reference for step in subject.steps for reference in _references(step)}
    kept = {new.rpartition(".")[2] for new in bot.renamed.values()}
    for name, state in bot.states.items():
        if f"states.{name}" not in referred and name not in kept:
            yield _unused(state.name, naming.STATE, f"wait: {name}")
    for name, flow in bot.flows.items():
        if f"flows.{name}" not in referred and name not in kept:
            yield _unused(flow.name, naming.FLOW, f"call: {name}")
    yield from _services(subject, referred)
    texts = mentions(nodes_of((*subject.leaves, *subject.test_leaves)), "texts") if bot.texts else frozenset()
    yield from _unmentioned(bot.text_names, texts, naming.TEXT, "$(texts.{})")
    entities = (entity.name for entity in bot.entities.values())
    used = _entities(subject) if bot.entities else frozenset()
    yield from _unmentioned(entities, used, naming.ENTITY, "type: {}")
    if bot.media:
        yield from _unsent(subject)
    joined = {rule.domain.text for rule in subject.rules if rule.domain is not None}
    yield from _unmentioned((domain.name for domain in bot.domains.values()), joined, naming.DOMAIN, "domain: {}")


def _references(step: Step) -> Iterator[str]:
    match step:
        case WaitStep(state=Name(text=name)):
            yield f"states.{name}"
        case CallStep(flow=Name(text=name)):
            yield f"flows.{name}"
        case GotoStep(kind=kind, target=Name(text=name)):
            yield f"{kind}.{name}"
        case FetchStep(service=Name(text=service), operation=Name(text=name)):
            yield f"services.{service}.{name}"
        case _:
            pass


def _services(subject: Subject, referred: Container[str]) -> Iterator[Diagnostic]:
    for name, service in subject.bot.services.items():
        unused = [each for each in service.operations if f"services.{name}.{each}" not in referred]
        if len(unused) == len(service.operations):
            first = next(iter(service.operations), "…")
            yield _unused(service.name, naming.SERVICE, f"fetch: {name}.{first}(…)")
        else:
            for each in unused:
                yield _unused(service.operations[each].name, naming.OPERATION, f"fetch: {name}.{each}(…)")


def _entities(subject: Subject) -> frozenset[str]:
    bot = subject.bot
    kinds = [variable.type for variable in bot.variables]
    kinds += [parameter.type for flow in bot.flows.values() for parameter in flow.parameters]
    kinds += [
        parameter.type
        for service in bot.services.values()
        for operation in service.operations.values()
        for parameter in operation.parameters
    ]
    kinds += [
        capture.type for rule in subject.rules for leaf in rule.trigger.patterns for capture in leaf.pattern.captures
    ]
    for step in subject.steps:
        questions = (step.question,) if isinstance(step, AskStep) else step.fields if isinstance(step, FormStep) else ()
        kinds += [question.type for question in questions if question.type is not None]
    return frozenset(name for kind in kinds for name in _entities_in(kind))


def _entities_in(kind: Type) -> Iterator[str]:
    match kind:
        case EntityType(name=name):
            yield name
        case OptionalType(inner=inner) | ListType(item=inner) | MapType(item=inner):
            yield from _entities_in(inner)
        case _:
            pass


def _unmentioned(names: Iterable[Name], used: Container[str], noun: Wording, use: str) -> Iterator[Diagnostic]:
    for name in names:
        if name.text not in used:
            yield _unused(name, noun, use.format(name.text))


def _unsent(subject: Subject) -> Iterator[Diagnostic]:
    """Files nobody sends; one whose name is made at run time may be any."""
    sent = {constant(text) for text, _ in media_uses(subject)}
    sent.update(name for step in subject.calls for name in files_given(step))
    if None in sent:
        return
    for name in subject.bot.media_names:
        if name.text not in sent:
            yield _unused(name, Wording("media file", "媒体文件"), f"image: {name.text}")


def _unused(name: Name, noun: Wording, use: str) -> Diagnostic:
    return Diagnostic(
        CODE,
        name.span,
        Wording(f"nothing refers to the {noun.en} `{name.text}`", f"没有任何地方用到{noun.zh} `{name.text}`"),
        help=Wording(f"remove it, or use it: `{use}`", f"请删掉它，或者用上它：`{use}`"),
    )
