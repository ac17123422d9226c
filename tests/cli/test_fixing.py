"""`--fix`: what it mends stays mended, costs nothing that was right, and leaves everything else alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from interpreter.cli.fixing import Mended, mend
from interpreter.cli.lint import FIX_LEVELS
from interpreter.cli.loading import Loaded, load

ROOT = Path(__file__).parents[1] / "data"
BROKEN = sorted((ROOT / "check").rglob("*.yaml"))


def check(path: Path, texts: dict[str, str]) -> Loaded:
    return load(path, only_check=True, texts=texts)


def mend_file(path: Path, level: str = "all") -> Mended:
    return mend(path, check, FIX_LEVELS[level])


def errors(loaded: Loaded | None) -> int:
    assert loaded is not None
    return sum(item.is_error for item in loaded.diagnostics)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_second_run_has_nothing_left_to_mend(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    shutil.copy(path, copy)
    first = mend_file(copy)
    assert errors(first.loaded) <= errors(check(copy, {}))
    first.write()
    second = mend_file(copy)
    assert second.fixes == 0
    assert list(second.diff()) == []


def test_comments_order_and_line_breaks_stay(tmp_path: Path) -> None:
    bot = tmp_path / "bot.yaml"
    text = "\ufeff# 店铺\r\ndialog: 1\r\nname: t  # its name\r\nrules:\r\n  hi: {replly: x}  # hello\r\n"
    bot.write_bytes(text.encode())
    mend_file(bot).write()
    assert bot.read_bytes().decode() == text.replace("replly", "reply")


def test_a_fix_in_an_imported_file_is_written_there(tmp_path: Path) -> None:
    (tmp_path / "bot.yaml").write_text("dialog: 1\nname: t\nimports: [faq.yaml]\nrules:\n  hi: hello\n")
    (tmp_path / "faq.yaml").write_text("dialog: 1\nrules:\n  bye: {replly: x}\n")
    mend_file(tmp_path / "bot.yaml").write()
    assert (tmp_path / "faq.yaml").read_text() == "dialog: 1\nrules:\n  bye: {reply: x}\n"


def test_what_cannot_be_mended_is_left(tmp_path: Path) -> None:
    bot = tmp_path / "bot.yaml"
    bot.write_text("dialog: 1\nname: t\nrules:\n  hi: {wait: nowhere}\n")
    mended = mend_file(bot)
    assert mended.fixes == 0
    assert mended.after == {}
