"""A compiled bot as bytes, and back.

What is written is made of our own frozen records, and read by an unpickler that knows those and nothing else: no
name in the bytes is ever looked up, imported or called. Yet bytes from elsewhere make a bot that does what they say:
they must come from nobody but ourselves, which whoever keeps them has to make sure of.

Routines, most of a bot, are written one by one, and each is read when it is first run. What they have in common (the
classes themselves, types, words) is written once, before them.
"""

from __future__ import annotations

import datetime as dt
import io
import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from types import ModuleType
from typing import Any

from msgspec import Struct

from interpreter.compiler import callables, late
from interpreter.expr import tree
from interpreter.expr.scope import Binding, Storage
from interpreter.patterns import clues, finder, matching, slots, straight
from interpreter.patterns.tree import Consent, Slot
from interpreter.program import accounts, instructions, media, menu, names, replies, rules, tables
from interpreter.program.accounts import AccountTable
from interpreter.program.names import RoutineName
from interpreter.program.tables import Program, Routine
from interpreter.types import kinds
from interpreter.types.lexicon import Lexicon
from interpreter.types.regexes import CompiledRegex


@dataclass(frozen=True, slots=True)
class CompiledBot:
    """A program, and what else a server must know of its file."""

    program: Program
    accounts: tuple[AccountTable, ...]
    buttons: Mapping[str, str]
    """Keys of menu buttons by their names."""
    findings: int
    """How many things were found in it that do not keep it from running."""


class Unreadable(ValueError):  # noqa: N818  named for what is wrong
    """Some bytes are no compiled bot."""


def write_bot(bot: CompiledBot) -> bytes:
    """A compiled bot as bytes.

    Raises:
        TypeError: there is something in it that cannot be stored.
    """
    shared: dict[object, int] = {}
    routines = {name: _dumped(routine, shared) for name, routine in bot.program.routines.items()}
    rest = _dumped(replace(bot, program=replace(bot.program, routines={})), shared)
    return pickle.dumps((_dumped(tuple(shared), None), rest, routines), protocol=_PROTOCOL)


def read_bot(content: bytes) -> CompiledBot:
    """The compiled bot that some bytes of ours are.

    Raises:
        Unreadable: they are none.
    """
    try:
        common, rest, routines = _loaded(content, ())
        shared = _loaded(common, ())
        bot: CompiledBot = _loaded(rest, shared)
        return replace(bot, program=replace(bot.program, routines=StoredRoutines(routines, shared)))
    except Exception as error:  # what an unpickler raises on bytes that are none is nowhere said
        raise Unreadable(str(error)) from error


def read_plain(content: bytes) -> Any:
    """What some bytes of `pickle` say, if that is nothing but texts, numbers, and tuples, lists and maps of them.

    Raises:
        Unreadable: it is something else.
    """
    try:
        return _PlainUnpickler(io.BytesIO(content)).load()
    except Exception as error:  # likewise
        raise Unreadable(str(error)) from error


class StoredRoutines(Mapping[RoutineName, Routine]):
    """Routines that are read when they are first asked for."""

    def __init__(self, stored: Mapping[RoutineName, bytes], shared: tuple[object, ...]) -> None:
        self._stored = stored
        self._shared = shared
        self._read: dict[RoutineName, Routine] = {}

    def __getitem__(self, name: RoutineName) -> Routine:
        found = self._read.get(name)
        if found is None:
            found = self._read[name] = _loaded(self._stored[name], self._shared)
        return found

    @property
    def read(self) -> int:
        """How many have been read."""
        return len(self._read)

    def __contains__(self, name: object) -> bool:
        return name in self._stored

    def __iter__(self) -> Iterator[RoutineName]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)


# ---------------------------------------------------------------------------------------------------- pickling

_PROTOCOL = 5
_SHARED = frozenset(
    {
        type,
        type(Struct),
        Lexicon,
        Binding,
        Storage,
        kinds.RecordType,
        kinds.EnumType,
        kinds.EntityType,
        kinds.OptionalType,
        kinds.ListType,
    }
    | {kinds.MapType, kinds.IntType, kinds.NumberType, kinds.TextType, kinds.BoolType, kinds.AnyType}
)
"""What is written once for all routines."""


class _Pickler(pickle.Pickler):
    def __init__(self, stream: io.BytesIO, shared: dict[object, int] | None) -> None:
        super().__init__(stream, protocol=_PROTOCOL)
        self.dispatch_table = _REDUCERS
        self._shared = shared

    def persistent_id(self, obj: object) -> int | None:
        if self._shared is None or type(obj) not in _SHARED:
            return None
        return self._shared.setdefault(obj, len(self._shared))


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type:
        found = _CLASSES.get((module, name))
        if found is None:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a bot")
        return found


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type:
        raise pickle.UnpicklingError(f"{module}.{name} is no plain data")


def _dumped(value: object, shared: dict[object, int] | None) -> bytes:
    stream = io.BytesIO()
    try:
        _Pickler(stream, shared).dump(value)
    except (pickle.PicklingError, AttributeError, RecursionError) as error:  # a function without a name, for one
        raise TypeError(str(error)) from error
    return stream.getvalue()


def _loaded(content: bytes, shared: tuple[object, ...]) -> Any:
    unpickler = _Unpickler(io.BytesIO(content))
    unpickler.persistent_load = shared.__getitem__  # type: ignore[method-assign]  # sooner called than a method of ours
    return unpickler.load()


def _records(module: ModuleType) -> Iterator[type]:
    """The dataclasses and structs that a module defines."""
    for value in vars(module).values():
        if isinstance(value, type) and hasattr(value, "__match_args__") and value.__module__ == module.__name__:
            yield value


def _reducer(made: type) -> Callable[[Any], tuple[type, tuple[object, ...]]]:
    """What a record is made of: itself, and its fields in order."""
    taken: tuple[str, ...] = made.__match_args__  # type: ignore[attr-defined]
    if not taken:
        return lambda _: (made, ())
    read = attrgetter(*taken)
    if len(taken) == 1:
        return lambda value: (made, (read(value),))
    return lambda value: (made, read(value))


_MODULES = (
    *(accounts, callables, clues, instructions, kinds, late, matching, media),
    *(menu, names, replies, rules, slots, straight, tables, tree),
)
_DATA = (
    *(found for module in _MODULES for found in _records(module)),
    Binding,
    CompiledBot,
    Consent,
    Lexicon,
    Slot,
)
_OTHERS = (
    *(late.LateClosure, late.LateCondition, late.LateText),
    *(
        finder.PatternFinder,
        finder.PartIndex,
        finder.Candidate,
        finder.Kept,
        straight.CharRun,
        CompiledRegex,
        Storage,
        names.Names,
    ),
    *(dt.date, dt.datetime, dt.time, dt.timedelta),
)
_CLASSES = {(each.__module__, each.__qualname__): each for each in (*_DATA, *_OTHERS)}
"""All there may be in a stored bot besides texts, numbers, tuples, maps and sets."""
_REDUCERS = {each: _reducer(each) for each in _DATA}
