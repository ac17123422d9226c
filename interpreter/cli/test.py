"""`dialog-test`: runs the conversations and examples that bots bring along."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from interpreter.cli.bot_files import find_bots
from interpreter.cli.common import CLEAN, FINDINGS, USAGE, Parser, run_command, wants_colour
from interpreter.cli.loading import load
from interpreter.diagnostics.render import render_text
from interpreter.diagnostics.wording import Wording
from interpreter.transcripts.coverage import coverage_report
from interpreter.transcripts.report import failure_report, summary
from interpreter.transcripts.running import Verdict, run_suite


def main() -> int:
    """The command."""
    return run_command(_test)


def _parser(language: str) -> Parser:
    parser = Parser(
        "dialog-test",
        Wording(
            "Run the tests and examples of bots. Exit code 0: all hold, 1: not all, 2: wrong usage, 3: internal error.",
            "运行机器人自带的测试和例句。退出码 0：全部通过，1：有失败，2：用法错误，3：内部错误。",
        ),
        language,
    )
    parser.option("paths", nargs="+", metavar="PATH", help=Wording("bot files or folders", "机器人文件或文件夹"))
    parser.option(
        "-k",
        "--name",
        metavar="TEXT",
        help=Wording("only tests with this in their name", "只运行名称包含此文本的测试"),
    )
    parser.option("-v", "--verbose", action="store_true", help=Wording("name every test", "列出每个测试"))
    parser.option(
        "--coverage",
        action="store_true",
        help=Wording("name the rules that no test or example reaches", "列出没有测试或例句到达的规则"),
    )
    return parser


def _test(argv: Sequence[str], language: str) -> int:
    arguments = _parser(language).parse_intermixed_args(argv)
    paths, missing = find_bots(arguments.paths)
    for name in missing:
        sys.stderr.write(Wording(f"{name}: no bot file is there", f"{name}：这里没有机器人文件").say(language) + "\n")
    verdicts: list[Verdict] = []
    colour = wants_colour(os.environ, arguments.color)
    broken = 0
    for path in paths:
        found = _run_bot(path, arguments, language, colour=colour)
        broken += found is None
        verdicts += found or ()
    sys.stdout.write(summary(verdicts, language) + _untested(broken).say(language) + "\n")
    if missing:
        return USAGE
    if arguments.name is not None and not verdicts and not broken:
        told = Wording(
            f"no test or example has `{arguments.name}` in its name", f"没有名称包含 `{arguments.name}` 的测试或例句"
        )
        sys.stderr.write(f"dialog-test: {told.say(language)}\n")
        return USAGE
    return FINDINGS if broken or any(verdict.failure for verdict in verdicts) else CLEAN


def _untested(bots: int) -> Wording:
    """What the last line says of bots that have errors."""
    if not bots:
        return Wording("", "")
    which = "1 bot has errors and was" if bots == 1 else f"{bots} bots have errors and were"
    return Wording(f"; {which} not tested", f"；{bots} 个机器人有错误，没有测试")


def _run_bot(path: Path, arguments: Namespace, language: str, *, colour: bool) -> list[Verdict] | None:
    """The verdicts of one bot, failures printed; None when it cannot be compiled."""
    loaded = load(path)
    if loaded.program is None or loaded.suite is None:
        sys.stdout.write(render_text(loaded.diagnostics, language, colour=colour))
        return None
    verdicts = []
    for verdict in run_suite(loaded.program, loaded.suite):
        if arguments.name is not None and arguments.name not in verdict.name:
            continue
        verdicts.append(verdict)
        if verdict.failure is not None:
            sys.stdout.write(failure_report(verdict, verdict.failure, language, colour=colour) + "\n\n")
        elif arguments.verbose:
            sys.stdout.write(f"ok {path}: {verdict.name}\n")
    if arguments.coverage:
        sys.stdout.write(coverage_report(loaded.program, verdicts, language) + "\n")
    return verdicts


if __name__ == "__main__":
    sys.exit(main())
