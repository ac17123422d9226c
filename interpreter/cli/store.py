"""`dialog-store`: looks into the store of a bot, erases a user, makes and takes back copies.

A bot's file says whose conversations they are: the store may hold those of other bots, too, which are left alone.
"""

from __future__ import annotations

import asyncio
import os
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

from interpreter.cli.bot_files import find_bots
from interpreter.cli.common import CLEAN, FINDINGS, USAGE, Parser, run_command, wants_colour
from interpreter.cli.loading import load
from interpreter.cli.store_acts import act
from interpreter.cli.store_task import Refused, Task
from interpreter.diagnostics.render import render_text
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.server.environment import with_file
from interpreter.server.errors import ServerError
from interpreter.server.settings import WrittenAccount
from interpreter.stores.protocol import StoreUnavailable, StoreUnusable

_DEFAULT_STORE = "sqlite:dialog.db"
_OF_USER = ("show", "erase")
_OF_FILE = ("backup", "restore")
_ACTS = ("stats", "show", "export", "erase", "backup", "restore")


def main() -> int:
    """The command."""
    return run_command(lambda argv, language: store(argv, language, os.environ))


def _parser(language: str) -> Parser:
    parser = Parser(
        "dialog-store",
        Wording(
            "Look into the store of a bot: stats, show (one user), export (JSON lines), erase (one user), backup and "
            "restore. Exit code 0: done, 1: not done, 2: wrong usage, 3: internal error.",
            "查看和维护机器人的会话存储：stats 统计、show 查看某个用户、export 导出（JSON 行）、erase 删除某个用户、"
            "backup 备份、restore 恢复。退出码 0：完成，1：未完成，2：用法错误，3：内部错误。",
        ),
        language,
    )
    parser.option("bot", metavar="BOT", help=Wording("the bot's file", "机器人文件"))
    parser.option("act", metavar="ACT", choices=_ACTS, help=Wording(", ".join(_ACTS), "、".join(_ACTS)))
    parser.option("file", metavar="FILE", nargs="?", help=Wording("of backup and restore", "备份或恢复的文件"))
    parser.option(
        "--store",
        help=Wording(
            "where sessions are kept: sqlite:FILE or redis://HOST (DIALOG_STORE; default: sqlite:dialog.db)",
            "会话存放处：sqlite:文件 或 redis://主机（DIALOG_STORE；默认 sqlite:dialog.db）",
        ),
    )
    parser.option("--user", metavar="OPENID", help=Wording("one user, by openid", "某个用户（openid）"))
    parser.option(
        "--yes",
        action="store_true",
        help=Wording("erase or restore without asking back", "删除或恢复时不再确认"),
    )
    parser.option(
        "--replace",
        action="store_true",
        help=Wording("with restore: erase users that are not in the backup", "与 restore 一起：删除备份中没有的用户"),
    )
    parser.option(
        "--env-file", metavar="FILE", help=Wording("NAME=value lines to add to the environment", "补充环境变量的文件")
    )
    return parser


def store(argv: Sequence[str], language: str, environ: Mapping[str, str]) -> int:
    """Do what the arguments say; the exit code."""
    arguments = _parser(language).parse_intermixed_args(argv)
    if (wrong := _misfit(arguments)) is not None:
        return _stop(wrong, language, USAGE)
    paths, missing = find_bots([arguments.bot])
    if missing or len(paths) > 1:
        return _stop(_no_bot(arguments.bot, paths), language, USAGE)
    loaded = load(paths[0])
    if loaded.bot is None or not loaded.bot.name:
        sys.stderr.write(render_text(loaded.diagnostics, language, colour=wants_colour(environ, arguments.color)))
        return FINDINGS
    try:
        task = Task(
            arguments.act,
            _store_of(arguments, environ),
            names_of(loaded.bot),
            language,
            user=arguments.user,
            file=Path(arguments.file) if arguments.file else None,
            is_sure=arguments.yes,
            replaces=arguments.replace,
        )
        asyncio.run(act(task))
    except ServerError as error:
        return _stop(error.wording, language, USAGE)
    except StoreUnusable as error:
        return _stop(Wording(error.say("en"), error.say("zh")), language, USAGE)
    except StoreUnavailable as error:
        return _stop(Wording(str(error), f"会话存储没有响应：{error.cause}"), language, FINDINGS)
    except Refused as refused:
        return _stop(refused.wording, language, FINDINGS)
    return CLEAN


def names_of(bot: Bot) -> tuple[str, ...]:
    """The names under which a bot's conversations are kept: its own, or one for each of its accounts."""
    names = [account.name for account in bot.accounts] or [None]
    return tuple(WrittenAccount(bot.name, name, {}, {}).full_name for name in names)


def _no_bot(name: str, found: Sequence[Path]) -> Wording:
    if found:
        listed = ", ".join(map(str, found))
        return Wording(
            f"{name} holds several bots; name one of {listed}", f"{name} 里有多个机器人，请指定其中一个：{listed}"
        )
    return Wording(f"{name}: no bot file is there", f"{name}：这里没有机器人文件")


def _misfit(arguments: Namespace) -> Wording | None:
    """What makes no sense together."""
    act = arguments.act
    if act in _OF_USER and not arguments.user:
        return Wording(f"{act} needs --user", f"{act} 需要 --user")
    if act not in (*_OF_USER, "export") and arguments.user:
        return Wording(f"{act} takes no --user", f"{act} 不能带 --user")
    if act != "restore" and arguments.replace:
        return Wording(f"{act} takes no --replace", f"{act} 不能带 --replace")
    if act in _OF_FILE and not arguments.file:
        return Wording(f"{act} needs a FILE", f"{act} 需要一个文件")
    if act not in _OF_FILE and arguments.file:
        return Wording(f"unexpected argument {arguments.file}", f"多余的参数 {arguments.file}")
    return None


def _store_of(arguments: Namespace, environ: Mapping[str, str]) -> str:
    found = with_file(environ, arguments.env_file).find("DIALOG_STORE")
    return arguments.store or (found.value if found else _DEFAULT_STORE)


def _stop(wording: Wording, language: str, code: int) -> int:
    sys.stdout.flush()
    sys.stderr.write(f"dialog-store: {wording.say(language)}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
