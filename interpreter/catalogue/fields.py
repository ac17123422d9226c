"""The parameters of a method, and the short notation the catalogue writes them in.

`list[str]! 1..100` is a type, `!` when it cannot be left out, and limits:

    =value       always this; filled in when it is left out
    a|b|c        one of these
    1..100       a number in this range, or a list of as many items; either end may be missing
    <=128B <=32c at most so many bytes of UTF-8, or characters
    :date        a day, as 2026-01-31

Names say where a field sits: `a.b` inside of `a`, `a[].b` in each item of `a`, `{key}` under a name of the caller's,
`{raw}` as the whole body.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

RAW = "{raw}"
"""The name of the field that is the whole body."""


class Limits(Struct, frozen=True):
    """What a value must keep to besides its type."""

    constant: str | None = None
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    bytes: int | None = None
    characters: int | None = None
    is_date: bool = False


NO_LIMITS = Limits()


class Field(Struct, frozen=True):
    """One parameter. `fields` are those inside of it, or inside of each of its items."""

    name: str
    kind: str
    """`str int float bool flag object json file bytes` or `list`, `list[str]` and so on; a flag is a bool or 0 or 1."""
    required: bool = False
    limits: Limits = NO_LIMITS
    fields: tuple[Field, ...] = ()

    @property
    def is_list(self) -> bool:
        """Whether it holds items."""
        return self.kind.startswith("list")

    @property
    def is_free(self) -> bool:
        """Whether its name stands for any name."""
        return self.name.startswith("{") and self.name != RAW

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields inside."""
        return tuple(field.name for field in self.fields if not field.is_free)

    def inside(self, name: str) -> Field | None:
        """The field inside that goes by a name."""
        return find_field(self.fields, name)


def find_field(fields: tuple[Field, ...], name: str) -> Field | None:
    """The field that goes by a name, else the one that takes any name."""
    for field in fields:
        if field.name == name:
            return field
    return next((field for field in fields if field.is_free), None)


def read_fields(written: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields that names and notations describe; what only appears in front of a dot is an object.

    Raises:
        ValueError: a notation cannot be read.
    """
    inner: dict[str, dict[str, str]] = {}
    own: dict[str, tuple[str, str]] = {}
    for path, notation in written.items():
        name, dot, rest = path.partition(".")
        plain = name.removesuffix("[]")
        if dot:
            inner.setdefault(plain, {})[rest] = notation
            own.setdefault(plain, ("list[object]" if plain != name else "object", ""))
        else:
            own[plain] = ("", notation)
    return tuple(_field(name, kind, notation, inner.get(name)) for name, (kind, notation) in own.items())


def _field(name: str, kind: str, notation: str, inner: Mapping[str, str] | None) -> Field:
    fields = read_fields(inner) if inner else ()
    if kind:
        return Field(name, kind, any(field.required for field in fields), NO_LIMITS, fields)
    kind, required, limits = read_notation(notation)
    return Field(name, kind, required, limits, fields)


@lru_cache(maxsize=1024)
def read_notation(notation: str) -> tuple[str, bool, Limits]:
    """The type, whether it is required, and the limits.

    Raises:
        ValueError: it cannot be read.
    """
    kind, _, limit = notation.partition(" ")
    required = kind.endswith("!")
    return kind.removesuffix("!"), required, _limits(limit) if limit else NO_LIMITS


def _limits(text: str) -> Limits:
    if text.startswith("="):
        return Limits(constant=text[1:])
    if text.startswith("<=") and text.endswith("B"):
        return Limits(bytes=int(text[2:-1]))
    if text.startswith("<=") and text.endswith("c"):
        return Limits(characters=int(text[2:-1]))
    if text == ":date":
        return Limits(is_date=True)
    least, dots, most = text.partition("..")
    if dots:
        return Limits(least=int(least) if least else None, most=int(most) if most else None)
    if "|" not in text:
        raise ValueError(f"no limit is written {text!r}")
    return Limits(choices=tuple(text.split("|")))
