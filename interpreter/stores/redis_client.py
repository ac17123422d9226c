"""Reaching Redis: addresses, connections, scripts, and failures in the words of the store.

Timeouts are short on purpose: a Redis that stalls must not hold a turn longer than WeChat waits. One that has stalled
several times is not asked for a moment, so that nobody waits for it at all.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from functools import cache
from hashlib import sha1
from typing import Any, Protocol, cast
from urllib.parse import unquote, urlsplit

from interpreter.diagnostics.wording import Wording
from interpreter.stores.breaker import Breaker, CircuitOpen
from interpreter.stores.protocol import StoreUnavailable, StoreUnusable
from interpreter.stores.redis_pipelines import AT_ONCE, SOCKET_TIMEOUT, Answer, Part, Pipelines, Pool

_log = logging.getLogger("interpreter.stores")

_PASSWORD = re.compile(r"(?<=://)(?P<user>[^:@]*):.*@", re.DOTALL)
POOL_SIZE = 64
"""Connections, of which each pipeline under way has one, and each command that goes by itself."""


class _Client(Protocol):
    """What the store uses of a client, single, behind Sentinel or of a cluster.

    Commands whose answers it reads itself go through `execute_command` or a pipeline; the others differ between
    versions of the protocol, or between servers.
    """

    def execute_command(self, *parts: Part) -> Awaitable[object]: ...

    def scan_iter(self, match: bytes | str, count: int) -> AsyncIterator[bytes]: ...

    def hgetall(self, name: str) -> Awaitable[dict[bytes, bytes]]: ...

    def zrangebyscore(
        self, name: str, min: str, max: str, start: int, num: int, *, withscores: bool
    ) -> Awaitable[list[tuple[bytes, float]]]: ...

    def info(self, section: str) -> Awaitable[dict[str, object]]: ...

    def aclose(self) -> Awaitable[None]: ...


_CONNECTION_GONE = RuntimeError
"""What uvloop raises when somebody writes to a connection that has just ended, and the library lets through."""


class RedisServer:
    """A Redis that is asked, while it answers.

    Raises:
        StoreUnusable: the address cannot be read, or the `redis` package is missing.
    """

    def __init__(self, url: str) -> None:
        self.client = _connect(url)
        self._turns = asyncio.Semaphore(POOL_SIZE - AT_ONCE)
        """Here wait commands that go by themselves, so that nobody else runs into the pool's limit."""
        self._has_warned = False
        from redis import exceptions

        unreachable = (
            exceptions.ConnectionError,
            exceptions.TimeoutError,
            exceptions.RedisClusterException,
            OSError,
            _CONNECTION_GONE,
        )
        self._breaker = Breaker(unreachable, time.monotonic)
        self._unknown_script = exceptions.NoScriptError
        pool: Pool | None = getattr(self.client, "connection_pool", None)
        self._pipelines = None if pool is None else Pipelines(pool, self._breaker, self._let_go)
        self._way: _Way = self._pipelines or _OneByOne(self)

    async def run(self, script: str, keys: tuple[str, ...], *arguments: Part) -> object:
        """Run a script by its digest; a server that does not know it yet is sent its text.

        A script is never sent twice by the client: if the answer is lost the turn fails, WeChat sends the message
        again, and the remembered reply (if the script did run) is what it gets.

        Raises:
            StoreUnavailable: it was not done, or it is not known whether it was done.
        """
        answer = await self._way.ask(*self.running(script, keys, *arguments))
        if isinstance(answer, self._unknown_script):
            answer = await self._way.ask("EVAL", script, len(keys), *keys, *arguments)
        return _given(answer)

    def running(self, script: str, keys: tuple[str, ...], *arguments: Part) -> tuple[Part, ...]:
        """The command that runs a script which the server knows."""
        return ("EVALSHA", _digest(script), len(keys), *keys, *arguments)

    def run_soon(self, script: str, keys: tuple[str, ...], *arguments: Part, then: Callable[[Answer], None]) -> None:
        """Do what `run` does, and tell `then` what came of it, be it a `StoreUnavailable`."""

        def end(ended: asyncio.Future[Answer]) -> None:
            if ended.cancelled():  # the loop ends
                return
            answer = _outcome(ended)
            if isinstance(answer, self._unknown_script):
                again = asyncio.ensure_future(self._way.ask("EVAL", script, len(keys), *keys, *arguments))
                again.add_done_callback(end_again)
            else:
                then(_in_our_words(answer))

        def end_again(ended: asyncio.Future[Answer]) -> None:
            if not ended.cancelled():
                then(_in_our_words(_outcome(ended)))

        asyncio.ensure_future(self._way.ask(*self.running(script, keys, *arguments))).add_done_callback(end)

    def ask_soon(self, *commands: tuple[Part, ...], then: Callable[[list[Answer]], None]) -> None:
        """Ask for several things in one go, and tell `then` what came of each, be it a `StoreUnavailable`."""

        def end(ended: asyncio.Future[Answer]) -> None:
            if ended.cancelled():
                return
            answers = _outcome(ended)
            if not isinstance(answers, list):
                answers = [answers] * len(commands)
            then([_in_our_words(answer) for answer in answers])

        asyncio.ensure_future(self._way.ask_together(*commands)).add_done_callback(end)

    async def ask(self, *command: Part) -> object:
        """What is answered to a command, as it comes.

        Raises:
            StoreUnavailable: it was not done, or it is not known whether it was done.
        """
        return _given(await self._way.ask(*command))

    async def names(self, pattern: str) -> AsyncIterator[bytes]:
        """The keys of a pattern, perhaps some of them twice."""
        found = self.client.scan_iter(match=pattern, count=1000)
        while True:
            async with self.asking():
                try:
                    name = await anext(found)
                except StopAsyncIteration:
                    return
            yield name

    async def used_memory(self) -> int:
        """Bytes that the server takes."""
        async with self.asking():
            return sum(int(str(part.get("used_memory", 0))) for part in _parts(await self.client.info("memory")))

    def asking(self) -> AbstractAsyncContextManager[None]:
        """Around a command that goes by itself.

        Raises:
            StoreUnavailable: it was not done, or it is not known whether it was done.
        """
        return _Asking(self._turns, self._breaker, self._let_go)

    def _let_go(self, error: BaseException) -> None:
        """After a failover the old master only reads; whoever connects again finds the new one."""
        from redis.exceptions import ReadOnlyError

        pool = getattr(self.client, "connection_pool", None)
        if isinstance(error, ReadOnlyError) and pool is not None:
            self._closing = asyncio.ensure_future(pool.disconnect(inuse_connections=False))

    async def ping(self) -> None:
        """Make sure that it can be written; say once when it may throw away what it was given."""
        await self.ask("SET", "dialog:ping", "1", "PX", 60_000)
        if not self._has_warned:
            self._has_warned = True
            await self._look_at_eviction()

    async def _look_at_eviction(self) -> None:
        from redis.exceptions import RedisError

        with suppress(RedisError, OSError):  # who may not ask cannot be told
            for part in _parts(await self.client.info("memory")):
                policy = str(part.get("maxmemory_policy", ""))
                if policy.startswith("allkeys"):
                    _log.warning(
                        "Redis throws away conversations when its memory is full (maxmemory-policy %s);"
                        " set it to noeviction or to one of volatile-*",
                        policy,
                    )
                    return

    async def close(self) -> None:
        """Finish what was begun, then let go of the connections."""
        if self._pipelines is not None:
            await self._pipelines.finish()
        await self.client.aclose()


