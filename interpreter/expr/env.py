"""What a compiled expression sees when it runs: variables, the names that are always there, budgets and chance.

Nothing here knows a clock or a source of randomness: the machine puts both in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

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


class Env:
    """The variables and names one evaluation reads. One object serves a whole turn; the machine swaps `locals`."""

    __slots__ = ("chance", "locale", "locals", "roots", "say_text", "steps", "user", "vars")

    def __init__(
        self,
        *,
        locals: dict[str, Value],
        vars: dict[str, Value],
        user: dict[str, Value],
        roots: Mapping[str, Value],
        chance: Chance,
        locale: str,
        say_text: Callable[[str], str],
    ) -> None:
        self.locals = locals
        """Captures, arguments, `let`, `into`, form fields."""
        self.vars = vars
        """Conversation variables; a variable that was never set is absent."""
        self.user = user
        """`user.…`: `id`, `locale` and the user variables."""
        self.roots = roots
        """`text message session state bot env now today`, and `error`, `reply`, `match` where they exist."""
        self.chance = chance
        self.locale = locale
        self.say_text = say_text
        """What `$(texts.NAME)` says, by name."""
        self.steps = EVALUATION_BUDGET

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
