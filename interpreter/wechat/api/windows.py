"""Whether a user can be sent a customer message now: WeChat allows a few after each act of the user, for some time.

Acts are heard of where messages arrive, which costs nothing: they are kept in memory, and written down for all
processes only when something is sent. What another process has heard is told by the time of the user's last message,
which the session knows anyway; it is asked for before anybody is refused. What nobody knows is left to WeChat, and its
refusal is remembered until the user does something, but not for long: a payment is an act that nobody hears of.

What is kept of a user is kept under a digest of who they are, and for two days at most.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import get_args

from interpreter.catalogue.allowances import ALLOWANCES, Act, Allowances
from interpreter.catalogue.codes import describe_code
from interpreter.diagnostics.wording import Wording
from interpreter.stores.protocol import SharedValues, StoreError
from interpreter.wechat.api.errors import WINDOW_CLOSED, WINDOW_USED, CallRefused
from interpreter.wechat.api.tokens import Clock

SENDS = "/cgi-bin/message/custom/send"
"""The path of what is counted."""
_MOST_USERS = 10_000
"""Users whose acts are kept in mind."""
_SAME = 2.0
"""Seconds within which what two processes say of a user is the same act."""
_BELIEVED = timedelta(hours=1)
"""For how long a refusal of WeChat's is believed without asking again."""
_ACTS: tuple[Act, ...] = get_args(Act)

LastHeard = Callable[[str], Awaitable[datetime | None]]
"""When a user's last message came, to whichever process; None for who is not known."""


@dataclass(frozen=True, slots=True)
class Deed:
    """An act of a user: when, by our clock, and by WeChat's (0 if that is not known)."""

    act: Act
    at: float
    sent_at: int = 0
    is_spent: bool = False

    def is_same(self, other: Deed) -> bool:
        """Whether the two are one: deliveries of one message have the same time of WeChat's."""
        if self.sent_at and other.sent_at:
            return self.sent_at == other.sent_at
        return abs(self.at - other.at) <= _SAME


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What is known of a user: the last act of each kind, and WeChat's last refusal."""

    acts: Mapping[Act, Deed]
    refused: int = 0
    refused_at: float = 0.0

    @property
    def latest(self) -> float:
        """When the last act was."""
        return max((done.at for done in self.acts.values()), default=0.0)

    def with_act(self, done: Deed) -> _Ledger:
        """The ledger with an act, unless it knows it or a later one of the kind."""
        known = self.acts.get(done.act)
        if known is not None and (known.is_same(done) or known.at > done.at):
            return self
        return _Ledger({**self.acts, done.act: done}, self.refused, self.refused_at)


