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
from interpreter.server.credentials import Credentials
from interpreter.server.environment import Environment, Found
from interpreter.server.errors import SettingsError
from interpreter.server.peers import Network, Peers, read_networks
from interpreter.server.secrecy import HIDDEN
from interpreter.wechat.crypto import is_aes_key

_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
_PASSWORD = re.compile(r"(://[^/@]*?:)\S+@")
_QUERY = re.compile(r"(://[^?]*\?).+")
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
    def is_secret(self) -> bool:
        """Whether nobody else may see it."""
        return self.name.rpartition(".")[2] in _SECRETS

    @property
    def shown(self) -> str:
        """The value; of a secret only that there is one, of an address neither password nor query."""
        if self.is_secret:
            return ", ".join(HIDDEN for _ in listed(self.value)) or "-"
        shown = _PASSWORD.sub(rf"\g<1>{HIDDEN}@", self.value)
        return _QUERY.sub(rf"\g<1>{HIDDEN}", shown) or "-"


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
    slow: tuple[str, ...] = ()
    """What is to become of slow turns, in the words of its author."""
    notice: str | None = None
    """What a user is told then; None for the words of this program."""
    is_verified: bool = False
    kind: str = "subscription"
    """`subscription` or `service`."""

    def other(self, key: str) -> str | None:
        """The value of `app_id`, `app_secret` or `aes_key`, when somebody set it."""
        return next((item.value for item in self.others if item.name == f"{self.name}.{key}"), None)

    @property
    def tokens(self) -> tuple[str, ...]:
        """The token, and those before it while it is changed."""
        return listed(self.token.value)

    @property
    def aes_keys(self) -> tuple[str, ...]:
        """The EncodingAESKey, and those before it while it is changed; none in plain mode."""
        keys = listed(self.other("aes_key") or "")
        return keys if self.encryption != "plain" and self.other("app_id") else ()

    @property
    def credentials(self) -> Credentials:
        """What it signs and encrypts with."""
        return Credentials(self.tokens, self.aes_keys, self.other("app_id") or "")

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value of it that nobody else may see."""
        found = [item.value for item in (self.token, *self.others) if item.is_secret]
        return tuple(value for item in found for value in listed(item))

    @property
    def has_generated_token(self) -> bool:
        """Whether nobody gave it a token, so that one was made up."""
        return self.token.source == GENERATED


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the server listens and works, where sessions are kept, and what is told of it."""

    host: Setting
    port: Setting
    store: Setting
    window: Setting
    workers: Setting = Setting("workers", "1", DEFAULT)
    trust_proxy: Setting = Setting("trust-proxy", "", DEFAULT)
    allow_from: Setting = Setting("allow-from", "", DEFAULT)
    log_format: Setting = Setting("log-format", "text", DEFAULT)
    metrics: Setting = Setting("metrics", "", DEFAULT)

    @property
    def port_number(self) -> int:
        """The port to listen on; 0 for any that is free."""
        return _number(self.port, 65535)

    @property
    def window_seconds(self) -> int | None:
        """How far the time of a message may be off; None for any distance."""
        return _number(self.window, 86400) or None

    @property
    def worker_count(self) -> int:
        """How many processes share the work."""
        count = _number(self.workers, 64)
        if count < 1:
            raise _wrong(self.workers, Wording("at least one", "至少一个"))
        return count

    @property
    def peers(self) -> Peers:
        """Which proxies are trusted, and where messages are taken from."""
        return Peers(_networks(self.trust_proxy), _networks(self.allow_from))

    @property
    def has_json_log(self) -> bool:
        """Whether log lines are JSON."""
        if self.log_format.value not in ("text", "json"):
            raise _wrong(self.log_format, Wording("`text` or `json`", "`text` 或 `json`"))
        return self.log_format.value == "json"

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Where metrics are served, `PORT` on the loopback or `HOST:PORT`; None for nowhere."""
        if not self.metrics.value:
            return None
        host, _, port = self.metrics.value.rpartition(":")
        if not (port.isascii() and port.isdigit() and int(port) <= 65535):
            raise _wrong(self.metrics, Wording("a port or HOST:PORT", "端口或 HOST:PORT"))
        return host.strip("[]") or _LOOPBACK, int(port)

    @property
    def all(self) -> tuple[Setting, ...]:
        """Each of them, in the order they are shown."""
        return (
            self.host,
            self.port,
            self.store,
            self.window,
            self.workers,
            self.trust_proxy,
            self.allow_from,
            self.log_format,
            self.metrics,
        )

    def check(self) -> None:
        """Make sure that each of them can be.

        Raises:
            SettingsError: one cannot.
        """
        _ = self.port_number, self.window_seconds, self.worker_count, self.peers, self.has_json_log
        _ = self.metrics_address


@dataclass(frozen=True, slots=True)
class WrittenAccount:
    """What a bot's file says of an account, and the variables of the environment each setting was taken from."""

    bot: str
    name: str | None
    settings: Mapping[str, str]
    """Of a list its items, the current one first, with commas between."""
    origins: Mapping[str, tuple[str, ...]]
    slow: tuple[str, ...] = ()
    is_verified: bool = False

    @property
    def full_name(self) -> str:
        """The bot's name, with the account's when there are several."""
        return self.bot if self.name is None else f"{self.bot}-{self.name}"


