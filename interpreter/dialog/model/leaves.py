"""Leaves: names, expressions, texts, durations, patterns, and data for the world outside."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from interpreter.expr.tree import Node, Template
from interpreter.patterns.tree import Pattern
from interpreter.source.spans import Span
from interpreter.source.tree import Scalar
from interpreter.values import Value


class Name(Struct, frozen=True, eq=False):
    """A name and where it stands."""

    text: str
    span: Span


class Expression(Struct, frozen=True, eq=False):
    """An expression that could be read; one that could not is None in the model and a diagnostic."""

    scalar: Scalar
    node: Node
    offset: int = 0
    """Where in the scalar's text the expression's own text begins (`x = e`, `svc.op(e)`)."""


class Text(Struct, frozen=True, eq=False):
    """A text with `$(…)` inside."""

    scalar: Scalar
    template: Template


class Duration(Struct, frozen=True, eq=False):
    """A duration leaf such as `5m`."""

    value: timedelta
    span: Span


class PatternLeaf(Struct, frozen=True, eq=False):
    """A pattern that could be read. `localized`, when not None, is the locale it counts in."""

    scalar: Scalar
    pattern: Pattern


class DataLeaf(Struct, frozen=True, eq=False):
    """A leaf of `json:`, `mock:` or `given:`: a JSON literal, one expression that keeps its type, or a text."""

    scalar: Scalar
    value: Value | Expression | Text


class DataList(Struct, frozen=True, eq=False):
    """A list in `json:`, `mock:` or `given:`."""

    items: tuple[Data, ...]
    span: Span


class DataMap(Struct, frozen=True, eq=False):
    """A map in `json:`, `mock:` or `given:`."""

    entries: tuple[tuple[Name, Data], ...]
    span: Span


Data = DataLeaf | DataList | DataMap
