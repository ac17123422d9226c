"""A short way for WeChat's messages, past most of the HTTP library.

Nearly all requests are alike: a POST to a bot's path with a few headers and a small body, in one or two pieces, on a
connection that is kept. Those are read here (`usual_requests`) and go straight to the endpoint.
Anything else, whatever it is, is handed to the HTTP library with every byte as it came, and with it the connection for
the rest of its life. So whatever is special is decided in one place.
"""

from __future__ import annotations

import asyncio
import contextvars
import email.utils
import functools
import logging
import re
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from importlib.util import find_spec
from typing import cast

from multidict import CIMultiDictProxy

from interpreter.server.endpoint import NOT_KEPT, Answer, Awaited, Endpoint
from interpreter.server.usual_requests import RequestReader, UsualHeaders, headers_of, read_line, read_query

_log = logging.getLogger("interpreter.server")

_ASK_SECONDS = 5.0
_IDLE_SECONDS = 30.0
_BODY_SECONDS = 0.05
"""Between a head and the last of its body; who takes longer is slow, and no business of ours."""
_MOST_OPENINGS = 16
_CLOSE = "Connection: close\r\n"
_NOT_KEPT = "".join(f"{name}: {value}\r\n" for name, value in NOT_KEPT.items())


def is_there() -> bool:
    """Whether the parser is installed."""
    try:
        return find_spec("httptools") is not None
    except ValueError:  # somebody has said that it is not to be imported
        return False


class FastPath:
    """Makes the connections of a port; `usual` makes those of the HTTP library."""

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        usual: Callable[[], asyncio.Protocol],
        *,
        ask_seconds: float = _ASK_SECONDS,
        idle_seconds: float = _IDLE_SECONDS,
        body_seconds: float = _BODY_SECONDS,
    ) -> None:
        """`ask_seconds` is how long the first request may take to come, `idle_seconds` any other.

        Who takes longer than `body_seconds` from a head to the last of its body is handed over.
        """
        self.endpoints = {path.encode(): endpoint for path, endpoint in endpoints.items()}
        self.usual = usual
        self.ask_seconds = ask_seconds
        self.idle_seconds = idle_seconds
        self.body_seconds = body_seconds
        self.connections: set[_Connection] = set()
        self.headers = UsualHeaders(time.monotonic)

    def __call__(self) -> asyncio.Protocol:
        """A connection."""
        return _Connection(self)

    async def close(self) -> None:
        """Let answers that are under way go out, and end all connections."""
        awaited = [connection.awaited for connection in self.connections if connection.awaited is not None]
        if awaited:
            await asyncio.wait(awaited, timeout=self.ask_seconds)
        for connection in list(self.connections):
            connection.end()


