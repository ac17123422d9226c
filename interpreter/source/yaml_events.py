"""YAML parser events as calls on a tree builder, from libyaml where there is one, else from pure Python.

Only *events* are taken from the parsers: composing nodes recurses, in C even to a crash, and resolves scalars. The loop
below is flat and stops at the first limit; reading on behind a hostile prefix may take minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from interpreter.source.building import TreeBuilder
from interpreter.source.faults import MAX_DEPTH
from interpreter.source.lines import open_bracket
from interpreter.source.quoting import quote
from interpreter.source.tree import Style

_STYLES: dict[str | None, Style] = {"'": "single", '"': "double", "|": "literal", ">": "folded"}
_PROPERTY = re.compile(r"!<[^>\s]*>|[&!][^\s,\[\]{}]*")
_BLANKS = re.compile(" *")
_SPACE = re.compile(r"(?:[ \t\r\n]+(?:#[^\r\n]*)?)*")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


class SyntaxFault(Struct, frozen=True):
    """Where a parser gave up; `context` is where the thing began that it was reading then."""

    position: int
    context: int | None


def has_fast_parser() -> bool:
    """Whether PyYAML was built with libyaml."""
    import yaml

    return bool(yaml.__with_libyaml__)


def check_fast(text: str) -> SyntaxFault | None:
    """Where libyaml gives up; a text that is too deep is for a builder to judge."""
    import yaml

    depth = 0
    try:
        for event in iter(yaml.CSafeLoader(text).get_event, None):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                break
    except (yaml.YAMLError, UnicodeError) as error:
        return _fault(error, text)
    return None


def drive_fast(text: str, builder: TreeBuilder) -> SyntaxFault | None:
    """Feeds libyaml's events to the builder; the fault that ended them, if one did."""
    import yaml

    try:
        _drive(iter(yaml.CSafeLoader(text).get_event, None), text, builder)
    except (yaml.YAMLError, UnicodeError) as error:  # lone surrogates beyond what stand-ins could be found for
        return _fault(error, text)
    return None


def drive_pure(text: str, builder: TreeBuilder) -> SyntaxFault | None:
    """Feeds ruamel.yaml's events to the builder: YAML 1.2, slow, with better-placed faults."""
    from ruamel.yaml import YAML

    try:
        _drive(map(_with_whole_characters, YAML(typ="safe", pure=True).parse(text)), text, builder)
    except Exception as error:  # beside its own errors it knows a dozen built-in ones; each means that it refuses
        return _fault(error, text)
    return None


def _fault(error: Exception, text: str) -> SyntaxFault:
    """The places in a parser's error. One that met the end of the file may not say which bracket it was in."""
    length = len(text)
    position = _index(error, "problem_mark", length)
    context = _index(error, "context_mark", length)
    if position is None:
        position = min(getattr(error, "position", None) or length, length)
    if position >= len(text.rstrip()) and (context is None or context >= position):
        context = open_bracket(text, position)
    return SyntaxFault(position, context)


def _index(error: Exception, name: str, length: int) -> int | None:
    mark = getattr(error, name, None)
    return None if mark is None else min(mark.index, length)


def _drive(events: Iterator[Any], text: str, builder: TreeBuilder) -> None:
    """The loop: an event's class name tells what it is, in both libraries."""
    documents = 0
    for event in events:
        start = event.start_mark.index
        match type(event).__name__:
            case "ScalarEvent":
                value, end = event.value, event.end_mark.index
                if event.anchor is not None or text[start : start + 1] == "!":
                    start, value = _leaf_properties(text, start, end, event, builder)
                builder.scalar(value, start, end, _STYLES.get(event.style, "plain"), event.anchor)
            case "MappingStartEvent":
                if text[start : start + 1] in ("&", "!"):
                    start = _skip_properties(text, start, len(text), event.anchor, builder)
                builder.open("map", start, flow=bool(event.flow_style), anchor=event.anchor)
            case "SequenceStartEvent":
                if text[start : start + 1] in ("&", "!"):
                    start = _skip_properties(text, start, len(text), event.anchor, builder)
                builder.open("list", start, flow=bool(event.flow_style), anchor=event.anchor)
            case "MappingEndEvent" | "SequenceEndEvent":
                builder.close(event.end_mark.index)
            case "AliasEvent":
                builder.alias(event.anchor, start, event.end_mark.index)
            case "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    builder.report("several-documents", start, event.end_mark.index)
                    break
        if builder.stopped:
            break


def _leaf_properties(text: str, start: int, end: int, event: Any, builder: TreeBuilder) -> tuple[int, str]:
    """Where a leaf begins behind its properties, and its text. When they are all there is, they were meant as text."""
    alone = _PROPERTY.fullmatch(text, start, end)
    if alone and not event.style and text[start] == "&":
        builder.report("reserved-start", start, start + 1, "&", (start, end, quote(text[start:end])))
        return start, text[start:end]
    if alone and not event.style:
        builder.report("tag", start, end, alone[0], (start, end, quote(alone[0])))
        return min(start + 1, end), text[start + 1 : end]
    return _skip_properties(text, start, end, event.anchor, builder), event.value


def _skip_properties(text: str, start: int, end: int, anchor: str | None, builder: TreeBuilder) -> int:
    """The place behind `&anchor` and `!tag`; a tag is reported."""
    position = start
    while found := _PROPERTY.match(text, position, end):
        if found[0].startswith("!"):
            behind = _BLANKS.match(text, found.end()).end()  # type: ignore[union-attr]  # matches the empty text too
            builder.report("tag", position, found.end(), found[0], (position, behind, ""))
        elif anchor is not None:
            builder.anchor(anchor, position, found.end())
        position = _SPACE.match(text, found.end(), end).end()  # type: ignore[union-attr]  # matches the empty text too
    return position


def _with_whole_characters(event: Any) -> Any:
    """An event whose surrogate pairs, which only pure Python lets through, are the characters that they stand for."""
    value = getattr(event, "value", "")
    if _SURROGATES.search(value):
        event.value = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return event
