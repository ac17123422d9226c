"""The checks there are; a new one is a module and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic

Check = Callable[[Subject], Iterable[Diagnostic]]

CHECKS: tuple[Check, ...] = ()
"""In the order of their codes."""


def lint(subject: Subject) -> Iterator[Diagnostic]:
    """Everything the checks find."""
    for check in CHECKS:
        yield from check(subject)