class _Connection(asyncio.Protocol):
    """One connection, until it asks for something unusual."""

    __slots__ = (
        "_is_new",
        "_late",
        "_loop",
        "_path",
        "_reader",
        "_received",
        "_since",
        "_slow",
        "_timer",
        "_transport",
        "awaited",
    )

    method = "POST"

    def __init__(self, path: FastPath) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._reader: RequestReader | None = None
        """Reads what is not read at once."""
        self._received = b""
        """What has come of the request."""
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._slow: asyncio.TimerHandle | None = None
        self._since = 0.0
        """When this connection began to be idle."""
        self._is_new = True
        """Whether nothing has been asked."""
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
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one, but does not say so
        self._path.connections.add(self)
        self._since = self._loop.time()
        self._timer = self._loop.call_later(self._path.ask_seconds, self._look)

    def connection_lost(self, _: BaseException | None) -> None:
        self._transport = None
        self._leave()

    def data_received(self, data: bytes) -> None:
        if self.awaited is not None:
            self._late.append(data)
            if self._transport is not None:
                self._transport.pause_reading()
            return
        self._is_new = False
        line = None if self._received else read_line(data)
        body = self._path.headers.body_of(data, line.end()) if line is not None else None
        if line is None or body is None:
            self._read(data)
        else:
            self._received = data
            self._take(line, body)

    def _read(self, data: bytes) -> None:
        """Read a request, or a part of it, that was not known by its headers."""
        reader = self._reader = self._reader or RequestReader()
        if not self._received:
            reader.begin()
        reader.feed(data)
        self._received += data
        if not reader.is_usual(self._received):
            self._hand_over()
        elif reader.is_done:
            self._take(read_line(self._received), reader.body, is_new=True)
        elif self._slow is None:
            self._slow = self._loop.call_later(self._path.body_seconds, self._hand_over)

    def pause_writing(self) -> None:
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        if self._transport is not None and self.awaited is None:
            self._transport.resume_reading()

    # ------------------------------------------------------------------------------------ answering

    def _take(self, line: re.Match[bytes] | None, body: bytes, *, is_new: bool = False) -> None:
        """Answer the request that has come, unless its first line is unusual; its headers may be new."""
        if self._slow is not None:
            self._be_patient(self._slow)
        path, text = line.groups() if line is not None else (b"", b"")
        endpoint, query = self._path.endpoints.get(path), read_query(text)
        if line is None or endpoint is None or query is None:
            self._hand_over()
            return
        try:
            refusal = endpoint.refusal(self, query)
            if refusal is not None:
                self._write(endpoint, refusal)
                return
            if is_new:
                self._path.headers.learn(self._received, line.end(), body)
            context = contextvars.copy_context()
            begun = context.run(endpoint.begin, self, query, body)
            if isinstance(begun, Answer):
                self._write(endpoint, begun)
            else:
                self.awaited = begun
                begun.add_done_callback(functools.partial(self._end_wait, endpoint), context=context)
        except Exception:
            self._fail(endpoint)

    def _end_wait(self, endpoint: Endpoint, ended: Awaited) -> None:
        self.awaited = None
        if ended.cancelled():
            self.end()
        else:
            try:
                self._write(endpoint, endpoint.conclude(ended))
            except Exception:
                self._fail(endpoint)
        if self._transport is None or self._transport.is_closing():
            self._leave()
        elif self._late:
            late = b"".join(self._late)
            self._late.clear()
            self._transport.resume_reading()
            self.data_received(late)

    def _fail(self, endpoint: Endpoint) -> None:
        _log.exception("a request failed by a mistake of this program")
        self._write(endpoint, Answer(500, b"internal error\n"))

    def _write(self, endpoint: Endpoint, answer: Answer) -> None:
        self._received = b""
        self._since = self._loop.time()
        if self._transport is None:
            return
        body, is_last = answer.body, endpoint.is_draining
        opening = _opening(int(time.time()), answer.status, answer.is_xml, is_last)
        self._transport.write(b"%b%d\r\n\r\n%b" % (opening, len(body), body))
        if is_last:
            self.end()

    # ------------------------------------------------------------------------------------ patience

    def _look(self) -> None:
        """Whether this connection has been silent for too long."""
        patience = self._path.ask_seconds if self._is_new else self._path.idle_seconds
        left = patience if self.awaited is not None else self._since + patience - self._loop.time()
        if left <= 0:
            self._timer = None
            self.end()
        else:
            self._timer = self._loop.call_later(left, self._look)

    def _be_patient(self, slow: asyncio.TimerHandle) -> None:
        slow.cancel()
        self._slow = None

    def _hand_over(self) -> None:
        """Let the HTTP library have this connection, and what has come of a request."""
        transport, received = self._transport, self._received
        self._transport = None
        self._leave()
        if transport is None or transport.is_closing():
            return
        usual = self._path.usual()
        transport.set_protocol(usual)
        usual.connection_made(transport)
        usual.data_received(received)

    def end(self) -> None:
        """Close the connection, when what was written has gone out."""
        if self._transport is not None:
            self._transport.close()

    def _leave(self) -> None:
        """Be forgotten, unless an answer is still being made."""
        if self._slow is not None:
            self._be_patient(self._slow)
        self._received = b""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.awaited is None:
            self._path.connections.discard(self)
        if self._reader is not None:
            self._reader.close()
            self._reader = None


@functools.lru_cache(_MOST_OPENINGS)
def _opening(second: int, status: int, is_xml: bool, is_last: bool) -> bytes:
    """The head of an answer up to the number of bytes behind it; `is_last` says that none follows."""
    kind = "application/xml" if is_xml else "text/plain"
    kept = "" if status == 200 else _NOT_KEPT
    return (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: {kind}; charset=utf-8\r\n"
        f"Date: {email.utils.formatdate(second, usegmt=True)}\r\n{kept}{_CLOSE if is_last else ''}Content-Length: "
    ).encode()
