"""HTTP as the clients of these tests speak it: as little as it takes, so that what is measured is the server."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlsplit

Answer = tuple[int, bytes]
"""Status and body."""
_KEPT_SECONDS = 15.0
"""How long a connection may rest before it is used again; the server hangs up after 30."""


class Line(asyncio.Protocol):
    """A connection on which one request at a time is asked, and which is kept for others."""

    def __init__(self, others: set[Line]) -> None:
        self._others = others
        self._loop = asyncio.get_running_loop()
        self._received = b""
        self._answer: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None
        self._used = self._loop.time()
        self.is_open = True

    @property
    def is_fresh(self) -> bool:
        """Whether it may be used, and the server is not about to close it."""
        return self.is_open and self._loop.time() - self._used < _KEPT_SECONDS

    async def ask(self, request: bytes, patience: float) -> Answer:
        """The answer to a request; who waits in vain hangs up.

        Raises:
            OSError: the line broke, or the time is over.
        """
        assert self._transport is not None
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._answer = answer
        if not self.is_open:
            self._fail(ConnectionResetError())
        timer = self._loop.call_later(patience, self._fail, TimeoutError())
        try:
            self._transport.write(request)
            return await answer
        except BaseException:
            self.hang_up()
            raise
        finally:
            timer.cancel()
            self._used = self._loop.time()

    def hang_up(self) -> None:
        """Close it at once."""
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    def _fail(self, error: OSError) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    # ------------------------------------------------------------------------------------ what a transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._others.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._others.discard(self)
        self.is_open = False
        self._fail(ConnectionResetError())

    def eof_received(self) -> None:
        self.is_open = False

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, mark, body = self._received.partition(b"\r\n\r\n")
        if not mark:
            return
        lower = head.lower()
        if len(body) < int(lower.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]):
            return
        self._received = b""
        if b"\r\nconnection: close" in lower:
            self.is_open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((int(head[9:12]), body))


@dataclass(slots=True)
class Lines:
    """As many connections as are needed at once, to any servers of this computer."""

    _idle: dict[int, list[Line]] = field(default_factory=lambda: defaultdict(list))
    _all: set[Line] = field(default_factory=set)

    async def get(self, url: str, patience: float = 5.0) -> Answer:
        """What is at an address."""
        return await self._ask("GET", url, b"", patience)

    async def post(self, url: str, body: bytes, patience: float = 5.0) -> Answer:
        """The answer to some XML."""
        return await self._ask("POST", url, body, patience)

    async def _ask(self, method: str, url: str, body: bytes, patience: float) -> Answer:
        place = urlsplit(url)
        assert place.port is not None
        head = (
            f"{method} {place.path}{'?' if place.query else ''}{place.query} HTTP/1.1\r\nHost: {place.netloc}\r\n"
            f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        line = await self._line(place.port, patience)
        answer = await line.ask(head.encode() + body, patience)
        if line.is_open:
            self._idle[place.port].append(line)
        return answer

    async def _line(self, port: int, patience: float) -> Line:
        idle = self._idle[port]
        while idle:
            line = idle.pop()
            if line.is_fresh:
                return line
            line.hang_up()
        async with asyncio.timeout(patience):
            loop = asyncio.get_running_loop()
            return (await loop.create_connection(lambda: Line(self._all), "127.0.0.1", port))[1]

    def close(self) -> None:
        """Hang up on all."""
        for line in self._all:
            line.hang_up()
        self._idle.clear()
