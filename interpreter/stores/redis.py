"""Sessions in Redis, for several processes and machines.

Every write is one Lua script on the keys of one user (see `redis_scripts`), all of it or nothing. A plain turn costs
two round trips, one to load and one to commit, which it shares with turns of the same moment (see `redis_pipelines`).
The first one also asks whose the signature of the message is, and such a turn needs no task (see `redis_desk`).
One that has something due costs another: the hint for `waking` is written before what it hints at (see `redis_keys`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import cast

from interpreter.machine.session import Session
from interpreter.stores import redis_scripts
from interpreter.stores.codec import UnreadableSession, read_session
from interpreter.stores.protocol import (
    SWEEP_SIZE,
    Admitted,
    AtOnce,
    Commit,
    Committed,
    Knock,
    MessageKey,
    Parcel,
    Saved,
    SessionKey,
    Stored,
    StoreError,
    StoreUnavailable,
)
from interpreter.stores.redis_client import RedisServer
from interpreter.stores.redis_desk import RedisDesk
from interpreter.stores.redis_keys import (
    base_key,
    escaped,
    hinted_user,
    hints,
    index_key,
    lease_key,
    microseconds,
    milliseconds,
    parcel_hint,
    timer_hint,
    user_keys,
)
from interpreter.stores.redis_pipelines import Part
from interpreter.stores.redis_turns import (
    Found,
    Written,
    commit_arguments,
    loaded_keys,
    packed,
    read_saved,
    text,
    to_come,
    unpacked,
    waiting_parcels,
    written_texts,
    written_wake,
)

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

    def __init__(self, url: str) -> None:
        self._server = RedisServer(url)
        self._client = self._server.client
        self._desk = RedisDesk(self._server, self)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def at_once(self) -> AtOnce | None:
        """The same store for turns that do not wait before they are saved."""
        return self

    # ------------------------------------------------------------------------------------ turns

    def load_now(self, key: SessionKey, message: MessageKey) -> Stored | None:
        """What was loaded with the signature of a message, if that is being told and is no more than a session."""
        return self._desk.load_now(key, message)

    def commit_soon(self, turn: Commit, then: Saved) -> None:
        """Begin to do what `commit` does, and tell `then` what came of it."""
        self._desk.commit_soon(turn, then)

    def admit(
        self, signature: str, holder: str, seconds: float, key: SessionKey, message: MessageKey, then: Admitted
    ) -> None:
        """Ask whether a signature is new or of this same holder, and load what a turn of the message needs."""
        self._desk.admit(signature, holder, seconds, key, message, then)

    async def load(self, key: SessionKey, message: MessageKey | None = None) -> Stored:
        """The user's session, the parcels for the next message and, for `message`, the reply it got before."""
        found = cast("Found", await self._server.run(redis_scripts.LOAD, loaded_keys(key), message or ""))
        try:
            return self._desk.read(key, found)
        except UnreadableSession:
            revision, _, memory, reply = cast("list[bytes | None]", found[:4])
            session = await self._set_aside(key, revision or b"", memory)
            return Stored(session, int(revision or 0), reply, waiting_parcels(cast("list[bytes]", found[4])))

    async def commit(self, turn: Commit) -> Committed:
        """Save a turn, all or nothing."""
        texts, wake = written_texts(turn), written_wake(turn)
        try:
            await self._hint(turn.key, to_come(turn), wake)
            found = await self._run(redis_scripts.COMMIT, turn.key, *commit_arguments(turn, texts, wake))
        finally:
            self._desk.forget_ahead(turn.key)
        saved = read_saved(turn, wake, cast("Written", found))
        self._desk.learn(turn, texts)
        await self._unhint(turn.key, saved.gone, saved.over)
        return saved.committed

    def commit_later(self, turn: Commit, then: Saved) -> None:
        """Begin to save a turn that has something due."""

        async def commit() -> None:
            try:
                saved: Committed | StoreError = await self.commit(turn)
            except StoreError as error:
                saved = error
            then(saved)

        self._begin(commit())

    def unhint_later(self, key: SessionKey, parcels: Sequence[bytes], wake: bytes) -> None:
        """Begin to take out hints at what is gone."""
        self._begin(self._unhint(key, parcels, wake))

    def lease_later(self, name: str, holder: str, seconds: float, then: Admitted) -> None:
        """Begin to take, or hold on to, a lease."""

        async def lease() -> None:
            try:
                is_ours: bool | StoreError = await self._lease(name, holder, seconds)
            except StoreError as error:
                is_ours = error
            then(is_ours)

        self._begin(lease())

    def _begin(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

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
            await self._server.ask("HSET", f"{base_key(key)}:p", *packed(parcels))

    async def parcels(self, key: SessionKey) -> tuple[Parcel, ...]:
        """The parcels of a user that are not for the next message, by `due`."""
        async with self._server.asking():
            found = await self._client.hgetall(f"{base_key(key)}:p")
        return tuple(parcel for parcel in unpacked(found.items()) if not parcel.for_next)

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
        self._desk.forget(key)
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
        """Finish what was begun, then let go of the connections."""
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._server.close()

    async def _set_aside(self, key: SessionKey, revision: bytes, memory: bytes | None) -> Session | None:
        """A row that cannot be read is kept for a person to look at; the user starts anew, with what memory is left."""
        _log.warning("a stored session of bot %s cannot be read; it was set aside and the user starts anew", key.bot)
        await self._run(redis_scripts.SET_ASIDE, key, revision)
        try:
            return read_session(key.user, None, text(memory))
        except UnreadableSession:
            return None

    async def _run(self, script: str, key: SessionKey, *arguments: Part) -> object:
        return await self._server.run(script, user_keys(base_key(key)), *arguments)

    # ------------------------------------------------------------------------------------ shared values

    async def read_value(self, name: str, at: datetime) -> str | None:
        """The value, unless it has come to its end."""
        found = cast("bytes | None", await self._server.ask("GET", f"dialog:value:{{{name}}}"))
        until, _, value = text(found).partition("\n")
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
        return await self._lease(name, holder, seconds)

    async def _lease(self, name: str, holder: str, seconds: float) -> bool:
        life = max(1, int(seconds * 1000))
        return bool(await self._server.run(redis_scripts.LEASE, (lease_key(name),), holder, life))

    async def release(self, name: str, holder: str) -> None:
        """Let go of a lease, if one holds it."""
        await self._server.run(redis_scripts.RELEASE, (lease_key(name),), holder)
