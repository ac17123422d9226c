"""The tables of codes in the documents are what the codes say."""

from pathlib import Path

import pytest

from interpreter.diagnostics.codes import CODES
from interpreter.diagnostics.document import DOCUMENTS, with_table

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("language", DOCUMENTS)
def test_the_table_is_written_by_make_pages(language: str) -> None:
    text = (ROOT / DOCUMENTS[language]).read_text(encoding="utf-8")
    assert with_table(text, language) == text, "run `make pages`"
    assert all(f"| [{code}](diagnostics/{code}.md) |" in text for code in CODES)


def test_only_what_stands_between_the_marks_is_written() -> None:
    written = with_table("before\n<!-- codes -->\nold\n<!-- /codes -->\nafter\n", "en")
    assert written.startswith("before\n<!-- codes -->\n")
    assert written.endswith("\n<!-- /codes -->\nafter\n")
    assert "| [DL001](diagnostics/DL001.md) | error | `not-yaml` | the file is not YAML |\n" in written
    assert "old" not in written.splitlines()
