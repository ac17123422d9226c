"""`dialog-menu`: shows the custom menu of an account, compares it with a bot's, and puts the bot's in its place."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from interpreter.check.accounts import is_wecom
from interpreter.cli.common import CLEAN, FINDINGS, USAGE, Parser, run_command, wants_colour
from interpreter.cli.loading import Loaded, load
from interpreter.cli.menu_files import Unusable, menu_of_bot, newest_backup, read_json, save_backup, write_json
from interpreter.cli.menu_report import show_changes
from interpreter.diagnostics.render import render_text
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.services import Account
from interpreter.program.menu import Menu, NoMenu, menu_json, read_menu
from interpreter.program.menu_changes import are_equal
from interpreter.program.menu_text import menu_text
from interpreter.server.environment import Environment, read_env_file
from interpreter.server.errors import ServerError
from interpreter.wechat.menus import MenuApi, MenuRefused, menu_of_user, push_menu

DIFFERENT = 2
"""The exit code of `diff` when there is a difference."""

ACTIONS = ("show", "diff", "push", "delete", "restore")

Connect = Callable[[Loaded, Account | None, Environment], AbstractAsyncContextManager[MenuApi]]
"""Opens the API of an account; what it lacks to do so raises `Unusable`."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the command needs besides its arguments."""

    environ: Mapping[str, str]
    connect: Connect
    confirm: Callable[[str], bool]
    """Asks somebody; False when nobody is there to answer."""
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Work:
    """One run of the command."""

    arguments: argparse.Namespace
    language: str
    bot: Loaded
    is_wecom: bool
    environment: Environment
    around: Surroundings

    def say(self, wording: Wording) -> None:
        print(wording.say(self.language))

    def show_changes(self, old: Menu, new: Menu) -> None:
        colour = wants_colour(self.around.environ, self.arguments.color)
        sys.stdout.write(show_changes(old, new, self.language, colour=colour))

    def wanted(self) -> Menu:
        """The menu that is to be there: the bot's, or the one of the JSON file."""
        if self.arguments.json:
            return read_json(self.arguments.json, is_wecom=self.is_wecom)
        return menu_of_bot(self.bot, self.environment)

    def may_go_on(self, question: Wording) -> bool:
        if self.arguments.yes or self.around.confirm(question.say(self.language)):
            return True
        self.say(Wording("nothing was changed; --yes does it without asking", "没有改动；加 --yes 可不经询问直接执行"))
        return False


def main() -> int:
    """The command."""
    from interpreter.cli.menu_account import connect

    around = Surroundings(os.environ, connect, _confirm, lambda: datetime.now(UTC).astimezone())
    return run_command(lambda argv, language: menu(argv, language, around))


def _confirm(question: str) -> bool:
    if not sys.stdin.isatty():
        return False
    sys.stdout.write(f"{question} [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes", "是")


def _parser(language: str) -> Parser:
    parser = Parser(
        "dialog-menu",
        Wording(
            "Show, compare and push the custom menu of an account. "
            "Exit code 0: done (diff: no difference), 1: an error, or not done, 2: diff found a difference.",
            "查看、比较、推送账号的自定义菜单。退出码 0：完成（diff：没有差别），1：出错或未执行，2：diff 发现差别。",
        ),
        language,
    )
    parser.option(
        "action",
        choices=ACTIONS,
        metavar="|".join(ACTIONS),
        help=Wording(
            "show the account's menu; diff it with the bot's; push the bot's; delete it; restore a backup",
            "show 查看账号的菜单；diff 与机器人的菜单比较；push 推送；delete 删除；restore 恢复备份",
        ),
    )
    parser.option("bot", help=Wording("the bot's file", "机器人文件"))
    parser.option(
        "backup",
        nargs="?",
        help=Wording(
            "restore: the backup (default: the newest beside the bot)", "restore：备份文件（默认：最新的一个）"
        ),
    )
    parser.option(
        "--json",
        metavar="FILE",
        help=Wording(
            "push and diff: take the menu from this JSON file, - is standard input; show: write the menu there as JSON",
            "push、diff：从这个 JSON 文件读取菜单，- 为标准输入；show：以 JSON 写到这里",
        ),
    )
    parser.option("--local", action="store_true", help=Wording("show: the bot's own menu", "show：机器人文件里的菜单"))
    parser.option("--user", metavar="OPENID", help=Wording("show: what this user sees", "show：该用户看到的菜单"))
    parser.option("--account", metavar="NAME", help=Wording("which of the bot's accounts", "使用机器人的哪个账号"))
    parser.option("--yes", "-y", action="store_true", help=Wording("change it without asking", "不询问，直接执行"))
    parser.option(
        "--env-file", metavar="FILE", help=Wording("NAME=value lines to add to the environment", "补充环境变量的文件")
    )
    return parser


