"""What a compiled expression sees when it runs: variables, the names that are always there, budgets and chance.

Nothing here knows a clock or a source of randomness: the machine puts both in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from msgspec import Struct

from interpreter.values import Fault, Value

EVALUATION_BUDGET = 10_000
"""Steps one evaluation may take: an item of a comprehension, a list or a map function costs one."""


class Chance(Protocol):
    """Where randomness comes from."""

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        ...

    def pick(self, count: int) -> int:
        """An index from 0 to `count - 1`; `count` is at least 1."""
        ...


class Env(Struct, kw_only=True, eq=False):
    """The variables and names one evaluation reads. One object serves a whole turn; the machine swaps `locals`."""

    locals: dict[str, Value]
    """Captures, arguments, `let`, `into`, form fields."""
    vars: Mapping[str, Value]
    """Conversation variables; a variable that was never set is absent."""
    user: Mapping[str, Value]
    """`user.…`: `id`, `locale` and the user variables."""
    roots: Mapping[str, Value]
    """`text message session state bot env now today`, and `error`, `reply`, `match` where they exist."""
    chance: Chance
    locale: str
    say_text: Callable[[str], str]
    """What `$(texts.NAME)` says, by name."""
    steps: int = EVALUATION_BUDGET

    def spend(self, steps: int = 1) -> None:
        """Take steps from the budget of the running evaluation.

        Raises:
            Fault: the budget is spent (kind `budget`).
        """
        self.steps -= steps
        if self.steps < 0:
            raise Fault("budget", "the expression takes too many steps")


Closure = Callable[[Env], Value]
"""A compiled expression. The caller resets `env.steps` before each evaluation."""
TextClosure = Callable[[Env], str]
"""A compiled template."""
