"""What the tests of functions share: a pinned moment, chance that is counted out, and the whole language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import cycle
from zoneinfo import ZoneInfo

import pytest

from interpreter.expr.closures import closure
from interpreter.expr.env import Env
from interpreter.expr.inference import infer
from interpreter.expr.parser import parse_expression
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.types.kinds import DateTimeType, DateType
from interpreter.values import Value

SCOPE = Scope({"now": Binding(DateTimeType(), Storage.ROOT), "today": Binding(DateType(), Storage.ROOT)})
NOW = datetime(2026, 1, 1, 8, tzinfo=ZoneInfo("Asia/Shanghai"))


class CountedChance:
    """Chance that gives these numbers in turn, brought into the range that is asked for."""

    def __init__(self, *numbers: int) -> None:
        self.numbers: Iterator[int] = cycle(numbers)

    def between(self, low: int, high: int) -> int:
        return min(max(next(self.numbers), low), high)

    def pick(self, count: int) -> int:
        return next(self.numbers) % count


def make_env(*numbers: int, locale: str = "zh") -> Env:
    return Env(
        locals={},
        vars={},
        user={},
        roots={"now": NOW, "today": NOW.date()},
        chance=CountedChance(*(numbers or (0,))),
        locale=locale,
        say_text=str,
    )


def evaluate_text(text: str, *, random: tuple[int, ...] = (), locale: str = "zh") -> Value:
    node, problems = parse_expression(text)
    assert node is not None, problems
    return closure(infer(node, SCOPE))(make_env(*random, locale=locale))


@pytest.fixture(scope="session")
def env() -> Callable[..., Env]:
    """Make an environment: `env(1, 2, locale="en")` has chance that gives 1, 2, 1, 2, …."""
    return make_env


@pytest.fixture(scope="session")
def evaluate() -> Callable[..., Value]:
    """The value of an expression, through the whole language: parsed, inferred, compiled, run."""
    return evaluate_text
