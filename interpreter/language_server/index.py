"""The names of a bot: what each stands for, where it is defined, and where it is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from interpreter.source.spans import Span
from interpreter.types.kinds import AnyType, Type

Kind = Literal[
    "state",
    "flow",
    "rule",
    "domain",
    "text",
    "service",
    "operation",
    "entity",
    "variable",
    "local",
    "function",
]


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a name stands for.

    `owner` tells apart what may have one name in several places: the service of an operation, and the routine of a
    local (`rules.hi`, `states.guess/right`, `flows.survey`, `services.geo.regeo`).
    """

    kind: Kind
    name: str
    owner: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Occurrence:
    """One place of a name. `type` is what is known of its value there."""

    symbol: Symbol
    span: Span
    is_definition: bool = False
    type: Type | None = None


class Index:
    """All occurrences of a bot's names, by place and by what they stand for."""

    def __init__(self, occurrences: Iterable[Occurrence]) -> None:
        files: dict[str, dict[tuple[int, int], Occurrence]] = {}
        for occurrence in occurrences:  # an alias puts one place into the model twice
            span = _without_quotes(occurrence.span)
            found = occurrence if span is occurrence.span else replace(occurrence, span=span)
            files.setdefault(span.file.name, {}).setdefault((span.start, span.end), found)
        self._files = {name: [places[place] for place in sorted(places)] for name, places in sorted(files.items())}
        self._symbols: dict[Symbol, list[Occurrence]] = {}
        for occurrence in (each for places in self._files.values() for each in places):
            self._symbols.setdefault(occurrence.symbol, []).append(occurrence)

    def at(self, file: str, offset: int) -> Occurrence | None:
        """The name at a place, the end of a name being part of it."""
        found = [each for each in self._files.get(file, ()) if each.span.start <= offset <= each.span.end]
        return min(found, key=lambda each: (each.span.end == offset, each.span.end - each.span.start), default=None)

    def of(self, symbol: Symbol) -> tuple[Occurrence, ...]:
        """Every place of a symbol, by file and line."""
        return tuple(self._symbols.get(symbol, ()))

    def definitions(self, symbol: Symbol) -> tuple[Occurrence, ...]:
        """Where a symbol is defined; a local may be in several places of its routine."""
        return tuple(each for each in self.of(symbol) if each.is_definition)

    def type_of(self, symbol: Symbol) -> Type | None:
        """What is known of a symbol's value: at its definition, else anywhere."""
        known = [each for each in self.of(symbol) if each.type is not None]
        told = [each for each in known if not isinstance(each.type, AnyType)] or known
        first = min(told, key=lambda each: not each.is_definition, default=None)
        return first.type if first else None

    def has_local(self, name: str) -> bool:
        """Whether some routine has a local of this name."""
        return any(symbol.kind == "local" and symbol.name == name for symbol in self._symbols)

    def locals_of(self, owner: str) -> Mapping[str, Type | None]:
        """The locals of a routine."""
        return {
            symbol.name: self.type_of(symbol)
            for symbol in self._symbols
            if symbol.kind == "local" and symbol.owner == owner
        }


def _without_quotes(span: Span) -> Span:
    """Only the name of a key in quotes."""
    text = span.file.text
    quoted = span.end - span.start > 1 and text[span.start] in "\"'" and text[span.end - 1] == text[span.start]
    return Span(span.file, span.start + 1, span.end - 1) if quoted else span
