"""What a pattern found in a message."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from interpreter.values import Value


class Captures(Struct, frozen=True, gc=False):
    """The values of the captures that took part, by name, and the numbered groups, the whole match first."""

    values: Mapping[str, Value]
    groups: tuple[str | None, ...]
