"""Where tokens and tickets come from.

`Stable` is what WeChat advises: asking twice gives the same token, so that programs do not take it from each other.
`Classic` ends the token before it with each call. `Relay` asks a program of the owner's, which may be the only one
whose address WeChat allows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from interpreter.catalogue.methods import API_HOST
from interpreter.diagnostics.wording import Wording
from interpreter.wechat.api.errors import CallRefused, NoAnswer, api_error
from interpreter.wechat.api.requests import Account, Request, json_payload
from interpreter.wechat.api.transport import Answer, Transport

CORP_HOST = "qyapi.weixin.qq.com"
_OVERLAP = 300.0
"""Seconds for which a token goes on when there is a new one, and in which the stable token is renewed at all."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A token or ticket and the seconds it lives."""

    value: str = field(repr=False)
    seconds: float


class Source(Protocol):
    """Fetches a token or ticket."""

    @property
    def can_force(self) -> bool:
        """Whether it can be told to end the token it would give."""
        ...

    async def fetch(self, *, force: bool = False) -> Fetched:
        """A token.

        Raises:
            ApiFailure: none can be had.
        """
        ...

    def lasts(self, seconds: float) -> float:
        """After how many of its seconds a token should be renewed."""
        ...


def _most_of_its_life(seconds: float) -> float:
    return seconds * 0.8


@dataclass(frozen=True, slots=True)
class Stable:
    """The stable token. Before its last five minutes WeChat gives the same one again, so it is asked for then."""

    account: Account
    transport: Transport
    can_force: ClassVar[bool] = True

    async def fetch(self, *, force: bool = False) -> Fetched:
        """A token; with `force` a new one in any case, 20 times a day."""
        content = {
            "grant_type": "client_credential",
            "appid": self.account.app_id,
            "secret": self.account.app_secret,
            "force_refresh": force,
        }
        request = Request(
            "token.get_stable_access_token",
            "POST",
            API_HOST,
            "/cgi-bin/stable_token",
            body=json_payload(content),
            takes_token=False,
        )
        return _token(request.name, await self.transport.exchange(request))

    def lasts(self, seconds: float) -> float:
        """Four fifths, or until the last minutes."""
        return max(_most_of_its_life(seconds), seconds - 0.8 * _OVERLAP)


@dataclass(frozen=True, slots=True)
class Classic:
    """The token of `/cgi-bin/token`: each call makes a new one."""

    account: Account
    transport: Transport
    can_force: ClassVar[bool] = False

    async def fetch(self, *, force: bool = False) -> Fetched:  # noqa: ARG002
        """A new token."""
        query = (
            ("grant_type", "client_credential"),
            ("appid", self.account.app_id),
            ("secret", self.account.app_secret),
        )
        request = Request("token.get_access_token", "GET", API_HOST, "/cgi-bin/token", query, takes_token=False)
        return _token(request.name, await self.transport.exchange(request))

    def lasts(self, seconds: float) -> float:
        """Four fifths."""
        return _most_of_its_life(seconds)


@dataclass(frozen=True, slots=True)
class Corp:
    """The token of a WeCom application: the same while it is valid."""

    account: Account
    transport: Transport
    can_force: ClassVar[bool] = False

    async def fetch(self, *, force: bool = False) -> Fetched:  # noqa: ARG002
        """A token."""
        query = (("corpid", self.account.app_id), ("corpsecret", self.account.app_secret))
        request = Request("wecom_token.get_corp_token", "GET", CORP_HOST, "/cgi-bin/gettoken", query, takes_token=False)
        return _token(request.name, await self.transport.exchange(request))

    def lasts(self, seconds: float) -> float:
        """Until the last minutes, because before them it is the same."""
        return max(_most_of_its_life(seconds), seconds - 0.8 * _OVERLAP)


@dataclass(frozen=True, slots=True)
class Relay:
    """A program of the owner's that answers a GET with `{"access_token", "expires_in"}`."""

    url: str = field(repr=False)
    transport: Transport
    can_force: ClassVar[bool] = False

    async def fetch(self, *, force: bool = False) -> Fetched:  # noqa: ARG002
        """Its token."""
        return _token("token relay", await self.transport.fetch_json(self.url))

    def lasts(self, seconds: float) -> float:
        """Four fifths."""
        return _most_of_its_life(seconds)


@dataclass(frozen=True, slots=True)
class Provider:
    """A function of a Python program's own."""

    provide: Callable[[], Awaitable[tuple[str, float]]]
    can_force: ClassVar[bool] = False

    async def fetch(self, *, force: bool = False) -> Fetched:  # noqa: ARG002
        """What it gives."""
        value, seconds = await self.provide()
        return Fetched(value, seconds)

    def lasts(self, seconds: float) -> float:
        """Four fifths."""
        return _most_of_its_life(seconds)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket for pages (`jsapi`) or cards (`wx_card`), fetched with the access token."""

    kind: str
    ask: Callable[[str], Awaitable[Answer]]
    can_force: ClassVar[bool] = False

    async def fetch(self, *, force: bool = False) -> Fetched:  # noqa: ARG002
        """A ticket."""
        return _token(f"ticket {self.kind}", await self.ask(self.kind), "ticket")

    def lasts(self, seconds: float) -> float:
        """Four fifths."""
        return _most_of_its_life(seconds)


def _token(name: str, answer: Answer, key: str = "access_token") -> Fetched:
    error = api_error(name, answer)
    if error is not None:
        raise error
    value = answer.get(key) if isinstance(answer, Mapping) else None
    seconds = answer.get("expires_in", 7200) if isinstance(answer, Mapping) else None
    if not isinstance(value, str) or not value or isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise NoAnswer(name, "garbled", Wording(f"there is no {key} in the answer", f"回答里没有 {key}"))
    if len(value) > 2048:
        raise CallRefused(name, "token", Wording(f"the {key} is too long", f"{key} 太长"))
    return Fetched(value, float(seconds))
