"""Checking the structure of a bot's tree against the tables of `shapes_…`: keys, shapes and the looks of leaves.

One pass over the tree, with a list of what is left to look at instead of recursion. A place that does not fit is
reported once and not entered; everything else goes on, so that one mistake hides no other. What is written *in* the
leaves (expressions, patterns, types) is none of its business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.outdented import fields_inside, not_indented, outdented_keys, outdented_names
from interpreter.dialog.shapes import (
    ByItems,
    ByKeys,
    ByKind,
    Fields,
    Flag,
    Leaf,
    ListOf,
    Locales,
    Ref,
    Shape,
    Whole,
    Words,
    is_locale,
    title_of,
)
from interpreter.dialog.shapes_bot import BOT, PART, SHAPES
from interpreter.dialog.shapes_replies import FORM_NAMES
from interpreter.dialog.stray_keys import stray as stray_key
from interpreter.dialog.stray_keys import stray_keys
from interpreter.dialog.torn_values import torn_values
from interpreter.dialog.wrong_keys import (
    conflict,
    is_misspelt,
    missing_key,
    nearest_entry,
    no_known_key,
    no_locale,
    unknown_keys,
    useless_key,
)
from interpreter.dialog.wrong_values import first_line, nothing_inside, wrong_leaf, wrong_shape
from interpreter.source.spans import Span
from interpreter.source.tree import Entry, Mapping, Node, Scalar, Sequence


def check_structure(tree: Node, *, imported: bool = False) -> tuple[Diagnostic, ...]:
    """What is wrong with the shape of a bot's file, in the order of the file.

    Args:
        tree: The file's tree.
        imported: Whether it is a file that a bot imports, which may leave out what a bot must say.
    """
    found = _Pass(_locales_of(tree), _places_of(tree)).run(PART if imported else BOT, tree)
    # by aliases, one place may be met as several shapes
    once = {(diagnostic.span.start, diagnostic.span.end, diagnostic.code): diagnostic for diagnostic in found}
    return tuple(once[mark] for mark in sorted(once))


def _locales_of(tree: Node) -> frozenset[str]:
    """The locales that a file declares, and the usual ones: they are no slips of other keys."""
    declared = tree.get("locales") if isinstance(tree, Mapping) else None
    items = declared.items if isinstance(declared, Sequence) else ()
    return frozenset(("zh", "en", *(item.text for item in items if isinstance(item, Scalar))))


def _places_of(tree: Node) -> frozenset[str]:
    """The names of the states and flows of a file."""
    maps = [tree.get(name) for name in ("states", "flows")] if isinstance(tree, Mapping) else []
    return frozenset(name for node in maps if isinstance(node, Mapping) for name in node.keys)


_Place = tuple[Shape, Node, Span | None]
"""The shape that a node should have, the node, and the key under which it stands."""


_Inside = tuple[tuple[Shape, bool], ...]
"""For each key of a mapping the shape of what stands under it, and whether any text will do there."""


class _Choice(NamedTuple):
    """What a node turned out to be: a shape that is no choice itself, and the keys and the name of the choice."""

    shape: Shape
    words: tuple[str, ...]
    title: Wording


class _Pass:
    """One going over one tree."""

    def __init__(self, locales: frozenset[str], places: frozenset[str]) -> None:
        self._locales_declared = locales
        self._places = places
        self._found: list[Diagnostic] = []
        # a node may stand in many places by aliases; it is looked into once
        self._seen: set[tuple[int, int]] = set()
        # most mappings have the keys of another one before, which tell all there is to know of them
        self._by_keys: dict[tuple[int, tuple[str, ...]], _Inside | None] = {}

    def run(self, shape: Shape, tree: Node) -> list[Diagnostic]:
        """Everything found in a tree."""
        places: list[_Place] = [(shape, tree, None)]
        seen = self._seen
        while places:
            shape, node, owner = places.pop()
            mark = (id(shape), id(node))
            if mark in seen:
                continue
            seen.add(mark)
            inside = self._inside(shape, node) if type(node) is Mapping else None
            if inside is None or type(node) is not Mapping:
                places.extend(self._look(node, _choose(shape, node), owner))
                continue
            for (inner, is_text), entry in zip(inside, node.entries, strict=True):
                value = entry.value
                if not (is_text and type(value) is Scalar and value.text):
                    places.append((inner, value, entry.key.span))
        return self._found

    def _inside(self, shape: Shape, node: Mapping) -> _Inside | None:
        """What stands in a mapping with whose keys nothing is wrong; None of one that must be looked at."""
        mark = (id(shape), tuple(node.by_key))
        if mark in self._by_keys:
            return self._by_keys[mark]
        self._by_keys[mark] = inside = _by_its_keys(shape, node)
        return inside

    def _look(self, node: Node, choice: _Choice, owner: Span | None) -> Iterable[_Place]:
        """Check one node and give the places inside it."""
        shape = choice.shape
        if isinstance(node, Scalar):
            if isinstance(shape, (Leaf, Words, Flag, Whole)):
                return self._leaf(shape, node, owner)
        elif isinstance(node, Mapping):
            if isinstance(shape, Fields):
                return self._fields(shape, node, choice.words, owner)
            if isinstance(shape, Locales):
                return self._locales(shape, node, choice, owner)
        elif isinstance(shape, ListOf):
            return self._list(shape, node, owner)
        return self._say(wrong_shape(node, shape, owner))

    def _say(self, *diagnostics: Diagnostic) -> tuple[_Place, ...]:
        self._found.extend(diagnostics)
        return ()

    def _leaf(self, shape: Leaf | Words | Flag | Whole, scalar: Scalar, owner: Span | None) -> Iterable[_Place]:
        if scalar.is_empty:
            return () if _may_be_empty(shape) else self._say(wrong_shape(scalar, shape, owner))
        return () if _fits(shape, scalar) else self._say(wrong_leaf(scalar, shape, owner))

    def _list(self, shape: ListOf, node: Sequence, owner: Span | None) -> Iterable[_Place]:
        if len(node.items) < shape.at_least:
            self._say(nothing_inside(node, shape.title, shape, owner))
        return [(shape.item, item, None) for item in node.items if not _surely_fits(shape.item, item)]

    def _locales(self, shape: Locales, node: Mapping, choice: _Choice, owner: Span | None) -> Iterable[_Place]:
        strangers = [entry for entry in node.entries if not is_locale(entry.key.text)]
        if not node.entries:
            self._say(nothing_inside(node, choice.title, shape, owner))
        elif strangers:
            self._no_locales(strangers, node, choice)
        return [_under(entry, shape.item) for entry in node.entries if entry not in strangers]

    def _no_locales(self, strangers: list[Entry], node: Mapping, choice: _Choice) -> None:
        """Report what is no locale map: the slip in a telling key, if there is one, is the cause of all."""
        suspects = [entry for entry in node.entries if entry.key.text not in self._locales_declared]
        slip = nearest_entry(suspects, choice.words)
        if slip is None and choice.words and len(strangers) == len(node.entries):
            slip = strangers[0]
        if slip is not None:
            self._say(no_known_key(slip, choice.title, choice.words))
            return
        torn, others = torn_values(node, strangers)
        self._say(*torn, *(no_locale(entry, title_of(choice.shape)) for entry in others))

    def _unknown(self, unknown: list[Entry], node: Mapping, shape: Fields, words: tuple[str, ...]) -> None:
        torn, others = torn_values(node, unknown)
        self._say(*torn, *unknown_keys(others, node, shape, words))

    def _outdented(self, node: Mapping, shape: Fields) -> frozenset[int]:
        """Report the keys that should stand deeper; neither they nor what they belong to are looked into."""
        if _is_closed(shape):
            return frozenset()
        inner = fields_inside(shape.rest, SHAPES)
        found = outdented_keys(node, inner) if inner is not None else []
        if shape is BOT or shape is PART:
            found = outdented_names(node, shape)
        self._say(*(not_indented(owner, children) for owner, children in found))
        astray = {id(entry) for owner, children in found for entry in (owner, *children)}
        if inner is not None and not node.flow:
            for stray in stray_keys(node, shape, inner, self._places):
                self._say(stray_key(stray, inner.title))
                astray.update(id(entry) for entry in (stray.owner, *stray.keys) if stray.is_sure)
        return frozenset(astray)

    def _fields(self, shape: Fields, node: Mapping, words: tuple[str, ...], owner: Span | None) -> Iterator[_Place]:
        unknown: list[Entry] = []
        astray = self._outdented(node, shape)
        by_name = shape.by_name
        for entry in node.entries:
            if astray and id(entry) in astray:
                continue
            known = by_name.get(entry.key.text)
            inner = shape.rest if known is None else known.shape
            if inner is None:
                unknown.append(entry)
            elif not _surely_fits(inner, entry.value):
                yield _under(entry, inner)
        if unknown:
            self._unknown(unknown, node, shape, words)
        if len(node.entries) < shape.at_least:
            self._say(nothing_inside(node, shape.title, shape, owner))
        if shape.required or shape.any_of or shape.needs:
            self._say(*_missing(shape, node, unknown, owner or first_line(node.span)))
        if shape.sides:
            self._say(*(clash for sides in shape.sides if (clash := _clash(sides, node))))


def _under(entry: Entry, shape: Shape) -> _Place:
    return shape, entry.value, entry.key.span


# ---------------------------------------------------------------------------------------------------- mappings


def _by_its_keys(shape: Shape, node: Mapping) -> _Inside | None:
    """What stands in a mapping, where its keys alone say so and all of them may stand there together."""
    fields, keys = _choose(shape, node).shape, node.keys
    if isinstance(fields, Locales):
        shapes = [fields.item] * len(keys) if keys and all(map(is_locale, keys)) else None
    elif isinstance(fields, Fields) and _is_closed(fields) and not _is_wrong(fields, node):
        shapes = [fields.by_name[key].shape for key in keys]
    else:
        shapes = None
    return None if shapes is None else tuple([(inner, _takes_any_text(inner)) for inner in shapes])


def _is_closed(shape: Fields) -> bool:
    """Whether there are no names of the author's own in a mapping, so that no key can be one from elsewhere."""
    return shape.rest is None and shape is not BOT and shape is not PART


