"""Every finding says what to do: over all the wrong bots of the tests and of the pages."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from interpreter.cli.loading import load
from interpreter.diagnostics.codes import CODES
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.reading import explain
from interpreter.diagnostics.render import render_text
from interpreter.diagnostics.ways_out import WAYS
from interpreter.diagnostics.wording import Wording
from interpreter.source.faults import ReadProblem
from interpreter.source.spans import SourceFile, Span

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
_HEAD = "dialog: 1\nname: test\n"
_OF_EDITS = frozenset(code for code in CODES if code.startswith("DL9"))
"""What is said of two versions of a bot; its own tests have its samples."""


def wrong_bots() -> Iterator[tuple[str, str]]:
    """Name and text of every bot that something is expected to be said of."""
    yield "bot.yaml", f"{_HEAD}rules: {{hi: {'a' * 70_000}}}\n"
    yield "bot.yaml", f"{_HEAD}rules: {{hi: {{pattern: {'a' * 10_001}, reply: b}}}}\n"
    for folder, ending in (("check", "yaml"), ("lint", "yaml"), ("bad", "txt"), ("dialog", "txt")):
        for file in sorted((DATA / folder).glob(f"*.{ending}")):
            name = "bot.json" if file.stem == "json" else "bot.yaml"
            for chunk in re.split(r"^### .*\n", file.read_text("utf-8"), flags=re.MULTILINE)[1:]:
                text = chunk.partition("---\n")[0] if folder == "dialog" else chunk
                is_whole = name == "bot.json" or re.search(r"^\W*dialog\W*:", text, re.MULTILINE)
                yield name, text if is_whole else _HEAD + text
    for file in sorted((ROOT / "docs").rglob("*.md")):
        for found in re.finditer(r"```yaml (?:error|warning|info)\b.*\n([^`]*)```", file.read_text("utf-8")):
            yield "bot.yaml", found[1] if "dialog:" in found[1] else _HEAD + found[1]


@cache
def findings() -> dict[str, list[Diagnostic]]:
    """All that is said of them, by code."""
    found: dict[str, list[Diagnostic]] = {}
    for name, text in wrong_bots():
        for each in load(Path(name), only_check=True, texts={name: text}).diagnostics:
            found.setdefault(each.code, []).append(each)
    return found


@pytest.mark.parametrize("code", [code for code in CODES if code not in _OF_EDITS])
def test_every_finding_has_a_fix_or_says_what_to_do(code: str) -> None:
    for each in findings().get(code, []):
        assert each.fix or each.way_out, each.message.en
        if each.way_out:
            assert each.way_out.en
            assert re.search(r"[\u3400-\u9fff]", each.way_out.zh), each.way_out.zh


def test_nearly_every_code_has_a_sample() -> None:
    assert set(CODES) - set(findings()) - _OF_EDITS == {"DL002"}


@pytest.mark.parametrize(
    "kind", ["missing-file", "not-a-file", "a-pipe", "a-socket", "a-device", "not-permitted", "unreadable", "encoding"]
)
def test_a_file_that_cannot_be_read_has_a_way_out(kind: str) -> None:
    nowhere = Span(SourceFile("bot.yaml", ""), 0, 0)
    assert explain(ReadProblem(kind, nowhere)).way_out  # type: ignore[arg-type]


@pytest.mark.parametrize("code", WAYS)
def test_a_way_out_of_a_code_is_one_that_some_finding_needs(code: str) -> None:
    assert any(each.help is None and each.fix is None for each in findings()[code])


def test_what_a_finding_says_itself_comes_first() -> None:
    place = Span(SourceFile("bot.yaml", "a: b\n"), 0, 1)
    own = Diagnostic("DL210", place, Wording("no", "不"), help=Wording("do this", "这样做"))
    none = Diagnostic("DL210", place, Wording("no", "不"))
    assert own.way_out == own.help
    assert none.way_out == WAYS["DL210"]
    assert f"= help: {WAYS['DL210'].en}" in render_text([none], "en", colour=False)
