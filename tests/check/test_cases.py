"""Every bot under `tests/data/check`: what is said of it must be exactly what its comments expect.

A file holds several bots, each after a line `### what it shows`. A comment `# expect: DL101 gues` says that this line
gets a diagnostic of that code whose message has that fragment; on a line of its own it speaks of the next line.
Several are joined by ` & `. A bot without such a comment must be clean.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from interpreter.check.analysis import analyse
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.dialog.build import build_bot
from interpreter.dialog.structure import check_structure
from interpreter.source.reader import read_text

_DATA = Path(__file__).parent.parent / "data" / "check"
_EXPECT = re.compile(r"#\s*expect:\s*(?P<all>.+?)\s*$")
_ALONE = re.compile(r"\s*#\s*expect:")
_HEAD = "dialog: 1\nname: test\n"


@dataclass(frozen=True)
class Case:
    """One bot and the line in its file before its first."""

    file: Path
    title: str
    first_line: int
    text: str

    @property
    def expected(self) -> set[tuple[int, str, str]]:
        """Line, code and fragment of each diagnostic."""
        found = set()
        for number, line in enumerate(self.text.split("\n"), 1):
            match = _EXPECT.search(line)
            if match:
                at = number + bool(_ALONE.match(line))
                for part in match["all"].split(" & "):
                    code, _, fragment = part.partition(" ")
                    found.add((at, code, fragment))
        return found


def _cases() -> Iterator[Case]:
    for file in sorted(_DATA.glob("**/*.yaml")):
        lines = file.read_text(encoding="utf-8").split("\n")
        starts = [number for number, line in enumerate(lines) if line.startswith("### ")]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            yield Case(file, lines[start][4:], start + 1, "\n".join(lines[start + 1 : end]))


CASES = list(_cases())


def check(text: str) -> list[Diagnostic]:
    """All that is said of a bot."""
    tree, problems = read_text("bot.yaml", text)
    assert not problems
    assert tree is not None
    bot, built = build_bot(tree)
    assert bot is not None
    return [*check_structure(tree), *built, *analyse(bot)[1]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file.stem}: {case.title}")
def test_a_bot_gets_the_diagnostics_its_comments_expect(case: Case) -> None:
    head_lines = _HEAD.count("\n")
    said = {(each.span.line - head_lines, each.code): each for each in check(_HEAD + case.text)}
    wanted = {(line, code): fragment for line, code, fragment in case.expected}
    shown = [
        f"{case.first_line + line}: {code} {each.message.en}"
        for (line, code), each in sorted(said.items(), key=lambda item: item[0])
    ]
    assert sorted(said) == sorted(wanted), shown
    for key, fragment in wanted.items():
        assert fragment in said[key].message.en, shown


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file.stem}: {case.title}")
def test_every_diagnostic_is_worded_in_both_languages(case: Case) -> None:
    for each in check(_HEAD + case.text):
        for wording in (each.message, each.label, each.help, *(label.text for label in each.related)):
            if wording is not None:
                assert wording.en
                assert wording.zh


def test_no_two_bots_of_a_file_have_the_same_title() -> None:
    titles = [(case.file, case.title) for case in CASES]
    assert len(titles) == len(set(titles))
