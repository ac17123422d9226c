"""Sessions in Redis, for several processes and machines.

All keys of a user share a hash tag, so one script touches one slot and a cluster works:

    dialog:{bot:user}      hash    rev, at, c (the conversation), m (the user's memory)
    dialog:{bot:user}:r    hash    reply by message key
    dialog:{bot:user}:t    zset    time by message key; old replies leave with the next commit, or with the key

A commit is one Lua script: it compares the revision, then writes everything or nothing. It is never sent twice by the
client: if the answer is lost the turn fails, WeChat sends the message again, and the remembered reply (if the script
did run) is what it gets.

Timeouts are short on purpose: a Redis that stalls must not hold a turn longer than WeChat waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha1
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import unquote, urlsplit

from interpreter.diagnostics.wording import Wording
from interpreter.machine.session import Session
from interpreter.stores.codec import UnreadableSession, read_session, write_conversation, write_memory
from interpreter.stores.protocol import (
    REPLY_LIFE,
    SWEEP_SIZE,
    Commit,
    MessageKey,
    SessionConflict,
    SessionKey,
    Stored,
    StoreUnavailable,
    StoreUnusable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SOCKET_TIMEOUT = 0.5
"""Seconds for one command."""
POOL_SIZE = 64
POOL_TIMEOUT = 0.3
"""Seconds a command waits for a free connection."""
SCHEMES = ("redis", "rediss", "unix", "redis+sentinel", "redis+cluster")

_LOAD = """
local s = redis.call('HMGET', KEYS[1], 'rev', 'c', 'm')
local r = false
if ARGV[1] ~= '' then r = redis.call('HGET', KEYS[2], ARGV[1]) end
return {s[1], s[2], s[3], r}
"""
_COMMIT = """
local found = tonumber(redis.call('HGET', KEYS[1], 'rev') or '0')
if found ~= tonumber(ARGV[1]) then return {0, found} end
local rev = 0
if ARGV[2] == '1' then
  rev = found + 1
  redis.call('HSET', KEYS[1], 'rev', rev, 'at', ARGV[3], 'c', ARGV[4], 'm', ARGV[5])
else
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
end
local limit = '(' .. (tonumber(ARGV[3]) - tonumber(ARGV[8]))
local old = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', limit, 'LIMIT', 0, 100)
for _, message in ipairs(old) do
  redis.call('HDEL', KEYS[2], message)
  redis.call('ZREM', KEYS[3], message)
end
if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[2], ARGV[6], ARGV[7])
  redis.call('ZADD', KEYS[3], ARGV[3], ARGV[6])
  redis.call('PEXPIRE', KEYS[2], ARGV[8])
  redis.call('PEXPIRE', KEYS[3], ARGV[8])
end
return {1, rev}
"""
_SWEEP_REPLIES = """
local old = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
for _, message in ipairs(old) do
  redis.call('HDEL', KEYS[2], message)
  redis.call('ZREM', KEYS[3], message)
end
return #old
"""
_SWEEP_CONVERSATION = """
local s = redis.call('HMGET', KEYS[1], 'at', 'c', 'm')
if not s[1] or tonumber(s[1]) >= tonumber(ARGV[1]) or not s[2] or s[2] == '' then return 0 end
if s[3] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('HSET', KEYS[1], 'c', '')
  redis.call('HINCRBY', KEYS[1], 'rev', 1)
