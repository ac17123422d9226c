"""Names that become more step by step: a map in layers, of which two that grew from one share what they had then.

A list of a thousand steps, each with a variable of its own, makes a thousand maps. Copied each time, and compared name
by name where branches meet, they would cost the square of that. Here each layer is at least twice as long as the one
above it, so there are few of them, and a name is copied only when layers become one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

Value = TypeVar("Value")

_PLAIN = 64
"""Maps of fewer names are copied: that is quicker than anything else."""


class Layers(Mapping[str, Value]):
    """An immutable map in layers, the oldest first; a name counts as its latest layer says."""

    __slots__ = ("_layers",)

    def __init__(self, layers: Sequence[Mapping[str, Value]]) -> None:
        """The layers are kept as they are; nobody may change them."""
        self._layers = tuple(layers)

    def __getitem__(self, name: str) -> Value:
        """The value of a name."""
        for layer in reversed(self._layers):
            if name in layer:
                return layer[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        """Whether any layer has a name."""
        return any(name in layer for layer in self._layers)

    def __iter__(self) -> Iterator[str]:
        """The names in the order in which they came."""
        return iter(dict.fromkeys(name for layer in self._layers for name in layer))

    def __len__(self) -> int:
        """How many names there are."""
        return len(set().union(*self._layers))

    def adding(self, more: Mapping[str, Value]) -> Layers[Value]:
        """The map with further names, which hide older ones."""
        below, top = list(self._layers), dict(more)
        while below and len(below[-1]) < 2 * len(top):
            top = {**below.pop(), **top}
        return Layers((*below, top)) if top else self

    def without(self, name: str) -> Layers[Value]:
        """The map without a name."""
        return Layers([_less(layer, name) if name in layer else layer for layer in self._layers])

    def parted(self, other: Layers[Value]) -> tuple[Mapping[str, Value], list[str]]:
        """What two maps have in common below, and the names above that."""
        common = 0
        for one, two in zip(self._layers, other._layers, strict=False):
            if one is not two:
                break
            common += 1
        above = (*self._layers[common:], *other._layers[common:])
        below = self._layers[:common]
        return Layers(below) if below else {}, list(dict.fromkeys(name for layer in above for name in layer))


def grown(known: Mapping[str, Value], more: Mapping[str, Value]) -> Mapping[str, Value]:
    """A map with further names, which hide older ones; a long one in layers."""
    if isinstance(known, Layers):
        return known.adding(more)
    return {**known, **more} if len(known) < _PLAIN else Layers((known,)).adding(more)


def parted(one: Mapping[str, Value], other: Mapping[str, Value]) -> tuple[Mapping[str, Value], list[str]]:
    """What two maps have in common, and the names in which alone they can differ."""
    return _layered(one).parted(_layered(other))


def without(known: Mapping[str, Value], name: str) -> Mapping[str, Value]:
    """A map without a name."""
    return known.without(name) if isinstance(known, Layers) else _less(known, name)


def _layered(known: Mapping[str, Value]) -> Layers[Value]:
    return known if isinstance(known, Layers) else Layers((known,))


def _less(known: Mapping[str, Value], name: str) -> dict[str, Value]:
    return {other: value for other, value in known.items() if other != name}
