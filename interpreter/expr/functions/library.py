"""All functions of the language by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from interpreter.expr.functions.registry import Family, Function


def families() -> tuple[Family, ...]:
    """The families in the order in which they are explained."""
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

    return (
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


class _Library(Mapping[str, Function]):
    """The functions of all families. Their code is read when the first is looked up: many bots call none."""

    @cached_property
    def _functions(self) -> dict[str, Function]:
        return {function.name: function for family in families() for function in family.functions}

    def __getitem__(self, name: str) -> Function:
        return self._functions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)


FUNCTIONS: Mapping[str, Function] = _Library()
"""The functions by name; no two families share one."""
