"""What of the language a bot uses: keys and words of the tables, and every kind of node of its model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from interpreter.dialog.shapes import ByItems, ByKeys, ByKind, Fields, Key, ListOf, Locales, Ref, Shape, Words
from interpreter.dialog.shapes_bot import BOT, SHAPES
from interpreter.dialog.words import REPLY_FORMS, STEP_VERBS
from interpreter.source.files import read_file
from interpreter.source.reader import read_text
from interpreter.source.tree import Mapping as TreeMap
from interpreter.source.tree import Node, Scalar, Sequence

Construct = tuple[str, str]
"""The table's title and the key, or a word of a table of words."""


def all_constructs(shape: Shape = BOT, seen: set[int] | None = None) -> Iterator[tuple[Key | Words, Construct]]:
    """Every key and every word that the tables of the language know."""
    seen = set() if seen is None else seen
    if id(shape) in seen:
        return
    seen.add(id(shape))
    match shape:
        case Fields():
            for entry in shape.keys:
                yield entry, (shape.title.en, entry.name)
        case Words():
            for word in shape.words:
                yield shape, (shape.title.en, word)
        case _:
            pass
    for part in _parts(shape):
        yield from all_constructs(part, seen)


def _parts(shape: Shape) -> Iterator[Shape]:
    match shape:
        case Ref(name=name):
            yield SHAPES[name]
        case Fields():
            yield from (entry.shape for entry in shape.keys)
            if shape.rest is not None:
                yield shape.rest
        case ListOf(item=item) | Locales(item=item):
            yield item
        case ByKind():
            yield from (part for part in (shape.scalar, shape.list, shape.map) if part is not None)
        case ByKeys():
            yield from (case.shape for case in shape.cases)
            yield shape.otherwise
        case ByItems():
            yield from (shape.shape, shape.otherwise)
        case _:
            pass


def used_constructs(shape: Shape, node: Node) -> Iterator[tuple[Key | Words, Construct]]:
    """The keys and words of the tables that a tree without mistakes uses."""
    shape = _chosen(shape, node)
    match shape, node:
        case Fields(), TreeMap():
            for entry in node.entries:
                known = shape.by_name.get(entry.key.text)
                if known is not None:
                    yield known, (shape.title.en, known.name)
                inside = known.shape if known is not None else shape.rest
                assert inside is not None, entry.key.text
                yield from used_constructs(inside, entry.value)
        case Words(), Scalar():
            yield shape, (shape.title.en, node.text)
        case ListOf(), Sequence():
            for item in node.items:
                yield from used_constructs(shape.item, item)
        case Locales(), TreeMap():
            for entry in node.entries:
                yield from used_constructs(shape.item, entry.value)
        case _:
            pass


def _chosen(shape: Shape, node: Node) -> Shape:
    """The table that a node is read by, down the choices of its place."""
    keys = [entry.key.text for entry in node.entries] if isinstance(node, TreeMap) else []
    while True:
        match shape, node:
            case Ref(name=name), _:
                shape = SHAPES[name]
            case ByKind(), _:
                option = {TreeMap: shape.map, Sequence: shape.list, Scalar: shape.scalar}[type(node)]
                assert option is not None
                shape = option
            case ByItems(), Sequence():
                shape = shape.shape if any(_is_step(item) for item in node.items) else shape.otherwise
            case ByKeys(), TreeMap():
                entirely = [case.shape for case in shape.cases if case.entirely and set(keys) <= set(case.keys)]
                telling = [shape.by_word[key] for key in keys if key in shape.by_word]
                shape = (*entirely, *telling, shape.otherwise)[0]
            case _:
                return shape


def _is_step(node: Node) -> bool:
    keys = {entry.key.text for entry in node.entries} if isinstance(node, TreeMap) else set()
    return bool(keys & STEP_VERBS) and not keys & REPLY_FORMS


def tree_of(path: Path) -> Node:
    """The tree of a file that can be read."""
    source, _ = read_file(path, path.name)
    assert source is not None
    tree, _ = read_text(path.name, source.text)
    assert tree is not None
    return tree


def nodes_of(value: object) -> Iterator[object]:
    """Every struct in a model, however deep."""
    if isinstance(value, (Scalar, Sequence, TreeMap)):
        return
    if isinstance(value, Mapping):
        for item in value.values():
            yield from nodes_of(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from nodes_of(item)
    elif isinstance(value, Struct):
        yield value
        for name in value.__struct_fields__:
            if name != "span":
                yield from nodes_of(getattr(value, name))