def menu(argv: Sequence[str], language: str, around: Surroundings) -> int:
    """Do what the arguments say; the exit code."""
    try:
        arguments = _parser(language).parse_args(argv)
    except SystemExit as leaving:  # 2 is what `diff` says of a difference
        return FINDINGS if leaving.code == USAGE else CLEAN
    try:
        work, account = _prepare(arguments, language, around)
        if arguments.action == "show" and arguments.local:
            return _print(work, menu_of_bot(work.bot, work.environment))
        return asyncio.run(_with_account(work, account))
    except Unusable as error:
        sys.stderr.write(render_text(error.findings, language, colour=wants_colour(around.environ, arguments.color)))
        return _stop(error.wording, language)
    except NoMenu as error:
        return _stop(
            Wording(f"WeChat's answer cannot be read: {error.place}", f"无法理解微信的回答：{error.place}"), language
        )
    except (ServerError, MenuRefused) as error:
        return _stop(error.wording, language)


def _prepare(arguments: argparse.Namespace, language: str, around: Surroundings) -> tuple[_Work, Account | None]:
    environ = around.environ
    file = arguments.env_file
    environment = Environment(environ, read_env_file(Path(file)), file) if file else Environment(environ)
    loaded = load(Path(arguments.bot))
    if loaded.bot is None or loaded.program is None:
        raise Unusable(Wording(f"{arguments.bot} has errors", f"{arguments.bot} 有错误"), loaded.diagnostics)
    account = _account(loaded.bot.accounts, arguments.account)
    wecom = account is not None and is_wecom(account)
    return _Work(arguments, language, loaded, wecom, environment, around), account


def _account(accounts: Sequence[Account], name: str | None) -> Account | None:
    if name is None and len(accounts) < 2:
        return accounts[0] if accounts else None
    found = next((account for account in accounts if account.name == name), None)
    if found is None:
        names = ", ".join(account.name or "account" for account in accounts)
        raise Unusable(Wording(f"say one of its accounts with --account: {names}", f"请用 --account 指定账号：{names}"))
    return found


async def _with_account(work: _Work, account: Account | None) -> int:
    async with work.around.connect(work.bot, account, work.environment) as api:
        if work.arguments.action == "show":
            user = work.arguments.user
            answer = await api.get() if not user else None
            return _print(work, await menu_of_user(api, user) if user else _read(answer))
        return await _ACTIONS[work.arguments.action](work, api)


def _read(answer: object) -> Menu:
    return Menu() if answer is None else read_menu(answer)  # type: ignore[arg-type]  # JSON


def _print(work: _Work, shown: Menu) -> int:
    if work.arguments.json:
        write_json(menu_json(shown, is_wecom=work.is_wecom), work.arguments.json)
    elif shown.is_empty:
        work.say(Wording("there is no menu", "没有菜单"))
    else:
        sys.stdout.write(menu_text(shown))
    return CLEAN


async def _diff(work: _Work, api: MenuApi) -> int:
    new, old = work.wanted(), _read(await api.get())
    work.show_changes(old, new)
    return CLEAN if are_equal(old, new) else DIFFERENT


async def _push(work: _Work, api: MenuApi) -> int:
    new = work.wanted()
    if new.is_empty:
        empty = Wording("the bot has no `menu`", "机器人没有 `menu`")
        if work.arguments.json:
            empty = Wording(f"{work.arguments.json} has no buttons", f"{work.arguments.json} 里没有按钮")
        raise Unusable(
            Wording(f"{empty.en}; `delete` removes the account's menu", f"{empty.zh}；要删除账号的菜单请用 `delete`")
        )
    return await _replace(work, api, new)


async def _restore(work: _Work, api: MenuApi) -> int:
    path = Path(work.arguments.backup) if work.arguments.backup else newest_backup(work.bot.path)
    if path is None:
        raise Unusable(Wording("there is no backup beside the bot", "机器人旁边没有备份文件"))
    work.say(Wording(f"restoring {path}", f"恢复 {path}"))
    return await _replace(work, api, read_json(str(path), check=False))


async def _delete(work: _Work, api: MenuApi) -> int:
    return await _replace(work, api, Menu())


async def _replace(work: _Work, api: MenuApi, new: Menu) -> int:
    """Show what would change, ask, keep a backup, and change it."""
    answer = await api.get()
    old = _read(answer)
    work.show_changes(old, new)
    if are_equal(old, new):
        return CLEAN
    if not work.may_go_on(Wording("change the menu of the account?", "要修改账号的菜单吗？")):
        return FINDINGS
    if answer is not None:
        path = save_backup(work.bot.path, answer, work.around.now())
        work.say(Wording(f"kept what was there in {path}", f"原来的菜单已保存到 {path}"))
    await push_menu(api, old, new, is_wecom=work.is_wecom)
    work.say(Wording("done; phones show it within five minutes", "完成；手机上最迟五分钟后生效"))
    return CLEAN


_ACTIONS = {"diff": _diff, "push": _push, "delete": _delete, "restore": _restore}


def _stop(wording: Wording, language: str) -> int:
    sys.stderr.write(f"dialog-menu: {wording.say(language)}\n")
    return FINDINGS


if __name__ == "__main__":
    sys.exit(main())
