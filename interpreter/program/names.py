"""Names that outlive edits of a file, and places in files."""

from __future__ import annotations

from typing import Literal, NewType

from msgspec import Struct

RoutineName = NewType("RoutineName", str)
"""`rules.hi`, `flows.survey`, `states.guess/give_up`, `before`."""


StateName = NewType("StateName", str)
"""`states.guess`, `rules.sex/replies`."""


Site = NewType("Site", str)
"""A place inside a routine where it can wait: `age`, `call login`, `fetch his.free`; unique in its routine."""


Interrupt = Literal["leave", "resume", "never"]


class Names(frozenset[str]):
    """Names of which only is asked whether one is among them; stored in order, for that of a set differs by process."""

    __slots__ = ()

    def __reduce__(self) -> tuple[type[Names], tuple[list[str]]]:
        return Names, (sorted(self),)


class Place(Struct, frozen=True, gc=False):
    """Where in an author's file something was written: file name, 1-based line and column."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
