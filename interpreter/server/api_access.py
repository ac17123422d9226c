"""From an account's settings to a client of WeChat's API.

Besides the AppID and the AppSecret the environment may say where the API is (`WX_API_URL`, a relay with a fixed
address; `{host}` in it stands for WeChat's host), where tokens come from (`WX_TOKEN_URL`, a program that gives
`{"access_token", "expires_in"}`), which proxy has the address that WeChat allows (`WX_API_PROXY`), or that the classic
token is wanted (`WX_TOKEN_KIND=classic`). `WX_WINDOWS=off` leaves it to WeChat to count customer messages, and
`WX_WINDOWS=message=20/48h` counts otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from interpreter.catalogue.allowances import ALLOWANCES, Allowance, Allowances
from interpreter.catalogue.rights import Standing
from interpreter.diagnostics.wording import Wording
from interpreter.server.environment import Environment, Found
from interpreter.server.errors import SettingsError
from interpreter.server.settings import DEFAULT, AccountSettings, Setting
from interpreter.stores.protocol import SharedValues
from interpreter.wechat.api.client import ApiClient, Told
from interpreter.wechat.api.requests import Account
from interpreter.wechat.api.sources import Classic, Relay, Source, Stable
from interpreter.wechat.api.tokens import Clock
from interpreter.wechat.api.transport import HTTPS, Transport, shown_address
from interpreter.wechat.api.windows import Windows


def standing_of(account: AccountSettings) -> Standing:
    """What an account is, by its settings."""
    return Standing(kind="service" if account.kind == "service" else "subscription", verified=account.is_verified)


def can_call(account: AccountSettings, environment: Environment) -> bool:
    """Whether there is what a client needs."""
    if environment.find("WX_TOKEN_URL") is not None:
        return bool(account.other("app_id"))
    return bool(account.other("app_id") and account.other("app_secret"))


def client_for(
    account: AccountSettings,
    shared: SharedValues,
    clock: Clock,
    environment: Environment,
    *,
    learn: Callable[[str], None] = lambda _: None,
    told: Told = lambda *_: None,
    windows: Windows | None = None,
    may_call: bool = True,
) -> ApiClient:
    """The client of an account; `learn` is told of each token, which nobody else may see, `told` of each call.

    With `windows` customer messages are not sent when they are certainly not allowed. One that may not call prepares
    requests only, and secrets may be missing.

    Raises:
        SettingsError: something is missing, or cannot be.
    """
    missing = [name for name in ("app_id", "app_secret") if not account.other(name)]
    if may_call and missing and not can_call(account, environment):
        names = ", ".join(f"WX_{name.upper()}" for name in missing)
        raise SettingsError(
            Wording(
                f"{account.name}: calling WeChat's API needs {' and '.join(missing)} ({names})",
                f"{account.name}：调用微信接口需要设置 {'、'.join(missing)}（{names}）",
            )
        )
    transport = transport_of(environment)
    secret = Account(account.other("app_id") or "", account.other("app_secret") or "")
    source = relay_of(environment, transport) or _source(secret, transport, environment)
    return ApiClient(
        secret,
        shared,
        clock,
        transport,
        source=source,
        standing=standing_of(account),
        learn=learn,
        told=told,
        windows=windows,
    )


def allowances_of(environment: Environment) -> Allowances | None:
    """How many customer messages a user's acts allow, by `WX_WINDOWS`; None when only WeChat shall count.

    Raises:
        SettingsError: it is written in another way.
    """
    found = environment.find("WX_WINDOWS")
    if found is None:
        return ALLOWANCES
    if found.value.strip() == "off":
        return None
    allowances = dict(ALLOWANCES)
    for word in found.value.replace(",", " ").split():
        written = _ALLOWANCE.fullmatch(word)
        act = next((act for act in ALLOWANCES if written is not None and act == written["act"]), None)
        if written is None or act is None:
            acts = ", ".join(ALLOWANCES)
            raise SettingsError(
                Wording(
                    f"WX_WINDOWS: expected off, or such as message=5/48h (of {acts}), found `{word}`",
                    f"WX_WINDOWS：应为 off，或形如 message=5/48h（可用 {acts}），实为 `{word}`",
                )
            )
        messages = None if written["messages"] == "any" else int(written["messages"])
        allowances[act] = Allowance(messages, int(written["time"]) * _SECONDS[written["unit"]])
    return allowances


_ALLOWANCE = re.compile(r"(?P<act>\w+)=(?P<messages>any|\d{1,4})/(?P<time>\d{1,4})(?P<unit>[hms])")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0}


def api_settings(environment: Environment) -> list[Setting]:
    """Where and how WeChat's API is called, as far as the environment says; of addresses nothing that is secret."""
    every = []
    for name, default in _VARIABLES.items():
        found = environment.find(f"WX_{name.replace('-', '_').upper()}") or Found(default, DEFAULT)
        value = shown_address(found.value) if found.value and name in _ADDRESSES else found.value
        every.append(Setting(name, value, found.source))
    return every


