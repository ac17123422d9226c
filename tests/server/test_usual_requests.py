"""What is read by known headers is what the parser would read, and nothing else is."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from interpreter.server.usual_requests import RequestReader, UsualHeaders, headers_of, read_line, read_query
from interpreter.wechat.xml import MAX_BODY

LINE = "POST /wechat?signature=a&timestamp=1&nonce=b HTTP/1.1"
WECHAT = ("Host: a", "User-Agent: Mozilla/4.0", "Accept: */*", "Content-Type: text/xml", "Content-Length: {}")


def request(*headers: str, body: bytes = b"<xml/>", line: str = LINE) -> bytes:
    head = "".join(f"{each.format(len(body))}\r\n" for each in (line, *(headers or WECHAT)))
    return f"{head}\r\n".encode("latin-1") + body


def parsed(sent: bytes) -> bytes | None:
    """The body of a request that the parser finds usual and whole."""
    reader = RequestReader()
    reader.feed(sent)
    return reader.body if reader.is_usual(sent) and reader.is_done else None


def cut(headers: UsualHeaders, sent: bytes) -> bytes | None:
    """The body of a request with known headers."""
    line = read_line(sent)
    return headers.body_of(sent, line.end()) if line is not None else None


def learn(headers: UsualHeaders, sent: bytes) -> None:
    line, body = read_line(sent), parsed(sent)
    if line is not None and body is not None:
        headers.learn(sent, line.end(), body)


@pytest.fixture
def known() -> UsualHeaders:
    """The headers of WeChat's requests are known."""
    headers = UsualHeaders(lambda: 0.0)
    learn(headers, request())
    return headers


def test_headers_are_known_once_the_parser_has_read_them() -> None:
    headers = UsualHeaders(lambda: 0.0)
    assert cut(headers, request()) is None
    learn(headers, request())
    assert cut(headers, request()) == b"<xml/>"


@pytest.mark.parametrize("body", [b"", b"<xml>\r\n\r\nContent-Length: 1\r\n</xml>", b"x" * MAX_BODY], ids=len)
def test_a_request_has_a_length_and_a_target_of_its_own(known: UsualHeaders, body: bytes) -> None:
    assert cut(known, request(body=body, line="POST /?a=b HTTP/1.1")) == body


