"""What an expression may name where it stands, and what is known of each name there."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from msgspec import Struct, field

from interpreter.expr.layers import grown
from interpreter.types.kinds import Type


class Storage(Enum):
    """Where a name's value lives at run time; see `Env`."""

    LOCAL = auto()
    SESSION = auto()
    USER = auto()
    """The record `user` itself."""
    ROOT = auto()
    TEXTS = auto()
    """The record `texts`: a field of it is said, not read."""


class Binding(Struct, frozen=True):
    """A name in scope. `may_be_unset`: reading it before it was set is a fault (`unset`)."""

    type: Type
    storage: Storage
    may_be_unset: bool = False


class Scope(Struct, frozen=True):
    """The names of a place. `narrowed` holds what conditions have shown of a path such as `user.name`."""

    bindings: Mapping[str, Binding]
    narrowed: Mapping[str, Type] = field(default_factory=dict)
    entities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The names of each entity's things, for comparisons."""
    is_open: bool = False
    """Whether there may be more names, given by something that could not be read: an unknown one is no mistake."""

    def with_bindings(self, more: Mapping[str, Binding]) -> Scope:
        """The scope with further names, which hide older ones and what was known of them."""
        kept = {path: kind for path, kind in self.narrowed.items() if path.split(".")[0] not in more}
        return Scope(grown(self.bindings, more), kept, self.entities, self.is_open)

    def with_narrowed(self, more: Mapping[str, Type]) -> Scope:
        """The scope after a condition has shown more of some paths."""
        return Scope(self.bindings, {**self.narrowed, **more}, self.entities, self.is_open) if more else self

    def without_narrowed(self, path: str) -> Scope:
        """The scope after an assignment to a path."""
        kept = {p: kind for p, kind in self.narrowed.items() if p != path and not p.startswith(path + ".")}
        return Scope(self.bindings, kept, self.entities, self.is_open)
