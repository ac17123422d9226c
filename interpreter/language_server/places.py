"""What the tables of the language say of a place: which keys may stand there, and what is written in a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from interpreter.dialog.shapes import (
    ByItems,
    ByKeys,
    ByKind,
    Fields,
    Flag,
    Key,
    Leaf,
    ListOf,
    Locales,
    Ref,
    Shape,
    Whole,
    Words,
)
from interpreter.dialog.shapes_bot import BOT, PART, SHAPES
from interpreter.language_server.lines import Level

Scalar = Leaf | Words | Flag | Whole


def shape_at(path: Iterable[Level], *, imported: bool = False) -> Shape | None:
    """The shape of what a path leads to; None where the language has no such place."""
    shape: Shape | None = PART if imported else BOT
    for level in path:
        if shape is None:
            return None
        shape = _item(shape) if level.key is None else _value(shape, level)
    return shape


def key_at(path: tuple[Level, ...]) -> Key | None:
    """The key of the language that a path ends with; None of a name of the author's own."""
    if not path or not path[-1].key:
        return None
    shape = shape_at(path[:-1])
    fields = _mapping(shape, (path[-1].key, *path[-1].keys)) if shape else None
    return fields.by_name.get(path[-1].key) if isinstance(fields, Fields) else None


def keys_for(shape: Shape, present: tuple[str, ...]) -> tuple[Key, ...]:
    """The keys that may be added to a mapping that has some already."""
    found: dict[str, Key] = {}
    for fields in _mappings(shape, present):
        excluded = {
            name
            for sides in fields.sides
            for key in present
            if key in sides
            for name, side in sides.items()
            if side != sides[key]
        }
        for key in fields.keys:
            if key.name not in present and key.name not in excluded:
                found.setdefault(key.name, key)
    return tuple(found.values())


def takes_locales(shape: Shape, present: tuple[str, ...]) -> bool:
    """Whether a mapping there may be one from locales to what is said."""
    match shape:
        case Ref(name=name):
            return takes_locales(SHAPES[name], present)
        case ByKind(map=inner) if inner is not None:
            return takes_locales(inner, present)
        case ByKeys(otherwise=otherwise):
            return _told(shape, present) is None and takes_locales(otherwise, present)
        case Locales():
            return True
        case _:
            return False


def scalar_of(shape: Shape | None) -> Scalar | None:
    """What a text there is."""
    match shape:
        case Ref(name=name):
            return scalar_of(SHAPES[name])
        case ByKind(scalar=inner):
            return scalar_of(inner)
        case Leaf() | Words() | Flag() | Whole():
            return shape
        case _:
            return None


def _item(shape: Shape) -> Shape | None:
    match shape:
        case Ref(name=name):
            return _item(SHAPES[name])
        case ByKind(list=inner):
            return _item(inner) if inner is not None else None
        case ByItems(shape=steps):
            return steps.item
        case ListOf(item=item):
            return item
        case _:
            return None


def _value(shape: Shape, level: Level) -> Shape | None:
    """What stands under a key; where nothing tells several shapes apart, under the first that has it."""
    assert level.key is not None
    match _mapping(shape, (level.key, *level.keys)):
        case Fields() as fields:
            key = fields.by_name.get(level.key)
            return key.shape if key is not None else fields.rest
        case Locales(item=item):
            return item
        case _:
            return None


def _mapping(shape: Shape | None, keys: tuple[str, ...]) -> Fields | Locales | None:
    """What a mapping with these keys is, of which the first matters most."""
    match shape:
        case Ref(name=name):
            return _mapping(SHAPES[name], keys)
        case ByKind(map=inner):
            return _mapping(inner, keys)
        case ByKeys(otherwise=otherwise):
            return _mapping(_told(shape, keys) or otherwise, keys)
        case Fields() | Locales():
            return shape
        case _:
            return None


def _mappings(shape: Shape, present: tuple[str, ...]) -> Iterator[Fields]:
    """Every mapping with known keys that a place may still become."""
    match shape:
        case Ref(name=name):
            yield from _mappings(SHAPES[name], present)
        case ByKind(map=inner):
            yield from _mappings(inner, present) if inner is not None else ()
        case ByKeys(cases=cases, otherwise=otherwise):
            told = _told(shape, present)
            for each in (told,) if told is not None else (*(case.shape for case in cases), otherwise):
                yield from _mappings(each, present)
        case Fields():
            yield shape
        case _:
            pass


def _told(shape: ByKeys, keys: tuple[str, ...]) -> Shape | None:
    """What the telling keys say, if there is one of them."""
    for case in shape.cases:
        if case.entirely and keys and all(key in case.keys for key in keys):
            return case.shape
    told = [shape.by_word[key] for key in keys if key in shape.by_word]
    return next((each for each in told if all(_has(each, key) for key in keys)), told[0] if told else None)


def _has(shape: Shape, key: str) -> bool:
    return any(key in fields.by_name or fields.rest is not None for fields in _mappings(shape, (key,)))
