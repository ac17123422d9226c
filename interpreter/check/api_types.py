"""What a method of WeChat's API gives, and what it never takes, as far as the catalogue tells."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from interpreter.catalogue.fields import Field
from interpreter.catalogue.methods import find_method
from interpreter.check.api_paths import Tree, item_of, unfold
from interpreter.expr.operators import kind_word
from interpreter.types.kinds import AnyType, ErrorType, NullType, OptionalType, RecordType, Type

_TIMES = frozenset(("date", "time", "datetime", "duration"))
_REFUSED: Mapping[str, frozenset[str]] = {
    "str": frozenset(("bool", "list", "map")) | _TIMES,
    "int": frozenset(("bool", "list", "map")) | _TIMES,
    "flag": frozenset(("list", "map")) | _TIMES,
    "float": frozenset(("text", "bool", "list", "map")) | _TIMES,
    "bool": frozenset(("int", "number", "list", "map")) | _TIMES,
    "object": frozenset(("text", "int", "number", "bool", "list")) | _TIMES,
    "file": frozenset(("int", "number", "bool", "list", "map")) | _TIMES,
    "bytes": frozenset(("int", "number", "bool", "list", "map")) | _TIMES,
}
"""The kinds of values of which none is ever taken for a parameter, whatever it is turned into on its way."""


@lru_cache(maxsize=256)
def answer_type(name: str) -> Type:
    """What `into` receives from a method: a record of what is known, or `any`."""
    method = find_method(name)
    if method is None or method.is_brief or method.is_binary or not method.gives:
        return AnyType()
    known = {**unfold((path, None) for path in method.gives), "errcode": None, "errmsg": None}
    return _record(name, known)


def _record(name: str, known: Mapping[str, Tree[None]]) -> RecordType:
    return RecordType(
        name,
        {field: _record(field, inner) if isinstance(inner, Mapping) else AnyType() for field, inner in known.items()},
        is_open=True,
    )


def never_takes(field: Field, kind: Type) -> bool:
    """Whether no value of a type can be given for a parameter."""
    if isinstance(kind, OptionalType):
        kind = kind.inner
    if isinstance(kind, (AnyType, ErrorType, NullType)):
        return False
    word = kind_word(kind)
    if field.is_list:
        item = item_of(field)
        return word != "list" and never_takes(item, kind)
    if field.kind == "object" and field.is_free and field.inside("value") is not None:
        return word in ("bool", "list", *_TIMES)
    return word in _REFUSED.get(field.kind, ())
