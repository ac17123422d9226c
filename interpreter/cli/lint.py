"""`dialog-lint`: says what is wrong with bots, without running them."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from interpreter.cli.common import CLEAN, FINDINGS, USAGE, Parser, run_command, wants_colour
from interpreter.cli.fixing import mend
from interpreter.cli.loading import Loaded, find_bots, load
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic
from interpreter.diagnostics.formats import FORMATS
from interpreter.diagnostics.render import render_text
from interpreter.diagnostics.wording import Wording

FIX_LEVELS = {
    "safe": (Applicability.SAFE,),
    "all": (Applicability.SAFE, Applicability.UNSAFE),
}
"""What `--fix` and `--fix=all` may apply."""


def main() -> int:
    """The command."""
    return run_command(_lint)


def _parser(language: str) -> Parser:
    parser = Parser(
        "dialog-lint",
        Wording(
            "Check bots. Exit code 0: clean, 1: findings, 2: wrong usage, 3: internal error.",
            "检查机器人。退出码 0：没有问题，1：有问题，2：用法错误，3：内部错误。",
        ),
        language,
    )
    parser.option("paths", nargs="+", metavar="PATH", help=Wording("bot files or folders", "机器人文件或文件夹"))
    parser.option(
        "--format", choices=tuple(FORMATS), default="text", help=Wording("form of the findings", "结果的格式")
    )
    parser.option(
        "--fix",
        choices=tuple(FIX_LEVELS),
        metavar="safe|all",
        help=Wording(
            "mend what can be mended (=all: also what may change meaning)", "自动修复（=all：包括可能改变含义的）"
        ),
    )
    parser.option("--diff", action="store_true", help=Wording("show the mends, change nothing", "只显示修复，不写文件"))
    return parser


def _lint(argv: Sequence[str], language: str) -> int:
    arguments = _parser(language).parse_intermixed_args(["--fix=safe" if word == "--fix" else word for word in argv])
    paths, missing = find_bots(arguments.paths)
    for name in missing:
        sys.stderr.write(_nothing_there(name).say(language) + "\n")
    diagnostics: list[Diagnostic] = []
    allowed = FIX_LEVELS[arguments.fix or "safe"]
    for path in paths:
        if arguments.fix or arguments.diff:
            mended = mend(path, _load_with, allowed)
            assert mended.loaded is not None
            diagnostics += mended.loaded.diagnostics
            if arguments.diff:
                sys.stdout.writelines(mended.diff())
            else:
                mended.write()
        else:
            diagnostics += load(path, only_check=True).diagnostics
    if arguments.format == "text":
        output = render_text(diagnostics, language, colour=wants_colour(os.environ))
    else:
        output = FORMATS[arguments.format](diagnostics, language)
    sys.stdout.write(output)
    if arguments.format == "text" and not diagnostics and paths:
        sys.stdout.write(_clean(len(paths)).say(language) + "\n")
    if missing:
        return USAGE
    return FINDINGS if diagnostics else CLEAN


def _load_with(path: Path, texts: dict[str, str]) -> Loaded:
    return load(path, only_check=True, texts=texts)


def _nothing_there(name: str) -> Wording:
    return Wording(f"{name}: no bot file is there", f"{name}：这里没有机器人文件")


def _clean(count: int) -> Wording:
    bots = "1 bot" if count == 1 else f"{count} bots"
    return Wording(f"{bots}, no findings", f"{count} 个机器人，没有发现问题")


if __name__ == "__main__":
    sys.exit(main())
