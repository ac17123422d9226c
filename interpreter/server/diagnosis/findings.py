"""What a check has found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from interpreter.diagnostics.wording import Wording


class Level(StrEnum):
    """How bad a finding is."""

    PROBLEM = "problem"
    """Messages will not arrive, or not be answered."""
    WARNING = "warning"
    """It works, but not for long, or not for everybody."""
    FINE = "fine"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one thing that was checked, and what to do about it when something is wrong."""

    code: str
    """Its name, such as `url-redirects`; the part before the first dash says what was checked."""
    level: Level
    said: Wording
    next_step: Wording | None = None

    @property
    def subject(self) -> str:
        """What was checked, in a word."""
        return self.code.partition("-")[0]


def problem(code: str, said: Wording, next_step: Wording) -> Finding:
    """What keeps messages from arriving."""
    return Finding(code, Level.PROBLEM, said, next_step)


def warning(code: str, said: Wording, next_step: Wording) -> Finding:
    """What will hurt later."""
    return Finding(code, Level.WARNING, said, next_step)


def fine(code: str, said: Wording) -> Finding:
    """What is as it should be."""
    return Finding(code, Level.FINE, said)


def skipped(code: str, said: Wording) -> Finding:
    """What could not be checked, and why."""
    return Finding(code, Level.SKIPPED, said)


def has_problem(findings: Iterable[Finding]) -> bool:
    """Whether something keeps messages from arriving."""
    return any(finding.level is Level.PROBLEM for finding in findings)
