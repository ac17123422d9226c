"""A short way for WeChat's messages, past most of the HTTP library.

Nearly all requests are alike: a POST to a bot's path with a few headers and a small body, in one or two pieces, on a
connection that is kept. Those are read with httptools (the parser that Node.js has) and go straight to the endpoint.
Anything else, whatever it is, is handed to the HTTP library with every byte as it came, and with it the connection for
the rest of its life. So whatever is special is decided in one place.
"""

from __future__ import annotations

import asyncio
import contextvars
import email.utils
import functools
import logging
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from importlib.util import find_spec
from typing import cast

from multidict import CIMultiDict, CIMultiDictProxy

from interpreter.runtime.at_once import Unfinished, begin
from interpreter.server.endpoint import NOT_KEPT, Answer, Endpoint, may_be_xml
from interpreter.wechat.xml import MAX_BODY

_log = logging.getLogger("interpreter.server")

_ASK_SECONDS = 5.0
_IDLE_SECONDS = 30.0
_MOST_BYTES, _MOST_LINES = 4096, 50
"""Of a head."""
_BODY_SECONDS = 0.05
"""Between a head and the last of its body; who takes longer is slow, and no business of ours."""
_TELLING = frozenset(
    (
        *(b"content-type", b"content-length", b"content-encoding", b"transfer-encoding"),
        *(b"connection", b"proxy-connection", b"expect", b"upgrade", b"trailer"),
    )
)
"""Headers that can make a request unusual."""
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
        self._second, self._date = 0, ""

    def __call__(self) -> asyncio.Protocol:
        """A connection."""
        return _Connection(self)

    async def close(self) -> None:
        """Let answers that are under way go out, and end all connections."""
        tasks = [connection.task for connection in self.connections if connection.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=self.ask_seconds)
        for connection in list(self.connections):
            connection.end()

    def date(self) -> str:
        """The time as a header has it."""
        second = int(time.time())
        if second != self._second:
            self._second, self._date = second, email.utils.formatdate(second, usegmt=True)
        return self._date


