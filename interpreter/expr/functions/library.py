"""All functions of the language by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from interpreter.expr.functions import (
    calendar,
    chance,
    chinese,
    convert,
    dates,
    hashes,
    json_text,
    layout,
    lists,
    maps,
    numbers,
    places,
    plurals,
    regex,
    text,
    urls,
)
from interpreter.expr.functions.registry import Family, Function

FAMILIES: tuple[Family, ...] = (
    text.FAMILY,
    layout.FAMILY,
    convert.FAMILY,
    numbers.FAMILY,
    lists.FAMILY,
    maps.FAMILY,
    dates.FAMILY,
    calendar.FAMILY,
    regex.FAMILY,
    urls.FAMILY,
    json_text.FAMILY,
    hashes.FAMILY,
    chance.FAMILY,
    plurals.FAMILY,
    chinese.FAMILY,
    places.FAMILY,
)
"""The families in the order in which they are explained."""

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {function.name: function for family in FAMILIES for function in family.functions}
)
"""The functions by name; no two families share one."""
