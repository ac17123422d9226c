"""What each function does at its edges, from the tables in `tests/data/expr/functions`, one per family.

A line is `expression  =>  expression of its value`, or `expression  =>  ! part of the fault's message`. `## locale en`
and `## random 2 0` hold for the lines after them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from interpreter.expr.functions.library import FUNCTIONS
from interpreter.values import Fault, equal

TABLES = Path(__file__).parents[2] / "data" / "expr" / "functions"


@dataclass(frozen=True)
class Case:
    expression: str
    expected: str
    locale: str = "zh"
    random: tuple[int, ...] = ()


def cases() -> Iterator[pytest.ParameterSet]:
    for table in sorted(TABLES.glob("*.txt")):
        setting = Case("", "")
        for line in table.read_text("utf-8").splitlines():
            match line.split("  =>  "):
                case [expression, expected]:
                    case = replace(setting, expression=expression, expected=expected)
                    yield pytest.param(case, id=f"{table.stem}: {expression}")
                case [heading] if heading.startswith("## locale "):
                    setting = Case("", "", locale=heading.split()[2])
                case [heading] if heading.startswith("## random "):
                    setting = Case("", "", random=tuple(map(int, heading.split()[2:])))
                case [rest]:
                    assert not rest, f"{table.name}: {line}"


@pytest.mark.parametrize("case", list(cases()))
def test_an_expression_has_the_value_of_its_table(evaluate, case: Case) -> None:
    env = {"random": case.random, "locale": case.locale}
    if case.expected.startswith("! "):
        with pytest.raises(Fault) as caught:
            evaluate(case.expression, **env)
        assert case.expected[2:] in caught.value.message
    else:
        assert equal(evaluate(case.expression, **env), evaluate(case.expected))


def test_every_family_has_a_table() -> None:
    modules = {function.code.__module__.rpartition(".")[2] for function in FUNCTIONS.values()}
    assert modules == {table.stem for table in TABLES.glob("*.txt")}
