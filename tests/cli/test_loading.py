"""From paths to bots: what is read, and what is refused."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from interpreter.cli.garbage import paused_collector
from interpreter.cli.loading import load

BOT = "dialog: 1\nname: t\nrules: {hi: yo}\n"


def test_a_pipe_or_a_device_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    for path in (tmp_path / "pipe.yaml", Path("/dev/null"), Path("/dev/zero"), tmp_path):
        loaded = load(path)
        assert [each.code for each in loaded.diagnostics] == ["DL002"]
        assert loaded.program is None


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    for path in (tmp_path / "loop.yaml", tmp_path / "loop.yaml" / "x"):
        assert [each.code for each in load(path).diagnostics] == ["DL002"]


@pytest.mark.parametrize("name", ["../secret.yaml", "out.yaml", "loop.yaml", '"a\\0b"', "pipe.yaml"])
def test_no_import_leaves_the_folder_or_hangs(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "bot"
    folder.mkdir()
    (tmp_path / "secret.yaml").write_text("rules: {secret: x}\n")
    (folder / "out.yaml").symlink_to("../secret.yaml")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    os.mkfifo(folder / "pipe.yaml")
    (folder / "bot.yaml").write_text(f"{BOT}imports: [{name}]\n")
    loaded = load(folder / "bot.yaml")
    assert [each.code for each in loaded.diagnostics] == ["DL112"]
    assert loaded.has_errors


def test_a_bot_that_nobody_needs_any_more_leaves_no_garbage(tmp_path: Path) -> None:
    rules = "".join(f"  r{number}: {{pattern: /h({number})/, set: n += 1, reply: $(n)}}\n" for number in range(100))
    (tmp_path / "bot.yaml").write_text(f"dialog: 1\nname: t\nvars: {{n: int = 0}}\nrules:\n{rules}")
    loaded = load(tmp_path / "bot.yaml")
    assert loaded.program is not None
    with paused_collector():
        gc.collect()
        del loaded
        assert gc.collect() < 1000
