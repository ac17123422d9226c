"""The boundary of every command: the language it speaks, its exit codes, its streams, where its exceptions end."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from interpreter.diagnostics.wording import Wording

CLEAN = 0
FINDINGS = 1
USAGE = 2
OUR_FAULT = 3
INTERRUPTED = 130

LANGUAGES = ("en", "zh")
COLOURS = ("auto", "always", "never")


def choose_language(argv: Sequence[str], environ: Mapping[str, str]) -> str:
    """The language to speak: `--lang`, else the locale of the environment, else English."""
    asked = [word.removeprefix("--lang=") for word in argv if word.startswith("--lang=")]
    asked += [following for word, following in pairwise(argv) if word == "--lang"]
    for word in asked:
        if word[:2] in LANGUAGES:
            return word[:2]
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "zh" if environ[name].startswith("zh") else "en"
    return "en"


class UsageError(Exception):
    """Arguments that make no sense together; the wording says why."""

    def __init__(self, wording: Wording) -> None:
        super().__init__(wording.en)
        self.wording = wording


def wants_colour(environ: Mapping[str, str], choice: str | None = None) -> bool:
    """Whether output is coloured: as `--color` says, else on a terminal without `NO_COLOR` (https://no-color.org)."""
    if choice in ("always", "never"):
        return choice == "always"
    return sys.stdout.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def run_command(body: Callable[[Sequence[str], str], int]) -> int:
    """Run a command: the one place where its exceptions end.

    `body` takes the arguments and the language and gives the exit code.
    """
    argv = sys.argv[1:]
    language = choose_language(argv, os.environ)
    _prepare_streams()
    try:
        code = _exit_code(body, argv, language)
        sys.stdout.flush()
        sys.stderr.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _abandon_output()
        return CLEAN
    except Exception as error:
        if isinstance(error, OSError):
            _abandon_output()
        with contextlib.suppress(OSError):
            _report(error, language, debug="--debug" in argv)
        return OUR_FAULT
    return code


def _exit_code(body: Callable[[Sequence[str], str], int], argv: Sequence[str], language: str) -> int:
    try:
        return body(argv, language)
    except SystemExit as leaving:  # so argparse ends after an error, and after `--help`
        return leaving.code if isinstance(leaving.code, int) else USAGE if leaving.code else CLEAN


def _prepare_streams() -> None:
    """Have somewhere to write to, and write what the locale cannot show as escapes."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by who started us (`>&-`)
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  open until the end
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _abandon_output() -> None:
    """Let go of an output that takes nothing more, or Python would complain once more at exit.

    See docs.python.org, `signal`, "Note on SIGPIPE".
    """
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report(error: Exception, language: str, *, debug: bool) -> None:
    if debug:
        import traceback

        from interpreter.server.secrecy import SECRETS

        sys.stderr.write(SECRETS.scrub("".join(traceback.format_exception(error))))
    else:
        sys.stderr.write(_apology(error).say(language) + "\n")
    sys.stderr.flush()


def _apology(error: Exception) -> Wording:
    kind = type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        where = f": {error.filename}" if error.filename else ""
        return Wording(f"stopped by the system: {error.strerror}{where}", f"系统出错：{error.strerror}{where}")
    return Wording(
        f"internal error ({kind}): a bug of the interpreter, not of your bot; run again with --debug for a report",
        f"内部错误（{kind}）：这是解释器的问题，与您的机器人无关；加上 --debug 再运行一次可得到详细报告",
    )
