"""Menus from files and to files: of a bot, of plain JSON, and of backups."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from interpreter.check.lints import account_settings
from interpreter.cli.loading import Loaded, load
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot, Button
from interpreter.expr.env import Env
from interpreter.expr.tree import Field, Name
from interpreter.expr.walk import walk
from interpreter.machine.chance import chance_from
from interpreter.program.menu import Menu, NoMenu, read_menu
from interpreter.program.menu_text import menu_text
from interpreter.server.environment import Environment
from interpreter.values import Value, from_json


class Unusable(Exception):  # noqa: N818  named for what happened
    """A menu that cannot be had from where it should come; the wording says why, `findings` what dialog-lint says."""

    def __init__(self, wording: Wording, findings: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(wording.en)
        self.wording = wording
        self.findings = findings


def menu_of_bot(loaded: Loaded, environment: Environment) -> Menu:
    """The menu of a bot, without a mistake that WeChat would refuse.

    Raises:
        Unusable: dialog-lint finds errors in the bot, or the environment lacks a variable that the menu reads.
    """
    bot, program = loaded.bot, loaded.program
    found = load(loaded.path, only_check=True).diagnostics
    if bot is None or program is None or any(finding.is_error for finding in found):
        raise Unusable(Wording("the bot has errors", "机器人文件有错误"), found or loaded.diagnostics)
    if program.menu is None:
        return Menu()
    values: dict[str, Value] = {}
    for name in dict.fromkeys(_variables(bot)):
        value = environment.find(name)
        if value is None:
            raise Unusable(
                Wording(f"the menu reads env.{name}, and {name} is not set", f"菜单用到 env.{name}，但没有设置 {name}")
            )
        values[name] = value.value
    return program.menu(_seeing(values))


def _seeing(values: dict[str, Value]) -> Env:
    """What a menu sees when it is made: the environment."""
    return Env(
        locals={}, vars={}, user={}, roots={"env": values}, chance=chance_from(0), locale="", say_text=lambda _: ""
    )


def _variables(bot: Bot) -> Iterator[str]:
    """The names of the environment that the menu of a bot reads."""
    for buttons in (bot.buttons, *(menu.buttons for menu in bot.conditional_menus)):
        yield from _read_by(buttons)


def _read_by(buttons: tuple[Button, ...]) -> Iterator[str]:
    for button in buttons:
        for _, text in button.parts:
            for hole in text.template.holes:
                for node in walk(hole.node):
                    match node:
                        case Field(target=Name(name="env"), name=name):
                            yield name
        yield from _read_by(button.items)


# ---------------------------------------------------------------------------------------------------- plain JSON


def read_json(name: str, *, is_wecom: bool = False, check: bool = True) -> Menu:
    """The menu in a file of JSON, or on standard input; `check` refuses what WeChat would refuse.

    Raises:
        Unusable: it cannot be read, or is no menu, or not one that WeChat takes.
    """
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
        menu = read_menu(from_json(json.loads(text)))
    except (OSError, UnicodeDecodeError) as error:
        cause = getattr(error, "strerror", None) or "not UTF-8"
        raise Unusable(Wording(f"{name} cannot be read: {cause}", f"无法读取 {name}：{cause}")) from error
    except NoMenu as error:
        where = error.place or "it"
        raise Unusable(
            Wording(f"{name} is no menu: {where} is missing or wrong", f"{name} 不是菜单：{where} 缺失或有误")
        ) from error
    except (ValueError, RecursionError) as error:
        raise Unusable(Wording(f"{name} is no JSON: {error}", f"{name} 不是 JSON：{error}")) from error
    if check and (errors := mistakes_in(menu, is_wecom=is_wecom)):
        raise Unusable(Wording("WeChat would refuse this menu", "微信会拒绝这个菜单"), errors)
    return menu


def mistakes_in(menu: Menu, *, is_wecom: bool = False) -> tuple[Diagnostic, ...]:
    """What dialog-lint says against a menu: it is checked as the menu of a bot that is nothing else."""
    account = "account: {type: wecom}\n" if is_wecom else ""
    name = "menu.yaml"
    text = f"dialog: 1\nname: menu\n{account}{menu_text(menu)}rules:\n  always: {{always: true, reply: none}}\n"
    found = load(Path(name), only_check=True, texts={name: text}).diagnostics
    return tuple(finding for finding in found if finding.is_error and finding.code != account_settings.CODE)


def write_json(value: object, name: str) -> None:
    """Write JSON into a file, or on standard output."""
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    if name == "-":
        sys.stdout.write(text)
    else:
        Path(name).write_text(text, encoding="utf-8")


# ---------------------------------------------------------------------------------------------------- backups


def save_backup(bot: Path, answer: object, at: datetime) -> Path:
    """Keep what WeChat said the menu was, in a new file beside the bot."""
    number = 1
    while True:
        again = f"-{number}" if number > 1 else ""
        path = bot.with_name(f"{bot.stem}.menu-{at:%Y%m%d-%H%M%S}{again}.json")
        try:
            with path.open("x", encoding="utf-8") as file:
                json.dump(answer, file, ensure_ascii=False, indent=2)
                file.write("\n")
        except FileExistsError:
            number += 1
        else:
            return path


def newest_backup(bot: Path) -> Path | None:
    """The last backup of a bot's menu."""
    found = (
        path for path in bot.parent.iterdir() if path.name.startswith(f"{bot.stem}.menu-") and path.suffix == ".json"
    )
    return max(found, key=lambda path: (path.stat().st_mtime_ns, path.name), default=None)
