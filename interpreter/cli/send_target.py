"""Where `dialog-send` sends to, and as whom: what the bot's file and the environment say to the server, read again."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from interpreter.cli.accounts import chosen_account, filled_accounts
from interpreter.cli.announcing import reachable
from interpreter.cli.bot_files import SUFFIXES, find_bots
from interpreter.cli.cache_folder import find_folder
from interpreter.cli.caching import ReadyBot, ready_bot
from interpreter.cli.common import UsageError
from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.address import read_address
from interpreter.server.environment import Environment, with_file
from interpreter.server.settings import listed, server_settings
from interpreter.wechat.crypto import MessageCipher, is_aes_key
from interpreter.wechat.deliveries import Sender

_DEFAULT_PATH = "/wechat"


@dataclass(frozen=True, slots=True)
class Target:
    """An address, and what it takes to speak to it as WeChat would."""

    url: str
    sender: Sender
    buttons: Mapping[str, str] = field(default_factory=dict)
    """Keys of menu buttons by their names."""
    not_found: Wording | None = None
    """What to say when no bot is there, for one whose file was read."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the account where nobody says otherwise."""

    path: str
    token: str = ""
    aes_key: str = ""
    app_id: str = ""


def split_words(words: list[str]) -> tuple[Path | None, list[str]]:
    """The bot's file or folder, if that is what the first word names, and what is to be sent.

    Raises:
        UsageError: nothing is to be sent.
    """
    first, *rest = words
    if not first.endswith(SUFFIXES) and not (os.sep in first and Path(first).is_dir()):
        return None, words
    if not rest:
        raise UsageError(
            Wording(
                f"what is to be sent to {first}? To send these words, say `text {first}`",
                f"要给 {first} 发送什么？如要发送这段文字，请写 `text {first}`",
            )
        )
    return Path(first), rest


def find_target(file: Path | None, arguments: Namespace, variables: Mapping[str, str]) -> Target:
    """The target that the arguments, the bot's file and the environment name, in this order.

    Raises:
        UsageError: something is missing, or there is no such bot or account.
        SettingsError: a setting cannot be.
    """
    environment = with_file(variables, arguments.env_file)
    bot = _bot(file, variables) if file else None
    known = _of_bot(bot, arguments.account, environment) if bot else _of_environment(arguments.account, environment)
    url = arguments.url or _value(environment, "DIALOG_URL") or _address(known.path, arguments.port, environment)
    if read_address(url) is None:
        raise UsageError(
            Wording(
                f"expected an address such as http://127.0.0.1:8080/wechat, found `{url}`",
                f"应为 http://127.0.0.1:8080/wechat 这样的地址，实为 `{url}`",
            )
        )
    not_found = _other_path(bot.path, known.path, url) if bot else None
    return Target(url, _sender(known, arguments), bot.buttons if bot else {}, not_found)


def _other_path(file: Path, path: str, url: str) -> Wording:
    """No bot is at an address, though the file of one was read."""
    address = read_address(url)
    if address is not None and address.path.rstrip("/") == path.rstrip("/"):
        return Wording(
            f"404: no bot is at {url}, where {file} puts it: another bot runs there, or it began with another file or "
            "another environment. Its first line says where it is",
            f"404：{url} 没有机器人，尽管 {file} 写的就是这个路径：那里运行的是别的机器人，"
            "或启动时的文件、环境变量不同。机器人启动时的第一行会显示地址",
        )
    return Wording(
        f"404: no bot is at {url}; {file} puts it at {path}: leave --url and DIALOG_URL out, or correct them",
        f"404：{url} 没有机器人；{file} 写的路径是 {path}：请去掉或更正 --url 和 DIALOG_URL",
    )


def _bot(file: Path, variables: Mapping[str, str]) -> ReadyBot:
    paths, missing = find_bots([str(file)])
    if missing:
        raise UsageError(
            Wording(
                f"{file}: no bot file is there; to send these words, say `text {file}`",
                f"{file}：这里没有机器人文件；如要发送这段文字，请写 `text {file}`",
            )
        )
    if len(paths) > 1:
        raise UsageError(Wording(f"{file} holds several bots; name one", f"{file} 里有多个机器人，请指定其中一个"))
    bot = ready_bot(paths[0], find_folder(variables))
    if bot.program is None:
        raise UsageError(Wording(f"{file} has errors; see dialog-lint", f"{file} 有错误，详见 dialog-lint"))
    return bot


def _of_bot(bot: ReadyBot, name: str | None, environment: Environment) -> _Known:
    account = chosen_account(filled_accounts(bot.accounts, environment), name, environment)
    return _Known(
        account.path.value,
        "" if account.has_generated_token else account.tokens[0],
        next(iter(account.aes_keys), ""),
        account.other("app_id") or "",
    )


def _of_environment(account: str | None, environment: Environment) -> _Known:
    if account is not None:
        raise UsageError(
            Wording(
                "--account is for a bot's file: dialog-send bot.yaml hi --account NAME; who receives it is --to",
                "--account 须与机器人文件同用：dialog-send bot.yaml hi --account 名称；接收的公众号请用 --to",
            )
        )
    path, token, key, app_id = (
        _value(environment, name) for name in ("WX_PATH", "WX_TOKEN", "WX_AES_KEY", "WX_APP_ID")
    )
    has_cipher = bool(key and app_id)
    return _Known(path or _DEFAULT_PATH, _first(token), _first(key) if has_cipher else "", app_id)


def _sender(known: _Known, arguments: Namespace) -> Sender:
    token, key = arguments.token or known.token, arguments.aes_key or known.aes_key
    app_id = arguments.app_id or known.app_id
    if not token:
        raise UsageError(
            Wording(
                "say the token with --token or WX_TOKEN: the bot's own, or the one dialog-run made up",
                "请用 --token 或 WX_TOKEN 给出 Token：机器人自己的，或 dialog-run 启动时生成的",
            )
        )
    if not key:
        return Sender(token)
    if not is_aes_key(key) or not app_id:
        raise UsageError(
            Wording(
                "safe mode needs --aes-key (43 characters) and --app-id", "安全模式需要 --aes-key（43 位）和 --app-id"
            )
        )
    return Sender(token, MessageCipher(token, (key,), app_id))


def _address(path: str, port: str | None, environment: Environment) -> str:
    """Where the server is, if it has the same environment."""
    settings = server_settings({"port": port}, environment, is_public=True)
    return f"http://{reachable(settings.host.value)}:{settings.port_number}{path}"


def _value(environment: Environment, name: str) -> str:
    found = environment.find(name)
    return found.value if found else ""


def _first(value: str) -> str:
    """The current one of several secrets."""
    return next(iter(listed(value)), "")
