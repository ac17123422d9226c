"""What a pattern found in a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from interpreter.values import Value


@dataclass(frozen=True, slots=True)
class Captures:
    """The values of the captures that took part, by name, and the numbered groups, the whole match first."""

    values: Mapping[str, Value]
    groups: tuple[str | None, ...]