_VARIABLES = {"api-url": HTTPS, "api-proxy": "", "token-url": "", "token-kind": "stable", "windows": ""}
"""What goes without saying of each variable `WX_…`."""
_ADDRESSES = ("api-url", "api-proxy", "token-url")


def transport_of(environment: Environment) -> Transport:
    """What carries requests to WeChat's API, wherever that is said to be.

    Raises:
        SettingsError: it cannot be there.
    """
    found, proxy = environment.find("WX_API_URL"), environment.find("WX_API_PROXY")
    if proxy is not None and not _is_address(proxy.value):
        raise SettingsError(
            Wording(
                "WX_API_PROXY: expected the address of a proxy, such as http://10.0.0.5:3128",
                "WX_API_PROXY：应为代理的地址，例如 http://10.0.0.5:3128",
            )
        )
    try:
        return Transport(found.value if found else HTTPS, proxy=proxy.value if proxy else None, said_by="WX_API_URL")
    except ValueError:
        raise SettingsError(
            Wording(
                "WX_API_URL: expected an address that begins with https://, or http:// on this computer",
                "WX_API_URL：应为 https:// 开头的地址，本机地址可用 http://",
            )
        ) from None


def relay_of(environment: Environment, transport: Transport) -> Relay | None:
    """The program that tokens come from, if they come from one.

    Raises:
        SettingsError: it cannot be where it is said to be.
    """
    found = environment.find("WX_TOKEN_URL")
    if found is None:
        return None
    if not _is_relay(found.value):
        raise SettingsError(
            Wording(
                "WX_TOKEN_URL: expected an https:// address, or http:// in a private network",
                "WX_TOKEN_URL：应为 https:// 开头的地址，内网地址可用 http://",
            )
        )
    return Relay(found.value, transport)


def _source(account: Account, transport: Transport, environment: Environment) -> Source:
    kind = environment.find("WX_TOKEN_KIND")
    match kind.value if kind else "stable":
        case "stable":
            return Stable(account, transport)
        case "classic":
            return Classic(account, transport)
        case other:
            raise SettingsError(
                Wording(
                    f"WX_TOKEN_KIND: expected stable or classic, found `{other}`",
                    f"WX_TOKEN_KIND：应为 stable 或 classic，实为 `{other}`",
                )
            )


def _is_address(written: str) -> bool:
    url = urlsplit(written)
    return url.scheme in ("http", "https") and bool(url.hostname)


def _is_relay(written: str) -> bool:
    """Tokens come over encrypted connections, or ones that do not leave the house."""
    url = urlsplit(written)
    host = url.hostname or ""
    if url.scheme == "https":
        return bool(host)
    try:
        is_inside = ip_address(host).is_private
    except ValueError:
        is_inside = bool(host) and "." not in host
    return url.scheme == "http" and is_inside
