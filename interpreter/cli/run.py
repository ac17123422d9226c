"""`dialog-run`: serves bots to WeChat, or chats with one in the terminal."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

from interpreter.cli.accounts import account_variables, demand_tokens, filled_accounts, filled_in, missing_tokens
from interpreter.cli.bot_files import find_bots
from interpreter.cli.cache_folder import find_folder
from interpreter.cli.caching import ReadyBot, ready_bot
from interpreter.cli.changes import Changes
from interpreter.cli.common import CLEAN, FINDINGS, USAGE, run_command, wants_colour
from interpreter.cli.live_edits import LiveEdits
from interpreter.cli.newcomers import Newcomers
from interpreter.cli.run_options import SETTINGS, run_parser
from interpreter.cli.telling import Teller, wants_json
from interpreter.diagnostics.wording import Wording
from interpreter.program.tables import Program
from interpreter.server.environment import Environment, with_file
from interpreter.server.errors import ServerError
from interpreter.server.settings import DEFAULT, AccountSettings, Setting, every_account, server_settings
from interpreter.stores.protocol import StoreUnusable


def main() -> int:
    """The command."""
    return run_command(lambda argv, language: run(argv, language, os.environ))


def run(argv: Sequence[str], language: str, environ: Mapping[str, str]) -> int:
    """Do what the arguments say; the exit code."""
    arguments = run_parser(language).parse_args(argv)
    teller = Teller(language)
    try:
        environment = with_file(environ, arguments.env_file)
        teller = Teller(language, wants_json(arguments, environment), wants_colour(environ, arguments.color))
        return _run(arguments, environment, teller)
    except ServerError as error:
        return _stop(error.wording, teller)
    except StoreUnusable as error:
        return _stop(Wording(error.say("en"), error.say("zh")), teller)


def _run(arguments: argparse.Namespace, environment: Environment, teller: Teller) -> int:
    environ, language = environment.variables, teller.language
    paths, missing = find_bots(arguments.paths)
    if missing:
        return _stop(Wording(f"{missing[0]}: no bot file is there", f"{missing[0]}：这里没有机器人文件"), teller)
    cache, changes = find_folder(environ), Changes()
    before = changes.before()
    bots = [ready_bot(path, cache) for path in paths]
    programs = [bot.program for bot in bots if bot.program is not None]
    if len(programs) < len(bots):
        teller.refuse(finding for bot in bots for finding in bot.diagnostics)
        return FINDINGS
    _mention_warnings(bots, teller)
    if arguments.console:
        return _chat(bots, environment, teller)
    is_unfilled = environ.get("WX_TOKEN") == ""  # a form that nobody has filled in, such as a container is given
    is_deployed = is_unfilled or bool(arguments.env_file or arguments.host or environment.find("HOST"))
    accounts = _accounts(bots, environment, is_deployed=is_deployed, is_shown=arguments.show_settings)
    is_public = not any(account.has_generated_token for _, account in accounts)
    flags = {name: getattr(arguments, name.replace("-", "_")) for name in SETTINGS}
    settings = server_settings(flags, environment, is_public=is_public)
    if arguments.show_settings:
        from interpreter.server.api_access import api_settings

        _show_settings([*settings.all, *api_settings(environment), _traces(environ), _loop()], accounts, language)
        return CLEAN
    from interpreter.cli.reloading import Reread
    from interpreter.cli.serving import Serving, serve_bots

    served = [(with_environment(bot, environment, teller), account) for bot, account in accounts]
    by_account = {account.name: bot for bot, account in accounts}
    first, edits = os.getpid(), LiveEdits(language)
    for bot, account in accounts:
        changes.was_read(account.name, bot.path, bot.sources, before)
        edits.is_served(bot)

    def reload(account: str) -> Reread:
        again = ready_bot(by_account[account].path, cache)
        obstacle = _obstacle(by_account[account], again, environment)
        if obstacle is not None:
            return Reread(again.path, None, (), again.sources, obstacle)
        who = teller if os.getpid() == first else None  # its workers need not say it, too
        program = with_environment(again, environment, who) if again.program else None
        if who and program:
            edits.is_taken_anew(again)
        return Reread(again.path, program, again.diagnostics, again.sources)

    newcomers = Newcomers(arguments.paths, [bot.path for bot in bots], language)

    def mention() -> None:
        if os.getpid() == first:
            newcomers.mention()

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
        mention=mention,
    )
    if settings.worker_count == 1:
        return serve_bots(served, serving)
    from interpreter.cli.workers import LatestVersions, Worker, supervise

    versions = LatestVersions(served, reload, changes, watch=arguments.watch, mention=mention)
    ended = supervise(versions, settings, language, environ)
    if not isinstance(ended, Worker):
        return ended
    return serve_bots(ended.bots, replace(serving, settings=ended.settings, line=ended.line, numbers=ended.numbers))


def _accounts(
    bots: Sequence[ReadyBot], environment: Environment, *, is_deployed: bool, is_shown: bool
) -> list[tuple[ReadyBot, AccountSettings]]:
    """Every account of every bot; one that is alone takes the settings meant for any.

    Raises:
        SettingsError: a setting cannot be, or a token is missing, unless they are only shown.
    """
    every = [(bot, account) for bot in bots for account in filled_accounts(bot.accounts, environment)]
    written = [account for _, account in every]
    settings = every_account(written, environment)
    if is_shown:
        missing = missing_tokens(written, settings, is_deployed=is_deployed)
        settings = [_without_token(it, missing[it.name]) if it.name in missing else it for it in settings]
    else:
        demand_tokens(written, settings, is_deployed=is_deployed)
    return [(bot, account) for (bot, _), account in zip(every, settings, strict=True)]


def _without_token(account: AccountSettings, variables: str) -> AccountSettings:
    """An account that lacks a token, as it is shown; it would not be served."""
    why = (
        Wording(f"missing: {variables} is not set", f"缺少：{variables} 未设置")
        if variables
        else Wording("missing", "缺少")
    )
    return replace(account, token=Setting(account.token.name, "", why))


def _obstacle(served: ReadyBot, again: ReadyBot, environment: Environment) -> Wording | None:
    """Why a bot that was read again cannot take over, but for its errors."""
    from interpreter.cli.reloading import obstacle_to

    if again.program is None:
        return None
    try:
        return obstacle_to(*(filled_accounts(bot.accounts, environment) for bot in (served, again)))
    except ServerError as error:
        return error.wording


def with_environment(bot: ReadyBot, environment: Environment, teller: Teller | None) -> Program:
    """The program of a bot with the values of the environment it reads; an unset one is empty, and mentioned."""
    assert bot.program is not None
    program = filled_in(bot.program, environment)
    if teller is None:
        return program
    for name, value in program.env.items():
        if value or name in account_variables(bot.accounts):
            continue
        said = f"{bot.path}: {name} is not set: `env.{name}` is empty"
        teller.tell(Wording(said, f"{bot.path}: 环境变量 {name} 未设置：`env.{name}` 为空"))
    return program


def _chat(bots: Sequence[ReadyBot], environment: Environment, teller: Teller) -> int:
    if len(bots) != 1:
        return _stop(Wording("--console takes one bot", "--console 只能用于一个机器人"), teller)
    from interpreter.cli.chatting import chat

    chat(with_environment(bots[0], environment, teller), bots[0].buttons, teller.language)
    return CLEAN


def _mention_warnings(bots: Sequence[ReadyBot], teller: Teller) -> None:
    for bot in bots:
        if count := bot.findings:
            said = f"{bot.path}: {count} findings; see dialog-lint"
            teller.tell(Wording(said, f"{bot.path}: 有 {count} 条提示，详见 dialog-lint"))


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


def _stop(wording: Wording, teller: Teller) -> int:
    teller.tell(wording, logging.ERROR, by="dialog-run: ")
    return USAGE


if __name__ == "__main__":
    sys.exit(main())
