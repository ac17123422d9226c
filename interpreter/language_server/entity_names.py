"""Names in type notation and in patterns: entities, and the slots and groups of which a rule's captures come."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.dialog.model.leaves import PatternLeaf
from interpreter.language_server.index import Occurrence, Symbol
from interpreter.patterns.tree import Alternatives, Parts, Phrase, Slot
from interpreter.source.spans import Span
from interpreter.types.kinds import EntityType, ListType, OptionalType, Type

_GROUP = re.compile(r"\(\?P?<(?P<name>[^\W\d]\w*)>")


def entity_of(kind: Type) -> str | None:
    """The entity that a type names."""
    match kind:
        case EntityType(name=name):
            return name
        case OptionalType(inner=inner) | ListType(item=inner):
            return entity_of(inner)
        case _:
            return None


def entity_names(kind: Type, span: Span) -> Iterator[Occurrence]:
    """The entity in a type that was read from a place; a default may follow there."""
    name = entity_of(kind)
    found = (
        re.compile(rf"(?<!\w){re.escape(name)}(?!\w)").search(span.file.text, span.start, span.end) if name else None
    )
    if name and found:
        yield Occurrence(Symbol("entity", name), Span(span.file, found.start(), found.end()))


def pattern_names(leaf: PatternLeaf, owner: str) -> Iterator[Occurrence]:
    """The captures and entities in a pattern of a rule."""
    text, place = leaf.scalar.text, leaf.scalar.place
    if not isinstance(leaf.pattern, Phrase):
        for found in _GROUP.finditer(text):
            yield Occurrence(Symbol("local", found["name"], owner), place(*found.span("name")), True)
        return
    for slot in _slots(leaf.pattern.parts):
        start = text.index(slot.name, slot.start)
        yield Occurrence(Symbol("local", slot.name, owner), place(start, start + len(slot.name)), True)
        entity = entity_of(slot.type)
        if entity is not None:
            first = text.index(entity, start + len(slot.name))
            yield Occurrence(Symbol("entity", entity), place(first, first + len(entity)))


def _slots(parts: Parts) -> Iterator[Slot]:
    for part in parts:
        if isinstance(part, Slot):
            yield part
        elif isinstance(part, Alternatives):
            for option in part.options:
                yield from _slots(option)
