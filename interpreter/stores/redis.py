"""Sessions in Redis, for several processes and machines.

Every write is one Lua script on the keys of one user (see `redis_scripts`), all of it or nothing. A plain turn costs
two round trips, one to load and one to commit, which it shares with turns of the same moment (see `redis_pipelines`).
One that has something due costs another: the hint for `waking` is written before what it hints at (see `redis_keys`).
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import chain
from typing import cast

from msgspec.structs import replace

from interpreter.machine.session import Session
from interpreter.stores import redis_scripts
from interpreter.stores.codec import UnreadableSession, read_session, write_conversation, write_memory
from interpreter.stores.protocol import (
    REPLY_LIFE,
    SWEEP_SIZE,
    Commit,
    Committed,
    Knock,
    MessageKey,
    Parcel,
    SessionConflict,
    SessionKey,
    Stored,
    StoreUnavailable,
    in_order,
)
from interpreter.stores.redis_client import RedisServer
from interpreter.stores.redis_keys import (
    base_key,
    escaped,
    hinted_user,
    hints,
    index_key,
    microseconds,
    milliseconds,
    pack,
    parcel_hint,
    timer_hint,
    unpack,
    user_keys,
)
from interpreter.stores.redis_known import KnownSessions
from interpreter.stores.redis_pipelines import Part

_log = logging.getLogger("interpreter.stores")

_DELIVERY_LIFE = 15 * 60 * 1000
"""Milliseconds for which knocks and claims are kept: longer than a turn may take."""
_HINT_LIFE = timedelta(seconds=60)
"""A hint at nothing is kept so long: what it hints at may be about to be written."""
_PAGE = 100


class RedisStore:
    """The sessions of one or more bots in Redis.

    `redis://`, `rediss://` and `unix://` name a server, `redis+sentinel://host:26379,host:26379/name` a master behind
    Sentinel, `redis+cluster://host:6379` a cluster.

    Raises:
        StoreUnusable: the address cannot be read, or the `redis` package is missing.
    """

    at_once = None

    def __init__(self, url: str) -> None:
        self._server = RedisServer(url)
        self._client = self._server.client
        self._known = KnownSessions()

    # ------------------------------------------------------------------------------------ turns

    async def load(self, key: SessionKey, message: MessageKey | None = None) -> Stored:
        """The user's session, the parcels for the next message and, for `message`, the reply it got before."""
        keys = user_keys(base_key(key))[:3]
        found = cast("_Found", await self._server.run(redis_scripts.LOAD, keys, message or ""))
        revision, conversation, memory, reply, packed = found
        waiting = _unpacked(zip(packed[::2], packed[1::2], strict=True)) if packed else ()
        if revision is None:
            self._known.drop(key)
            return Stored(reply=reply, waiting=waiting)
        texts = conversation or b"", memory or b""
        session = self._known.get(key, texts)
        if session is None:
            try:
                session = read_session(key.user, _text(conversation) or None, _text(memory))
            except UnreadableSession:
                session = await self._set_aside(key, revision, memory)
            else:
                self._known.put(key, texts, session)
        return Stored(session, int(revision), reply, waiting)

    async def commit(self, turn: Commit) -> Committed:
        """Save a turn, all or nothing."""
        session, key = turn.session, turn.key
        wake = None if turn.wake is None or session is None else microseconds(turn.wake)
        texts = b"", b""
        if session is not None:
            texts = write_conversation(session).encode(), write_memory(session).encode()
        await self._hint(key, _to_come(turn), wake)
        done, revision, *more = cast(
            "list[int]",
            await self._run(
                redis_scripts.COMMIT,
                key,
                turn.expected,
                turn.next_revision,
                milliseconds(turn.at),
                *texts,
                "" if wake is None else wake,
                turn.message or "",
                turn.reply,
                int(REPLY_LIFE * 1000),
                *_sections(turn),
            ),
        )
        if not done:
            raise SessionConflict(turn.expected, revision)
        if session is None:
            self._known.drop(key)
        else:
            self._known.put(key, texts, session if session.turn is None else replace(session, turn=None))
        was_given_up, before, gone = cast("tuple[int, bytes, list[bytes]]", more)
        over = before if before and int(before) != wake else b""
        await self._unhint(key, [*gone, *_not_saved(turn, was_given_up=bool(was_given_up))], over)
        return Committed(revision, bool(was_given_up))

    async def knock(self, key: SessionKey, message: MessageKey, at: datetime, limit: int) -> Knock:  # noqa: ARG002
        """Count a delivery whose wait is over; the `limit`-th gives the message up, unless its reply is there."""
        found = await self._run(redis_scripts.KNOCK, key, message, limit, _DELIVERY_LIFE)
        return Knock(*cast("tuple[bytes | None, int]", found))

    async def claim(
        self,
        key: SessionKey,
        message: MessageKey,
        holder: str,
        at: datetime,  # noqa: ARG002 - the server's own clock is the same for all
        seconds: float,
    ) -> bool:
        """Take, or hold on to, the right to perform the calls of a message's turn; False while another holds it."""
        life = int(seconds * 1000)
        return bool(await self._run(redis_scripts.CLAIM, key, message, holder, life, max(life, _DELIVERY_LIFE)))

    async def disclaim(self, key: SessionKey, message: MessageKey, holder: str) -> None:
        """Let go of a claim, if one holds it, so that another one has it at once."""
        await self._run(redis_scripts.DISCLAIM, key, message, holder)

    # ------------------------------------------------------------------------------------ parcels

    async def take(self, key: SessionKey, parcel: str) -> bool:
        """Take a parcel out to send it; False when it is not there any more. Nobody else gets it after that."""
        taken = await self._server.ask("HDEL", f"{base_key(key)}:p", parcel)
        if taken:
            await self._unhint(key, [parcel.encode()], b"")
        return bool(taken)

    async def put(self, key: SessionKey, parcels: Sequence[Parcel]) -> None:
        """Add parcels without a turn, such as one that was taken and certainly not sent."""
        if parcels:
            await self._hint(key, parcels, None)
            await self._server.ask("HSET", f"{base_key(key)}:p", *_packed(parcels))

    async def parcels(self, key: SessionKey) -> tuple[Parcel, ...]:
        """The parcels of a user that are not for the next message, by `due`."""
        async with self._server.asking():
            found = await self._client.hgetall(f"{base_key(key)}:p")
        return tuple(parcel for parcel in _unpacked(found.items()) if not parcel.for_next)

    async def waking(self, bot: str, before: datetime, limit: int) -> tuple[SessionKey, ...]:
        """Up to `limit` users of a bot with a timer or a parcel that was due before then, the longest due first."""
        moment, stale = microseconds(before), microseconds(before - _HINT_LIFE)
        due: dict[str, int] = {}
        seen: set[str] = set()
        async for hint, score in self._hints(bot, moment):
            user = hinted_user(hint)
            if user not in seen:
                seen.add(user)
                first = cast("bytes | None", await self._run(redis_scripts.DUE, SessionKey(bot, user)))
                if first is not None and int(first) < moment:
                    due[user] = int(first)
            if user not in due and score < stale:
                await self._server.ask("ZREM", index_key(bot), hint)
            if len(due) >= limit:
                break
        return tuple(SessionKey(bot, user) for user in sorted(due, key=lambda user: (due[user], user)))

    async def _hints(self, bot: str, before: int) -> AsyncIterator[tuple[bytes, float]]:
        """The hints at what was due before then, the longest due first."""
        given: set[bytes] = set()
        start = 0
        while True:
            async with self._server.asking():
                page = await self._client.zrangebyscore(
                    index_key(bot), "-inf", f"({before}", start, _PAGE, withscores=True
                )
            for hint, score in page:
                if hint not in given:
                    given.add(hint)
                    yield hint, score
            if len(page) < _PAGE:
                return
            start += _PAGE // 2  # some of them may have been taken out meanwhile

    async def _hint(self, key: SessionKey, parcels: Sequence[Parcel], wake: int | None) -> None:
        """Write down what will be due."""
        if due := hints(key.user, parcels, wake):
            await self._server.ask("ZADD", index_key(key.bot), *due)

    async def _unhint(self, key: SessionKey, parcels: Sequence[bytes], wake: bytes) -> None:
        """Take out hints at what is gone. If that fails, `waking` does it later."""
        gone = [parcel_hint(key.user, id.decode(errors="replace")) for id in parcels]
        if wake:
            gone.append(timer_hint(key.user, int(wake)))
        if gone:
            with suppress(StoreUnavailable):
                await self._server.ask("ZREM", index_key(key.bot), *gone)

    # ------------------------------------------------------------------------------------ forgetting

    async def erase(self, key: SessionKey) -> None:
        """Forget everything about a user."""
        self._known.drop(key)
        wake, gone = cast("tuple[bytes, list[bytes]]", await self._run(redis_scripts.ERASE, key))
        await self._unhint(key, gone, wake)

    async def sweep_replies(self, before: datetime) -> int:
        """Remove remembered replies and waiting parcels that are older. Redis drops the rest by itself."""
        swept = 0
        async for name in self._server.names("dialog:{*}:[tp]"):
            keys = user_keys(name[:-2].decode(errors="replace"))
            found = await self._server.run(redis_scripts.SWEEP_USER, keys, milliseconds(before), SWEEP_SIZE - swept)
            swept += cast("int", found)
            if swept >= SWEEP_SIZE:
                break
        return swept

    async def sweep_conversations(self, bot: str, before: datetime) -> int:
        """Forget older conversations of a bot without a timer, but not what it remembers of the users; how many."""
        swept = 0
        async for name in self._server.names(f"dialog:{{{escaped(bot)}:*}}"):
            keys = user_keys(name.decode(errors="replace"))
            swept += cast("int", await self._server.run(redis_scripts.SWEEP_CONVERSATION, keys, milliseconds(before)))
            if swept >= SWEEP_SIZE:
                break
        return swept

    async def ping(self) -> None:
        """Make sure that Redis can be written now."""
        await self._server.ping()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._server.close()

    async def _set_aside(self, key: SessionKey, revision: bytes, memory: bytes | None) -> Session | None:
        """A row that cannot be read is kept for a person to look at; the user starts anew, with what memory is left."""
        _log.warning("a stored session of bot %s cannot be read; it was set aside and the user starts anew", key.bot)
        await self._run(redis_scripts.SET_ASIDE, key, revision)
        try:
            return read_session(key.user, None, _text(memory))
        except UnreadableSession:
            return None

    async def _run(self, script: str, key: SessionKey, *arguments: Part) -> object:
        return await self._server.run(script, user_keys(base_key(key)), *arguments)

    # ------------------------------------------------------------------------------------ shared values

    async def read_value(self, name: str, at: datetime) -> str | None:
        """The value, unless it has come to its end."""
        found = cast("bytes | None", await self._server.ask("GET", f"dialog:value:{{{name}}}"))
        until, _, value = _text(found).partition("\n")
        return value if until and int(until) > microseconds(at) else None

    async def write_value(self, name: str, value: str | None, until: datetime) -> None:
        """Set a value, or with None remove it."""
        place = f"dialog:value:{{{name}}}"
        if value is None:
            await self._server.ask("DEL", place)
        else:
            await self._server.run(redis_scripts.WRITE_VALUE, (place,), microseconds(until), value)

    async def count(self, name: str, at: datetime, until: datetime) -> int:
        """Add one to a counter that begins anew after `until` (given when it begins); what it is now."""
        moments = microseconds(at), microseconds(until)
        return cast("int", await self._server.run(redis_scripts.COUNT, (f"dialog:count:{{{name}}}",), *moments))

    async def lease(self, name: str, holder: str, at: datetime, seconds: float) -> bool:  # noqa: ARG002
        """Take, or hold on to, what only one may have at a time; False while another holds it."""
        place = (f"dialog:lease:{{{name}}}",)
        return bool(await self._server.run(redis_scripts.LEASE, place, holder, max(1, int(seconds * 1000))))

    async def release(self, name: str, holder: str) -> None:
        """Let go of a lease, if one holds it."""
        await self._server.run(redis_scripts.RELEASE, (f"dialog:lease:{{{name}}}",), holder)


