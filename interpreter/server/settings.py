"""What a server is told, and by whom.

Flags go before the environment, that before a settings file, that before the bot's file, that before what goes without
saying. Every value remembers where it came from, so that `--show-settings` can say so. Secrets are never shown.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address

from interpreter.diagnostics.wording import Wording
from interpreter.server.environment import Environment, Found
from interpreter.server.errors import SettingsError
from interpreter.wechat.crypto import is_aes_key

_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
_SECRETS = frozenset({"token", "app_secret", "aes_key"})
_LOOPBACK, _EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 - what a server behind a proxy or in a container needs
_DEFAULT_PORT = "8080"
_DEFAULT_STORE = "sqlite:dialog.db"
_DEFAULT_WINDOW = "300"

GENERATED = Wording("generated", "自动生成")
DEFAULT = Wording("default", "默认值")
BOT_FILE = Wording("bot file", "机器人文件")


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting with its value and who set it."""

    name: str
    value: str
    source: Wording

    @property
    def shown(self) -> str:
        """The value, or for a secret only that there is one."""
        return "********" if self.name.rpartition(".")[2] in _SECRETS else self.value


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """How one account of one bot connects: the name it is known by, its path and its token."""

    name: str
    path: Setting
    token: Setting
    encryption: str = "plain"
    """`plain`, `compatible` (encrypted messages are opened, plain ones taken) or `safe` (plain ones are refused)."""
    others: tuple[Setting, ...] = ()
    token_variable: str | None = None
    """The variable of the environment that would give it a token, if there is one."""

    def other(self, key: str) -> str | None:
        """The value of `app_id`, `app_secret` or `aes_key`, when somebody set it."""
        return next((item.value for item in self.others if item.name == f"{self.name}.{key}"), None)

    @property
    def has_generated_token(self) -> bool:
        """Whether nobody gave it a token, so that one was made up."""
        return self.token.source == GENERATED


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the server listens, and where sessions are kept."""

    host: Setting
    port: Setting
    store: Setting
    window: Setting

    @property
    def port_number(self) -> int:
        """The port to listen on; 0 for any that is free."""
        return _number(self.port, 65535)

    @property
    def window_seconds(self) -> int | None:
        """How far the time of a message may be off; None for any distance."""
        return _number(self.window, 86400) or None

    @property
    def all(self) -> tuple[Setting, ...]:
        """Each of them."""
        return (self.host, self.port, self.store, self.window)


@dataclass(frozen=True, slots=True)
class WrittenAccount:
    """What a bot's file says of an account, and the variables of the environment each setting was taken from."""

    bot: str
    name: str | None
    settings: Mapping[str, str]
    origins: Mapping[str, tuple[str, ...]]

    @property
    def full_name(self) -> str:
        """The bot's name, with the account's when there are several."""
        return self.bot if self.name is None else f"{self.bot}-{self.name}"


def every_account(written: Sequence[WrittenAccount], environment: Environment) -> list[AccountSettings]:
    """The settings of all accounts. Those that would read one variable for their token share the one made up for it.

    Raises:
        SettingsError: one of them cannot be, or asks for what is not there yet.
    """
    made_up: dict[str, Setting] = {}
    accounts = []
    for item in written:
        account = account_settings(item, environment, is_alone=len(written) == 1)
        if account.has_generated_token and account.token_variable is not None:
            shared = made_up.setdefault(account.token_variable, account.token)
            account = replace(account, token=replace(account.token, value=shared.value))
        accounts.append(account)
    return accounts


def account_settings(written: WrittenAccount, environment: Environment, *, is_alone: bool) -> AccountSettings:
    """The settings of an account. Only a bot that is served alone takes those meant for any bot, such as `WX_TOKEN`.

    Raises:
        SettingsError: one of them cannot be, or asks for what is not there yet.
    """

    def find(key: str, variable: str) -> Setting | None:
        value, names = written.settings.get(key), written.origins.get(key, ())
        origins = [found.source for origin in names if (found := environment.find(origin))]
        if value and origins:
            sources = Wording(", ".join(item.en for item in origins), "、".join(item.zh for item in origins))
            return Setting(f"{name}.{key}", value, sources)
        found = environment.find(variable) if is_alone else None
        if found is None and value:
            found = Found(value, BOT_FILE)
        return Setting(f"{name}.{key}", found.value, found.source) if found else None

    name = written.full_name
    _check_kind(written)
    path = find("path", "WX_PATH") or Setting(f"{name}.path", f"/{name}", DEFAULT)
    token = find("token", "WX_TOKEN") or Setting(f"{name}.token", secrets.token_hex(16), GENERATED)
    found = [find(key, f"WX_{key.upper()}") for key in ("app_id", "app_secret", "aes_key")]
    encryption = written.settings.get("encryption") or "plain"
    others = tuple(setting for setting in found if setting)
    settings = AccountSettings(name, path, token, encryption, others, _token_variable(written, is_alone=is_alone))
    _check_path(path)
    _check_token(token)
    _check_encryption(settings)
    return settings