class Windows:
    """The windows of one account's users, shared by all processes."""

    def __init__(
        self,
        app_id: str,
        shared: SharedValues,
        clock: Clock,
        last_heard: LastHeard,
        allowances: Allowances = ALLOWANCES,
    ) -> None:
        self._app_id = app_id
        self._shared = shared
        self._clock = clock
        self._last_heard = last_heard
        self._allowances = allowances
        self._heard: dict[str, dict[Act, Deed]] = {}

    def hear(self, user: str, act: Act | None, sent_at: int) -> None:
        """A user has done something, at that time of WeChat's; None for what allows no messages."""
        if act is None:
            return
        acts = self._heard.pop(user, None) or {}
        known = acts.get(act)
        if known is None or known.sent_at < sent_at:
            acts[act] = Deed(act, self._clock.now().timestamp(), sent_at)
        self._heard[user] = acts
        if len(self._heard) > _MOST_USERS:
            del self._heard[next(iter(self._heard))]

    async def admit(self, method: str, user: str) -> Deed | None:
        """The act that allows a message now, which `sent` is told of afterwards; None when only WeChat knows.

        Raises:
            CallRefused: none is allowed.
        """
        try:
            found = await self._find(user)
        except StoreError:
            return None  # nobody is kept from sending because counting is out of order
        if isinstance(found, int):
            raise CallRefused(method, "window", _refusal(found), code=found)
        return found

    async def sent(self, user: str, done: Deed | None) -> None:
        """A message was sent, allowed by that act."""
        most = self._allowances[done.act].messages if done is not None else None
        if done is None or most is None:
            return
        now = self._clock.now()
        name = f"{self._name(user)}:{done.act}:{done.at:.3f}"
        with contextlib.suppress(StoreError):
            number = await self._shared.count(name, now, self._end(done))
            if number >= most:
                ledger = await self._read(user)
                spent = Deed(done.act, done.at, done.sent_at, is_spent=True)
                known = ledger.acts.get(done.act)
                if known is None or known.is_same(done):
                    await self._write(
                        user, _Ledger({**ledger.acts, done.act: spent}, ledger.refused, ledger.refused_at)
                    )

    async def refused(self, user: str, code: int) -> None:
        """WeChat says that nothing may be sent."""
        if code not in (WINDOW_CLOSED, WINDOW_USED):
            return
        with contextlib.suppress(StoreError):
            ledger = await self._read(user)
            await self._write(user, _Ledger(ledger.acts, code, self._clock.now().timestamp()))

    # ------------------------------------------------------------------------------------ what is known

    async def _find(self, user: str) -> Deed | int | None:
        """The act that allows a message, the code of a refusal, or None for what only WeChat knows."""
        written = await self._read(user)
        ledger = written
        for done in self._heard.get(user, {}).values():
            ledger = ledger.with_act(done)
        usable = self._usable(ledger)
        if usable is None:
            last = await self._last_heard(user)
            if last is not None and last.timestamp() > ledger.latest + _SAME:
                ledger = ledger.with_act(Deed("message", last.timestamp()))
                usable = self._usable(ledger)
        if usable is not None:
            if ledger != written:
                await self._write(user, ledger)
            return usable
        return self._refusal(ledger)

    def _usable(self, ledger: _Ledger) -> Deed | None:
        """An act that allows a message: of several the one whose time is over first."""
        now = self._clock.now()
        usable = [
            done
            for done in ledger.acts.values()
            if not done.is_spent and self._end(done) > now and not self._is_refused(ledger, done)
        ]
        return min(usable, key=self._end, default=None)

    def _is_refused(self, ledger: _Ledger, done: Deed) -> bool:
        """Whether WeChat has said since that the act allows nothing."""
        return self._is_believed(ledger) and done.at <= ledger.refused_at

    def _is_believed(self, ledger: _Ledger) -> bool:
        return bool(ledger.refused) and self._clock.now() < _time(ledger.refused_at) + _BELIEVED

    def _refusal(self, ledger: _Ledger) -> int | None:
        """Why nothing is allowed, if that is certain: a message of the user's may be all we have not heard of."""
        if self._is_believed(ledger):
            return ledger.refused
        message = ledger.acts.get("message")
        if message is None:
            return None
        return WINDOW_USED if self._end(message) > self._clock.now() else WINDOW_CLOSED

    def _end(self, done: Deed) -> datetime:
        return _time(done.at) + timedelta(seconds=self._allowances[done.act].seconds)

    # ------------------------------------------------------------------------------------ what is kept

    def _name(self, user: str) -> str:
        return f"window:{hashlib.sha256(f'{self._app_id}|{user}'.encode()).hexdigest()[:32]}"

    async def _read(self, user: str) -> _Ledger:
        written = await self._shared.read_value(self._name(user), self._clock.now())
        return _ledger(written) if written else _Ledger({})

    async def _write(self, user: str, ledger: _Ledger) -> None:
        acts = {done.act: [done.at, done.sent_at, done.is_spent] for done in ledger.acts.values()}
        written = json.dumps({"acts": acts, "refused": [ledger.refused, ledger.refused_at]})
        longest = max(allowance.seconds for allowance in self._allowances.values())
        await self._shared.write_value(self._name(user), written, self._clock.now() + timedelta(seconds=longest))


def _ledger(written: str) -> _Ledger:
    """What was written, also by a version that knew other acts."""
    content = json.loads(written)
    acts = {act: Deed(act, *content["acts"][act]) for act in _ACTS if act in content["acts"]}
    return _Ledger(acts, *content["refused"])


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _refusal(code: int) -> Wording:
    said = describe_code(code)
    return Wording(f"not sent: {said.en}", f"没有发送：{said.zh}")
