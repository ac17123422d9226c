"""`dialog-run`: serves bots to WeChat, or chats with one in the terminal."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from interpreter.cli.accounts import account_variables, filled_accounts, filled_in
from interpreter.cli.bot_files import find_bots
from interpreter.cli.cache_folder import find_folder
from interpreter.cli.caching import ReadyBot, ready_bot
from interpreter.cli.changes import Changes
from interpreter.cli.common import CLEAN, FINDINGS, USAGE, run_command, wants_colour
from interpreter.cli.run_options import SETTINGS, run_parser
from interpreter.diagnostics.render import render_text
from interpreter.diagnostics.wording import Wording
from interpreter.program.tables import Program
from interpreter.server.environment import Environment, read_env_file
from interpreter.server.errors import ServerError
from interpreter.server.settings import DEFAULT, AccountSettings, Setting, every_account, server_settings
from interpreter.stores.protocol import StoreUnusable


def main() -> int:
    """The command."""
    return run_command(lambda argv, language: run(argv, language, os.environ))


def run(argv: Sequence[str], language: str, environ: Mapping[str, str]) -> int:
    """Do what the arguments say; the exit code."""
    arguments = run_parser(language).parse_args(argv)
    try:
        return _run(arguments, language, environ)
    except ServerError as error:
        return _stop(error.wording, language)
    except StoreUnusable as error:
        return _stop(Wording(error.say("en"), error.say("zh")), language)


def _run(arguments: argparse.Namespace, language: str, environ: Mapping[str, str]) -> int:
    environment = _environment(arguments.env_file, environ)
    paths, missing = find_bots(arguments.paths)
    if missing:
        return _stop(Wording(f"{missing[0]}: no bot file is there", f"{missing[0]}：这里没有机器人文件"), language)
    cache, changes = find_folder(environ), Changes()
    before = changes.before()
    bots = [ready_bot(path, cache) for path in paths]
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
    flags = {name: getattr(arguments, name.replace("-", "_")) for name in SETTINGS}
    settings = server_settings(flags, environment, is_public=is_public)
    if arguments.show_settings:
        _show_settings([*settings.all, _traces(environ), _loop()], accounts, language)
        return CLEAN
    from interpreter.cli.reloading import Reread
    from interpreter.cli.serving import Serving, serve_bots

    served = [(with_environment(bot, environment, language), account) for bot, account in accounts]
    by_account = {account.name: bot for bot, account in accounts}
    first = os.getpid()
    for bot, account in accounts:
        changes.was_read(account.name, bot.path, bot.sources, before)

    def reload(account: str) -> Reread:
        again = ready_bot(by_account[account].path, cache)
        mention = os.getpid() == first  # its workers need not say it, too
        program = with_environment(again, environment, language, mention=mention) if again.program else None
        return Reread(again.path, program, again.diagnostics, again.sources)

    serving = Serving(
        settings,
        language,
        reload,
        watch=arguments.watch,
        debug=arguments.debug,
        fresh_store=arguments.fresh_store,
        changes=changes,
        environment=environment,
        folders={account.name: bot.path.parent for bot, account in accounts},
    )
    if settings.worker_count == 1:
        return serve_bots(served, serving)
    from interpreter.cli.workers import LatestVersions, Worker, supervise

    versions = LatestVersions(served, reload, changes, watch=arguments.watch)
    ended = supervise(versions, settings, language, environ)
    if not isinstance(ended, Worker):
        return ended
    return serve_bots(ended.bots, replace(serving, settings=ended.settings, line=ended.line))


def _environment(file: str | None, environ: Mapping[str, str]) -> Environment:
    return Environment(environ, read_env_file(Path(file)), file) if file else Environment(environ)


def _accounts(bots: Sequence[ReadyBot], environment: Environment) -> list[tuple[ReadyBot, AccountSettings]]:
    """Every account of every bot; one that is alone takes the settings meant for any."""
    every = [(bot, account) for bot in bots for account in filled_accounts(bot.accounts, environment)]
    settings = every_account([account for _, account in every], environment)
    return [(bot, account) for (bot, _), account in zip(every, settings, strict=True)]


def with_environment(bot: ReadyBot, environment: Environment, language: str, *, mention: bool = True) -> Program:
    """The program of a bot with the values of the environment it reads; an unset one is empty, and mentioned."""
    assert bot.program is not None
    program = filled_in(bot.program, environment)
    unset = [name for name, value in program.env.items() if not value and name not in account_variables(bot.accounts)]
    for name in unset if mention else ():
        wording = Wording(f"{name} is not set: `env.{name}` is empty", f"环境变量 {name} 未设置：`env.{name}` 为空")
        sys.stderr.write(f"{bot.path}: {wording.say(language)}\n")
    return program


def _chat(bots: Sequence[ReadyBot], environment: Environment, language: str) -> int:
    if len(bots) != 1:
        return _stop(Wording("--console takes one bot", "--console 只能用于一个机器人"), language)
    from interpreter.cli.chatting import chat

    chat(with_environment(bots[0], environment, language), bots[0].buttons, language)
    return CLEAN


def _mention_warnings(bots: Sequence[ReadyBot], language: str) -> None:
    for bot in bots:
        if count := bot.findings:
            wording = Wording(f"{count} findings; see dialog-lint", f"有 {count} 条提示，详见 dialog-lint")
            sys.stderr.write(f"{bot.path}: {wording.say(language)}\n")


def _traces(environ: Mapping[str, str]) -> Setting:
    from interpreter.server.tracing import traces_wished

    name, variable = traces_wished(environ)
    source = Wording(f"environment {variable}", f"环境变量 {variable}") if variable else DEFAULT
    return Setting("traces", name, source)


def _loop() -> Setting:
    from interpreter.server.event_loop import loop_name

    return Setting("event-loop", loop_name(), Wording("what is installed", "已安装者"))


def _show_settings(
    settings: Sequence[Setting], accounts: Sequence[tuple[ReadyBot, AccountSettings]], language: str
) -> None:
    every = [*settings]
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
