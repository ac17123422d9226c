"""Commands to a Redis, gathered (see `gathering`) so that many of them share a round trip.

A round trip costs a client many times what a command in it costs. What was gathered goes out on one connection in one
write, without MULTI, and each command hears its own answer. Several pipelines may be under way, so that turns need not
wait for each other where Redis is far away.

A pipeline is sent once. When its connection fails or falls silent, those of its commands fail that have no answer yet:
it is not known whether they were done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import cache
from typing import Protocol, cast

from msgspec import Struct

from interpreter.stores.breaker import Breaker, CircuitOpen
from interpreter.stores.gathering import Gathering

SOCKET_TIMEOUT = 0.5
"""Seconds for one command, or for those that go together, unless the address says otherwise (`?socket_timeout=`)."""
AT_ONCE = 32
"""Pipelines under way."""

Part = bytes | str | int | float
"""A piece of a command."""
Answer = object
"""What Redis says to a command, or an exception: it refuses, or says nothing, or cannot be asked."""


class Connection(Protocol):
    """A connection that is ready."""

    socket_timeout: float | None

    async def send_packed_command(self, command: bytes) -> None:
        """Send commands."""
        ...

    async def read_response(self, disable_decoding: bool = False) -> object:
        """Read the next answer."""
        ...


class Pool(Protocol):
    """Connections to one server."""

    async def get_connection(self) -> Connection:
        """One that is ready."""
        ...

    async def release(self, connection: Connection) -> None:
        """Give it back, in order or not."""
        ...


class _Command(Struct, eq=False):
    """A command on its way, or several that go together; these are answered by a list."""

    packed: bytes
    answer: asyncio.Future[Answer]
    count: int = 1

    def settle(self, answer: Answer) -> None:
        """Tell whoever waits for it, if somebody does and has not heard of it yet."""
        if self.answer.done():
            return
        if isinstance(answer, asyncio.CancelledError):
            self.answer.cancel()
        else:
            self.answer.set_result(answer)


class Pipelines:
    """The way to one server."""

    def __init__(self, pool: Pool, breaker: Breaker, failed: Callable[[BaseException], None]) -> None:
        """`failed` hears of a failure, or of a refusal, after the connection was given back."""
        self._pool = pool
        self._breaker = breaker
        self._failed = failed
        self._pack = _packing()
        self._gathering: Gathering[_Command] | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    def ask(self, *parts: Part) -> asyncio.Future[Answer]:
        """What is answered. Whoever waits for it no longer harms nobody else."""
        return self._add(parts)

    def ask_together(self, *commands: tuple[Part, ...]) -> asyncio.Future[Answer]:
        """What is answered to commands that go one behind the other, as a list, or why nothing is."""
        return self._add(*commands)

    def _add(self, *commands: tuple[Part, ...]) -> asyncio.Future[Answer]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        try:
            packed = b"".join([self._pack(command) for command in commands])
        except UnicodeError as error:  # half a surrogate pair
            answer.set_result(error)
            return answer
        gathering = self._gathering
        if gathering is None or gathering.loop is not loop:
            gathering = self._gathering = self._gather(loop)
        gathering.add(_Command(packed, answer, len(commands)))
        return answer

    async def finish(self) -> None:
        """Send what waits, and wait for what is under way."""
        if self._gathering is not None and self._gathering.loop is asyncio.get_running_loop():
            self._gathering.clear()
            if self._under_way:
                await asyncio.wait(self._under_way)

    def _gather(self, loop: asyncio.AbstractEventLoop) -> Gathering[_Command]:
        def hand_over(commands: list[_Command]) -> None:
            task = loop.create_task(self._send(gathering, commands))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

        gathering = Gathering(loop, hand_over, AT_ONCE)
        return gathering

    async def _send(self, gathering: Gathering[_Command], commands: Sequence[_Command]) -> None:
        began = gathering.loop.time()
        wanted = [command for command in commands if not command.answer.done()]
        failure: BaseException | None = asyncio.CancelledError()  # the loop ends
        try:
            failure = await self._try(wanted) if wanted else None
        finally:
            if failure is not None:
                if gathering.is_full and gathering.loop.time() - began >= SOCKET_TIMEOUT:
                    wanted += gathering.take()  # who has waited behind it has waited long enough
                for command in wanted:
                    command.settle(failure)
            gathering.end()

    async def _try(self, commands: list[_Command]) -> BaseException | None:
        """Send commands, unless the server is left alone for the moment; why some of them have no answer."""
        try:
            self._breaker.begin()
        except CircuitOpen as error:
            return error
        failure: BaseException | None = None
        refusal: BaseException | None = None
        try:
            refusal = await self._exchange(commands)
        except BaseException as error:
            failure = refusal = error
            if not isinstance(error, Exception):
                raise
        finally:
            self._breaker.end(failure)
        if refusal is not None:
            self._failed(refusal)
        return failure

    async def _exchange(self, commands: list[_Command]) -> BaseException | None:
        """Send commands and hear their answers; a refusal among them, that of a server that only reads before others.

        The connection's time limit goes for all of them together; it would begin anew with each answer.
        """
        from redis import exceptions

        refusal: BaseException | None = None
        connection = await self._pool.get_connection()
        limit, connection.socket_timeout = connection.socket_timeout, None
        try:
            async with asyncio.timeout(limit):
                await connection.send_packed_command(b"".join([command.packed for command in commands]))
                for command in commands:
                    answers: list[Answer] = []
                    for _ in range(command.count):
                        try:
                            answers.append(await connection.read_response(disable_decoding=True))
                        except exceptions.ResponseError as error:
                            answers.append(error)
                            if refusal is None or isinstance(error, exceptions.ReadOnlyError):
                                refusal = error
                    command.settle(answers[0] if command.count == 1 else answers)
        except TimeoutError:
            raise exceptions.TimeoutError(f"no answer within {limit} seconds") from None
        finally:
            connection.socket_timeout = limit
            await self._pool.release(connection)
        return refusal


@cache
def _packing() -> Callable[[tuple[Part, ...]], bytes]:
    """What writes a command as Redis reads it: the fast one, if it is installed."""
    try:
        from hiredis import pack_command
    except ImportError:
        return pack
    return cast("Callable[[tuple[Part, ...]], bytes]", pack_command)


def pack(parts: tuple[Part, ...]) -> bytes:
    """A command as Redis reads it."""
    encoded = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return b"*%d\r\n%b" % (len(encoded), b"".join([b"$%d\r\n%b\r\n" % (len(part), part) for part in encoded]))
