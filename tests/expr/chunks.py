"""Reading tests/data/expr: titled chunks of cases, and problems drawn with carets under the text they are found in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from interpreter.diagnostics.diagnostic import Problem

DATA = Path(__file__).parents[1] / "data" / "expr"

_MARK = re.compile(r"^(?P<space> *)(?P<mark>\^+|\|) (?P<code>DL\d+)(?: -> `(?P<mended>.*)`)?$")


@dataclass(frozen=True)
class Drawn:
    """A problem as a test file shows it; `mended` is what the marked text should read."""

    code: str
    start: int
    end: int
    mended: str | None


@dataclass(frozen=True)
class Chunk:
    """A text with the problems drawn under it, and the lines that say more (`= …`)."""

    title: str
    text: str
    problems: tuple[Drawn, ...]
    more: tuple[str, ...]


def read_lines(name: str, separator: str) -> list[tuple[str, str]]:
    """The cases of a file with one on each line: `expression SEPARATOR expectation`; `###` lines are headings."""
    pairs = []
    for line in (DATA / name).read_text("utf-8").splitlines():
        if line and not line.startswith("###"):
            case, found, expected = line.rpartition(f" {separator} ")
            assert found, line
            pairs.append((case.strip(), expected.strip()))
    return pairs


def read_chunks(name: str) -> list[Chunk]:
    """The chunks of a file: after `### title` a text of one line, then its problems and further expectations."""
    chunks = []
    for part in (DATA / name).read_text("utf-8").split("### ")[1:]:
        title, text, *rest = part.rstrip("\n").split("\n")
        marks = [_MARK.match(line) for line in rest]
        problems = tuple(_drawn(mark) for mark in marks if mark)
        more = tuple(line for line, mark in zip(rest, marks, strict=True) if not mark and line)
        chunks.append(Chunk(title, text, problems, more))
    return chunks


def _drawn(mark: re.Match[str]) -> Drawn:
    start = len(mark["space"])
    return Drawn(mark["code"], start, start + mark["mark"].count("^"), mark["mended"])


def draw(problems: tuple[Problem, ...]) -> tuple[Drawn, ...]:
    return tuple(Drawn(each.code, each.start, each.end, each.replacement) for each in problems)