def listed(value: str) -> tuple[str, ...]:
    """The items of a comma-separated value, such as the current token and the one before it."""
    return tuple(part for item in value.split(",") if (part := item.strip(" ")))


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
    variable = _token_variable(written, is_alone=is_alone)
    settings = AccountSettings(
        name,
        path,
        token,
        encryption,
        others,
        variable,
        slow=written.slow,
        notice=written.settings.get("notice"),
        is_verified=written.is_verified,
        kind=written.settings.get("kind") or "subscription",
    )
    _check_path(path)
    _check_token(token)
    _check_encryption(settings, written, environment, is_alone=is_alone)
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
        workers=find("workers", "DIALOG_WORKERS", "1"),
        trust_proxy=find("trust-proxy", "DIALOG_TRUST_PROXY", ""),
        allow_from=find("allow-from", "DIALOG_ALLOW_FROM", ""),
        log_format=find("log-format", "DIALOG_LOG_FORMAT", "text"),
        metrics=find("metrics", "DIALOG_METRICS", ""),
    )
    settings.check()
    return settings


def is_loopback(host: str) -> bool:
    """Whether only this computer can reach a server that listens there."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _number(setting: Setting, most: int) -> int:
    if not (setting.value.isascii() and setting.value.isdigit() and int(setting.value) <= most):
        raise _wrong(setting, Wording(f"a whole number up to {most}", f"不大于 {most} 的整数"))
    return int(setting.value)


def _networks(setting: Setting) -> tuple[Network, ...]:
    try:
        return read_networks(setting.value)
    except ValueError:
        expected = Wording("networks such as 10.0.0.0/8,::1", "10.0.0.0/8,::1 这样的网段")
        raise _wrong(setting, expected) from None


def _wrong(setting: Setting, expected: Wording) -> SettingsError:
    return SettingsError(
        Wording(
            f"{setting.name} ({setting.source.en}): expected {expected.en}, found `{setting.value}`",
            f"{setting.name}（{setting.source.zh}）：应为{expected.zh}，实为 `{setting.value}`",
        )
    )


def _check_kind(written: WrittenAccount) -> None:
    kind = written.settings.get("type", "official")
    if kind != "official":
        raise SettingsError(
            Wording(
                f"{written.full_name}: accounts of type {kind} cannot be served yet",
                f"{written.full_name}：暂不支持 {kind} 类型的账号",
            )
        )


def _check_encryption(
    account: AccountSettings, written: WrittenAccount, environment: Environment, *, is_alone: bool
) -> None:
    """Encrypted messages need the key of the account and its AppID."""
    for key in listed(account.other("aes_key") or ""):
        if not is_aes_key(key):
            raise SettingsError(
                Wording(
                    f"{account.name}.aes_key: an EncodingAESKey has 43 letters and digits, this one has {len(key)}",
                    f"{account.name}.aes_key：EncodingAESKey 须为 43 位字母或数字，现为 {len(key)} 位",
                )
            )
    missing = [name for name in ("aes_key", "app_id") if not account.other(name)]
    if account.encryption == "safe" and missing:
        lacks = [_lack(key, written, environment, is_alone=is_alone) for key in missing]
        raise SettingsError(
            Wording(
                f"{account.name}: encryption `safe` needs {'; '.join(lack.en for lack in lacks)}",
                f"{account.name}：安全模式（safe）需要设置 {'、'.join(lack.zh for lack in lacks)}",
            )
        )


def _lack(key: str, written: WrittenAccount, environment: Environment, *, is_alone: bool) -> Wording:
    """A setting that has no value, and which variable would give it one."""
    unset = [name for name in written.origins.get(key, ()) if environment.find(name) is None]
    names = ", ".join(unset) or (f"WX_{key.upper()}" if is_alone else "")
    if not names:
        return Wording(f"{key}: $(env.NAME) in its file", f"文件中的 {key}: $(env.NAME)")
    return Wording(f"{key}, and {names} is not set", f"{key}（{names} 未设置）")


def _check_path(path: Setting) -> None:
    if not path.value.startswith("/") or set("{}?#%") & set(path.value) or any(map(str.isspace, path.value)):
        raise SettingsError(
            Wording(
                f"{path.name} ({path.source.en}): expected a path such as /wechat, found `{path.value}`",
                f"{path.name}（{path.source.zh}）：应为 /wechat 这样的路径，实为 `{path.value}`",
            )
        )


def _check_token(token: Setting) -> None:
    tokens = listed(token.value)
    if not tokens or not all(map(_TOKEN.fullmatch, tokens)):
        raise SettingsError(
            Wording(
                f"{token.name} ({token.source.en}): WeChat takes tokens of 3 to 32 letters and digits",
                f"{token.name}（{token.source.zh}）：微信的 Token 须为 3 到 32 位字母或数字",
            )
        )
