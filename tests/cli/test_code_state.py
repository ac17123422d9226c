from __future__ import annotations

import os
from pathlib import Path

from interpreter.cli.code_state import code_state


def test_it_stays_the_same_while_nothing_is_edited() -> None:
    assert code_state() == code_state() is not None


def test_every_edit_changes_it_even_one_that_hides(tmp_path: Path) -> None:
    part = tmp_path / "below/part.py"
    part.parent.mkdir()
    part.write_text("x = 1")
    before, times = code_state(tmp_path), part.stat()
    part.write_text("x = 2")
    os.utime(part, ns=(times.st_atime_ns, times.st_mtime_ns))
    edited = code_state(tmp_path)
    (tmp_path / "more.py").write_text("")
    extended = code_state(tmp_path)
    assert len({before, edited, extended, code_state(tmp_path, "0.0.0")}) == 4


def test_what_is_no_code_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "part.py").write_text("x = 1")
    before = code_state(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__/part.py").write_text("")
    (tmp_path / "notes.md").write_text("")
    assert code_state(tmp_path) == before


def test_that_of_code_in_an_archive_is_not_known(tmp_path: Path) -> None:
    assert code_state(tmp_path / "package.zip" / "interpreter") is None