def _parts(found: dict[str, object]) -> list[dict[str, object]]:
    """What a server, or each of a cluster, says of itself."""
    nodes = [part for part in found.values() if isinstance(part, dict) and "used_memory" in part]
    return nodes or [found]


@cache
def _digest(script: str) -> str:
    return sha1(script.encode(), usedforsecurity=False).hexdigest()


class _Way(Protocol):
    def ask(self, *parts: Part) -> Awaitable[Answer]: ...

    def ask_together(self, *commands: tuple[Part, ...]) -> Awaitable[Answer]: ...


class _OneByOne:
    """The way to a cluster, whose nodes each have only some of the keys."""

    def __init__(self, server: RedisServer) -> None:
        self._server = server

    async def ask(self, *parts: Part) -> Answer:
        """What is answered."""
        from redis.exceptions import NoScriptError

        async with self._server.asking():
            try:
                return await self._server.client.execute_command(*parts)
            except NoScriptError as error:
                return error

    async def ask_together(self, *commands: tuple[Part, ...]) -> Answer:
        """What is answered to each, as a list; they need not come to the same node."""
        return await asyncio.gather(*(self.ask(*command) for command in commands), return_exceptions=True)


class _Asking:
    """One command: it waits for its turn, goes past the circuit breaker, and fails in the words of the store."""

    __slots__ = ("_breaker", "_failed", "_turns")

    def __init__(self, turns: asyncio.Semaphore, breaker: Breaker, failed: Callable[[BaseException], None]) -> None:
        self._turns = turns
        self._breaker = breaker
        self._failed = failed

    async def __aenter__(self) -> None:
        await self._turns.acquire()
        try:
            self._breaker.begin()
        except CircuitOpen:
            self._turns.release()
            raise _left_alone() from None

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._turns.release()
        self._breaker.end(error)
        if isinstance(error, _failures()):
            self._failed(error)
            raise _unavailable(error) from error