OTHERS = {
    "another value": request("Host: b", *WECHAT[1:]),
    "one more header": request(*WECHAT, "X: y"),
    "one header less": request(*WECHAT[1:]),
    "another order": request(*reversed(WECHAT)),
    "a name in small letters": request(*WECHAT[:-1], "content-length: {}"),
    "a body that is not all there": request()[:-1],
    "one byte more": request() + b"x",
    "another request behind it": request() + request(),
    "a length with a zero before it": request(*WECHAT[:-1], "Content-Length: 0{}"),
    "a length with a sign": request(*WECHAT[:-1], "Content-Length: +{}"),
    "a length with a blank": request(*WECHAT[:-1], "Content-Length: {} "),
    "two lengths": request(*WECHAT, "Content-Length: {}"),
    "a body that is too large": request(body=b"x" * (MAX_BODY + 1)),
    "a head that is too long": request(line=f"POST /?a={'b' * 4096} HTTP/1.1"),
    "only a head": request()[:-6],
    "half a head": request()[:-20],
    "chunks": request(*WECHAT[:-1], "Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_differs_is_left_to_the_parser(known: UsualHeaders, name: str) -> None:
    assert cut(known, OTHERS[name]) is None


@pytest.mark.parametrize(
    "line",
    [
        "GET /wechat?a=b HTTP/1.1",
        "post /wechat?a=b HTTP/1.1",
        "POST /wechat?a=b HTTP/1.0",
        "POST /wechat?a=b HTTP/2.0",
        "POST  /wechat?a=b HTTP/1.1",
        "POST /wechat?a=b  HTTP/1.1",
        "POST /wechat HTTP/1.1",
        "POST /wechat? HTTP/1.1",
        "POST wechat?a=b HTTP/1.1",
        "POST http://a/wechat?a=b HTTP/1.1",
        "POST /we%63hat?a=b HTTP/1.1",
        "POST /wechat?a=%62 HTTP/1.1",
        "POST /wechat?a=b+c HTTP/1.1",
        "POST /wechat?a=b#c HTTP/1.1",
        "POST /wechat#c?a=b HTTP/1.1",
        "POST /wechat?a=\xe9 HTTP/1.1",
        "POST /wechat?a=b\tc HTTP/1.1",
        "POST /wechat?a=b\x00 HTTP/1.1",
        "POST /wechat?a=b HTTP/1.1\n",
        "\r\nPOST /wechat?a=b HTTP/1.1",
    ],
)
def test_other_first_lines_are_not_read(line: str) -> None:
    assert read_line(request(line=line)) is None


@pytest.mark.parametrize(
    "headers",
    [
        ("Host: a", "X-Content-Length: 6", "Content-Length: {}"),
        ("Host: Content-Length: 6", "Content-Length: {}"),
        ("Host: a", "content-length: {}"),
        ("X: " + "y" * 2000, "Content-Length: {}"),
    ],
    ids=lambda headers: headers[0][:20],
)
def test_headers_that_cannot_be_cut_are_read_by_the_parser_every_time(headers: tuple[str, ...]) -> None:
    known = UsualHeaders(lambda: 0.0)
    sent = request(*headers)
    assert parsed(sent) == b"<xml/>"
    learn(known, sent)
    assert cut(known, sent) is None


def numbered(number: int) -> bytes:
    return request(f"X-Request-Id: {number}", "Content-Length: {}")


def test_headers_that_never_come_again_do_not_drive_out_those_that_do() -> None:
    seconds = [0.0]
    known = UsualHeaders(lambda: seconds[0])
    for number in range(3000):
        learn(known, numbered(number))
    kept = [number for number in range(3000) if cut(known, numbered(number)) is not None]
    assert kept == list(range(1024))
    seconds[0] = 61.0
    learn(known, numbered(3000))
    assert cut(known, numbered(3000)) is not None
    assert cut(known, numbered(0)) is None


PIECES = st.sampled_from(
    (
        *("Host: a", "Content-Length: {}", "content-length: {}", "Content-Length: 3", "X-Content-Length: {}"),
        *(
            "Content-Type: text/xml",
            "Content-Type: application/json",
            "Transfer-Encoding: chunked",
            "Expect: 100-continue",
        ),
        *(
            "Connection: keep-alive",
            "Connection: close",
            "Upgrade: x",
            " folded",
            "\tfolded",
            "X:y",
            "X : y",
            "X",
            ":",
            "",
        ),
        *(
            "X: y\nContent-Length: {}",
            "X: y\rZ: z",
            "X: Content-Length: {}",
            "X: \x01",
            "X: \xe9",
            "Content-Length: {}\n",
        ),
    )
)
HEADERS = st.lists(PIECES, max_size=5)
BODIES = st.sampled_from([b"", b"abc", b"\r\n", b"<xml/>", b"a\r\n\r\nb", b"Content-Length: 3\r\n\r\nabc"])


@settings(max_examples=500)
@given(before=HEADERS, headers=HEADERS, bodies=st.tuples(BODIES, BODIES))
@example(["Host: a", "Content-Length: {}"], ["Host: a", "Content-Length: {}"], (b"abc", b""))
def test_what_is_cut_is_what_the_parser_reads(
    before: list[str], headers: list[str], bodies: tuple[bytes, bytes]
) -> None:
    known = UsualHeaders(lambda: 0.0)
    learn(known, request(*before, "X: last", body=bodies[0]))
    for listed in (headers, before):
        sent = request(*listed, "X: last", body=bodies[1])
        found = cut(known, sent)
        assert found is None or found == parsed(sent)


@given(st.text(alphabet="ab=&?;/\"'", max_size=12))
def test_a_query_is_read_as_everybody_reads_it(query: str) -> None:
    read = read_query(query.encode())
    assert read is None or read == dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True))


@pytest.mark.parametrize("query", ["", "a", "a=b&", "a=b&&c=d", "a=b=c", "a=b&a=c", "a=b&a=b"])
def test_an_unusual_query_is_not_read(query: str) -> None:
    assert read_query(query.encode()) is None


def begun(sent: bytes) -> tuple[bool, bool]:
    """Whether the parser finds what has come of a request usual, and whether it may become so."""
    reader = RequestReader()
    reader.feed(sent)
    return reader.is_usual(sent), reader.may_be_usual(sent)


def test_every_beginning_of_a_usual_head_may_become_one() -> None:
    head = len(request()) - len(b"<xml/>")
    assert {begun(request()[:end]) for end in range(1, head)} == {(False, True)}
    assert {begun(request()[:end]) for end in range(head, head + 7)} == {(True, False)}


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/9.9\r\nHost",
        b"POST / HTTP/1.1\r\nX Y: z\r\n",
        b"POST / HTTP/1.1\r\nX: " + b"y" * 4096,
        b"POST / HTTP/1.1\r\n" + b"X: y\r\n" * 50,
        request(*WECHAT, "Expect: 100-continue"),
        request(*WECHAT[:-1], f"Content-Length: {MAX_BODY + 1}"),
    ],
    ids=range(7),
)
def test_what_cannot_become_usual_is_known_at_once(sent: bytes) -> None:
    assert begun(sent) == (False, False)


def test_how_much_will_come_is_known_with_the_head() -> None:
    reader = RequestReader()
    reader.feed(request(*WECHAT[:-1], "Content-Length: 1000"))
    assert (reader.has_head, reader.is_done, reader.length, reader.body) == (True, False, 1000, b"<xml/>")
    reader.begin()
    assert reader.length == 0


def test_headers_can_be_asked_for() -> None:
    assert headers_of(request(*WECHAT, "X: y", "x: z")).getall("X") == ["y", "z"]
