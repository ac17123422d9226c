"""Every bot under `tests/data/lint`: what the linter says of it must be exactly what its comments expect.

A file holds several bots, each after a line `### what it shows`. A comment `# expect: DL303 fragment` says that this
line gets a diagnostic of that code whose message has that fragment; on a line of its own it speaks of the next line.
`DL303@13` also says in which column. Several are joined by ` & `. A bot without such a comment must be clean.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from interpreter.cli.loading import load
from interpreter.diagnostics.diagnostic import Diagnostic

_DATA = Path(__file__).parents[2] / "data" / "lint"
_EXPECT = re.compile(r"#\s*expect:\s*(?P<all>.+?)\s*$")
_ALONE = re.compile(r"\s*#\s*expect:")
_PART = re.compile(r"(?P<code>DL\d{3})(?:@(?P<column>\d+))?(?:\s+(?P<fragment>.+))?")
_HEAD = "dialog: 1\nname: test\n"


@dataclass(frozen=True)
class Expected:
    """One diagnostic that a comment expects."""

    line: int
    code: str
    column: int | None
    fragment: str

    def is_met_by(self, said: Diagnostic) -> bool:
        return self.column in (None, said.span.column) and self.fragment in said.message.en


@dataclass(frozen=True)
class Case:
    """One bot and the line in its file before its first."""

    file: Path
    title: str
    first_line: int
    text: str

    @property
    def expected(self) -> list[Expected]:
        found = []
        for number, line in enumerate(self.text.split("\n"), 1):
            if match := _EXPECT.search(line):
                at = number + bool(_ALONE.match(line))
                for written in match["all"].split(" & "):
                    part = _PART.fullmatch(written)
                    assert part, f"{self.file}:{self.first_line + number}: {written}"
                    column = int(part["column"]) if part["column"] else None
                    found.append(Expected(at, part["code"], column, part["fragment"] or ""))
        return found

    @property
    def head(self) -> str:
        """What makes it a whole bot."""
        return "" if re.search(r"^dialog:", self.text, re.MULTILINE) else _HEAD

    def __str__(self) -> str:
        return f"{self.file.stem}: {self.title}"


def _cases() -> Iterator[Case]:
    for file in sorted(_DATA.glob("**/*.yaml")):
        lines = file.read_text(encoding="utf-8").split("\n")
        starts = [number for number, line in enumerate(lines) if line.startswith("### ")]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            yield Case(file, lines[start][4:], start + 1, "\n".join(lines[start + 1 : end]))


CASES = list(_cases())


def lint(text: str) -> tuple[Diagnostic, ...]:
    """All that is said of a bot."""
    return load(Path("bot.yaml"), only_check=True, texts={"bot.yaml": text}).diagnostics


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bot_gets_the_diagnostics_its_comments_expect(case: Case) -> None:
    above = case.head.count("\n")
    said = sorted(lint(case.head + case.text), key=lambda each: (each.span.line, each.code))
    wanted = sorted(case.expected, key=lambda each: (each.line, each.code))
    shown = [
        f"{case.file.name}:{case.first_line + each.span.line - above}: {each.code}@{each.span.column} {each.message.en}"
        for each in said
    ]
    places = [(each.span.line - above, each.code) for each in said]
    assert places == [(each.line, each.code) for each in wanted], shown
    for each, expected in zip(said, wanted, strict=True):
        assert expected.is_met_by(each), shown


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_diagnostic_is_worded_in_both_languages(case: Case) -> None:
    for each in lint(case.head + case.text):
        wordings = [each.message, each.label, each.help, *each.notes, *(label.text for label in each.related)]
        for wording in wordings:
            if wording is not None:
                assert wording.en
                assert re.search(r"[\u3400-\u9fff]", wording.zh), wording.zh


def test_no_two_bots_of_a_file_have_the_same_title() -> None:
    titles = [(case.file, case.title) for case in CASES]
    assert len(titles) == len(set(titles))
