"""Edits and what they do to conversations: every chunk of `tests/data/edits`, and no edit at all.

A chunk is a title, a bot, `=>`, and the bot as it is afterwards. `# expect: DL901@3 fragment` says what is found on
its line, in which column if that matters; several are joined by ` & `. `# expect-head:` speaks of the first line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.bots import compile_path, compile_text

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic
from interpreter.diagnostics.fixing import apply_edits, edits_by_file
from interpreter.edits.comparison import compare_bots

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "edits"
HEAD = "dialog: 1\nname: t\nlocales: [en]\nfallback: lost\n"
_EXPECT = re.compile(r"# expect(?P<head>-head)?: (?P<all>.+)$")


@dataclass(frozen=True)
class Case:
    title: str
    old: str
    new: str

    @property
    def expected(self) -> list[tuple[int, str, int | None, str]]:
        found = []
        for number, line in enumerate(self.new.split("\n"), start=1):
            if match := _EXPECT.search(line):
                for part in match["all"].split(" & "):
                    where, _, fragment = part.partition(" ")
                    code, _, column = where.partition("@")
                    found.append((1 if match["head"] else number, code, int(column) if column else None, fragment))
        return sorted(found)


def whole(text: str) -> str:
    head = HEAD.replace("locales: [en]\n", "") if "locales:" in text else HEAD
    return head + text


def cases() -> Iterator[Case]:
    for file in sorted(DATA.glob("*.txt")):
        for chunk in re.split(r"^### ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            title, _, body = chunk.partition("\n")
            old, new = body.split("=>\n")
            yield Case(f"{file.stem}: {title}", whole(old), whole(new))


CASES = list(cases())


def compare(old: str, new: str) -> list[Diagnostic]:
    before, after = compile_text(old, "old.yaml"), compile_text(new)
    for each in (before, after):
        assert each.program is not None, [(item.code, str(item.span), item.message.en) for item in each.diagnostics]
    assert before.bot is not None
    assert after.bot is not None
    return list(compare_bots(before.bot, after.bot))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_an_edit_has_the_findings_its_comments_expect(case: Case) -> None:
    found = sorted(compare(case.old, case.new), key=lambda each: (each.span.line, each.code, each.span.column))
    shown = [f"{each.span} {each.code} {each.message.en}" for each in found]
    assert [(each.span.line, each.code) for each in found] == [each[:2] for each in case.expected], shown
    for each, (_, _, column, fragment) in zip(found, case.expected, strict=True):
        assert column in (None, each.span.column), shown
        assert fragment in each.message.en, shown


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_what_is_said_is_said_in_both_languages_and_names_the_old_place(case: Case) -> None:
    for each in compare(case.old, case.new):
        wordings = [each.message, each.label, each.help, *(label.text for label in each.related)]
        assert all(re.search(r"[\u3400-\u9fff]", wording.zh) and wording.en for wording in wordings if wording)
        assert each.related
        if each.code != "DL907":
            assert [label.span.file.name for label in each.related] == ["old.yaml"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_the_way_back_of_a_mend_is_clean(case: Case) -> None:
    """A line that is added to `renamed` saves the conversations that it is about, and costs no others."""
    found = compare(case.old, case.new)
    edits = edits_by_file(found, (Applicability.SAFE, Applicability.UNSAFE)).get("bot.yaml", [])
    if edits:
        again = compare(case.old, apply_edits(case.new, edits))
        assert len([each for each in again if each.code == "DL901"]) < len([e for e in found if e.code == "DL901"])


BOTS = sorted([*ROOT.glob("bots/*/bot.yaml"), *ROOT.glob("examples/*.yaml"), *ROOT.glob("tests/data/language/*.yaml")])


@pytest.mark.parametrize("path", BOTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_bot_that_was_not_edited_breaks_nothing(path: Path) -> None:
    before, after = compile_path(path), compile_path(path)
    assert before.bot is not None
    assert after.bot is not None
    assert list(compare_bots(before.bot, after.bot)) == []
