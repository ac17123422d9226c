"""Looking into Redis, also while servers are using it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import cast

from interpreter.stores import redis_scripts
from interpreter.stores.inventory import Figures, Record, RememberedReply
from interpreter.stores.protocol import REPLY_LIFE, MessageKey, SessionKey, in_order
from interpreter.stores.redis import RedisStore
from interpreter.stores.redis_client import RedisServer
from interpreter.stores.redis_keys import (
    base_key,
    escaped,
    hints,
    index_key,
    microseconds,
    milliseconds,
    pack,
    unpack,
    user_keys,
)
from interpreter.stores.redis_pipelines import Part

_EPOCH = datetime.fromtimestamp(0, UTC)
_LAST = (datetime(2200, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)


class RedisInventory:
    """What a Redis holds.

    Raises:
        StoreUnusable: the address cannot be read, or the `redis` package is missing.
    """

    def __init__(self, url: str) -> None:
        self._server = RedisServer(url)
        self._store = RedisStore(url)

    async def keys(self, bots: Collection[str]) -> AsyncGenerator[SessionKey, None]:
        """Every user of some bots, each once."""
        seen: set[SessionKey] = set()
        for bot in bots:
            start = f"dialog:{{{bot}:"
            async for name in self._server.names(f"dialog:{{{escaped(bot)}:*}}*"):
                user, _, part = name.decode(errors="replace").removeprefix(start).rpartition("}")
                key = SessionKey(bot, user)
                if part in ("", ":r", ":p") and key not in seen:
                    seen.add(key)
                    yield key

    async def record(self, key: SessionKey) -> Record:
        """What is kept of a user; an empty record of an unknown one."""
        keys = user_keys(base_key(key))
        found = cast("_Found", await self._server.run(redis_scripts.RECORD, keys))
        (revision, at, conversation, memory, wake), replies, times, parcels = found
        by_message = dict(zip(replies[::2], replies[1::2], strict=True))
        unpacked = (unpack(*row) for row in zip(parcels[::2], parcels[1::2], strict=True))
        return Record(
            key,
            int(revision or 0),
            _moment(at, 1000),
            _text(conversation) or None,
            _text(memory),
            _moment(wake, 1),
            in_order(parcel for parcel in unpacked if parcel is not None),
            tuple(
                RememberedReply(MessageKey(_text(message)), moment, by_message[message])
                for message, at in zip(times[::2], times[1::2], strict=True)
                if message in by_message and (moment := _moment(at, 1000)) is not None
            ),
        )

    async def figures(self, bots: Collection[str]) -> Figures:
        """How much is kept for some bots."""
        users = conversations = replies = parcels = waiting = timers = 0
        times: list[datetime] = []
        async for key in self.keys(bots):
            record = await self.record(key)
            users += bool(record.revision)
            conversations += record.conversation is not None
            replies += len(record.replies)
            waiting += sum(parcel.for_next for parcel in record.parcels)
            parcels += sum(not parcel.for_next for parcel in record.parcels)
            timers += record.wake is not None
            times += [record.at] if record.at is not None else []
        oldest, newest = min(times, default=None), max(times, default=None)
        return Figures(users, conversations, replies, parcels, waiting, timers, oldest, newest)

    async def size(self) -> int:
        """Bytes that the server takes in memory, for whatever it holds."""
        return await self._server.used_memory()

    async def restore(self, records: Sequence[Record], gone: Sequence[SessionKey] = ()) -> None:
        """Put records back, each in the place of what is kept of its user, and forget other users; one by one."""
        for record in records:
            await self._restore(record)
        for key in gone:
            await self.erase(key)

    async def _restore(self, record: Record) -> None:
        key, wake = record.key, None if record.wake is None else microseconds(record.wake)
        if due := hints(key.user, record.parcels, wake):
            await self._server.ask("ZADD", index_key(key.bot), *due)
        await self._server.run(
            redis_scripts.RESTORE,
            user_keys(base_key(key)),
            record.revision,
            "" if record.at is None else milliseconds(record.at),
            record.conversation or "",
            record.memory,
            "" if wake is None else wake,
            int(REPLY_LIFE * 1000),
            len(record.replies),
            *_in_turn((each.message, milliseconds(each.at), each.reply) for each in record.replies),
            *_in_turn((each.id, pack(each)) for each in record.parcels),
        )

    async def erase(self, key: SessionKey) -> None:
        """Forget everything about a user."""
        await self._store.erase(key)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._store.close()
        await self._server.close()


def _in_turn(rows: Iterable[tuple[Part, ...]]) -> Iterable[Part]:
    return chain.from_iterable(rows)


_Found = tuple[list[bytes | None], list[bytes], list[bytes], list[bytes]]


def _moment(stored: bytes | None, microseconds: int) -> datetime | None:
    """A stored time; one that no clock showed is the nearest that one could."""
    if not stored:
        return None
    return _EPOCH + timedelta(microseconds=int(min(max(float(stored) * microseconds, 0), _LAST)))


def _text(stored: bytes | None) -> str:
    return (stored or b"").decode(errors="replace")
