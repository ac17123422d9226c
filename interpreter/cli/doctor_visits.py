"""A doctor's visits: the port, the store, the address, WeChat. Who looks and who judges is wired together here."""

from __future__ import annotations

import asyncio
import secrets
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from interpreter.cli.assembling import open_store
from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.account import AccountFacts
from interpreter.server.diagnosis.address import (
    Address,
    resolved_findings,
    slash_finding,
    with_other_slash,
)
from interpreter.server.diagnosis.answers import Answer, Unanswered, unanswered_finding
from interpreter.server.diagnosis.certificate import certificate_findings
from interpreter.server.diagnosis.clock import ClockFacts, clock_findings, read_date
from interpreter.server.diagnosis.delivery import delivery_findings
from interpreter.server.diagnosis.findings import Finding, has_problem, problem, skipped
from interpreter.server.diagnosis.listening import PortState, look_at_port, port_findings
from interpreter.server.diagnosis.looking import look_at_file, look_at_redis
from interpreter.server.diagnosis.platform import HOST, Platform, platform_findings
from interpreter.server.diagnosis.storage import RedisFacts, file_findings, memory_findings, redis_findings
from interpreter.server.diagnosis.verification import refusal_findings, verification_findings
from interpreter.server.diagnosis.visiting import Visitor, resolve, see_certificate
from interpreter.server.errors import ServerError
from interpreter.server.settings import ServerSettings, Setting
from interpreter.stores.protocol import StoreError
from interpreter.wechat.crypto import MessageCipher, is_aes_key
from interpreter.wechat.deliveries import Sender

_STORES = Wording("see `dialog-run --help` for the stores there are", "可用的存储见 `dialog-run --help`")
_PING_SECONDS = 2.0
_SLASH_MATTERS = frozenset({"url-not-found", "url-redirects"})


@dataclass(frozen=True, slots=True)
class World:
    """What is outside: WeChat's API, whose clock to trust, and which certificates. Tests have one of their own."""

    platform: Platform | None
    """None: it is not asked."""
    reference: str | None = f"https://{HOST}/"
    """An address whose answers say what time it is."""
    context: ssl.SSLContext | None = None
    seconds: float = 10.0
    """How long an answer may take."""


async def visit_port(settings: ServerSettings) -> list[Finding]:
    """Who has the port the bot wants."""
    host, port = settings.host.value, settings.port_number
    if port == 0:
        return []
    state = look_at_port(host, port)
    health: Answer | Unanswered | None = None
    if state is PortState.TAKEN:
        here = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
        health = await Visitor(Sender("")).glance(f"http://{f'[{here}]' if ':' in here else here}:{port}/healthz")
    return port_findings(host, port, state, health)


async def visit_store(setting: Setting) -> list[Finding]:
    """Whether the store can be used. Nothing is written."""
    kind, _, place = setting.value.partition(":")
    match kind:
        case "memory":
            return memory_findings()
        case "sqlite" if place:
            return file_findings(look_at_file(Path(place)))
        case "redis" | "rediss" | "unix":
            return redis_findings(await look_at_redis(setting.value, setting.shown))
        case _:
            try:
                return redis_findings(await _ping(setting))
            except ServerError as error:
                return [problem("store-unknown", error.wording, _STORES)]


async def _ping(setting: Setting) -> RedisFacts:
    """A store that is behind others (Sentinel, a cluster) only says whether it answers."""
    store = open_store(setting.value)
    try:
        await asyncio.wait_for(store.ping(), _PING_SECONDS)
    except (StoreError, TimeoutError) as error:
        return RedisFacts(setting.shown, str(error) or type(error).__name__)
    finally:
        await store.close()
    return RedisFacts(setting.shown)


async def visit_platform(accounts: Sequence[AccountFacts], world: World) -> list[Finding]:
    """Whether WeChat's API takes each account."""
    found: list[Finding] = []
    for account in accounts:
        if world.platform is None:
            found.append(
                skipped("api-skipped", Wording("WeChat's API was not asked (--offline)", "未检查微信接口（--offline）"))
            )
            break
        if not account.app_id or not account.app_secret:
            found.append(skipped("api-skipped", _no_secret(account)))
            continue
        found += platform_findings(
            account.name, await world.platform.ask(account.app_id, account.app_secret, pushes=account.pushes)
        )
    return found