end
return 1
"""


class _Client(Protocol):
    """What the store uses of a client, single, behind Sentinel or of a cluster."""

    def evalsha(self, sha: str, numkeys: int, *keys_and_args: object) -> Awaitable[object]: ...

    def eval(self, script: str, numkeys: int, *keys_and_args: object) -> Awaitable[object]: ...

    def scan_iter(self, match: bytes | str, count: int) -> AsyncIterator[bytes]: ...

    def delete(self, *names: bytes | str) -> Awaitable[object]: ...

    def aclose(self) -> Awaitable[None]: ...


class RedisStore:
    """The sessions of one or more bots in Redis.

    `redis://`, `rediss://` and `unix://` name a server, `redis+sentinel://host:26379,host:26379/name` a master behind
    Sentinel, `redis+cluster://host:6379` a cluster.

    Raises:
        StoreUnusable: the address cannot be read, or the `redis` package is missing.
    """

    def __init__(self, url: str) -> None:
        self._client = _connect(url)
        self._turns = asyncio.Semaphore(POOL_SIZE)
        """A burst waits here for its turn; only a Redis that stalls runs into the pool's time limit."""

    async def load(self, key: SessionKey, message: MessageKey | None = None) -> Stored:
        """The user's session and, for `message`, the reply it got before."""
        found = cast("list[bytes | None]", await self._run(_LOAD, key, message or ""))
        revision, conversation, memory, reply = found
        if revision is None:
            return Stored(reply=reply)
        session: Session | None
        try:
            session = read_session(key.user, _text(conversation) or None, _text(memory))
        except UnreadableSession:
            session = _only_memory(key.user, memory)
        return Stored(session, int(revision), reply)

    async def commit(self, turn: Commit) -> int:
        """Save a turn, all or nothing; the new revision."""
        session = turn.session
        done, revision = cast(
            "list[int]",
            await self._run(
                _COMMIT,
                turn.key,
                turn.expected,
                int(session is not None),
                _milliseconds(turn.at),
                write_conversation(session) if session is not None else "",
                write_memory(session) if session is not None else "",
                turn.message or "",
                turn.reply,
                int(REPLY_LIFE * 1000),
            ),
        )
        if not done:
            raise SessionConflict(turn.expected, revision)
        return revision

    async def erase(self, key: SessionKey) -> None:
        """Forget everything about a user."""
        with _translated():
            await self._client.delete(*_keys(key))

    async def sweep_replies(self, before: datetime) -> int:
        """Remove remembered replies that are older. Redis drops those of silent users by itself."""
        swept = 0
        with _translated():
            async for name in self._client.scan_iter(match="dialog:{*}:t", count=1000):
                base = name[:-2]
                left = SWEEP_SIZE - swept
                found = await self._script(_SWEEP_REPLIES, (base, base + b":r", name), _milliseconds(before), left)
                swept += cast("int", found)
                if swept >= SWEEP_SIZE:
                    break
        return swept

    async def sweep_conversations(self, bot: str, before: datetime) -> int:
        """Forget older conversations of a bot, but not what it remembers of the users; how many there were."""
        swept = 0
        with _translated():
            async for name in self._client.scan_iter(match=f"dialog:{{{_escaped(bot)}:*}}", count=1000):
                found = await self._script(
                    _SWEEP_CONVERSATION, (name, name + b":r", name + b":t"), _milliseconds(before)
                )
                swept += cast("int", found)
                if swept >= SWEEP_SIZE:
                    break
        return swept

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _run(self, script: str, key: SessionKey, *arguments: object) -> object:
        with _translated():
            return await self._script(script, _keys(key), *arguments)

    async def _script(self, script: str, keys: tuple[bytes | str, ...], *arguments: object) -> object:
        """Run a script by its digest; a server that does not know it yet is sent its text."""
        from redis.exceptions import NoScriptError

        digest = sha1(script.encode(), usedforsecurity=False).hexdigest()
        async with self._turns:
            try:
                return await self._client.evalsha(digest, len(keys), *keys, *arguments)
            except NoScriptError:
                return await self._client.eval(script, len(keys), *keys, *arguments)


def _keys(key: SessionKey) -> tuple[str, str, str]:
    base = f"dialog:{{{key.bot}:{key.user}}}"
    return base, f"{base}:r", f"{base}:t"


def _escaped(text: str) -> str:
    """A name inside a SCAN pattern."""
    return "".join("\\" + letter if letter in "*?[]^\\" else letter for letter in text)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _text(stored: bytes | None) -> str:
    return (stored or b"").decode(errors="replace")


def _only_memory(user: str, memory: bytes | None) -> Session | None:
    try:
        return read_session(user, None, _text(memory))
    except UnreadableSession:
        return None


@contextmanager
def _translated() -> Iterator[None]:
    """Say the client's errors in the words of the store."""
    from redis.exceptions import RedisError

    try:
        yield
    except (RedisError, OSError, TimeoutError) as error:
        raise StoreUnavailable(f"{type(error).__name__}: {error}") from error


def _connect(url: str) -> _Client:
    shown = _without_password(url)
    try:
        import redis.asyncio as client
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
    except ImportError:
        raise StoreUnusable(
            shown,
            Wording("the package `redis` is not installed", "没有安装 `redis` 包"),
            Wording("install `dialog-interpreter[redis]`", "请安装 `dialog-interpreter[redis]`"),
        ) from None
    timeouts = {"socket_timeout": SOCKET_TIMEOUT, "socket_connect_timeout": SOCKET_TIMEOUT}
    once = Retry(NoBackoff(), 0)
    parts = urlsplit(url)
    try:
        if parts.scheme == "redis+sentinel":
            hosts = [_host_and_port(host, 26379) for host in parts.netloc.rpartition("@")[2].split(",")]
            name, _, database = parts.path.strip("/").partition("/")
            sentinel = client.Sentinel(hosts, sentinel_kwargs=timeouts)  # type: ignore[no-untyped-call]  # not annotated
            password = unquote(parts.password) if parts.password else None
            master = sentinel.master_for(
                name,
                db=int(database or 0),
                password=password,
                retry=once,
                socket_timeout=SOCKET_TIMEOUT,
                socket_connect_timeout=SOCKET_TIMEOUT,
            )
            return cast("_Client", master)
        if parts.scheme == "redis+cluster":
            cluster = client.RedisCluster.from_url("redis" + url.removeprefix("redis+cluster"), **timeouts)
            return cast("_Client", cluster)
        pool = client.BlockingConnectionPool.from_url(
            url, max_connections=POOL_SIZE, timeout=POOL_TIMEOUT, retry=once, **timeouts
        )
        return cast("_Client", client.Redis.from_pool(pool))
    except (ValueError, TypeError) as error:
        raise StoreUnusable(
            shown,
            Wording(f"the address cannot be read ({error})", f"地址无法解析（{error}）"),
            Wording("write redis://host:6379/0", "请写成 redis://主机:6379/0"),
        ) from error


def _host_and_port(text: str, default: int) -> tuple[str, int]:
    host, _, port = text.rpartition(":") if ":" in text else (text, "", "")
    return host, int(port or default)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return url.replace(f":{parts.password}@", ":***@", 1)
