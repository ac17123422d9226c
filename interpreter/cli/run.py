"""`dialog-run`: serves bots to WeChat, or chats with one in the terminal."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from interpreter.cli.accounts import account_variables, written_accounts
from interpreter.cli.common import CLEAN, FINDINGS, USAGE, Parser, run_command, wants_colour
from interpreter.cli.loading import Loaded, find_bots, load
from interpreter.diagnostics.render import render_text
from interpreter.diagnostics.wording import Wording
from interpreter.program.tables import Program
from interpreter.server.environment import Environment, read_env_file
from interpreter.server.errors import ServerError
from interpreter.server.settings import AccountSettings, ServerSettings, every_account, server_settings
from interpreter.stores.protocol import StoreUnusable


def main() -> int:
    """The command."""
    return run_command(lambda argv, language: run(argv, language, os.environ))


def run(argv: Sequence[str], language: str, environ: Mapping[str, str]) -> int:
    """Do what the arguments say; the exit code."""
    arguments = _parser(language).parse_args(argv)
    try:
        return _run(arguments, language, environ)
    except ServerError as error:
        return _stop(error.wording, language)
    except StoreUnusable as error:
        return _stop(Wording(error.say("en"), error.say("zh")), language)


def _parser(language: str) -> Parser:
    parser = Parser(
        "dialog-run",
        Wording(
            "Serve bots to WeChat. Exit code 0: stopped, 1: errors in a bot, 2: wrong usage or settings, "
            "3: internal error.",
            "让机器人接入微信。退出码 0：正常停止，1：机器人有错误，2：用法或设置错误，3：内部错误。",
        ),
        language,
    )
    parser.option("paths", nargs="+", metavar="PATH", help=Wording("bot files or folders", "机器人文件或文件夹"))
    parser.option(
        "--console",
        action="store_true",
        help=Wording("chat with the bot here; nothing is served", "在终端里与机器人对话，不启动服务"),
    )
    parser.option(
        "--host",
        help=Wording(
            "address to listen on (HOST; default: all, without a token of yours only 127.0.0.1)",
            "监听地址（HOST；默认全部，未提供 token 时仅 127.0.0.1）",
        ),
    )
    parser.option("--port", help=Wording("port to listen on (PORT; default: 8080)", "监听端口（PORT；默认 8080）"))
    parser.option(
        "--store",
        help=Wording(
            "where sessions are kept: memory, sqlite:FILE or redis://HOST (DIALOG_STORE; default: sqlite:dialog.db)",
            "会话存放处：memory、sqlite:文件 或 redis://主机（DIALOG_STORE；默认 sqlite:dialog.db）",
        ),
    )
    parser.option(
        "--window",
        metavar="SECONDS",
        help=Wording(
            "how far the time of a message may be off; 0: any time (DIALOG_WINDOW; default: 300)",
            "消息时间与本机时间最多相差的秒数，0 表示不限（DIALOG_WINDOW；默认 300）",
        ),
    )
    parser.option(
        "--env-file", metavar="FILE", help=Wording("NAME=value lines to add to the environment", "补充环境变量的文件")
    )
    parser.option(
        "--watch",
        action="store_true",
        help=Wording(
            "take a bot's file anew when it changes (SIGHUP does so once); a broken one is not taken",
            "文件修改后自动重新加载（SIGHUP 加载一次）；有错误的文件不会生效",
        ),
    )
    parser.option(
        "--show-settings",
        action="store_true",
        help=Wording("show every setting and who set it, then stop", "显示所有设置及其来源，然后退出"),
    )
    return parser


def _run(arguments: argparse.Namespace, language: str, environ: Mapping[str, str]) -> int:
    environment = _environment(arguments.env_file, environ)
    paths, missing = find_bots(arguments.paths)
    if missing:
        return _stop(Wording(f"{missing[0]}: no bot file is there", f"{missing[0]}：这里没有机器人文件"), language)
    bots = [load(path) for path in paths]
    programs = [bot.program for bot in bots if bot.program is not None]
    if len(programs) < len(bots):
        findings = [finding for bot in bots for finding in bot.diagnostics]
        sys.stderr.write(render_text(findings, language, colour=wants_colour(environ, arguments.color)))
        return FINDINGS
    _mention_warnings(bots, language)
    if arguments.console:
        return _chat(bots, environment, language)
    accounts = _accounts(bots, environment)
    is_public = not any(account.has_generated_token for _, account in accounts)
    flags = {name: getattr(arguments, name) for name in ("host", "port", "store", "window")}
    settings = server_settings(flags, environment, is_public=is_public)
    if arguments.show_settings:
        _show_settings(settings, accounts, language)
        return CLEAN
    from interpreter.cli.reloading import Reread
    from interpreter.cli.serving import Serving, serve_bots

    served = [(with_environment(bot, environment, language), account) for bot, account in accounts]
    by_account = {account.name: bot for bot, account in accounts}

    def reload(account: str) -> Reread:
        again = load(by_account[account].path)
        program = with_environment(again, environment, language) if again.program else None
        return Reread(again.path, program, again.diagnostics, again.bot.sources if again.bot else ())

    serving = Serving(settings, language, reload, watch=arguments.watch, debug=arguments.debug)
    return serve_bots(served, serving)


def _environment(file: str | None, environ: Mapping[str, str]) -> Environment:
    return Environment(environ, read_env_file(Path(file)), file) if file else Environment(environ)


def _accounts(bots: Sequence[Loaded], environment: Environment) -> list[tuple[Loaded, AccountSettings]]:
    """Every account of every bot; one that is alone takes the settings meant for any."""
    every = [(bot, account) for bot in bots if bot.bot for account in written_accounts(bot.bot, environment)]
    settings = every_account([account for _, account in every], environment)
    return [(bot, account) for (bot, _), account in zip(every, settings, strict=True)]


def with_environment(loaded: Loaded, environment: Environment, language: str) -> Program:
    """The program of a bot with the values of the environment it reads; an unset one is empty, and mentioned."""
    assert loaded.program is not None
    assert loaded.bot is not None
    found = {name: environment.find(name) for name in sorted(loaded.program.env_names)}
    unset = [name for name, value in found.items() if value is None and name not in account_variables(loaded.bot)]
    for name in unset:
        wording = Wording(f"{name} is not set: `env.{name}` is empty", f"环境变量 {name} 未设置：`env.{name}` 为空")
        sys.stderr.write(f"{loaded.path}: {wording.say(language)}\n")
    return replace(loaded.program, env={name: value.value if value else "" for name, value in found.items()})


def _chat(bots: Sequence[Loaded], environment: Environment, language: str) -> int:
    if len(bots) != 1:
        return _stop(Wording("--console takes one bot", "--console 只能用于一个机器人"), language)
    from interpreter.cli.chatting import chat

    suite = bots[0].suite
    chat(with_environment(bots[0], environment, language), dict(suite.buttons) if suite else {}, language)
    return CLEAN


def _mention_warnings(bots: Sequence[Loaded], language: str) -> None:
    for bot in bots:
        if count := len(bot.diagnostics):
            wording = Wording(f"{count} findings; see dialog-lint", f"有 {count} 条提示，详见 dialog-lint")
            sys.stderr.write(f"{bot.path}: {wording.say(language)}\n")


def _show_settings(settings: ServerSettings, accounts: Sequence[tuple[Loaded, AccountSettings]], language: str) -> None:
    every = [*settings.all]
    for _, account in accounts:
        every += (account.path, account.token, *account.others)
    width = max(len(setting.name) for setting in every)
    for setting in every:
        print(f"{setting.name:<{width}}  {setting.shown}  ({setting.source.say(language)})")


def _stop(wording: Wording, language: str) -> int:
    sys.stderr.write(f"dialog-run: {wording.say(language)}\n")
    return USAGE


if __name__ == "__main__":
    sys.exit(main())
