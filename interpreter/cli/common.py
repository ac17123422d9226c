"""What the commands share: their boundary, and their argument parser."""

from __future__ import annotations

import argparse
import os
import re
import sys
from typing import NoReturn

from interpreter.cli.boundary import (
    CLEAN,
    COLOURS,
    FINDINGS,
    INTERRUPTED,
    LANGUAGES,
    OUR_FAULT,
    USAGE,
    UsageError,
    choose_language,
    run_command,
    wants_colour,
)
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording

__all__ = [
    "CLEAN",
    "FINDINGS",
    "INTERRUPTED",
    "OUR_FAULT",
    "USAGE",
    "Parser",
    "UsageError",
    "choose_language",
    "run_command",
    "wants_colour",
]


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
