"""The arguments of a method of WeChat's API by their paths, and as the maps and lists that the paths describe.

`tag.name` stands in the map `tag`, `button[0].name` in the first item of the list `button`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar, cast

from interpreter.catalogue.arguments import parameters
from interpreter.catalogue.fields import Field, find_field
from interpreter.catalogue.methods import Method

Leaf = TypeVar("Leaf")
Tree: TypeAlias = "Leaf | Mapping[str, Tree[Leaf]] | Sequence[Tree[Leaf]]"
"""A leaf, or maps and lists of leaves."""

_STEP = r"\[(\d{1,5})\]|([^.\[\]]+)"


class _Branch(dict[str | int, object]):
    """A map or, when its keys are numbers, a list that is being gathered."""


def steps_of(path: str) -> list[str | int]:
    """The names and places that a path goes through."""
    return [int(index) if index else name for index, name in re.findall(_STEP, path)]


def unfold(leaves: Iterable[tuple[str, Leaf]]) -> dict[str, Tree[Leaf]]:
    """Leaves by their paths as nested maps and lists; of two in one place the later counts."""
    top = _Branch()
    for path, leaf in leaves:
        level, steps = top, steps_of(path) or [path]
        for step in steps[:-1]:
            inner = level.get(step)
            if not isinstance(inner, _Branch):
                inner = level[step] = _Branch()
            level = inner
        level[steps[-1]] = leaf
    return {str(name): cast("Tree[Leaf]", _finished(value)) for name, value in top.items()}


def _finished(value: object) -> object:
    if not isinstance(value, _Branch):
        return value
    if all(isinstance(key, int) for key in value):
        return [_finished(value[key]) for key in sorted(value, key=int)]
    return {str(key): _finished(inner) for key, inner in value.items()}


def field_at(method: Method, path: str) -> Field | None:
    """The field of a method that a path leads to."""
    fields, found = parameters(method), None
    for step in steps_of(path):
        if isinstance(step, int):
            found = item_of(found) if found is not None and found.is_list else None
        else:
            found = find_field(fields, step)
        if found is None:
            return None
        fields = found.fields
    return found


def item_of(field: Field) -> Field:
    """What each item of a list is."""
    return Field(field.name, field.kind[5:-1] if field.kind.startswith("list[") else "any", fields=field.fields)


def overlapping(path: str, other: str) -> bool:
    """Whether one of two paths leads to the same place as the other, or through it."""
    one, two = steps_of(path), steps_of(other)
    return one[: len(two)] == two[: len(one)]