def _no_secret(account: AccountFacts) -> Wording:
    values = {"app_id": account.app_id, "app_secret": account.app_secret}
    lacks = [key for key, value in values.items() if not value]
    return Wording(
        f"{account.name} has no {' and '.join(lacks)}: WeChat's API was not asked, and `send` and menus need it",
        f"{account.name} 没有 {' 和 '.join(lacks)}：未检查微信接口；主动发消息和菜单需要它",
    )


async def visit_reference(world: World, window: int | None) -> list[Finding]:
    """Whether the clock is right, as far as WeChat's own tells."""
    if world.reference is None:
        return [skipped("clock-skipped", Wording("the clock was not compared (--offline)", "未核对时钟（--offline）"))]
    began = datetime.now(UTC)
    answer = await Visitor(Sender(""), context=world.context, limit=world.seconds).glance(world.reference)
    found = _clock(HOST, answer, began, window)
    return found or [skipped("clock-skipped", Wording(f"{HOST} did not say what time it is", f"{HOST} 没有给出时间"))]


async def visit_address(address: Address, account: AccountFacts, window: int | None, world: World) -> list[Finding]:
    """Whether WeChat would be content with an address."""
    found = await _on_the_way(address, world)
    if has_problem(found):
        return found
    visitor = Visitor(_sender(account), context=world.context, limit=world.seconds)
    echo = str(10**18 + secrets.randbelow(9 * 10**18))
    began = datetime.now(UTC)
    answer = await visitor.verify(address.text, echo)
    clocks = _clock(address.host, answer, began, window)
    verified = verification_findings(address.host, address.text, echo, answer)
    if has_problem(verified):
        slash = await _slash(address, visitor, echo) if verified[0].code in _SLASH_MATTERS else []
        return [*found, *(slash or verified), *clocks]
    stranger = Sender(f"{account.tokens[0]}x")
    refused = refusal_findings(address.text, await visitor.verify_wrongly(address.text, echo, stranger))
    delivered = await visitor.deliver(address.text, account.name)
    arrived = delivery_findings(address.host, address.text, _sender(account), delivered, clocks)
    return [*found, *verified, *refused, *clocks, *arrived]


async def _on_the_way(address: Address, world: World) -> list[Finding]:
    """What there is to say about a name and its certificate before the address is asked."""
    resolved = await resolve(address)
    if isinstance(resolved, Unanswered):
        return [unanswered_finding(address.host, resolved)]
    found = resolved_findings(address, resolved)
    if address.scheme != "https":
        return found
    seen = await see_certificate(address, context=world.context, limit=world.seconds)
    if isinstance(seen, Unanswered):
        return [*found, unanswered_finding(address.host, seen)]
    return [*found, *certificate_findings(address.host, seen.ends, datetime.now(UTC))]


async def _slash(address: Address, visitor: Visitor, echo: str) -> list[Finding]:
    """Whether a slash more or less at the end makes the address right."""
    other = with_other_slash(address)
    if other is None:
        return []
    again = verification_findings(address.host, other, echo, await visitor.verify(other, echo))
    return [] if has_problem(again) else [slash_finding(address, other)]


def _sender(account: AccountFacts) -> Sender:
    """Who plays WeChat for an account, in the mode that these settings say."""
    token = account.tokens[0]
    if account.encryption == "plain" or not account.app_id or not all(map(is_aes_key, account.aes_keys[:1] or ("",))):
        return Sender(token)
    return Sender(token, MessageCipher(token, account.aes_keys, account.app_id))


def _clock(whose: str, answer: Answer | Unanswered, began: datetime, window: int | None) -> list[Finding]:
    """What the `Date` of an answer says about the clock here."""
    date = read_date(answer.headers.get("date", "")) if isinstance(answer, Answer) else None
    if date is None or not isinstance(answer, Answer):
        return []
    return clock_findings(ClockFacts(whose, date, began + timedelta(seconds=answer.seconds / 2), window))
