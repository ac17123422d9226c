"""What every command shares: the language it speaks, its exit codes, its argument parser, its one error boundary."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import NoReturn

from interpreter.diagnostics.suggest import nearest
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


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks two languages and knows what was meant."""

    def __init__(self, prog: str, description: Wording, language: str) -> None:
        super().__init__(
            prog=prog,
            description=description.say(language),
            add_help=False,
            allow_abbrev=False,
            usage=None,
            formatter_class=_Help,
        )
        self.language = language
        self._optionals.title = Wording("options", "选项").say(language)
        self._positionals.title = Wording("arguments", "参数").say(language)
        self.option("-h", "--help", help=Wording("show this help", "显示帮助"), action="help")
        self.option(
            "--lang",
            help=Wording("language of messages (default: the locale's)", "消息的语言（默认按系统语言）"),
            choices=LANGUAGES,
        )
        self.option(
            "--color",
            help=Wording("colour the output (default: auto, on a terminal)", "彩色输出（默认 auto：在终端里）"),
            choices=COLOURS,
            default="auto",
        )
        self.option("--version", help=Wording("show the version", "显示版本"), action="version", version=_version(prog))
        self.option(
            "--debug",
            help=Wording("show the traceback of an internal error", "内部错误时显示调用栈"),
            action="store_true",
        )

    def option(self, *names: str, help: Wording, **settings: object) -> None:
        """Add an option or a positional argument."""
        self.add_argument(*names, help=help.say(self.language).replace("%", "%%"), **settings)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, and leave with the exit code for it."""
        sys.stderr.write(self._localized(self.format_usage()))
        said = self._translate(message)
        sys.stderr.write(f"{self.prog}: {said}\n")
        sys.exit(USAGE)

    def format_help(self) -> str:
        """The help text, in the language of the user."""
        return self._localized(super().format_help())

    def _localized(self, text: str) -> str:
        """Not in `format_usage`: argparse cuts as many letters off its result as `usage: ` has."""
        return re.sub(r"^usage:", "用法：", text) if self.language == "zh" else text

    def _translate(self, message: str) -> str:
        if found := re.match(r"unrecognized arguments: (.*)", message):
            return self._unknown(next(iter(found[1].split()), ""))
        message = re.sub(r"invalid int value: (\S+)", r"expected a whole number, found \1", message)
        meant = self._meant(message)
        for pattern, chinese in _ARGPARSE_ZH if self.language == "zh" else ():
            message = re.sub(pattern, chinese, message)
        return f"{message}{meant}"

    def _meant(self, message: str) -> str:
        """What a word may have been meant to be that is none of those to choose from."""
        found = re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)", message)
        near = nearest(found[1], re.findall(r"[\w-]+", found[2])) if found else None
        return Wording(f"; did you mean {near}?", f"；是不是 {near}？").say(self.language) if near else ""

    def _unknown(self, word: str) -> str:
        known = [name for action in self._actions for name in action.option_strings]
        near = nearest(word.partition("=")[0], known)
        meant, meant_zh = (f"; did you mean {near}?", f"；是不是 {near}？") if near else ("", "")
        if word.startswith("-"):
            return Wording(f"unknown option {word}{meant}", f"未知选项 {word}{meant_zh}").say(self.language)
        return Wording(f"unexpected argument {word}", f"多余的参数 {word}").say(self.language)


class _Help(argparse.HelpFormatter):
    """Help as wide as the terminal. argparse makes one for each option, and `shutil` brings its archives along."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    written = os.environ.get("COLUMNS", "")
    if written.isdecimal() and int(written):
        return int(written)
    try:
        return os.get_terminal_size().columns or 80
    except OSError:  # no terminal
        return 80


_ARGPARSE_ZH = (
    (r"argument ([^:]*): ", r"参数 \1："),
    (r"the following arguments are required: (.*)", r"缺少参数：\1"),
    (r"expected one argument", "需要一个值"),
    (r"expected at least one argument", "至少需要一个值"),
    (r"invalid choice: (\S+) \(choose from (.*)\)", r"不能是 \1，可选：\2"),
    (r"expected a whole number, found (\S+)", r"应为整数，实为 \1"),
    (r"not allowed with argument (\S+)", r"不能与 \1 同时使用"),
)


def _version(prog: str) -> str:
    from interpreter import __version__

    return f"{prog} {__version__}"


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
