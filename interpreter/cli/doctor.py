"""`dialog-doctor`: finds why WeChat would not verify an address, or messages would not arrive."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence

from interpreter.cli.bot_files import find_bots
from interpreter.cli.common import CLEAN, FINDINGS, USAGE, Parser, UsageError, run_command, wants_colour
from interpreter.cli.doctor_facts import Case, open_case
from interpreter.cli.doctor_platform import WeChatPlatform
from interpreter.cli.doctor_report import FORMS
from interpreter.cli.doctor_visits import (
    World,
    visit_address,
    visit_platform,
    visit_port,
    visit_reference,
    visit_store,
)
from interpreter.cli.loading import load
from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.account import AccountFacts
from interpreter.server.diagnosis.address import Address, address_findings, read_address
from interpreter.server.diagnosis.findings import Finding, has_problem, skipped
from interpreter.server.environment import with_file
from interpreter.server.errors import ServerError
from interpreter.wechat.signature import WINDOW


def main() -> int:
    """The command."""
    return run_command(lambda argv, language: doctor(argv, language, os.environ))


def doctor(argv: Sequence[str], language: str, environ: Mapping[str, str], world: World | None = None) -> int:
    """Do what the arguments say; the exit code. `world` stands in for the one outside."""
    arguments = _parser(language).parse_args(argv)
    try:
        findings = _findings(arguments, environ, world)
    except (UsageError, ServerError) as error:
        return _stop(error.wording, language)
    colour = wants_colour(environ, arguments.color)
    sys.stdout.write(FORMS[arguments.format](findings, language, colour=colour))
    return FINDINGS if has_problem(findings) else CLEAN


def _parser(language: str) -> Parser:
    parser = Parser(
        "dialog-doctor",
        Wording(
            "Find why WeChat would not verify an address, or why messages would not arrive. Exit code 0: nothing is "
            "in the way, 1: problems, 2: wrong usage, 3: internal error.",
            "检查服务器地址为何无法通过微信验证，或消息为何收不到。"
            "退出码 0：没有问题，1：有问题，2：用法错误，3：内部错误。",
        ),
        language,
    )
    parser.option("paths", nargs="+", metavar="PATH", help=Wording("bot files or folders", "机器人文件或文件夹"))
    parser.option(
        "--url",
        help=Wording(
            "the address in WeChat's console: it is asked as WeChat asks, and sent one event that no bot waits for",
            "微信后台填写的地址：将像微信一样发起验证，并发送一个没有机器人会处理的签名事件",
        ),
    )
    parser.option("--port", help=Wording("the port the bot listens on (PORT)", "机器人监听的端口（PORT）"))
    parser.option("--store", help=Wording("where sessions are kept (DIALOG_STORE)", "会话存放处（DIALOG_STORE）"))
    parser.option(
        "--env-file", metavar="FILE", help=Wording("NAME=value lines to add to the environment", "补充环境变量的文件")
    )
    parser.option(
        "--offline",
        action="store_true",
        help=Wording("ask nobody outside, neither WeChat nor an address", "不访问外部网络（微信接口和服务器地址）"),
    )
    parser.option(
        "--format",
        choices=tuple(FORMS),
        default="text",
        help=Wording("form of the findings (default: text)", "输出格式（默认 text）"),
    )
    return parser


def _findings(arguments: argparse.Namespace, environ: Mapping[str, str], world: World | None) -> list[Finding]:
    """Everything there is to say."""
    address = _address(arguments)
    environment = with_file(environ, arguments.env_file)
    paths, missing = find_bots(arguments.paths)
    if missing:
        raise UsageError(Wording(f"{missing[0]}: no bot file is there", f"{missing[0]}：这里没有机器人文件"))
    case = open_case([load(path) for path in paths], environment, port=arguments.port, store=arguments.store)
    world = world or (World(None, None) if arguments.offline else World(WeChatPlatform(environment)))
    return [*case.findings, *asyncio.run(_visits(case, address, world))]


async def _visits(case: Case, address: Address | None, world: World) -> list[Finding]:
    window = case.settings.window_seconds if case.settings else WINDOW
    found = await visit_reference(world, window)
    if case.settings is not None:
        found += [*await visit_port(case.settings), *await visit_store(case.settings.store)]
    found += await visit_platform(case.accounts, world)
    return [*found, *(await _visit_url(case, address, window, world) if address else [_NO_URL])]


async def _visit_url(case: Case, address: Address, window: int | None, world: World) -> list[Finding]:
    """The address with the account it belongs to."""
    account = _account_at(case.accounts, address)
    paths = [it.path for it in case.accounts if it is not account]
    found = address_findings(address, [account.path, *paths] if account is not None else paths)
    if account is None or not account.tokens:
        return [*found, skipped("url-skipped", _NO_ACCOUNT)]
    return [*found, *await visit_address(address, account, window, world)]


def _account_at(accounts: Sequence[AccountFacts], address: Address) -> AccountFacts | None:
    """The account that is served at the path of an address, or at the end of it; one that is alone may be at any.

    What a path has before that, the web server takes away.
    """
    path = address.path.rstrip("/")
    ends = {account.path.rstrip("/"): account for account in reversed(accounts)}
    fitting = [end for end in ends if end and path.endswith(end)]
    if fitting:
        return ends[max(fitting, key=len)]
    return ends.get(path) or (accounts[0] if len(accounts) == 1 else None)


def _address(arguments: argparse.Namespace) -> Address | None:
    if arguments.url is None:
        return None
    if arguments.offline:
        raise UsageError(Wording("--url and --offline exclude one another", "--url 与 --offline 不能同时使用"))
    address = read_address(arguments.url)
    if address is None:
        raise UsageError(
            Wording(
                f"--url: expected an address such as https://bot.example.com/wechat, found `{arguments.url}`",
                f"--url：应为 https://bot.example.com/wechat 这样的地址，实为 `{arguments.url}`",
            )
        )
    return address


def _stop(wording: Wording, language: str) -> int:
    sys.stderr.write(f"dialog-doctor: {wording.say(language)}\n")
    return USAGE


_NO_URL = skipped(
    "url-skipped",
    Wording(
        "no address was asked: name the one in WeChat's console with --url",
        "未检查服务器地址：请用 --url 给出微信后台填写的地址",
    ),
)
_NO_ACCOUNT = Wording(
    "the address was not asked: no account with a token is served at its path",
    "未访问该地址：没有带 token 的账号使用这个路径",
)


if __name__ == "__main__":
    sys.exit(main())
