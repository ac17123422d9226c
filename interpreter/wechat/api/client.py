"""The client of WeChat's API.

`call` knows what the catalogue knows: it fills in what goes without saying, checks the rest before anything is sent,
and knows which calls may be repeated. `request` sends anything. Both take the account's token by themselves; a call
that WeChat refuses because of the token is made once more with a new one, never twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from time import monotonic
from typing import Literal

from interpreter.catalogue.arguments import arrange, check_arguments
from interpreter.catalogue.fates import describe_fate
from interpreter.catalogue.methods import API_HOST, Method, find_method, suggest_method
from interpreter.catalogue.rights import Standing, refusal
from interpreter.diagnostics.wording import Wording
from interpreter.stores.protocol import SharedValues, StoreError
from interpreter.values import Value
from interpreter.wechat.api.errors import (
    DUPLICATE_MASS,
    QUOTA_USED,
    ApiError,
    ApiFailure,
    CallRefused,
    NoAnswer,
    api_error,
)
from interpreter.wechat.api.local import LOCAL, TAKES_TICKET, TAKES_TOKEN, Circumstances
from interpreter.wechat.api.quotas import Quotas, next_day
from interpreter.wechat.api.requests import Account, Request, build_request, fill_in, json_payload
from interpreter.wechat.api.sources import Source, Stable, Ticket
from interpreter.wechat.api.tokens import FETCHES_AN_HOUR, Clock, SharedToken
from interpreter.wechat.api.transport import Answer, Sink, Transport
from interpreter.wechat.api.windows import SENDS, Windows

_log = logging.getLogger("interpreter.wechat")

_ATTEMPTS = 3
_SHORTEST, _LONGEST = 0.2, 2.0
"""Seconds between two attempts."""

Told = Callable[[str, str, float], None]
"""Hears of a call: the family of its method, how it ended (`done`, WeChat's error code, or a kind of failure), and how
many seconds it took with all attempts."""


class _StoreAwayError(Exception):
    """The store failed on the way to a further attempt; `may_have_arrived` is what is known of those before."""

    def __init__(self, error: StoreError, *, may_have_arrived: bool) -> None:
        super().__init__(str(error))
        self.may_have_arrived = may_have_arrived


class ApiClient:
    """Calls the API for one account. With a `standing` it refuses what such an account may not call."""

    def __init__(
        self,
        account: Account,
        shared: SharedValues,
        clock: Clock,
        transport: Transport,
        *,
        source: Source | None = None,
        standing: Standing | None = None,
        cap: int = FETCHES_AN_HOUR,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        learn: Callable[[str], None] = lambda _: None,
        told: Told = lambda *_: None,
        windows: Windows | None = None,
    ) -> None:
        """`windows` knows who can be sent customer messages; without it only WeChat does."""
        self._told = told
        self._windows = windows
        self.account = account
        self.standing = standing
        self._clock = clock
        self._transport = transport
        self._sleep = sleep
        self._quotas = Quotas(account.app_id, shared, clock)
        self._keep = partial(SharedToken, shared=shared, clock=clock, cap=cap, sleep=sleep, learn=learn)
        self._token = self._keep(f"token:{account.app_id}", source or Stable(account, transport))
        self._tickets: dict[str, SharedToken] = {}

    async def call(
        self,
        name: str,
        arguments: Mapping[str, object] | None = None,
        *,
        closed: bool = False,
        sink: Sink | None = None,
    ) -> Answer:
        """Call a method of the catalogue. A file it answers goes to `sink`, or is kept in memory.

        Raises:
            ApiFailure: it was not sent, was refused, or got no answer.
        """
        method = find_method(name)
        if method is None:
            raise CallRefused(name, "unknown", _unknown(name))
        given = self.prepare(method, arguments or {}, closed=closed, called=name)
        if method.verb == "LOCAL":
            return await self._compute(method, given)
        request = build_request(method, given, self.account, name)
        is_safe = method.is_idempotent or (method.guard is not None and method.guard in given)
        if self._windows is not None and method.path == SENDS:
            return await self._send_customer(self._windows, request, method, str(given.get("touser")))
        answer = await self._send(request, method, is_safe=is_safe, sink=sink)
        if method.name in ("clear_quota", "clear_quota_v2"):
            await self._write_down(request.name, self._quotas.reset())
        elif method.name == "clear_api_quota":
            await self._write_down(request.name, self._quotas.reopen(str(given.get("cgi_path"))))
        return answer

    async def request(
        self,
        verb: Literal["GET", "POST"],
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: object = None,
        host: str = API_HOST,
        takes_token: bool = True,
        sink: Sink | None = None,
    ) -> Answer:
        """Send any request; `body` goes out as JSON. Only a GET is tried again when nobody knows if it was done.

        Raises:
            ApiFailure: it was refused, or got no answer.
        """
        payload = None if body is None else json_payload(body)
        request = Request(path, verb, host, path, tuple((query or {}).items()), payload, takes_token)
        return await self._send(request, None, is_safe=verb == "GET", sink=sink)

    async def pages(
        self,
        name: str,
        arguments: Mapping[str, object] | None = None,
        *,
        watch: Callable[[int, int | None], None] = lambda _, __: None,
    ) -> AsyncIterator[list[Value]]:
        """The items of a list that comes in pages, such as `user.list`.

        `watch` is told how many items were had, and of how many if WeChat says so.

        Raises:
            ApiFailure: a page cannot be had.
        """
        method = find_method(name)
        if method is None or method.pages is None:
            raise CallRefused(name, "unknown", _unknown(name))
        given, count = dict(arguments or {}), 0
        while True:
            answer = await self.call(name, given)
            items: object = answer
            for key in method.pages.items:
                items = items.get(key) if isinstance(items, Mapping) else None
            next_page = answer.get("next_openid") if isinstance(answer, Mapping) else None
            if not isinstance(items, list) or not items:
                return
            count += len(items)
            total = answer.get("total") if isinstance(answer, Mapping) else None
            watch(count, total if isinstance(total, int) else None)
            yield items
            if not next_page or next_page == given.get(method.pages.parameter):
                return
            given[method.pages.parameter] = next_page

    async def token(self) -> str:
        """The access token.

        Raises:
            ApiFailure: there is none.
        """
        return await self._token.current()

    async def ticket(self, kind: Literal["jsapi", "wx_card"]) -> str:
        """A ticket for pages or cards.

        Raises:
            ApiFailure: there is none.
        """
        if kind not in self._tickets:
            name = f"ticket:{self.account.app_id}:{kind}"
            self._tickets[kind] = self._keep(name, Ticket(kind, self._ask_ticket))
        return await self._tickets[kind].current()

    async def close(self) -> None:
        """Let go of all connections."""
        for held in (self._token, *self._tickets.values()):
            await held.close()
        await self._transport.close()

    def prepare(
        self, method: Method, arguments: Mapping[str, object], *, closed: bool = False, called: str = ""
    ) -> dict[str, object]:
        """The arguments as they would be sent; nothing is. `called` is the name the method is called by.

        Raises:
            CallRefused: the call cannot be made.
        """
        if method.fate == "closed" and not closed:
            reason = describe_fate(method, called)
            assert reason is not None
            raise CallRefused("", "closed", reason)
        refused = refusal(self.standing, method, called) if self.standing is not None else None
        if refused is not None:
            raise CallRefused("", "rights", refused)
        given = arrange(method, arguments)
        problems = check_arguments(method, given)
        if problems:
            raise CallRefused(
                called or method.full_name,
                "arguments",
                Wording("; ".join(it.wording.en for it in problems), "；".join(it.wording.zh for it in problems)),
            )
        if method.guard is not None and method.reach == "many" and method.guard not in given:
            given[method.guard] = self._guard(method, given)
        return given

    def _guard(self, method: Method, given: Mapping[str, object]) -> str:
        """The same for the same message on the same day: however often it is sent, it goes out once."""
        content = json.dumps(given, sort_keys=True, ensure_ascii=False, default=str)
        day = next_day(self._clock.now()).date()
        return hashlib.sha256(f"{self.account.app_id}|{method.full_name}|{day}|{content}".encode()).hexdigest()[:32]

    async def _compute(self, method: Method, given: Mapping[str, object]) -> Answer:
        compute = LOCAL.get(method.full_name)
        if compute is None:
            raise CallRefused(method.full_name, "rights", _NO_MERCHANT)
        held: dict[str, str] = {}
        if method.full_name in TAKES_TICKET:
            held["ticket"] = await self.ticket("jsapi")
        if method.full_name in TAKES_TOKEN:
            held["token"] = await self.token()
        filled = fill_in(method, given, self.account)
        circumstances = Circumstances(self.account, int(self._clock.now().timestamp()), secrets.token_hex(8), held)
        return compute(filled, circumstances)

    async def _send_customer(self, windows: Windows, request: Request, method: Method, user: str) -> Answer:
        """Send a customer message, if the user's window is open as far as is known here."""
        allowed_by = await windows.admit(request.name, user)
        try:
            answer = await self._send(request, method, is_safe=method.is_idempotent, sink=None)
        except ApiError as error:
            await windows.refused(user, error.code)
            raise
        await windows.sent(user, allowed_by)
        return answer

    async def _ask_ticket(self, kind: str) -> Answer:
        name = "jsapi_ticket.get_jsapi_ticket" if kind == "jsapi" else "jsapi_ticket.get_card_ticket"
        return await self.call(name, {})

    async def _send(self, request: Request, method: Method | None, *, is_safe: bool, sink: Sink | None) -> Answer:
        began, outcome = monotonic(), "done"
        try:
            return await self._attempts(request, method, is_safe=is_safe, sink=sink)
        except (_StoreAwayError, StoreError) as error:
            outcome = "store"
            arrived = isinstance(error, _StoreAwayError) and error.may_have_arrived
            raise NoAnswer("", "network", Wording(str(error), str(error)), may_have_arrived=arrived) from None
        except ApiFailure as failure:
            outcome = _outcome_of(failure)
            raise
        except BaseException:
            outcome = "cancelled"
            raise
        finally:
            self._told(method.family if method is not None else "other", outcome, monotonic() - began)

    async def _attempts(self, request: Request, method: Method | None, *, is_safe: bool, sink: Sink | None) -> Answer:
        """Send a request as often as it is wise: once more with a new token, up to three times if it may pass."""
        is_probe = await self._quotas.spend(request.name, request.path, method)
        refused_token: str | None = None
        attempt, may_have_arrived = 1, False
        while True:
            try:
                token = await self._usable_token(request, refused_token)
                answer = await self._transport.exchange(request, token, sink)
                error = api_error(request.name, answer)
            except StoreError as error:  # there is no token
                raise _StoreAwayError(error, may_have_arrived=may_have_arrived) from None
            except NoAnswer as failure:
                may_have_arrived = may_have_arrived or failure.may_have_arrived
                if attempt == _ATTEMPTS or not _may_repeat(failure, is_safe=is_safe):
                    raise
            except ApiError as failure:  # there is no token yet, so the call itself was not sent
                if attempt == _ATTEMPTS or not failure.is_passing or failure.is_token or self._token.rest > _LONGEST:
                    raise
            else:
                if is_probe and (error is None or not (error.is_token or error.is_passing or error.code == QUOTA_USED)):
                    await self._write_down(request.name, self._quotas.reopen(request.path))
                if error is None or (error.code == DUPLICATE_MASS and attempt > 1):
                    return answer
                if error.is_token and token is not None and refused_token is None:
                    refused_token = token
                    continue
                if error.code == QUOTA_USED:
                    await self._write_down(request.name, self._quotas.exhaust(request.path))
                if not error.is_passing or error.is_token or not is_safe or attempt == _ATTEMPTS:
                    raise error
            attempt += 1
            pause = _SHORTEST + (_LONGEST - _SHORTEST) * secrets.randbelow(1000) / 1000
            await self._sleep(max(pause, self._token.rest))

    async def _write_down(self, name: str, writing: Awaitable[None]) -> None:
        """Keep what WeChat's answer says of a quota. The answer is there: whoever called is not told that it is not."""
        try:
            await writing
        except StoreError as error:
            _log.warning("%s: what WeChat says of its quota could not be kept: %s", name, error)

    async def _usable_token(self, request: Request, refused: str | None) -> str | None:
        if not request.takes_token:
            return None
        return await (self._token.current() if refused is None else self._token.renew(refused))


def _may_repeat(failure: NoAnswer, *, is_safe: bool) -> bool:
    """What did not arrive may be sent again, and so may what does no harm; but who is slow is not asked again."""
    if not failure.may_have_arrived:
        return True
    return is_safe and (failure.kind == "network" or (failure.status is not None and failure.status >= 500))


def _outcome_of(failure: ApiFailure) -> str:
    match failure:
        case ApiError(code=code):
            return str(code)
        case CallRefused(kind=kind) | NoAnswer(kind=kind):
            return kind
        case _:
            return "failed"


def _unknown(name: str) -> Wording:
    meant = suggest_method(name)
    hint, hint_zh = (f"; did you mean {meant}?", f"，是不是 {meant}？") if meant else ("", "")
    return Wording(f"there is no such method{hint}", f"没有这个接口{hint_zh}")


_NO_MERCHANT = Wording(
    "it is signed with a merchant's key, which this client does not hold",
    "它要用商户私钥签名，本客户端没有商户私钥",
)
