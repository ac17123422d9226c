"""Pages in one language at a time."""

from pathlib import Path

import pytest

from interpreter.diagnostics.codes import CODES
from interpreter.diagnostics.pages import explain_code, find_page, summary


def test_a_page_is_shown_in_english() -> None:
    shown = explain_code("DL016", "en")
    assert shown.startswith("DL016 idle-ignore (warning): an ignore comment that does nothing\n\n")
    assert "\nWrong\n\n    " in shown
    assert "```" not in shown
    assert "写法" not in shown


def test_a_page_is_shown_in_chinese() -> None:
    shown = explain_code("DL016", "zh")
    assert shown.startswith("DL016 idle-ignore (警告): 不起作用的忽略注释\n\n")
    assert "\n错误的写法\n\n    " in shown
    assert "\n正确的写法\n\n    " in shown
    assert summary(find_page("DL016") or "", "en") not in shown


def test_the_first_paragraph_sums_a_page_up() -> None:
    page = "# DL000 x\n\nA `文本` that\nis English.\n\n这是 `English` 中文。\n\n## Wrong\n\n```yaml\na: b\n```\n"
    assert summary(page, "en") == "A `文本` that is English."
    assert summary(page, "zh") == "这是 `English` 中文。"
    assert summary("# DL000\n", "zh") == ""


def test_a_code_without_a_page_has_its_title(tmp_path: Path) -> None:
    assert find_page("DL001", [tmp_path]) is None
    assert explain_code("DL001", "en", [tmp_path]) == "DL001 not-yaml (error): the file is not YAML\n"


@pytest.mark.parametrize("code", CODES)
def test_every_page_can_be_shown_in_both_languages(code: str) -> None:
    for language in ("en", "zh"):
        assert explain_code(code, language).startswith(code)
