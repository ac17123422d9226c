"""From the figures of a run to docs/reliability.md: python -m faults.report FOLDER."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from faults.rows import ROWS, Row

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
HEAD = """# Reliability, measured

What can go wrong, what is wanted then, and what was measured. `make fault` writes this page: real servers are loaded,
killed, paused, starved and fed with broken files, while a client that behaves like WeChat (five seconds of patience,
three deliveries, half of the users encrypted) keeps a record of everything it sent and saw. A judge then looks for
entries that were acknowledged and lost, written twice, written on an old state, out of order, or answered in two
ways; `faults` is how many it found. CI runs the same tests shortened. What takes hours is run for some minutes by
`make fault`, and says so; `make soak` runs all of it.

A row without figures is held by the tests that it names, which run every time.
"""


_FAILED = "failed-*.json"


@dataclass(frozen=True)
class Figures:
    """What one test measured."""

    what: str
    measured: Mapping[str, float | str]


def shown(value: float | str) -> str:
    """A figure for the page."""
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value:,.0f}" if isinstance(value, (int, float)) else value


def read(folder: Path) -> dict[int | str, list[Figures]]:
    """All figures in a folder, by row."""
    found: dict[int | str, list[Figures]] = defaultdict(list)
    for path in sorted({*folder.glob("*.json")} - {*folder.glob(_FAILED)}):
        item = json.loads(path.read_text(encoding="utf-8"))
        found[item["row"]].append(Figures(item["what"], item["measured"]))
    return found


def read_failed(folder: Path) -> list[str]:
    """The tests that have failed."""
    return sorted(json.loads(path.read_text(encoding="utf-8"))["failed"] for path in folder.glob(_FAILED))


def section(row: Row, figures: Sequence[Figures]) -> list[str]:
    """What there is to say of a row."""
    title = f"{row.title[0].upper()}{row.title[1:]}"
    number = str(row.number).removeprefix("input ")
    lines = [f"### {number}. {title}" if number != "secrets" else f"### {title}", "", f"Wanted: {row.wanted}.", ""]
    for item in figures:
        measured = ", ".join(f"{name.replace('_', ' ')} {shown(value)}" for name, value in item.measured.items())
        lines.append(f"- {item.what}: {measured}")
    for test in row.tests:
        file, _, name = test.partition("::")
        lines.append(f"- `tests/{file}`: {name.removeprefix('test_').replace('_', ' ')}")
    return [*lines, ""]


def page(found: Mapping[int | str, Sequence[Figures]], failed: Sequence[str] = ()) -> str:
    """The whole page."""
    where = (
        f"This run: {platform.system()}, {os.cpu_count()} cores which the clients share with the servers, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}."
    )
    lines = [HEAD, where, ""]
    if failed:
        lines += ["Tests that failed in this run:", "", *(f"- `{test}`" for test in failed), ""]
    lines += ["## Faults", ""]
    for row in ROWS:
        lines += ["## Bad inputs", ""] if row.number == "input 1" else []
        lines += ["## Logs", ""] if row.number == "secrets" else []
        lines += section(row, found.get(row.number, ()))
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    FOLDER = Path(sys.argv[1])
    PAGE.write_text(page(read(FOLDER), read_failed(FOLDER)), encoding="utf-8")
