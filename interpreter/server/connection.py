"""A connection of the short way, until it asks for something unusual.

It reads one request after the other and answers each: at once, or when the endpoint has what it waited for, and what
came meanwhile is read only then. While the rest of a slow body is awaited, a connection takes hardly more memory than
the bytes of it, for dawdlers come in numbers; who is silent for too long is shown out.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import cast

from multidict import CIMultiDictProxy

from interpreter.runtime.timing import ANSWER_WITHIN
from interpreter.server.endpoint import TOO_LATE, Answer, Awaited, Endpoint
from interpreter.server.usual_answers import write_answer
from interpreter.server.usual_requests import RequestReader, UsualHeaders, headers_of, read_line, read_query

_log = logging.getLogger("interpreter.server")

_LINGER_SECONDS = 1.0
"""For so long what is left of a refused body is thrown away, so that the answer is read before the connection ends."""


class Port:
    """What the connections of a port have in common."""

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        usual: Callable[[], asyncio.Protocol],
        ask_seconds: float,
        idle_seconds: float,
        prompt_seconds: float,
    ) -> None:
        """`usual` makes a connection of the HTTP library, for who asks for something unusual.

        `ask_seconds` is how long a head may take to come, `idle_seconds` how long a connection is kept without one.
        The first head has to come so soon after the connection, any other so soon after its own first byte. Who takes
        longer than `prompt_seconds` from a head to the last of its body has to show a signature first.
        """
        self.endpoints = {path.encode(): endpoint for path, endpoint in endpoints.items()}
        self.usual = usual
        self.ask_seconds = ask_seconds
        self.idle_seconds = idle_seconds
        self.prompt_seconds = prompt_seconds
        self.is_closing = False
        """Whether no request is taken but those that have begun."""
        self.connections: set[Connection] = set()
        self.headers = UsualHeaders(time.monotonic)


class Connection(asyncio.Protocol):
    """One connection: the protocol of its transport, and for an endpoint whoever asks."""

    __slots__ = (
        "_body",
        "_is_urgent",
        "_late",
        "_loop",
        "_missing",
        "_port",
        "_reader",
        "_received",
        "_since",
        "_slow",
        "_taken",
        "_timer",
        "_transport",
        "awaited",
    )

    method = "POST"

    def __init__(self, port: Port) -> None:
        self._port = port
        self._loop = asyncio.get_running_loop()
        self._reader: RequestReader | None = None
        """Reads what is not read at once."""
        self._received = b""
        """What has come of the request; of one whose body is slow, the head."""
        self._missing = 0
        """How many bytes of a slow body have yet to come."""
        self._body: bytearray | None = None
        """What has come of a slow body; None of one that was refused."""
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._slow: asyncio.TimerHandle | None = None
        self._taken: asyncio.Future[None] | None = None
        """Done once the slow request is answered or gone, when somebody waits for that."""
        self._since = 0.0
        """When this connection began to be idle, or the request that it awaits."""
        self._is_urgent = True
        """Whether a head should come soon: the first one, or one that has begun."""
        self._late: list[bytes] = []
        """What came while the request before it was answered."""
        self.awaited: Awaited | None = None
        """What there is to wait for until the request is answered."""

    # ------------------------------------------------------------------------------------ who asks

    @property
    def remote(self) -> str | None:
        """The other end of the connection."""
        peer = self._transport.get_extra_info("peername") if self._transport is not None else None
        return str(peer[0]) if isinstance(peer, tuple) else None

    @property
    def headers(self) -> CIMultiDictProxy[str]:
        """The headers of the request."""
        return headers_of(self._received)

    # ------------------------------------------------------------------------------------ what a transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one, but does not say so
        if self._port.is_closing:
            self.end()
            return
        self._port.connections.add(self)
        self._since = self._loop.time()
        self._timer = self._loop.call_later(self._port.ask_seconds, self._look)

    def connection_lost(self, _: BaseException | None) -> None:
        """It is closed, by whichever end."""
        self._transport = None
        self._leave()

    def data_received(self, data: bytes) -> None:
        """Some bytes have come."""
        if self.awaited is not None:
            self._late.append(data)
            if self._transport is not None:
                self._transport.pause_reading()
            return
        line = None if self._received else read_line(data)
        body = self._port.headers.body_of(data, line.end()) if line is not None else None
        if line is None or body is None:
            self._read(data)
        else:
            self._received = data
            self._take(line, body)

    def _read(self, data: bytes) -> None:
        """Read a request, or a part of it, that was not known by its headers."""
        if self._missing:
            self._read_slowly(data)
            return
        reader = self._reader
        if reader is None:
            self._received += data
            reader = self._reader = RequestReader()
            reader.feed(self._received)
        else:
            if not self._received:
                reader.begin()
            self._received += data
            reader.feed(data)
        if reader.is_usual(self._received):
            if reader.is_done:
                self._take(read_line(self._received), reader.body, is_new=True)
            elif self._slow is None:
                self._slow = self._loop.call_later(self._port.prompt_seconds, self._go_slow, reader)
        elif reader.may_be_usual(self._received):
            self._await_head(reader)
        else:
            self._hand_over()

    def _await_head(self, reader: RequestReader) -> None:
        """Wait for the rest of a head; it is read from its beginning then, for a parser is larger than a head."""
        reader.close()
        self._reader = None
        if not self._is_urgent:
            self._is_urgent = True
            self._since = self._loop.time()
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_later(self._port.ask_seconds, self._look)

    def pause_writing(self) -> None:
        """Too much waits to be read at the other end: nothing else is taken from there."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The other end has read its answers."""
        if self._transport is not None and self.awaited is None:
            self._transport.resume_reading()

    # ------------------------------------------------------------------------------------ slow bodies

    def _go_slow(self, reader: RequestReader) -> None:
        """A body does not come at once: strangers are refused now, and others wait until their deadline."""
        self._slow = None
        line = read_line(self._received)
        path, text = line.groups() if line is not None else (b"", b"")
        endpoint, query = self._port.endpoints.get(path), read_query(text)
        if endpoint is None or query is None:
            self._hand_over()
            return
        self._body = bytearray(reader.body)
        self._missing = reader.length - len(reader.body)
        self._received = self._received[: len(self._received) - len(reader.body)]
        reader.close()
        self._reader = None
        try:
            refusal = endpoint.refusal(self, query)
        except Exception:
            refusal = self._mistake()
        if refusal is not None:
            self._turn_away(endpoint, refusal)
            return
        self._since = self._loop.time() - self._port.prompt_seconds
        left = endpoint.body_seconds - self._port.prompt_seconds
        self._slow = self._loop.call_later(left, self._turn_away, endpoint, TOO_LATE)

    def _read_slowly(self, data: bytes) -> None:
        """Take some more of a slow body, or throw it away if it was refused."""
        left = self._missing - len(data)
        if left > 0:
            self._missing = left
            if self._body is not None:
                self._body += data
        elif self._body is None:
            self._received, self._missing = b"", 0
            if self._slow is not None:
                self._be_patient(self._slow)
            if left < 0:
                self.data_received(data[left:])
        else:
            body = bytes(self._body) + data
            if left < 0:
                self._received += body
                self._hand_over()
            else:
                self._body, self._missing = None, 0
                self._take(read_line(self._received), body, within=ANSWER_WITHIN - self._loop.time() + self._since)

    def _turn_away(self, endpoint: Endpoint, answer: Answer) -> None:
        """Answer a request before its body is there; the connection ends, unless the rest comes soon after all."""
        head, self._body = self._received, None
        self._write(endpoint, answer)
        self._received = head
        self._slow = self._loop.call_later(_LINGER_SECONDS, self.end)

    def last(self) -> asyncio.Future[None] | None:
        """Take nothing behind the request that has begun; what to wait for if its body is slow."""
        reader = self._reader
        if reader is not None and self._slow is not None:
            self._slow.cancel()
            self._go_slow(reader)
        if self._body is not None:
            self._taken = self._loop.create_future()
        elif self.awaited is None:
            self.end()
        return self._taken

    def give_up(self) -> None:
        """Wait no longer for a slow body."""
        line = read_line(self._received) if self._body is not None else None
        if line is not None and self._slow is not None:
            self._be_patient(self._slow)
            self._turn_away(self._port.endpoints[line[1]], TOO_LATE)

    # ------------------------------------------------------------------------------------ answering

    def _take(
        self, line: re.Match[bytes] | None, body: bytes, *, is_new: bool = False, within: float = ANSWER_WITHIN
    ) -> None:
        """Answer the request that has come, unless its first line is unusual; its headers may be new."""
        if self._slow is not None:
            self._be_patient(self._slow)
        path, text = line.groups() if line is not None else (b"", b"")
        endpoint, query = self._port.endpoints.get(path), read_query(text)
        if line is None or endpoint is None or query is None:
            self._hand_over()
            return
        try:
            refusal = endpoint.refusal(self, query)
            if refusal is not None:
                self._write(endpoint, refusal)
                return
            if is_new:
                self._port.headers.learn(self._received, line.end(), body)
            context = contextvars.copy_context()
            begun = context.run(endpoint.begin, self, query, body, within)
            if isinstance(begun, Answer):
                self._write(endpoint, begun)
            else:
                self.awaited = begun
                begun.add_done_callback(functools.partial(self._end_wait, endpoint), context=context)
        except Exception:
            self._write(endpoint, self._mistake())

    def _end_wait(self, endpoint: Endpoint, ended: Awaited) -> None:
        self.awaited = None
        if ended.cancelled():
            self.end()
        else:
            try:
                self._write(endpoint, endpoint.conclude(ended))
            except Exception:
                self._write(endpoint, self._mistake())
        if self._transport is None or self._transport.is_closing():
            self._leave()
        elif self._late:
            late = b"".join(self._late)
            self._late.clear()
            self._transport.resume_reading()
            self.data_received(late)

    def _mistake(self) -> Answer:
        """What is answered when this program has failed, as an `except` tells."""
        _log.exception("a request failed by a mistake of this program")
        return Answer(500, b"internal error\n")

    def _write(self, endpoint: Endpoint, answer: Answer) -> None:
        self._received = b""
        self._is_urgent = False
        self._since = self._loop.time()
        if self._taken is not None:
            self._be_done()
        if self._transport is None:
            return
        is_last = endpoint.is_draining or self._port.is_closing
        self._transport.write(write_answer(answer, int(time.time()), is_last))
        if is_last:
            self.end()

    # ------------------------------------------------------------------------------------ patience

    def _look(self) -> None:
        """Whether this connection has been silent for too long."""
        patience = self._port.ask_seconds if self._is_urgent else self._port.idle_seconds
        is_busy = self.awaited is not None or self._slow is not None
        left = patience if is_busy else self._since + patience - self._loop.time()
        if left <= 0:
            self._timer = None
            self.end()
        else:
            self._timer = self._loop.call_later(left, self._look)

    def _be_patient(self, slow: asyncio.TimerHandle) -> None:
        slow.cancel()
        self._slow = None

    def _be_done(self) -> None:
        if self._taken is not None and not self._taken.done():
            self._taken.set_result(None)

    def _hand_over(self) -> None:
        """Let the HTTP library have this connection, and what has come of a request."""
        transport, received = self._transport, self._received
        self._transport = None
        self._leave()
        if transport is None or transport.is_closing():
            return
        usual = self._port.usual()
        transport.set_protocol(usual)
        usual.connection_made(transport)
        usual.data_received(received)

    def end(self) -> None:
        """Close the connection, when what was written has gone out."""
        if self._transport is not None:
            self._transport.close()

    def _leave(self) -> None:
        """Be forgotten, unless an answer is still being made."""
        self._be_done()
        if self._slow is not None:
            self._be_patient(self._slow)
        self._received, self._body, self._missing = b"", None, 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.awaited is None:
            self._port.connections.discard(self)
        if self._reader is not None:
            self._reader.close()
            self._reader = None