_Found = tuple[bytes | None, bytes | None, bytes | None, bytes | None, list[bytes]]


def _to_come(turn: Commit) -> tuple[Parcel, ...]:
    """Every parcel that a turn may save."""
    return (*turn.parcels, *turn.given_up.parcels) if turn.given_up is not None else turn.parcels


def _not_saved(turn: Commit, *, was_given_up: bool) -> set[bytes]:
    """Ids of the parcels that were for the other case."""
    _, saved = turn.saved(was_given_up=was_given_up)
    return {parcel.id.encode() for parcel in _to_come(turn)} - {parcel.id.encode() for parcel in saved}


def _sections(turn: Commit) -> tuple[Part, ...]:
    """The arguments of a commit that a plain turn does without."""
    given_up = turn.given_up
    if not turn.parcels and not turn.delivered and given_up is None:
        return ()
    counts = len(turn.parcels), -1 if given_up is None else len(given_up.parcels), len(turn.delivered)
    otherwise: tuple[Part, ...] = () if given_up is None else (given_up.reply, *_packed(given_up.parcels))
    return (json.dumps(counts), *_packed(turn.parcels), *otherwise, *turn.delivered)


def _packed(parcels: Sequence[Parcel]) -> tuple[str, ...]:
    return tuple(chain.from_iterable((parcel.id, pack(parcel)) for parcel in parcels))


def _unpacked(packed: Iterable[tuple[bytes, bytes]]) -> tuple[Parcel, ...]:
    return in_order(parcel for row in packed if (parcel := unpack(*row)) is not None)


def _text(stored: bytes | None) -> str:
    return (stored or b"").decode(errors="replace")
