"""What the steps of one routine may do: a rule's, a flow's, those of `before` or `after`."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field
from msgspec.structs import replace

from interpreter.check.findings import Findings
from interpreter.check.symbols import Symbols
from interpreter.dialog.model.steps import Steps
from interpreter.expr.scope import Scope
from interpreter.types.kinds import Type


class Routine(Struct, frozen=True, eq=False):
    """A routine being walked, with what is allowed in it."""

    findings: Findings
    may_wait: bool = True
    """Whether it may ask, wait and go elsewhere; what runs on every reply may not."""
    may_repeat: bool = True
    """Whether a wait may be running for `again` to stay in."""
    in_flow: bool = False
    """Whether `return` has something to leave."""
    settable: frozenset[str] = frozenset()
    """Names of the turn that it may set: `text` in `before`, `reply` in `after`."""
    is_scratch: bool = False
    """Whether it is walked only to learn types."""
    returned: list[Type] = field(default_factory=list)
    """The types its `return` steps give."""

    @property
    def symbols(self) -> Symbols:
        """The declarations of the bot."""
        return self.findings.symbols

    def scratch(self) -> Routine:
        """The same routine, walked only to learn types."""
        return replace(self, findings=self.findings.scratch(), returned=[], is_scratch=True)

    def at_question(self) -> Routine:
        """The same routine in what it does about an answer: a wait is running there."""
        return replace(self, may_repeat=True)


Walk = Callable[[Steps, Scope, Routine], Scope | None]
"""Walks steps: the scope after them, None when they stop."""