def _is_wrong(shape: Fields, node: Mapping) -> bool:
    """Whether there is something to say of the keys of a mapping without names of the author's own."""
    keys = node.keys
    if len(keys) < shape.at_least or not keys <= shape.by_name.keys():
        return True
    return any(_missing(shape, node, [], node.span)) or any(_clash(sides, node) for sides in shape.sides)


def _missing(shape: Fields, node: Mapping, unknown: list[Entry], place: Span) -> Iterator[Diagnostic]:
    present = node.keys
    for name in shape.required:
        if name not in present and not is_misspelt(name, unknown, node, shape):
            yield missing_key(place, shape, (name,))
    if shape.any_of and present.isdisjoint(shape.any_of):
        if not unknown:
            yield missing_key(place, shape, shape.any_of)
        return
    for need in shape.needs:
        entry = node.entry(need.key)
        if entry is not None and present.isdisjoint(need.others):
            yield useless_key(entry, need)


def _clash(sides: dict[str, int], node: Mapping) -> Diagnostic | None:
    """The first key that excludes one before it."""
    taking = [entry for entry in node.entries if entry.key.text in sides]
    for entry in taking[1:]:
        if sides[entry.key.text] != sides[taking[0].key.text]:
            return conflict(entry, taking[0])
    return None


# ---------------------------------------------------------------------------------------------------- telling apart


