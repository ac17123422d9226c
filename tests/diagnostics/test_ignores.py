"""Comments that silence findings; a chunk says with `# expect:` what is left."""

import re
from pathlib import Path

import pytest

from interpreter.cli.loading import load
from interpreter.diagnostics.diagnostic import Applicability
from interpreter.diagnostics.fixing import apply_edits, edits_by_file
from interpreter.diagnostics.ignores import read_ignores
from interpreter.source.reader import read_source
from interpreter.source.spans import SourceFile

CHUNKS = (Path(__file__).parents[1] / "data" / "diagnostics" / "ignores.txt").read_text(encoding="utf-8")
CASES = [chunk.split("\n", 1) for chunk in re.split(r"^### ", CHUNKS, flags=re.MULTILINE)[1:]]


def found(text: str) -> list[str]:
    """What is said of a bot: line, code and message."""
    loaded = load(Path("bot.yaml"), only_check=True, texts={"bot.yaml": text})
    return [f"{each.span.line} {each.code} {each.message.en}" for each in loaded.diagnostics]


@pytest.mark.parametrize(("title", "text"), CASES, ids=[title for title, _ in CASES])
def test_what_is_said_is_what_stands_there(title: str, text: str) -> None:
    bot, _, expected = text.rpartition("---\n")
    assert found(bot) == expected.splitlines(), title


def mended(text: str) -> str:
    loaded = load(Path("bot.yaml"), only_check=True, texts={"bot.yaml": text})
    edits = edits_by_file(loaded.diagnostics, (Applicability.SAFE,))
    return apply_edits(text, edits.get("bot.yaml", ()))


HEAD = "dialog: 1\nname: t\nfallback: x\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("rules:\n  # dialog-lint: ignore DL018 why\n  hi: x\n", "rules:\n  hi: x\n"),
        ("rules:\n  hi: x  # dialog-lint: ignore DL018 why\n", "rules:\n  hi: x\n"),
        ("rules:\r\n  hi: x  # dialog-lint: ignore DL018 why\r\n", "rules:\r\n  hi: x\r\n"),
        (
            "rules: {hi: &a x}  # dialog-lint: ignore DL018, DL999 y\n",
            "rules: {hi: &a x}  # dialog-lint: ignore DL018 y\n",
        ),
        (
            "rules: {hi: &a x}  # dialog-lint: ignore DL999 DL018 y\n",
            "rules: {hi: &a x}  # dialog-lint: ignore DL018 y\n",
        ),
        ("rules: {hi: &a x}  # dialog-lint: ignroe DL018 y\n", "rules: {hi: &a x}  # dialog-lint: ignore DL018 y\n"),
        ("rules: {hi: x}  # dialog-lint: ignore DL018", "rules: {hi: x}"),
    ],
)
def test_idle_comments_go_and_nothing_else(before: str, after: str) -> None:
    assert mended(HEAD + before) == HEAD + after


def test_a_comment_without_a_reason_stays() -> None:
    text = HEAD + "rules: {hi: &a x}  # dialog-lint: ignore DL018\n"
    assert mended(text) == text


@pytest.mark.parametrize("name", ["bot.json", "bot.yaml"])
def test_files_without_such_comments_cost_nothing(name: str) -> None:
    file = SourceFile(name, '{"dialog": 1, "name": "# dialog-lint: ignore DL018"}')
    assert read_ignores(file, read_source(file)[0]) is None
