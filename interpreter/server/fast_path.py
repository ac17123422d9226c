"""A short way for WeChat's messages, past most of the HTTP library.

Nearly all requests are alike: a POST to a bot's path with a few headers and a small body, in one or two pieces, on a
connection that is kept. Those are read with httptools (the parser that Node.js has) and go straight to the endpoint,
which takes half the time. Anything else, whatever it is, is handed to the HTTP library with every byte as it came, and
with it the connection for the rest of its life. So whatever is special is decided in one place.
"""

from __future__ import annotations

import asyncio
import contextvars
import email.utils
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
_MOST_BYTES = MAX_BODY + 4096
"""Of a request, head and body."""
_MOST_HEADERS, _LONGEST = 40, 4096
_BODY_SECONDS = 0.05
"""Between a head and the last of its body; who takes longer is slow, and no business of ours."""
_ODD_HEADERS = frozenset(
    (b"content-encoding", b"transfer-encoding", b"expect", b"upgrade", b"trailer", b"proxy-connection")
)
"""Headers of requests that are left to the HTTP library."""
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
    ) -> None:
        """`ask_seconds` is how long the first request may take to come, `idle_seconds` any other."""
        self.endpoints = {path.encode(): endpoint for path, endpoint in endpoints.items()}
        self.usual = usual
        self.ask_seconds = ask_seconds
        self.idle_seconds = idle_seconds
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
        "_headers",
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
        self._headers: list[tuple[bytes, bytes]] = []
        self._received = b""
        """What has come of the request, as long as its body is not complete."""
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
        written = [(name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in self._headers]
        return CIMultiDictProxy(CIMultiDict(written))

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
        if self._received:
            data = self._received + data
        if self._is_odd or not self._has_head or len(data) > _MOST_BYTES:
            self._hand_over(data)
        elif self._is_done:
            self._take(data)
        else:
            self._received = data
            self._slow = self._slow or self._loop.call_later(_BODY_SECONDS, self._give_up)

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
        self._headers.append((name, value))
        match name:
            case b"content-type":
                is_odd = not may_be_xml(value.decode("latin-1"))
            case b"content-length":
                is_odd = int(value) > MAX_BODY
            case b"connection":
                is_odd = value.lower() != b"keep-alive" or self._parser.get_http_version() != "1.1"
            case _:
                is_odd = name in _ODD_HEADERS
        self._is_odd = self._is_odd or is_odd or len(value) > _LONGEST

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._has_head = True
        is_long = len(self._headers) > _MOST_HEADERS or len(self._url) > _LONGEST
        self._is_odd = self._is_odd or is_long or self._parser.get_method() != b"POST"

    def on_body(self, body: bytes) -> None:
        """The body, or a part of it."""
        self._body += body

    def on_message_complete(self) -> None:
        """The request is there."""
        self._is_done = True
        self._is_odd = self._is_odd or not self._parser.should_keep_alive()

    # ------------------------------------------------------------------------------------ answering

    def _take(self, data: bytes) -> None:
        """Answer the request that has come, unless its target is unusual."""
        self._be_patient()
        path, _, query = self._url.partition(b"?")
        endpoint, fields = self._path.endpoints.get(path), _fields(query)
        if endpoint is None or fields is None:
            self._hand_over(data)
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
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\nContent-Type: {kind}; charset=utf-8\r\n"
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

    def _give_up(self) -> None:
        """Do not wait for a slow body any longer."""
        self._hand_over(self._received)

    def _be_patient(self) -> None:
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None

    def _hand_over(self, data: bytes) -> None:
        """Let the HTTP library have this connection, and what has come of a request."""
        transport = self._transport
        self._transport = None
        self._leave()
        if transport is None or transport.is_closing():
            return
        usual = self._path.usual()
        transport.set_protocol(usual)
        usual.connection_made(transport)
        usual.data_received(data)

    def end(self) -> None:
        """Close the connection, when what was written has gone out."""
        if self._transport is not None:
            self._transport.close()

    def _leave(self) -> None:
        """Be forgotten, unless an answer is still being made."""
        self._be_patient()
        self._begin_request()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.task is None:
            self._path.connections.discard(self)
            self._parser = type(self._parser)(None)  # the one before holds on to this connection


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
