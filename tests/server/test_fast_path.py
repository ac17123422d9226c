"""The short way answers as the long way does, and takes nothing that it does not understand."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import pytest
from aiohttp import web
from fakes.house import House
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.runtime.timing import ANSWER_WITHIN
from interpreter.server.app import ENDPOINTS, READINESS, make_app
from interpreter.server.endpoint import Answer, Awaited, Endpoint
from interpreter.server.fast_path import FastPath
from interpreter.server.listening import PROTOCOL, Newcomers, listen
from interpreter.server.peers import Asked, Peers, read_networks
from interpreter.server.usual_requests import read_line
from interpreter.stores.protocol import SessionKey


@dataclass
class Doors:
    """One house with two doors: a port with the short way, and one without it."""

    house: House
    fast: int
    usual: int
    path: FastPath
    handed: list[object] = field(default_factory=list)
    """The connections that were handed over."""

    async def both(self, request: bytes) -> tuple[bytes, bytes]:
        """The answers to the same bytes."""
        return await ask(self.fast, request), await ask(self.usual, request)


@pytest.fixture
async def doors() -> AsyncIterator[Doors]:
    async with doors_of(House()) as doors:
        yield doors


@asynccontextmanager
async def doors_of(
    house: House,
    peers: Peers | None = None,
    *,
    ask_seconds: float = 1.0,
    idle_seconds: float = 1.0,
    prompt_seconds: float = 0.5,
    body_seconds: float = 1.0,
) -> AsyncIterator[Doors]:
    handed = list[object]()
    app = make_app([house.bot], stores=[house.store], clock=house.clock, body_seconds=body_seconds, peers=peers)
    newcomers = Newcomers()
    app.middlewares.append(newcomers.greet)
    runner = web.AppRunner(app, shutdown_timeout=1.0, **PROTOCOL)
    await runner.setup()
    assert runner.server is not None
    make = newcomers.welcome(runner.server)

    def hand() -> asyncio.Protocol:
        connection = make()
        handed.append(connection)
        return connection

    path = FastPath(
        app[ENDPOINTS], hand, ask_seconds=ask_seconds, idle_seconds=idle_seconds, prompt_seconds=prompt_seconds
    )
    ports = [await listen(way, "127.0.0.1", 0) for way in (path, make)]
    fast, usual = (door.sockets[0].getsockname()[1] for door in ports)
    house.app = app
    yield Doors(house, fast, usual, path, handed)
    for door in ports:
        door.close()
    await path.finish(30.0)
    await runner.cleanup()
    await path.close()


async def ask(port: int, request: bytes) -> bytes:
    """What comes back for some bytes until the answer is whole, or the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await read_answer(reader)
    finally:
        writer.transport.abort()


