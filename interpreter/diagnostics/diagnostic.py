"""What every stage says about an author's file: a value with a stable code, a place and a way out."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from interpreter.diagnostics.codes import CODES, Severity
from interpreter.diagnostics.wording import Wording
from interpreter.source.spans import Span


class Applicability(StrEnum):
    """Who may apply a fix: `--fix`, only `--fix=all`, or a person."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    MANUAL = "manual"


class Label(Struct, frozen=True):
    """A further place that explains a finding ("first defined here")."""

    span: Span
    text: Wording


class Edit(Struct, frozen=True):
    """Replace a range of a file."""

    span: Span
    text: str


class Fix(Struct, frozen=True):
    """One concrete mend; `shown` is the mended code in one line."""

    shown: str
    edits: tuple[Edit, ...] = ()
    applicability: Applicability = Applicability.MANUAL


class Diagnostic(Struct, frozen=True):
    """A finding. `label` is said at the caret, `notes` follow, `help` says what to do when there is no fix."""

    code: str
    span: Span
    message: Wording
    label: Wording | None = None
    related: tuple[Label, ...] = ()
    notes: tuple[Wording, ...] = ()
    help: Wording | None = None
    fix: Fix | None = None
    own_severity: Severity | None = None
    """How much this one hurts, where that is not what its code says."""

    @property
    def severity(self) -> Severity:
        """Its own severity, or that of its code."""
        return self.own_severity or CODES[self.code].severity

    @property
    def way_out(self) -> Wording | None:
        """Its help; where it has neither that nor a fix, what its code says."""
        if self.help is not None or self.fix is not None:
            return self.help
        from interpreter.diagnostics.ways_out import WAYS  # few findings need it, and a clean bot has none

        return WAYS.get(self.code)

    @property
    def is_error(self) -> bool:
        """Whether the bot cannot run with it."""
        return self.severity is Severity.ERROR


class Problem(Struct, frozen=True):
    """A finding inside one scalar, before its place in the file is known: offsets count in the scalar's text."""

    code: str
    start: int
    end: int
    message: Wording
    label: Wording | None = None
    help: Wording | None = None
    replacement: str | None = None
    """What `text[start:end]` should read, when one concrete mend exists."""
    is_sure: bool = True
    """Whether that is surely what was meant; else only `--fix=all` applies it."""