class _Connection(asyncio.Protocol):
    """One connection, until it asks for something unusual."""

    __slots__ = (
        "_body",
        "_has_head",
        "_is_done",
        "_is_new",
        "_is_odd",
        "_late",
        "_loop",
        "_parser",
        "_path",
        "_received",
        "_since",
        "_slow",
        "_timer",
        "_transport",
        "_url",
        "task",
    )

    method = "POST"

    def __init__(self, path: FastPath) -> None:
        from httptools import HttpRequestParser

        self._path = path
        self._parser = HttpRequestParser(self)
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._slow: asyncio.TimerHandle | None = None
        self._since = 0.0
        """When this connection began to be idle."""
        self._is_new = True
        """Whether nothing has been asked."""
        self._late: list[bytes] = []
        """What came while the request before it was answered."""
        self.task: asyncio.Task[Answer] | None = None
        self._begin_request()

    def _begin_request(self) -> None:
        self._url = self._body = b""
        self._received = b""
        """What has come of the request."""
        self._has_head = self._is_done = self._is_odd = False

    # ------------------------------------------------------------------------------------ who asks

    @property
    def remote(self) -> str | None:
        """The other end of the connection."""
        peer = self._transport.get_extra_info("peername") if self._transport is not None else None
        return str(peer[0]) if isinstance(peer, tuple) else None

    @property
    def headers(self) -> CIMultiDictProxy[str]:
        """The headers of the request."""
        found = _Headers()
        type(self._parser)(found).feed_data(self._received)
        return CIMultiDictProxy(found.headers)

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
        if self.task is not None:
            self._late.append(data)
            if self._transport is not None:
                self._transport.pause_reading()
            return
        self._is_new = False
        try:
            self._parser.feed_data(data)
        except Exception:  # no HTTP, an upgrade, or more than one request: the library knows what to say
            self._is_odd = True
        self._received = self._received + data if self._received else data
        if self._is_odd or not self._has_head or self._is_long():
            self._hand_over()
        elif self._is_done:
            self._take()
        elif self._slow is None:
            self._slow = self._loop.call_later(self._path.body_seconds, self._hand_over)

    def _is_long(self) -> bool:
        """Whether the head is longer than those of WeChat's; how long it may be is not for us to say."""
        head = len(self._received) - len(self._body)
        return head > _MOST_BYTES or self._received.count(b"\n", 0, head) > _MOST_LINES

    def pause_writing(self) -> None:
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        if self._transport is not None and self.task is None:
            self._transport.resume_reading()

    # ------------------------------------------------------------------------------------ what the parser calls

    def on_message_begin(self) -> None:
        """A request begins; nothing may come behind one that is not answered yet."""
        self._is_odd = self._is_odd or self._is_done

    def on_url(self, url: bytes) -> None:
        """The target of the request, or a part of it."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        name = name.lower()
        if name in _TELLING:
            self._is_odd = self._is_odd or self._is_unusual(name, value)

    def _is_unusual(self, name: bytes, value: bytes) -> bool:
        match name:
            case b"content-type":
                return not may_be_xml(value.decode("latin-1"))
            case b"content-length":
                return int(value) > MAX_BODY
            case b"connection":
                return value.lower() != b"keep-alive" or self._parser.get_http_version() != "1.1"
            case _:
                return True

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._has_head = True
        self._is_odd = self._is_odd or self._parser.get_method() != b"POST"

    def on_body(self, body: bytes) -> None:
        """The body, or a part of it."""
        self._body += body

    def on_message_complete(self) -> None:
        """The request is there."""
        self._is_done = True
        self._is_odd = self._is_odd or not self._parser.should_keep_alive()

    # ------------------------------------------------------------------------------------ answering

    def _take(self) -> None:
        """Answer the request that has come, unless its target is unusual."""
        if self._slow is not None:
            self._be_patient(self._slow)
        path, _, query = self._url.partition(b"?")
        endpoint, fields = self._path.endpoints.get(path), _fields(query)
        if endpoint is None or fields is None:
            self._hand_over()
            return
        try:
            self._answer(endpoint, fields, time.monotonic())
        except Exception:
            self._fail(endpoint)

    def _answer(self, endpoint: Endpoint, fields: dict[str, str], began: float) -> None:
        refusal = endpoint.refusal(self, fields)
        if refusal is not None:
            self._write(endpoint, refusal)
            return
        context = contextvars.copy_context()
        work = endpoint.answer(self, fields, self._body, began)
        if endpoint.answers_at_once:
            begun = context.run(begin, work)
            if not isinstance(begun, Unfinished):
                self._write(endpoint, begun)
                return
            work = begun.finish()
        self.task = self._loop.create_task(work, context=context)
        self.task.add_done_callback(lambda task: self._end_task(endpoint, task))

    def _end_task(self, endpoint: Endpoint, task: asyncio.Task[Answer]) -> None:
        self.task = None
        if task.cancelled():
            self.end()
        elif task.exception() is not None:
            self._fail(endpoint, task.exception())
        else:
            self._write(endpoint, task.result())
        if self._transport is None or self._transport.is_closing():
            self._leave()
        elif self._late:
            late = b"".join(self._late)
            self._late.clear()
            self._transport.resume_reading()
            self.data_received(late)

    def _fail(self, endpoint: Endpoint, failure: BaseException | None = None) -> None:
        _log.error("a request failed by a mistake of this program", exc_info=failure or True)
        self._write(endpoint, Answer(500, b"internal error\n"))

    def _write(self, endpoint: Endpoint, answer: Answer) -> None:
        self._begin_request()
        self._since = self._loop.time()
        if self._transport is None:
            return
        kind = "application/xml" if answer.is_xml else "text/plain"
        kept = "" if answer.status == 200 else _NOT_KEPT
        close = _CLOSE if endpoint.is_draining else ""
        head = (
            f"{_status_line(answer.status)}\r\nContent-Type: {kind}; charset=utf-8\r\n"
            f"Content-Length: {len(answer.body)}\r\nDate: {self._path.date()}\r\n{kept}{close}\r\n"
        )
        self._transport.write(head.encode() + answer.body)
        if close:
            self.end()

    # ------------------------------------------------------------------------------------ patience

    def _look(self) -> None:
        """Whether this connection has been silent for too long."""
        patience = self._path.ask_seconds if self._is_new else self._path.idle_seconds
        left = patience if self.task is not None else self._since + patience - self._loop.time()
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
        self._begin_request()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.task is None:
            self._path.connections.discard(self)
            self._parser = type(self._parser)(None)  # the one before holds on to this connection


class _Headers:
    """Gathers the headers of a request."""

    def __init__(self) -> None:
        self.headers: CIMultiDict[str] = CIMultiDict()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self.headers.add(name.decode("latin-1"), value.decode("utf-8", "replace"))


@functools.cache
def _status_line(status: int) -> str:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"


def _fields(query: bytes) -> dict[str, str] | None:
    """The parameters of a query in which nothing is escaped, empty or repeated, as in WeChat's; None of another."""
    if b"%" in query or b"+" in query or not query.isascii():
        return None
    pairs = [pair.split("=") for pair in query.decode().split("&")]
    try:
        fields = dict(pairs)
    except ValueError:
        return None
    return fields if len(fields) == len(pairs) else None