async def read_answer(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(60):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            return error.partial
        length = re.search(rb"(?i)content-length: (\d+)", head)
        return head + (await reader.readexactly(int(length[1])) if length else b"")


def told(answer: bytes) -> tuple[bytes, bytes, set[bytes]]:
    """Status, body, and the headers but for those every server has its own word in."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *headers = head.split(b"\r\n")
    kept = {header.lower() for header in headers if not header.lower().startswith((b"date:", b"server:"))}
    return first.split(b" ")[1] if first else b"", body, kept


def request(house: House, text: str = "hi", *, path: str = "/wechat", id: str = "", **headers: str) -> bytes:
    """A message as WeChat sends it."""
    query = "&".join(f"{name}={value}" for name, value in house.signed().items())
    return posted(f"{path}?{query}", house.text(text, id=id).encode(), **headers)


def posted(target: str, body: bytes, version: str = "1.1", **headers: str) -> bytes:
    named = {"Host": "a", "Content-Type": "text/xml", "Content-Length": str(len(body))}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value != "none")
    return f"POST {target} HTTP/{version}\r\n{head}\r\n".encode() + body


# ---------------------------------------------------------------------------------------------------- the short way


async def test_messages_are_answered_on_a_connection_that_is_kept(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    for count in (1, 2, 3):
        writer.write(request(doors.house, "count"))
        status, body, headers = told(await read_answer(reader))
        assert (status, b"connection: close" in headers) == (b"200", False)
        assert f"<![CDATA[turn {count}]]>".encode() in body
    writer.close()
    assert not doors.handed


def parted(whole: bytes) -> tuple[bytes, bytes]:
    """Head and body of a request."""
    head, end, body = whole.partition(b"\r\n\r\n")
    return head + end, body


async def test_a_head_may_come_before_its_body(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    head, body = parted(request(doors.house))
    for _ in range(2):
        writer.write(head)
        await asyncio.sleep(0)
        writer.write(body)
        assert told(await read_answer(reader))[0] == b"200"
    writer.close()
    assert not doors.handed


async def test_a_message_that_waits_is_answered_and_so_is_the_one_behind_it(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    writer.write(request(doors.house, "call slow"))
    await doors.house.performer.started.wait()
    writer.write(request(doors.house, "count"))
    await asyncio.sleep(0)
    doors.house.performer.release.set()
    for _ in range(2):
        assert told(await read_answer(reader))[0] == b"200"
    writer.close()
    assert not doors.handed


async def test_a_turn_ends_though_nobody_waits_for_its_answer(doors: Doors) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    writer.write(request(doors.house, "call slow"))
    await doors.house.performer.started.wait()
    writer.transport.abort()
    (connection,) = doors.path.connections
    doors.house.performer.release.set()
    assert connection.awaited is not None
    assert b"slow1 #1" in cast("bytes", await connection.awaited)
    assert (await doors.house.store.load(SessionKey("demo", "oUser1"))).session is not None


async def test_who_has_not_signed_is_refused_on_a_connection_that_is_kept(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    for _ in range(3):
        writer.write(posted("/wechat?signature=a&timestamp=1&nonce=b", b"<xml></xml>"))
        assert told(await read_answer(reader))[0] == b"403"
    writer.close()
    assert not doors.handed


class Broken:
    """An endpoint with a mistake in it, which shows at once or in the end."""

    is_draining = False
    body_seconds = 1.0

    def __init__(self, *, at_once: bool) -> None:
        self.at_once = at_once

    def refusal(self, *_: object) -> None:
        return None

    def begin(self, *_: object) -> asyncio.Future[Answer]:
        if self.at_once:
            raise ZeroDivisionError("a mistake")
        return asyncio.ensure_future(self.finish())

    async def finish(self) -> Answer:
        raise ZeroDivisionError("a mistake")

    def conclude(self, ended: asyncio.Future[Answer]) -> Answer:
        return ended.result()


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_mistake_of_ours_ends_one_request(
    doors: Doors, at_once: bool, caplog: pytest.LogCaptureFixture
) -> None:
    doors.path.endpoints[b"/broken"] = cast("Endpoint", Broken(at_once=at_once))
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    for _ in range(2):
        writer.write(request(doors.house, path="/broken"))
        assert told(await read_answer(reader))[0] == b"500"
    writer.close()
    assert caplog.text.count("a request failed by a mistake of this program") == 2


# ---------------------------------------------------------------------------------------------------- both ways

ODD: dict[str, Callable[[House], bytes]] = {
    "a message": request,
    "a slash at the end": lambda house: request(house, path="/wechat/"),
    "nobody's path": lambda house: request(house, path="/elsewhere"),
    "an escaped path": lambda house: request(house, path="/wech%61t"),
    "a whole address": lambda house: request(house, path="http://a/wechat"),
    "no signature": lambda house: posted("/wechat", house.text("hi").encode()),
    "a parameter twice": lambda house: request(house).replace(b"&nonce=", b"&nonce=x&nonce="),
    "an empty parameter": lambda house: request(house).replace(b"?sig", b"?&x=&sig"),
    "an escaped parameter": lambda house: request(house).replace(b"?sig", b"?a=%41&b=+&sig"),
    "a wrong signature": lambda house: request(house).replace(b"signature=", b"signature=0"),
    "no XML": lambda house: posted(request(house).split(b" ")[1].decode(), b"{}"),
    "nothing": lambda house: posted(request(house).split(b" ")[1].decode(), b""),
    "the connection's end": lambda house: request(house, Connection="close"),
    "keep-alive": lambda house: request(house, Connection="keep-alive"),
    "HTTP/1.0": lambda house: request(house).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "HTTP/1.0, kept": lambda house: request(house, Connection="keep-alive").replace(b"HTTP/1.1", b"HTTP/1.0"),
    "HTTP/2.0": lambda house: request(house).replace(b"HTTP/1.1", b"HTTP/2.0"),
    "JSON": lambda house: request(house, Content_Type="application/json"),
    "no type": lambda house: request(house, Content_Type="none"),
    "a type with a charset": lambda house: request(house, Content_Type="Text/XML; charset=utf-8"),
    "a packed body": lambda house: request(house, Content_Encoding="gzip"),
    "chunks": lambda house: (
        request(house, Content_Length="none", Transfer_Encoding="chunked").replace(
            b"\r\n\r\n<xml", b"\r\n\r\n" + f"{len(house.text('hi', id='1').encode()):x}".encode() + b"\r\n<xml"
        )
        + b"\r\n0\r\n\r\n"
    ),
    "an upgrade": lambda house: request(house, Connection="Upgrade", Upgrade="websocket"),
    "two lengths": lambda house: request(house).replace(b"Host: a", b"Host: a\r\nContent-Length: 1"),
    "a length that is a lie": lambda house: request(house, Content_Length="50000"),
    "a length too large": lambda house: request(house, Content_Length="70000"),
    "no length": lambda house: request(house, Content_Length="none"),
    "a strange header": lambda house: request(house).replace(b"Host: a", b"Host: a\r\nX Y: z"),
    "many headers": lambda house: request(house, **{f"X{number}": "y" for number in range(200)}),
    "a long header": lambda house: request(house, X="y" * 20_000),
    "a question": lambda house: request(house).replace(b"POST", b"GET", 1),
    "a change": lambda house: request(house).replace(b"POST", b"PUT", 1),
    "no HTTP": lambda _: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "a line only": lambda _: b"POST /wechat HTTP/1.1\r\n\r\n",
}


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("name", ODD)
async def test_both_ways_give_the_same_answer(doors: Doors, name: str, is_known: bool) -> None:
    if is_known:  # headers like these have come before
        await ask(doors.fast, request(doors.house))
    sent = ODD[name](doors.house)
    fast, usual = await doors.both(sent)
    assert told(fast)[:2] == told(usual)[:2]
    if told(fast)[0] == b"200":
        assert told(fast) == told(usual)


async def test_what_was_handed_over_stays_there(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    assert told(await read_answer(reader))[1] == b"ok\n"
    writer.write(request(doors.house))
    assert told(await read_answer(reader))[0] == b"200"
    writer.close()
    assert len(doors.handed) == 1


async def test_a_connection_may_become_unusual(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    writer.write(request(doors.house))
    assert told(await read_answer(reader))[0] == b"200"
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    assert told(await read_answer(reader))[1] == b"ok\n"
    writer.close()


async def test_two_messages_at_once_are_both_answered(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    writer.write(request(doors.house, "count") + request(doors.house, "count"))
    answers = [told(await read_answer(reader)) for _ in range(2)]
    assert [status for status, _, _ in answers] == [b"200", b"200"]
    assert b"<![CDATA[turn 2]]>" in answers[1][1]
    writer.close()


def is_known(doors: Doors, sent: bytes) -> bool:
    """Whether a request is read by its headers."""
    line = read_line(sent)
    return line is not None and doors.path.headers.body_of(sent, line.end()) is not None


async def test_headers_of_who_has_signed_are_known_from_then_on(doors: Doors) -> None:
    assert not is_known(doors, request(doors.house))
    await ask(doors.fast, request(doors.house).replace(b"signature=", b"signature=0"))
    assert not is_known(doors, request(doors.house))
    await ask(doors.fast, request(doors.house))
    assert is_known(doors, request(doors.house, "longer"))
    assert not is_known(doors, request(doors.house, Connection="close"))


async def test_known_and_new_headers_may_take_turns(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    for count, number in enumerate((1, 1, 2, 1, 2, 3, 1), 1):
        writer.write(request(doors.house, "count", X=str(number)))
        assert f"<![CDATA[turn {count}]]>".encode() in told(await read_answer(reader))[1]
    writer.close()
    assert not doors.handed


async def test_a_trusted_proxy_names_the_client_whose_headers_are_known(caplog: pytest.LogCaptureFixture) -> None:
    async with doors_of(House(), Peers(trusted=read_networks("127.0.0.1"))) as doors:
        for _ in range(2):
            await ask(doors.fast, request(doors.house, X_Forwarded_For="198.51.100.7"))
        unsigned = request(doors.house, X_Forwarded_For="198.51.100.7").replace(b"&nonce", b"0&nonce")
        assert is_known(doors, unsigned)
        assert told(await ask(doors.fast, unsigned))[0] == b"403"
    assert "403 to a POST from 198.51.100.7" in caplog.text


class Written(asyncio.Transport):
    """A transport that keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = list[bytes]()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def pause_reading(self) -> None:
        """Nothing comes by itself."""

    def resume_reading(self) -> None:
        """Nothing comes by itself."""

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing is open."""


async def test_a_body_is_no_request_however_much_it_looks_like_one(doors: Doors) -> None:
    connection, transport = cast("asyncio.Protocol", doors.path()), Written()
    connection.connection_made(transport)
    connection.data_received(request(doors.house, "count"))
    inner = request(doors.house, "count")
    assert is_known(doors, inner)
    outer = posted(request(doors.house).split(b" ")[1].decode(), inner)
    connection.data_received(outer.removesuffix(inner))
    connection.data_received(inner)
    connection.data_received(request(doors.house, "count"))
    assert [told(answer)[0] for answer in transport.written] == [b"200", b"400", b"200"]
    assert b"<![CDATA[turn 2]]>" in transport.written[-1]
    connection.connection_lost(None)


@settings(max_examples=60)
@given(cuts=st.lists(st.integers(1, 400), max_size=5), prompt_seconds=st.sampled_from([0.0, 60.0]))
def test_a_message_may_come_in_any_pieces(cuts: list[int], prompt_seconds: float) -> None:
    async def say() -> list[bytes]:
        async with doors_of(House(), ask_seconds=60.0, prompt_seconds=prompt_seconds, body_seconds=60.0) as doors:
            connection, transport = cast("asyncio.Protocol", doors.path()), Written()
            connection.connection_made(transport)
            for count in (1, 2, 3):
                whole, last = request(doors.house, "count"), 0
                for cut in [*sorted(cuts), len(whole)] if count == 2 else [len(whole)]:
                    if whole[last:cut]:
                        connection.data_received(whole[last:cut])
                    last = max(last, cut)
                    await what_is_due()
            connection.connection_lost(None)
            assert not doors.handed
            return transport.written

    answers = asyncio.run(say())
    assert [told(answer)[0] for answer in answers] == [b"200"] * 3
    assert [f"<![CDATA[turn {count}]]>".encode() in answer for count, answer in enumerate(answers, 1)] == [True] * 3


# ---------------------------------------------------------------------------------------------------- slow bodies


class Watched:
    """An endpoint, and what it is asked."""

    is_draining = False

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.body_seconds = endpoint.body_seconds
        self.asked = asyncio.Event()
        """Somebody's signature was looked at."""
        self.within: list[float] = []

    def refusal(self, asked: Asked, query: Mapping[str, str]) -> Answer | None:
        self.asked.set()
        return self.endpoint.refusal(asked, query)

    def begin(self, asked: Asked, query: Mapping[str, str], body: bytes, within: float) -> Answer | Awaited:
        self.within.append(within)
        return self.endpoint.begin(asked, query, body, within)

    def conclude(self, ended: Awaited) -> Answer:
        return self.endpoint.conclude(ended)


@pytest.fixture
async def hasty() -> AsyncIterator[tuple[Doors, Watched]]:
    """Doors at which every body is slow that does not come with its head."""
    async with doors_of(House(), prompt_seconds=0.0) as doors:
        watched = Watched(doors.path.endpoints[b"/wechat"])
        doors.path.endpoints[b"/wechat"] = cast("Endpoint", watched)
        yield doors, watched


async def what_is_due() -> None:
    """Let happen what is to happen at once."""
    for _ in range(3):
        await asyncio.sleep(0)


async def ask_slowly(port: int, request: bytes) -> tuple[bytes, bytes]:
    """The answer to bytes behind which nothing comes, and what else comes until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await read_answer(reader)
    async with asyncio.timeout(60):
        rest = await reader.read()
    writer.close()
    return answer, rest


SLOW: dict[str, tuple[bytes, Callable[[House], bytes]]] = {
    "a message": (b"408", request),
    "a head without a body": (b"408", lambda house: parted(request(house))[0]),
    "a wrong signature": (b"403", lambda house: request(house).replace(b"signature=", b"signature=0")),
    "no signature": (b"403", lambda house: request(house).replace(b"signature=", b"other=")),
    "an old signature": (b"403", lambda house: request(house).replace(b"timestamp=", b"timestamp=1")),
    "no query": (b"403", lambda house: posted("/wechat", house.text("hi").encode())),
    "an escaped query": (b"408", lambda house: request(house).replace(b"?sig", b"?a=%41&sig")),
    "nobody's path": (b"404", lambda house: request(house, path="/elsewhere")),
    "JSON": (b"415", lambda house: request(house, Content_Type="application/json")),
    "a length too large": (b"413", lambda house: request(house, Content_Length="70000")),
    "the connection's end": (b"408", lambda house: request(house, Connection="close")),
}


@pytest.mark.parametrize("name", SLOW)
async def test_both_ways_give_the_same_answer_to_who_is_slow(doors: Doors, name: str) -> None:
    status, make = SLOW[name]
    sent = make(doors.house).replace(b"Content-Length: ", b"Content-Length: 1", 1)
    fast, usual = await asyncio.gather(ask_slowly(doors.fast, sent), ask_slowly(doors.usual, sent))
    assert told(fast[0]) == told(usual[0])
    assert (told(fast[0])[0], fast[1], usual[1]) == (status, b"", b"")


async def test_slow_bodies_are_no_business_of_the_library(doors: Doors) -> None:
    head, body = parted(request(doors.house))
    stranger = head.replace(b"signature=", b"signature=0")
    for sent, status in ((head, b"408"), (head + body[:5], b"408"), (stranger, b"403")):
        answer, rest = await ask_slowly(doors.fast, sent)
        assert (told(answer)[0], rest) == (status, b"")
    assert not doors.handed
    assert not doors.path.connections


async def test_a_slow_message_is_answered_on_a_connection_that_is_kept(hasty: tuple[Doors, Watched]) -> None:
    doors, watched = hasty
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    for count in (1, 2):
        head, body = parted(request(doors.house, "count"))
        watched.asked.clear()
        writer.write(head + body[:10])
        await watched.asked.wait()
        writer.write(body[10:])
        assert f"<![CDATA[turn {count}]]>".encode() in await read_answer(reader)
    writer.close()
    assert not doors.handed


async def test_the_time_a_body_took_is_not_given_to_its_turn(hasty: tuple[Doors, Watched]) -> None:
    doors, watched = hasty
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    writer.write(request(doors.house))
    await read_answer(reader)
    head, body = parted(request(doors.house))
    watched.asked.clear()
    began = asyncio.get_running_loop().time()
    writer.write(head)
    await watched.asked.wait()
    writer.write(body)
    await read_answer(reader)
    at_once, slow = watched.within
    assert at_once == ANSWER_WITHIN
    assert ANSWER_WITHIN - (asyncio.get_running_loop().time() - began) <= slow < ANSWER_WITHIN
    writer.close()


async def test_who_was_refused_too_early_may_still_ask_again(doors: Doors) -> None:
    head, body = parted(request(doors.house).replace(b"signature=", b"signature=0"))
    for port in (doors.fast, doors.usual):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head + body[:5])
        assert told(await read_answer(reader))[0] == b"403"
        writer.write(body[5:7])
        await asyncio.sleep(0)
        writer.write(body[7:] + request(doors.house))
        assert told(await read_answer(reader))[0] == b"200"
        writer.write(request(doors.house))
        assert told(await read_answer(reader))[0] == b"200"
        writer.close()
    assert not doors.handed


async def test_a_refused_body_is_no_request_however_much_it_looks_like_one(hasty: tuple[Doors, Watched]) -> None:
    doors, watched = hasty
    connection, transport = cast("asyncio.Protocol", doors.path()), Written()
    connection.connection_made(transport)
    connection.data_received(request(doors.house, "count"))
    inner = request(doors.house)
    assert is_known(doors, inner)
    head, _ = parted(posted("/wechat?signature=a&timestamp=1&nonce=b", inner * 2))
    connection.data_received(head)
    await what_is_due()
    connection.data_received(inner)
    connection.data_received(inner)
    connection.data_received(request(doors.house, "count"))
    assert [told(answer)[0] for answer in transport.written] == [b"200", b"403", b"200"]
    assert len(watched.within) == 2  # nobody else had a turn
    assert b"<![CDATA[turn 2]]>" in transport.written[-1]
    connection.connection_lost(None)


async def test_what_comes_behind_a_slow_body_is_answered_too(hasty: tuple[Doors, Watched]) -> None:
    doors, watched = hasty
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    head, body = parted(request(doors.house, "count"))
    writer.write(head + body[:10])
    await watched.asked.wait()
    writer.write(body[10:] + request(doors.house, "count"))
    for count in (1, 2):
        assert f"<![CDATA[turn {count}]]>".encode() in await read_answer(reader)
    writer.close()
    assert len(doors.handed) == 1


async def test_a_mistake_of_ours_ends_a_slow_request_too(caplog: pytest.LogCaptureFixture) -> None:
    class Mistaken(Broken):
        def refusal(self, *_: object) -> None:
            raise ZeroDivisionError("a mistake")

    async with doors_of(House(), prompt_seconds=0.0) as doors:
        doors.path.endpoints[b"/broken"] = cast("Endpoint", Mistaken(at_once=True))
        answer, rest = await ask_slowly(doors.fast, parted(request(doors.house, path="/broken"))[0])
    assert (told(answer)[0], rest) == (b"500", b"")
    assert "a request failed by a mistake of this program" in caplog.text


async def test_a_slow_body_has_its_own_patience() -> None:
    async with doors_of(House(), ask_seconds=0.1, idle_seconds=0.1, prompt_seconds=0.0) as doors:
        answer, _ = await ask_slowly(doors.fast, parted(request(doors.house))[0])
        assert told(answer)[0] == b"408"


async def test_a_slow_body_does_not_keep_the_server_from_its_end() -> None:
    async with doors_of(House(), ask_seconds=60.0, prompt_seconds=60.0) as doors:
        reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
        writer.write(request(doors.house))
        await read_answer(reader)
        writer.write(parted(request(doors.house))[0])
    async with asyncio.timeout(30):
        status, _, headers = told(await read_answer(reader))
        assert (status, b"connection: close" in headers) == (b"408", True)
        assert await reader.read() == b""
    writer.close()


async def test_a_slow_body_is_waited_for_at_the_end_and_nothing_else_is_taken(hasty: tuple[Doors, Watched]) -> None:
    doors, watched = hasty
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    idle = await asyncio.open_connection("127.0.0.1", doors.fast)
    idle[1].write(request(doors.house))
    await read_answer(idle[0])
    watched.asked.clear()
    head, body = parted(request(doors.house, "count"))
    writer.write(head + body[:10])
    await watched.asked.wait()
    finishing = asyncio.create_task(doors.path.finish(30.0))
    assert await idle[0].read() == b""
    _, late = await asyncio.open_connection("127.0.0.1", doors.fast)
    assert not finishing.done()
    writer.write(body[10:])
    answer = await read_answer(reader)
    assert b"<![CDATA[turn 2]]>" in answer
    assert b"connection: close" in told(answer)[2]
    assert await reader.read() == b""
    async with asyncio.timeout(30):
        await finishing
    for other in (writer, idle[1], late):
        other.close()


async def test_who_is_too_slow_for_the_end_is_told_so() -> None:
    async with doors_of(House(), body_seconds=60.0, prompt_seconds=0.0) as doors:
        reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
        writer.write(request(doors.house))
        await read_answer(reader)
        writer.write(parted(request(doors.house))[0])
        stranger = await asyncio.open_connection("127.0.0.1", doors.fast)
        stranger[1].write(parted(request(doors.house).replace(b"signature=", b"signature=0"))[0])
        assert told(await read_answer(stranger[0]))[0] == b"403"
        async with asyncio.timeout(30):
            await doors.path.finish(0.05)
            assert told(await read_answer(reader))[0] == b"408"
            assert await reader.read() == await stranger[0].read() == b""
        writer.close()
        stranger[1].close()


async def test_a_slow_body_is_the_last_once_the_end_was_asked_for(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    writer.write(parted(request(doors.house).replace(b"signature=", b"signature=0"))[0])
    doors.house.app[READINESS].drain()
    status, _, headers = told(await read_answer(reader))
    assert (status, b"connection: close" in headers) == (b"403", True)
    assert await reader.read() == b""
    writer.close()


# ---------------------------------------------------------------------------------------------------- patience


async def test_who_says_nothing_is_shown_out(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    assert await reader.read() == b""
    writer.close()
    assert not doors.path.connections


async def test_a_silent_connection_is_kept_for_a_while_only(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    writer.write(request(doors.house))
    await read_answer(reader)
    assert len(doors.path.connections) == 1
    assert await reader.read() == b""
    writer.close()
    assert not doors.path.connections


async def test_who_does_not_end_a_head_is_shown_out(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    writer.write(b"POST /wec")
    assert await reader.read() == b""
    writer.close()
    assert not doors.handed
    assert not doors.path.connections


async def test_a_head_that_has_begun_is_awaited_no_longer_than_the_first() -> None:
    async with doors_of(House(), ask_seconds=0.3, idle_seconds=1000.0) as doors:
        reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
        loop = asyncio.get_running_loop()
        until = loop.time() + 0.4
        while loop.time() < until:  # it is not a new connection any more
            writer.write(request(doors.house))
            await read_answer(reader)
        writer.write(request(doors.house)[:30])
        async with asyncio.timeout(60):
            assert await reader.read() == b""
        writer.close()
        assert not doors.handed


async def test_after_a_slow_head_a_connection_is_kept_as_long_as_any() -> None:
    async with doors_of(House(), ask_seconds=0.2, idle_seconds=1.0) as doors:
        reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
        writer.write(request(doors.house))
        await read_answer(reader)
        whole = request(doors.house)
        writer.write(whole[:30])
        await asyncio.sleep(0)
        asked = asyncio.get_running_loop().time()
        writer.write(whole[30:])
        assert told(await read_answer(reader))[0] == b"200"
        assert await reader.read() == b""
        assert asyncio.get_running_loop().time() - asked > 0.9
        writer.close()


@pytest.mark.parametrize(
    "begun",
    [b"POST /wechat HTTP/9.9\r\n", b"POST /wechat HTTP/1.1\r\nHost\r\n", b"\x16\x03\x01", b"POST /?" + b"a" * 9000],
    ids=["version", "header", "no HTTP", "too long"],
)
async def test_half_a_head_is_refused_at_once_if_it_is_wrong(doors: Doors, begun: bytes) -> None:
    fast, usual = await doors.both(begun)
    assert told(fast)[0] == told(usual)[0] == b"400"
    assert len(doors.handed) == 1


async def test_once_the_end_was_asked_for_no_connection_is_kept(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    doors.house.app[READINESS].drain()
    writer.write(request(doors.house))
    assert b"connection: close" in told(await read_answer(reader))[2]
    assert await reader.read() == b""
    writer.close()


async def test_who_reads_no_answers_is_not_asked_for_more(doors: Doors) -> None:
    paused: list[str] = []

    class Transport(asyncio.Transport):
        def pause_reading(self) -> None:
            paused.append("paused")

        def resume_reading(self) -> None:
            paused.append("resumed")

        def close(self) -> None:
            """Nothing is open."""

    connection = doors.path()
    assert isinstance(connection, asyncio.Protocol)
    connection.connection_made(Transport())
    connection.pause_writing()
    connection.resume_writing()
    assert paused == ["paused", "resumed"]
    connection.connection_lost(None)
