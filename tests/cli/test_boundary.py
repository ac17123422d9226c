"""The boundary of every command: its language, its exit codes, its streams."""

from __future__ import annotations

import contextlib
import errno
import gc
import io
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from interpreter.cli import commands
from interpreter.cli.boundary import CLEAN, INTERRUPTED, OUR_FAULT, USAGE, choose_language, run_command

Body = Callable[[Sequence[str], str], int]


def run(monkeypatch: pytest.MonkeyPatch, body: Body, *argv: str) -> int:
    monkeypatch.setattr(sys, "argv", ["dialog-x", *argv])
    return run_command(body)


def raising(error: BaseException) -> Body:
    def body(_: Sequence[str], __: str) -> int:
        raise error

    return body


@pytest.mark.parametrize(
    ("argv", "environ", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        (["--lang", "zh"], {"LANG": "C"}, "zh"),
        (["--lang=en"], {"LANG": "zh_CN"}, "en"),
        (["--lang"], {}, "en"),
        (["--lang"], {"LANG": "zh_CN.UTF-8"}, "zh"),
        (["--lang", "jp"], {"LANG": "zh_CN.UTF-8"}, "zh"),
        (["--lang=jp"], {"LANG": "en_US.UTF-8"}, "en"),
        (["--lang", "zh_TW"], {}, "zh"),
    ],
)
def test_the_language_comes_from_the_arguments_then_the_locale(
    argv: list[str], environ: dict[str, str], language: str
) -> None:
    assert choose_language(argv, environ) == language


def test_the_exit_code_is_that_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, lambda _, __: 1) == 1


@pytest.mark.parametrize(("left", "code"), [(0, CLEAN), (2, USAGE), (None, CLEAN), ("a word", USAGE)])
def test_leaving_ends_with_a_code(left: int | str | None, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, raising(SystemExit(left))) == code


def test_an_interruption_is_silent(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, raising(KeyboardInterrupt())) == INTERRUPTED
    assert capsys.readouterr() == ("", "")


def test_a_bug_is_admitted_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, raising(KeyError("x"))) == OUR_FAULT
    assert capsys.readouterr().err.startswith("internal error (KeyError): a bug of the interpreter")
    assert run(monkeypatch, raising(KeyError("x")), "--lang", "zh") == OUR_FAULT
    assert capsys.readouterr().err.startswith("内部错误（KeyError）")


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, raising(KeyError("x")), "--debug") == OUR_FAULT
    assert "Traceback" in capsys.readouterr().err


class Full(io.StringIO):
    """A stream on a disk that is full."""

    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def fileno(self) -> int:
        raise io.UnsupportedOperation


def test_a_full_disk_is_the_systems_fault(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdout", Full())
    assert run(monkeypatch, lambda _, __: sys.stdout.write("x")) == OUR_FAULT
    assert capsys.readouterr().err == "stopped by the system: No space left on device\n"


def test_streams_that_take_nothing_end_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Full())
    monkeypatch.setattr(sys, "stderr", Full())
    assert run(monkeypatch, raising(ValueError())) == OUR_FAULT
    assert run(monkeypatch, raising(BrokenPipeError())) == CLEAN


def test_closed_streams_are_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with pytest.MonkeyPatch.context() as streams:
        streams.setattr(sys, "argv", ["dialog-x"])
        assert run_command(lambda _, __: sys.stdout.write("x") + sys.stderr.write("y")) == 2
    sys.stdout.close()
    sys.stderr.close()


# ---------------------------------------------------------------------------------------------------- real processes


def shell(script: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    lint = f'"{sys.executable}" -m interpreter.cli.lint'
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {script.replace('LINT', lint)}"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environ},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=300,
        check=False,
    )


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    (tmp_path / "bot.yaml").write_text("dialog: 1\nname: t\nrules: {你好: $(不知道)}\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("script", ["LINT bot.yaml >&-", "LINT bot.yaml >&- 2>&-", "LINT --lang zh bot.yaml"])
def test_findings_are_findings_whatever_the_streams_and_the_locale(script: str, broken: Path) -> None:
    done = shell(script, broken, LC_ALL="C", PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stdout.isascii()


@pytest.mark.parametrize("script", ["LINT bot.yaml | head -0", "LINT --help | head -0", "LINT bot.yaml > /dev/full"])
def test_a_reader_that_goes_away_leaves_no_traceback(script: str, broken: Path) -> None:
    done = shell(script, broken)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_an_interrupted_command_ends_with_130(broken: Path) -> None:
    big = "dialog: 1\nname: t\nrules:\n" + "".join(f"  r{i}: $(nmae{i})\n" for i in range(9_000))
    (broken / "bot.yaml").write_text(big)
    code = (
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "signal.signal(signal.SIGVTALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT)); "
        "from interpreter.cli import lint; sys.argv = ['dialog-lint', 'bot.yaml']; "
        "signal.setitimer(signal.ITIMER_VIRTUAL, 0.2); sys.exit(lint.main())"
    )  # the processor's time, so that it is at work by then however slow the machine is
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=broken,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == INTERRUPTED
    assert "Traceback" not in done.stderr


def test_the_garbage_collector_rests_only_while_a_command_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["dialog-test", "--help"])
    with contextlib.suppress(SystemExit):
        commands.test()
    assert gc.isenabled()
