"""The page that is made of the figures."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from faults.figures import amount, failed, figures
from faults.report import Figures, page, read, read_failed, section
from faults.rows import ROWS, Row

TESTS = Path(__file__).parents[1]
NOTED = re.compile(r'figures\(\s*("input \d+"|\d+),')
WANTED = {*range(1, 28), *range(30, 39), 40, *(f"input {n}" for n in (*range(1, 9), 12, 16, 17))}


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


@pytest.mark.parametrize("test", [test for row in ROWS for test in row.tests])
def test_a_test_that_is_named_is_there(test: str) -> None:
    file, _, name = test.partition("::")
    assert name in names_in(file)


def test_every_row_is_there_and_has_a_test() -> None:
    numbers = [row.number for row in ROWS]
    assert set(numbers) >= WANTED
    assert len(numbers) == len(set(numbers))
    sources = [path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py")]
    noted = {number.strip('"') for source in sources for number in NOTED.findall(source)}
    assert [row.number for row in ROWS if not row.tests and str(row.number) not in noted] == []


def test_figures_stand_below_what_is_wanted() -> None:
    row = Row(5, "kill -9", "nothing is lost", ("a/test_b.py::test_it_holds",))
    figures = [Figures("one", {"kills": 200, "p99_ms": 1.23456, "seconds": 3.0, "exit": "0 to 1", "big": 12345.6})]
    assert section(row, figures) == [
        "### 5. Kill -9",
        "",
        "Wanted: nothing is lost.",
        "",
        "- one: kills 200, p99 ms 1.23, seconds 3, exit 0 to 1, big 12,346",
        "- `tests/a/test_b.py`: it holds",
        "",
    ]
    assert "## Bad inputs" in page({})


def test_what_has_failed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIALOG_FIGURES", str(tmp_path))
    figures(5, "kill -9", kills=3)
    failed("tests/faults/test_kill.py::test_it")
    assert {row: [item.what for item in items] for row, items in read(tmp_path).items()} == {5: ["kill -9"]}
    assert "- `tests/faults/test_kill.py::test_it`\n" in page(read(tmp_path), read_failed(tmp_path))


@pytest.mark.parametrize(("length", "is_much"), [("", 2), ("long", 20), ("soak", 200)])
def test_what_takes_hours_has_a_length_of_its_own(length: str, is_much: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIALOG_FAULTS", length)
    assert amount("nothing_else", short=2, full=20, soak=200) == is_much
    assert amount("nothing_else", short=2, full=20) == min(is_much, 20)