def _choose(shape: Shape, node: Node) -> _Choice:
    """Go down the choices of a place. Where a node is of no kind that may stand there, the choice itself is left."""
    if type(node) is Scalar:
        return _choose_leaf(shape, is_empty=node.is_empty)
    words: tuple[str, ...] = ()
    title: Wording | None = None
    while True:
        if type(shape) is Ref:
            shape = SHAPES[shape.name]
        elif type(shape) is ByKind and (option := shape.map if type(node) is Mapping else shape.list):
            shape = option
        elif type(shape) is ByItems and type(node) is Sequence:
            shape = _by_items(shape, node)
        elif type(shape) is ByKeys and type(node) is Mapping:
            words = (*words, *shape.words)
            title = title or shape.title
            shape = _by_keys(shape, node)
        else:
            return _Choice(shape, words, title or title_of(shape))


@cache
def _choose_leaf(shape: Shape, *, is_empty: bool) -> _Choice:
    """The same for a leaf, of which there are many: what it is says nothing but its place, and whether it is empty."""
    if isinstance(shape, Ref):
        return _choose_leaf(SHAPES[shape.name], is_empty=is_empty)
    option = shape.scalar if isinstance(shape, ByKind) else None
    if option is None or (is_empty and not _may_be_empty(option)):
        return _Choice(shape, (), shape.title)
    return _choose_leaf(option, is_empty=is_empty)