def _token_variable(written: WrittenAccount, *, is_alone: bool) -> str | None:
    match written.origins.get("token", ()):
        case (name,):
            return name
        case _:
            return "WX_TOKEN" if is_alone else None


def server_settings(flags: Mapping[str, str | None], environment: Environment, *, is_public: bool) -> ServerSettings:
    """The settings of the server. Without a token of the owner's it is not public and listens on the loopback only.

    Raises:
        SettingsError: one of them cannot be.
    """

    def find(name: str, variable: str, default: str) -> Setting:
        if flags.get(name) is not None:
            return Setting(name, flags[name] or "", Wording(f"flag --{name}", f"命令行 --{name}"))
        found = environment.find(variable) or Found(default, DEFAULT)
        return Setting(name, found.value, found.source)

    settings = ServerSettings(
        host=find("host", "HOST", _EVERYWHERE if is_public else _LOOPBACK),
        port=find("port", "PORT", _DEFAULT_PORT),
        store=find("store", "DIALOG_STORE", _DEFAULT_STORE),
        window=find("window", "DIALOG_WINDOW", _DEFAULT_WINDOW),
    )
    _ = settings.port_number, settings.window_seconds
    return settings


def is_loopback(host: str) -> bool:
    """Whether only this computer can reach a server that listens there."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _number(setting: Setting, most: int) -> int:
    if not (setting.value.isascii() and setting.value.isdigit() and int(setting.value) <= most):
        raise SettingsError(
            Wording(
                f"{setting.name} ({setting.source.en}): expected a whole number up to {most}, found `{setting.value}`",
                f"{setting.name}（{setting.source.zh}）：应为不大于 {most} 的整数，实为 `{setting.value}`",
            )
        )
    return int(setting.value)


def _check_kind(written: WrittenAccount) -> None:
    kind = written.settings.get("type", "official")
    if kind != "official":
        raise SettingsError(
            Wording(
                f"{written.full_name}: accounts of type {kind} cannot be served yet",
                f"{written.full_name}：暂不支持 {kind} 类型的账号",
            )
        )


def _check_encryption(account: AccountSettings) -> None:
    """Encrypted messages need the key of the account and its AppID."""
    key = account.other("aes_key")
    if key is not None and not is_aes_key(key):
        raise SettingsError(
            Wording(
                f"{account.name}.aes_key: an EncodingAESKey has 43 letters and digits, this one has {len(key)}",
                f"{account.name}.aes_key：EncodingAESKey 须为 43 位字母或数字，现为 {len(key)} 位",
            )
        )
    missing = [name for name in ("aes_key", "app_id") if not account.other(name)]
    if account.encryption == "safe" and missing:
        names = ", ".join(missing)
        raise SettingsError(
            Wording(
                f"{account.name}: encryption `safe` needs {names}",
                f"{account.name}：安全模式（safe）需要设置 {names}",
            )
        )


def _check_path(path: Setting) -> None:
    if not path.value.startswith("/") or set("{}?#") & set(path.value) or any(map(str.isspace, path.value)):
        raise SettingsError(
            Wording(
                f"{path.name} ({path.source.en}): expected a path such as /wechat, found `{path.value}`",
                f"{path.name}（{path.source.zh}）：应为 /wechat 这样的路径，实为 `{path.value}`",
            )
        )


def _check_token(token: Setting) -> None:
    if not _TOKEN.fullmatch(token.value):
        raise SettingsError(
            Wording(
                f"{token.name} ({token.source.en}): WeChat takes tokens of 3 to 32 letters and digits",
                f"{token.name}（{token.source.zh}）：微信的 Token 须为 3 到 32 位字母或数字",
            )
        )
