"""Leaves: names, expressions, texts, durations, patterns, and data for the world outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from interpreter.expr.tree import Node, Template
from interpreter.patterns.tree import Pattern
from interpreter.source.spans import Span
from interpreter.source.tree import Scalar
from interpreter.values import Value


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A name and where it stands."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """An expression that could be read; one that could not is None in the model and a diagnostic."""

    scalar: Scalar
    node: Node
    offset: int = 0
    """Where in the scalar's text the expression's own text begins (`x = e`, `svc.op(e)`)."""


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text with `$(…)` inside."""

    scalar: Scalar
    template: Template


@dataclass(frozen=True, slots=True, eq=False)
class Duration:
    """A duration leaf such as `5m`."""

    value: timedelta
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class PatternLeaf:
    """A pattern that could be read. `localized`, when not None, is the locale it counts in."""

    scalar: Scalar
    pattern: Pattern


@dataclass(frozen=True, slots=True, eq=False)
class DataLeaf:
    """A leaf of `json:`, `mock:` or `given:`: a JSON literal, one expression that keeps its type, or a text."""

    scalar: Scalar
    value: Value | Expression | Text


@dataclass(frozen=True, slots=True, eq=False)
class DataList:
    """A list in `json:`, `mock:` or `given:`."""

    items: tuple[Data, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class DataMap:
    """A map in `json:`, `mock:` or `given:`."""

    entries: tuple[tuple[Name, Data], ...]
    span: Span


Data = DataLeaf | DataList | DataMap
