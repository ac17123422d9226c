"""The arguments of `dialog-lint` that are not paths only."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from msgspec import convert

from interpreter.cli.common import Parser
from interpreter.cli.linting_options import Options
from interpreter.diagnostics.codes import Severity
from interpreter.diagnostics.formats import FORMATS
from interpreter.diagnostics.wording import Wording

FIX_LEVELS = ("safe", "all")


def parse_arguments(argv: Sequence[str], language: str) -> Options:
    """What the arguments say."""
    parser = _parser(language)
    found = parser.parse_intermixed_args(["--fix=safe" if word == "--fix" else word for word in argv])
    options = convert(vars(found), Options)
    if not (options.paths or options.explain or options.list_rules or options.lsp):
        parser.error(
            Wording(
                "name bot files or folders, or - for what comes in on stdin",
                "请写出机器人文件或文件夹，或用 - 读标准输入",
            ).say(language)
        )
    return options


def _parser(language: str) -> Parser:
    parser = Parser(
        "dialog-lint",
        Wording(
            "Check bots. Exit code 0: clean, 1: findings, 2: wrong usage, 3: internal error.",
            "检查机器人。退出码 0：没有问题，1：有问题，2：用法错误，3：内部错误。",
        ),
        language,
    )
    parser.option(
        "paths",
        nargs="*",
        metavar="PATH",
        help=Wording("bot files, folders or patterns; - is stdin", "机器人文件、文件夹或通配符；- 表示标准输入"),
    )
    _add_choice(parser)
    _add_output(parser)
    _add_mending(parser)
    _add_knowledge(parser)
    return parser


def _add_choice(parser: Parser) -> None:
    parser.option(
        "--select",
        action="append",
        metavar="CODES",
        help=Wording(
            "report only these (DL303,DL4: whole codes or beginnings)", "只报告这些代码（DL303,DL4：可写前缀）"
        ),
    )
    parser.option("--ignore", action="append", metavar="CODES", help=Wording("do not report these", "不报告这些代码"))
    parser.option(
        "--fail-on",
        choices=tuple(level.value for level in Severity),
        default=Severity.INFO.value,
        help=Wording(
            "the least severity for exit code 1 (default: info, any finding)",
            "退出码为 1 的最低级别（默认 info：任何问题）",
        ),
    )
    parser.option(
        "--baseline",
        metavar="FILE",
        help=Wording(
            "leave out what an earlier --format json report holds", "不报告先前 --format json 结果中已有的问题"
        ),
    )
    parser.option(
        "--against",
        metavar="OLD",
        help=Wording(
            "also say what the edit of this older file does to conversations under way",
            "另外检查：从这个旧文件改到现在，会影响哪些进行中的对话",
        ),
    )
    parser.option(
        "--stdin-filename",
        metavar="NAME",
        help=Wording(
            "what to call stdin; its imports are sought beside it", "标准输入的文件名，导入的文件相对于它查找"
        ),
    )


def _add_output(parser: Parser) -> None:
    parser.option(
        "--format", choices=tuple(FORMATS), default="text", help=Wording("form of the findings", "结果的格式")
    )
    parser.option("--output", metavar="FILE", help=Wording("write the findings there", "把结果写入文件"))


def _add_mending(parser: Parser) -> None:
    parser.option(
        "--fix",
        choices=FIX_LEVELS,
        metavar="safe|all",
        help=Wording(
            "mend what can be mended (=all: also what may change meaning)", "自动修复（=all：包括可能改变含义的）"
        ),
    )
    parser.option("--diff", action="store_true", help=Wording("show the mends, change nothing", "只显示修复，不写文件"))


def _add_knowledge(parser: Parser) -> None:
    parser.option("--explain", metavar="CODE", help=Wording("explain a code, then stop", "解释一个代码，然后退出"))
    parser.option(
        "--list-rules", action="store_true", help=Wording("list all codes, then stop", "列出全部代码，然后退出")
    )
    parser.option(
        "--lsp",
        action="store_true",
        help=Wording(
            "serve an editor on stdin and stdout (language server)", "作为语言服务器，通过标准输入输出为编辑器服务"
        ),
    )
    parser.add_argument("--stdio", action="store_true", help=argparse.SUPPRESS)  # some editors add it