@cache
def _failures() -> tuple[type[BaseException], ...]:
    """What a command may fail by without a mistake of this program."""
    from redis.exceptions import RedisClusterException, RedisError

    return (RedisError, RedisClusterException, OSError, UnicodeError, _CONNECTION_GONE)


def _given(answer: Answer) -> object:
    """An answer, or a failure in the words of the store."""
    if not isinstance(answer, BaseException):
        return answer
    if isinstance(answer, CircuitOpen):
        raise _left_alone()
    if isinstance(answer, _failures()):
        raise _unavailable(answer) from answer
    raise answer


def _outcome(ended: asyncio.Future[Answer]) -> Answer:
    failure = ended.exception()
    return ended.result() if failure is None else failure


def _in_our_words(answer: Answer) -> Answer:
    """An answer, or a failure as one of the store, for whom nothing can be raised."""
    if not isinstance(answer, BaseException) or isinstance(answer, StoreUnavailable):
        return answer
    return _left_alone() if isinstance(answer, CircuitOpen) else _unavailable(answer)


def _left_alone() -> StoreUnavailable:
    return StoreUnavailable("Redis did not answer several times; it is tried again soon")


def _unavailable(error: BaseException) -> StoreUnavailable:
    return StoreUnavailable(f"{type(error).__name__}: {error}")


def _connect(url: str) -> _Client:
    shown = without_password(url)
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
    # With the third protocol redis-py does not see that a connection was closed while nobody used it.
    settings: dict[str, Any] = {**timeouts, "protocol": 2}
    once = Retry(NoBackoff(), 0)
    try:
        parts = urlsplit(url)
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
                **settings,
            )
            return cast("_Client", master)
        if parts.scheme == "redis+cluster":
            cluster = client.RedisCluster.from_url("redis" + url.removeprefix("redis+cluster"), **settings)
            return cast("_Client", cluster)
        # Nobody has to wait for a connection; the pool that would let them takes twice as long.
        pool = client.ConnectionPool.from_url(url, max_connections=POOL_SIZE, retry=once, **settings)
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


def without_password(url: str) -> str:
    """An address without the password in it, whether or not it can be read."""
    return _PASSWORD.sub(r"\g<user>:***@", url)
