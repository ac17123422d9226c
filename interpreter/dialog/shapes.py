"""What shapes a bot file is made of: leaves, lists and mappings, and how a place tells one from another.

The tables in the `shapes_…` modules describe the whole language with these few classes. Two readers go over them: the
published JSON Schema is written from them (`schema`) and a bot's tree is checked against them (`structure`). Each place
is told apart by what an author can see (text, list or mapping; which keys stand there), never by trying alternatives,
so that there is one reason why something does not fit.
"""

from __future__ import annotations

import re
from functools import cached_property

from msgspec import Struct

from interpreter.diagnostics.wording import Wording

LOCALE = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$"
"""A locale's tag, such as `zh` or `en-GB`. In a locale map, words of the language such as `if` are none."""

SHORT_WORDS = (
    *("api", "as", "ask", "do", "end", "for", "get", "hq", "id", "if"),
    *("key", "let", "log", "pic", "put", "set", "to", "url"),
)
"""Keys of the language that read like locales."""


class Leaf(Struct, frozen=True, eq=False):
    """A text in one of the languages of the language; `pattern` is what it must look like, where that is simple."""

    title: Wording
    pattern: str = ""
    examples: tuple[str, ...] = ()
    may_be_empty: bool = False
    """Whether `key:` with nothing after it will do."""
    refused: tuple[str, ...] = ()
    """What it may not be."""


class Words(Struct, frozen=True, eq=False):
    """One of a few words; `code` is what a wrong one is called."""

    title: Wording
    words: tuple[str, ...]
    code: str = "DL014"


class Flag(Struct, frozen=True, eq=False):
    """`true` or `false`; where only `true` says anything, only that. `literal`: quoted it would be a text."""

    title: Wording
    only_true: bool = False
    literal: bool = False


class Whole(Struct, frozen=True, eq=False):
    """A whole number between bounds. `literal`: it is JSON's, and quoted it would be a text."""

    title: Wording
    low: int
    high: int
    literal: bool = False


class ListOf(Struct, frozen=True, eq=False):
    """A list of things of one shape."""

    title: Wording
    item: Shape
    at_least: int = 0


class Key(Struct, frozen=True, eq=False):
    """A key of a mapping: what stands under it and what it is for."""

    name: str
    shape: Shape
    about: Wording
    required: bool = False


class Need(Struct, frozen=True, eq=False):
    """A key that says nothing without one of some others."""

    key: str
    others: tuple[str, ...]


Sides = tuple[tuple[str, ...], ...]
"""Keys of which no two from different sides may share a mapping."""


class Fields(Struct, frozen=True, eq=False, dict=True):
    """A mapping with known keys; `rest` is the shape under names of the author's own, where these may stand."""

    title: Wording
    keys: tuple[Key, ...] = ()
    rest: Shape | None = None
    any_of: tuple[str, ...] = ()
    """Of these, at least one must stand there."""
    apart: tuple[Sides, ...] = ()
    needs: tuple[Need, ...] = ()
    at_least: int = 0
    help: Wording | None = None
    """What to write in place of something that is no mapping."""

    @cached_property
    def by_name(self) -> dict[str, Key]:
        """The keys by their names."""
        return {key.name: key for key in self.keys}

    @cached_property
    def sides(self) -> tuple[dict[str, int], ...]:
        """For each group of `apart`, the side on which each of its keys is."""
        return tuple({name: number for number, side in enumerate(sides) for name in side} for sides in self.apart)

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The keys that must stand there."""
        return tuple(key.name for key in self.keys if key.required)


class Locales(Struct, frozen=True, eq=False):
    """A mapping from the bot's locales to things of one shape."""

    title: Wording
    item: Shape


class ByKind(Struct, frozen=True, eq=False):
    """Told apart by kind: what a scalar, a list and a mapping mean here; None where it may not stand."""

    title: Wording
    scalar: Shape | None = None
    list: Shape | None = None
    map: Shape | None = None


class Case(Struct, frozen=True, eq=False):
    """A mapping with any of these keys (or, `entirely`, with no others) has this shape."""

    keys: tuple[str, ...]
    shape: Shape
    entirely: bool = False


class ByKeys(Struct, frozen=True, eq=False, dict=True):
    """A mapping told apart by its keys."""

    title: Wording
    cases: tuple[Case, ...]
    otherwise: Shape

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The keys that tell."""
        return tuple(word for case in self.cases if not case.entirely for word in case.keys)

    @cached_property
    def entire(self) -> tuple[tuple[frozenset[str], Shape], ...]:
        """The cases of a mapping with certain keys and no others."""
        return tuple((frozenset(case.keys), case.shape) for case in self.cases if case.entirely)

    @cached_property
    def by_word(self) -> dict[str, Shape]:
        """The shape that each telling key stands for."""
        return {word: case.shape for case in self.cases if not case.entirely for word in case.keys}


class ByItems(Struct, frozen=True, eq=False):
    """A list told apart by its items: empty, or with a mapping that has one of `keys`, it has the one shape."""

    title: Wording
    keys: frozenset[str]
    shape: ListOf
    otherwise: ListOf


class Ref(Struct, frozen=True, eq=False):
    """A shape by its name in the table of all shapes; how tables refer to one another and to themselves."""

    name: str


Shape = Leaf | Words | Flag | Whole | ListOf | Fields | Locales | ByKind | ByKeys | ByItems | Ref


def key(name: str, shape: Shape, en: str, zh: str, *, required: bool = False) -> Key:
    """One line of a table: a key, what stands under it and what it is for, in both languages."""
    return Key(name, shape, Wording(en, zh), required)


def named(en: str, zh: str, shape: Shape) -> Fields:
    """A mapping from names of the author's own to things of one shape."""
    return Fields(Wording(en, zh), rest=shape)


def texts_or_list(title: Wording, leaf: Leaf | Words) -> ByKind:
    """One leaf or a list of at least one."""
    return ByKind(title, scalar=leaf, list=ListOf(title, leaf, at_least=1))


def title_of(shape: Shape) -> Wording:
    """What a shape is called, with its article."""
    return Wording(shape.name, shape.name) if isinstance(shape, Ref) else shape.title


def is_locale(text: str) -> bool:
    """Whether a key reads like a locale's tag and is no word of the language."""
    return _LOCALE.search(text) is not None and text not in SHORT_WORDS


_LOCALE = re.compile(LOCALE.removesuffix("$") + r"\Z")
