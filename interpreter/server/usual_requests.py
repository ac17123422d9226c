"""Reading the requests that are like WeChat's, and telling them from all others.

They are read with httptools (the parser that Node.js has). What it finds in the headers of a request it would find
again in the same headers: so those that were usual are kept, and a request that has them, on whatever connection it
comes, is read by cutting it where the last one was cut. Only its first line and its length are its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from multidict import CIMultiDict, CIMultiDictProxy

from interpreter.server.endpoint import may_be_xml
from interpreter.wechat.xml import MAX_BODY

_MOST_BYTES, _MOST_LINES = 4096, 50
"""Of a head."""
_TELLING = frozenset(
    (
        *(b"content-type", b"content-length", b"content-encoding", b"transfer-encoding"),
        *(b"connection", b"proxy-connection", b"expect", b"upgrade", b"trailer"),
    )
)
"""Headers that can make a request unusual."""
_LINE = re.compile(rb'POST (/[!"$&->@-~]*)\?([!"$&-*,-~]+) HTTP/1\.1\r\n')
_LENGTH, _END_OF_LINE, _END = b"Content-Length: ", b"\r\n", b"\r\n\r\n"
_MOST_HEADERS, _MOST_KEPT = 1024, 1024
"""Bytes of headers that are kept, and of how many requests."""
_FULL_SECONDS = 60.0
"""For so long nothing is forgotten for what is new, lest headers that never come again drive out those that do."""


read_line: Callable[[bytes], re.Match[bytes] | None] = _LINE.match
"""The first line of a request that has a path and a query in which nothing is escaped, and these as its groups."""


def read_query(query: bytes) -> dict[str, str] | None:
    """The parameters of such a query, if none of them is empty or stands twice, as in WeChat's; None of another."""
    pairs = query.decode().split("&")
    parameters: dict[str, str] = {}
    for pair in pairs:
        try:
            name, value = pair.split("=")
        except ValueError:
            return None
        parameters[name] = value
    return parameters if len(parameters) == len(pairs) else None


class UsualHeaders:
    """Headers that were found usual, but for the length they name: what stands before it, and what behind it."""

    def __init__(self, now: Callable[[], float]) -> None:
        """`now` tells seconds that never run backwards."""
        self._now = now
        self._known: set[tuple[bytes, bytes]] = set()
        self._since = 0.0

    def body_of(self, request: bytes, start: int) -> bytes | None:
        """The body of a request that is whole and has headers like one before; None of any other.

        `start` is where the headers begin, behind a line that was read.
        """
        head, _, body = request[start:].partition(_END)
        before, _, rest = head.partition(_LENGTH)
        length, _, after = rest.partition(_END_OF_LINE)
        if (before, after) not in self._known or length != b"%d" % len(body) or len(body) > MAX_BODY:
            return None
        return body if start + len(head) <= _MOST_BYTES else None

    def learn(self, request: bytes, start: int, body: bytes) -> None:
        """Keep the headers of a request that was found usual and has this body, if it can be cut as others will be."""
        before, _, rest = request[start : -len(body) - len(_END)].partition(_LENGTH)
        around = before, rest.partition(_END_OF_LINE)[2]
        is_line = not before or before.endswith(_END_OF_LINE)
        if not is_line or around in self._known or len(before) + len(rest) > _MOST_HEADERS:
            return
        if len(self._known) >= _MOST_KEPT:
            if self._now() - self._since < _FULL_SECONDS:
                return
            self._known.clear()
        self._known.add(around)
        self._since = self._now()
        if self.body_of(request, start) != body:
            self._known.remove(around)


class RequestReader:
    """Reads the requests of one connection, one after the other."""

    def __init__(self) -> None:
        from httptools import HttpRequestParser

        self._parser = HttpRequestParser(self)
        self.begin()

    def begin(self) -> None:
        """Await another request."""
        self.body = b""
        self.length = 0
        self.has_head = self.is_done = self.is_odd = self.is_broken = False

    def feed(self, data: bytes) -> None:
        """Read some bytes of the request."""
        try:
            self._parser.feed_data(data)
        except Exception:  # no HTTP, an upgrade, or more than one request: the library knows what to say
            self.is_odd = self.is_broken = True

    def is_usual(self, received: bytes) -> bool:
        """Whether what has been received of the request, all in all, is like WeChat's so far."""
        return self.has_head and not self.is_odd and _is_short(received, len(received) - len(self.body))

    def may_be_usual(self, received: bytes) -> bool:
        """Whether what has been received is the beginning of a head and nothing is wrong with it so far."""
        return not self.has_head and not self.is_broken and _is_short(received, len(received))

    def close(self) -> None:
        """Let go of the parser, which holds on to this."""
        self._parser = type(self._parser)(None)

    # ------------------------------------------------------------------------------------ what the parser calls

    def on_message_begin(self) -> None:
        """A request begins; nothing may come behind one that is not answered yet."""
        self.is_odd = self.is_odd or self.is_done

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        name = name.lower()
        if name in _TELLING:
            self.is_odd = self.is_odd or self._is_unusual(name, value)

    def _is_unusual(self, name: bytes, value: bytes) -> bool:
        match name:
            case b"content-type":
                return not may_be_xml(value.decode("latin-1"))
            case b"content-length":
                self.length = int(value)
                return self.length > MAX_BODY
            case b"connection":
                return value.lower() != b"keep-alive" or self._parser.get_http_version() != "1.1"
            case _:
                return True

    def on_headers_complete(self) -> None:
        """The head is there."""
        self.has_head = True
        self.is_odd = self.is_odd or self._parser.get_method() != b"POST"

    def on_body(self, body: bytes) -> None:
        """The body, or a part of it."""
        self.body += body

    def on_message_complete(self) -> None:
        """The request is there."""
        self.is_done = True
        self.is_odd = self.is_odd or not self._parser.should_keep_alive()


def _is_short(received: bytes, head: int) -> bool:
    """Whether a head of so many bytes is not longer than usual."""
    return head <= _MOST_BYTES and received.count(b"\n", 0, head) <= _MOST_LINES


class _Headers:
    """Gathers the headers of a request."""

    def __init__(self) -> None:
        self.headers: CIMultiDict[str] = CIMultiDict()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self.headers.add(name.decode("latin-1"), value.decode("utf-8", "replace"))


def headers_of(received: bytes) -> CIMultiDictProxy[str]:
    """The headers of a usual request."""
    from httptools import HttpRequestParser

    found = _Headers()
    HttpRequestParser(found).feed_data(received)
    return CIMultiDictProxy(found.headers)
