"""Every code has a page, and the examples of a page are what it says they are.

In a page `docs/diagnostics/DLxxx.md` a block ```` ```yaml warning DLxxx ```` has exactly that finding (once or several
times), and a block ```` ```yaml ```` none at all. `yaml file faq.yaml` is a file that the next bot may import, and
`yaml before` the bot as it was before the edit that the blocks behind it show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from interpreter.check.lints.registry import CHECKS
from interpreter.cli.linting_input import Input
from interpreter.cli.loading import Loaded, load
from interpreter.diagnostics.codes import CODES
from interpreter.diagnostics.diagnostic import Diagnostic

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "docs" / "diagnostics"
UNSHOWN = {"DL002"}
"""Codes that no text can show: the file is not there, or is no text."""

_FENCE = re.compile(r"^```yaml(?P<rest>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_ANY_FENCE = re.compile(r"^```[^\n]*\n.*?^```$", re.MULTILINE | re.DOTALL)
_PICTURE = re.compile(r"\b(?:images/)?cat\.jpg\b")
"""A file that is beside every bot that names it."""
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Example:
    """A bot of a page, what it imports, what it was, and the finding it is to have."""

    page: Path
    line: int
    text: str
    severity: str | None
    code: str | None
    files: dict[str, str] = field(default_factory=dict)
    before: str | None = None

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def completed(text: str) -> str:
    return text if re.search(r"^[\s{\"]*dialog\"?:", text, re.MULTILINE) else f"dialog: 1\nname: page\n{text}"


def examples(page: Path) -> Iterator[Example]:
    text = page.read_text(encoding="utf-8")
    files: dict[str, str] = {}
    before: str | None = None
    for block in _FENCE.finditer(text):
        words = block["rest"].split()
        if words[:1] == ["file"]:
            files[words[1]] = block["body"]
        elif words == ["before"]:
            before = completed(block["body"])
        else:
            severity, code = words or (None, None)
            line = text.count("\n", 0, block.start()) + 1
            yield Example(page, line, completed(block["body"]), severity, code, dict(files), before)


EXAMPLES = [example for page in sorted(PAGES.glob("*.md")) for example in examples(page)]


def lint(example: Example, folder: Path) -> tuple[Diagnostic, ...]:
    for name, text in example.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name in _PICTURE.findall(example.text):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"picture")
    path = folder / "bot.yaml"
    path.write_text(example.text, encoding="utf-8")
    return Input(path, old=was(example, folder)).load(path, {}).diagnostics


def was(example: Example, folder: Path) -> Loaded | None:
    if example.before is None:
        return None
    path = folder / "old.yaml"
    path.write_text(example.before, encoding="utf-8")
    return load(path, only_check=True)


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    pages = {page.stem for page in PAGES.glob("*.md")}
    assert sorted(set(CODES) - pages) == []
    assert sorted(pages - set(CODES)) == []


def test_every_page_has_a_wrong_and_a_right_example() -> None:
    wrong = {example.page.stem for example in EXAMPLES if example.code == example.page.stem}
    right = {example.page.stem for example in EXAMPLES if example.code is None}
    pages = {page.stem for page in PAGES.glob("*.md")} - UNSHOWN
    assert sorted(pages - wrong) == []
    assert sorted(pages - right) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_has_the_findings_it_says(example: Example, tmp_path: Path) -> None:
    found = lint(example, tmp_path)
    shown = [f"{each.span.line}: {each.severity.value} {each.code} {each.message.en}" for each in found]
    assert {(each.severity.value, each.code) for each in found} == (
        {(example.severity, example.code)} if example.code else set()
    ), shown


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_a_page_has_its_title_and_speaks_both_languages(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {page.stem} {CODES[page.stem].name}\n")
    before = _ANY_FENCE.sub("", text.partition("\n## ")[0]).partition("\n")[2]
    paragraphs = [part for part in re.split(r"\n\s*\n", before) if part.strip()]
    bare = [re.sub(r"`[^`]*`", "", part) for part in paragraphs]
    assert any(not _CHINESE.search(part) for part in bare), "no English"
    assert any(_CHINESE.search(part) for part in bare), "no Chinese"


def test_there_are_at_least_seventy_checks() -> None:
    assert len(CODES) >= 70
    assert CHECKS
