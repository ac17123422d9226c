"""What `import interpreter` gives, and what it must not cost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import interpreter

HEAVY = (
    "aiohttp",
    "jsonschema",
    "lark",
    "lxml",
    "opencc",
    "opentelemetry",
    "prometheus_client",
    "redis",
    "ruamel",
    "yaml",
)


def test_the_public_names_are_these() -> None:
    assert interpreter.__all__ == [
        "ApiClient",
        "ApiError",
        "CompileError",
        "Diagnostic",
        "EffectCompleted",
        "EffectFailed",
        "Message",
        "MessageReceived",
        "Program",
        "Session",
        "Step",
        "TimerFired",
        "compile_file",
        "is_compiled",
        "make_app",
        "open_client",
        "open_store",
        "step",
        "wake_at",
    ]
    assert all(getattr(interpreter, name) is not None for name in interpreter.__all__)


def test_no_other_name_is_invented() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = interpreter.nothing


@pytest.mark.parametrize(
    ("imported", "heavy"),
    [("interpreter", HEAVY), ("interpreter.machine.step", tuple(name for name in HEAVY if name != "yaml"))],
)
def test_an_import_loads_no_heavy_library(imported: str, heavy: tuple[str, ...]) -> None:
    code = f"import {imported}, sys; print([name for name in {heavy!r} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_a_lint_loads_what_it_needs_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "bot.yaml"
    path.write_text("dialog: 1\nname: t\nvars: {n: int = 0}\nrules:\n  hi: {if: n < 1, set: n += 1, reply: $(n)}\n")
    needless = ("aiohttp", "asyncio", "lark", "jsonschema", "lxml", "ruamel", "sqlite3", "ssl", "uvloop")
    lint = "import sys; from interpreter.cli.lint import main; main()"
    code = f"{lint}; print([name for name in {needless!r} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "[]"


def test_a_broken_bot_is_an_exception_with_its_diagnostics(tmp_path: Path) -> None:
    path = tmp_path / "bot.yaml"
    path.write_text("dialog: 1\nname: t\nrules:\n  hi: {wait: nowhere}\n")
    with pytest.raises(interpreter.CompileError, match="DL101") as caught:
        interpreter.compile_file(path)
    assert [item.code for item in caught.value.diagnostics] == ["DL101"]


def test_a_good_bot_is_a_program(tmp_path: Path) -> None:
    path = tmp_path / "bot.yaml"
    path.write_text("dialog: 1\nname: t\nrules:\n  hi: hello\n")
    assert interpreter.compile_file(path).name == "t"