def _by_keys(shape: ByKeys, node: Mapping) -> Shape:
    keys = node.keys
    for allowed, inner in shape.entire:
        if keys and keys <= allowed:
            return inner
    return next((shape.by_word[key] for key in keys if key in shape.by_word), shape.otherwise)


def _by_items(shape: ByItems, node: Sequence) -> ListOf:
    """Steps when an item is one, or is nothing that could be said, or when nothing stands there; else a pick."""
    is_steps = not node.items or any(type(item) is Mapping and not _is_said(item, shape) for item in node.items)
    return shape.shape if is_steps else shape.otherwise


def _is_said(node: Mapping, shape: ByItems) -> bool:
    keys = node.keys
    if not keys.isdisjoint(shape.keys):
        return False
    return any(key in FORM_NAMES for key in keys) or all(is_locale(key) for key in keys)


def _may_be_empty(shape: Shape | None) -> bool:
    return isinstance(shape, Leaf) and shape.may_be_empty


# ---------------------------------------------------------------------------------------------------- leaves


def _surely_fits(shape: Shape, node: Node) -> bool:
    """Whether a node is a leaf in which something is written, where any text will do: most nodes of a bot are."""
    return type(node) is Scalar and node.text != "" and _takes_any_text(shape)


@cache
def _takes_any_text(shape: Shape) -> bool:
    leaf = _choose_leaf(shape, is_empty=False).shape
    return isinstance(leaf, Leaf) and not leaf.pattern and not leaf.refused


def _fits(shape: Leaf | Words | Flag | Whole, scalar: Scalar) -> bool:
    text = scalar.text
    match shape:
        case Leaf():
            return text not in shape.refused and (not shape.pattern or _compiled(shape.pattern).match(text) is not None)
        case Words():
            return text in shape.words
        case Flag(only_true=only_true, literal=literal):
            return (text == "true" or (text == "false" and not only_true)) and (scalar.is_plain or not literal)
        case Whole(low=low, high=high, literal=literal):
            is_whole = scalar.is_json_literal if literal else True
            return is_whole and _WHOLE.match(text) is not None and low <= int(text) <= high


_WHOLE = re.compile(r"-?[0-9]{1,16}\Z")
"""Sixteen digits hold every whole number of the language, 2^53 - 1."""


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the tables; its `$` is the end of the text, as in JSON Schema, not the line break before it."""
    return re.compile(pattern.removesuffix("$") + r"\Z")
