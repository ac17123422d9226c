from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from fakes.house import House
from yarl import URL

from interpreter.server.app import make_app
from interpreter.server.errors import CannotListen
from interpreter.server.listening import PROTOCOL, Newcomers, listen
from interpreter.server.serving import Stop, serve
from interpreter.stores.protocol import SessionKey


@pytest.fixture
async def served() -> AsyncIterator[tuple[House, int]]:
    """A house behind a door of the real kind, and its port."""
    house, stop, told = House(), Stop(), asyncio.Queue[int]()
    app = make_app([house.bot], stores=[house.store], clock=house.clock, body_seconds=1.0)
    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, lambda _, port: told.put_nowait(port), stop=stop))
    yield house, await told.get()
    stop.ask(signal.SIGINT)
    await serving


@asynccontextmanager
async def welcoming(newcomers: Newcomers, takes: float = 0.2) -> AsyncIterator[int]:
    """A server that shows out who takes too long to ask, and takes its time to answer; its port."""

    async def hello(_: web.Request) -> web.Response:
        await asyncio.sleep(takes)
        return web.Response(text="hello")

    app = web.Application(middlewares=[newcomers.greet])
    app.router.add_get("/", hello)
    runner = web.AppRunner(app, **PROTOCOL)
    await runner.setup()
    assert runner.server is not None
    door = await listen(newcomers.welcome(runner.server), "127.0.0.1", 0)
    yield door.sockets[0].getsockname()[1]
    door.close()
    await runner.cleanup()


async def test_who_takes_too_long_to_ask_is_shown_out_and_nobody_else() -> None:
    newcomers = Newcomers(seconds=1.0)
    async with welcoming(newcomers, takes=1.5) as port:
        slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
        for _, writer in slow:
            writer.write(b"GET / HT")
        asked, asking = await asyncio.open_connection("127.0.0.1", port)
        asking.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert (await asyncio.gather(*(reader.read() for reader, _ in slow))) == [b""] * 20
        assert (await asked.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
        assert len(newcomers) == 0
        for _, writer in [*slow, (asked, asking)]:
            writer.close()


async def test_a_kept_connection_may_be_silent_but_not_slow() -> None:
    newcomers = Newcomers(seconds=1.0)
    async with welcoming(newcomers) as port:
        kept = []
        for _ in range(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await reader.readuntil(b"hello")
            kept.append((reader, writer))
        (silent, asking), (slow, dripping) = kept
        assert len(newcomers) == 0
        dripping.write(b"G")
        assert await slow.read() == b""
        asking.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert (await silent.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
        for writer in (asking, dripping):
            writer.close()
            await writer.wait_closed()


async def test_two_requests_that_come_at_once_are_both_answered() -> None:
    newcomers = Newcomers(seconds=1.0)
    async with welcoming(newcomers, takes=0.7) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(2 * b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        for _ in range(2):
            await reader.readuntil(b"hello")
        writer.close()
        await writer.wait_closed()


async def test_a_port_that_is_taken_is_said() -> None:
    async with welcoming(Newcomers()) as port:
        with pytest.raises(CannotListen, match=f"port {port} is taken by another program") as refused:
            await listen(asyncio.Protocol, "127.0.0.1", port)
        assert "已被其他程序占用" in refused.value.wording.zh


@pytest.mark.parametrize("host", ["198.51.100.7", "no.such.host.invalid"])
async def test_an_address_that_cannot_be_had_is_said(host: str) -> None:
    with pytest.raises(CannotListen, match=host.replace(".", r"\.")):
        await listen(asyncio.Protocol, host, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_serves_until_it_is_asked_to_stop(number: signal.Signals) -> None:
    house, stop, told = House(), Stop(), asyncio.Queue[int]()
    app = make_app([house.bot], stores=[house.store], clock=house.clock)
    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, lambda _, port: told.put_nowait(port), stop=stop))
    port = await told.get()
    async with aiohttp.ClientSession() as client:
        async with client.get(f"http://127.0.0.1:{port}/readyz") as response:
            assert response.status == 200
        stop.ask(number)
        if number is signal.SIGTERM:
            await asyncio.sleep(0)
            async with client.get(f"http://127.0.0.1:{port}/readyz") as response:
                assert (response.status, response.headers["Connection"]) == (503, "close")
            stop.ask()
        assert await serving is number
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.get(f"http://127.0.0.1:{port}/readyz")


@pytest.mark.parametrize("is_whole", [True, False])
async def test_a_message_that_has_begun_is_answered_though_the_end_was_asked_for(is_whole: bool) -> None:
    house, stop, told = House(), Stop(), asyncio.Queue[int]()
    app = make_app([house.bot], stores=[house.store], clock=house.clock, body_seconds=1.0)
    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, lambda _, port: told.put_nowait(port), stop=stop))
    reader, writer = await asyncio.open_connection("127.0.0.1", await told.get())
    query = "&".join(f"{name}={value}" for name, value in house.signed().items())
    body = house.text("hi").encode()
    head = f"POST /wechat?{query} HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    # an answer in between shows that the server has seen the head
    writer.write(head.encode() + body)
    await reader.readuntil(b"</xml>")
    writer.write(head.encode() + body[:10])
    stop.ask(signal.SIGINT)
    await asyncio.wait([serving], timeout=0.3)
    assert not serving.done()
    if is_whole:
        writer.write(body[10:])
    async with asyncio.timeout(30):
        answer = await reader.read()
        await serving
    assert answer.startswith(b"HTTP/1.1 200" if is_whole else b"HTTP/1.1 408")
    writer.close()


# ---------------------------------------------------------------------------------------------------- rough handling

ROUGH = {
    "a header of 100 KB": ("GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + "a" * 100_000 + "\r\n\r\n", b"400"),
    "headers of 100 KB": ("GET /healthz HTTP/1.1\r\nHost: a\r\n" + "X: aaaaaaaa\r\n" * 9_000 + "\r\n", b"400"),
    "a line of 100 KB": ("GET /" + "a" * 100_000 + " HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
    "two lengths": ("POST SIGNED HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", b"400"),
    "a length and chunks": (
        "POST SIGNED HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"400",
    ),
    "chunks and a length": (
        "POST SIGNED HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        b"400",
    ),
    "chunks twice": (
        "POST SIGNED HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        b"400",
    ),
    "chunks in disguise": ("POST SIGNED HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", b"400"),
    "chunks of another kind": (
        "POST SIGNED HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"400",
    ),
    "a folded header": ("GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", b"400"),
    "a length with a sign": ("POST SIGNED HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", b"400"),
    "a length in hex": ("POST SIGNED HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello", b"400"),
    "a length that is a lie": ("POST SIGNED HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n<xml>", b"408"),
    "a length too large": ("POST SIGNED HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n<xml>", b"413"),
    "10 MB": ("POST SIGNED HTTP/1.1\r\nHost: a\r\nContent-Length: 10485760\r\n\r\n" + "x" * 70_000, b"413"),
    "endless chunks": (
        "POST SIGNED HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        + ("3e8\r\n" + "x" * 1000 + "\r\n") * 80,
        b"413",
    ),
    "a packed body": (
        "POST SIGNED HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"415",
    ),
    "a form": (
        "POST SIGNED HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data\r\nContent-Length: 3\r\n\r\nabc",
        b"415",
    ),
    "a strange percentage": ("POST /wechat?signature=%zz&timestamp=%&nonce=%ff HTTP/1.1\r\nHost: a\r\n\r\n", b"403"),
    "a path upwards": ("GET /wechat/../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", b"404"),
    "another protocol": ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"400"),
    "a tunnel": ("CONNECT evil:443 HTTP/1.1\r\nHost: evil\r\n\r\n", b"404"),
}


async def answer_to(port: int, data: bytes) -> bytes:
    """The first line of the answer to some bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    line = await asyncio.wait_for(reader.readline(), 60)
    writer.transport.abort()
    return line


def query_of(house: House) -> str:
    return "/wechat?" + "&".join(f"{name}={value}" for name, value in house.signed().items())


@pytest.mark.parametrize("name", ROUGH)
async def test_what_is_no_message_is_refused_at_once_and_reaches_no_bot(
    served: tuple[House, int], name: str, caplog: pytest.LogCaptureFixture
) -> None:
    house, port = served
    request, status = ROUGH[name]
    line = await answer_to(port, request.replace("SIGNED", query_of(house)).encode())
    assert line.split()[1] == status
    assert (await house.store.load(SessionKey("demo", "oUser1"))).session is None
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_second_request_smuggled_behind_a_short_length_is_not_believed(served: tuple[House, int]) -> None:
    house, port = served
    body = house.text("hi").encode()
    length = len(body) - 9
    head = f"POST {query_of(house)} HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\n\r\n"
    assert (await answer_to(port, head.encode() + body)).split()[1] == b"400"
    assert (await house.store.load(SessionKey("demo", "oUser1"))).session is None


async def test_five_hundred_slow_clients_keep_nobody_from_an_answer(served: tuple[House, int]) -> None:
    house, port = served
    head = "POST {} HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: 60000\r\n\r\n<"
    slow = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in range(500)))
    for number, (_, writer) in enumerate(slow):
        writer.write(b"POST /wec" if number % 2 else head.format(query_of(house)).encode())
    body = house.text("hi")
    async with aiohttp.ClientSession() as client:
        url = URL(f"http://127.0.0.1:{port}{query_of(house)}", encoded=True)
        async with client.post(url, data=body, headers={"Content-Type": "text/xml"}) as response:
            assert response.status == 200
    lines = await asyncio.gather(*(reader.readline() for reader, _ in slow[::2]))
    assert {line.split()[1] for line in lines} == {b"408"}
    for _, writer in slow:
        writer.transport.abort()


async def test_a_burst_above_what_fits_is_shed_at_once_and_the_rest_is_answered() -> None:
    house = House(max_turns=20)
    await house.start()
    running = [asyncio.create_task(house.say("call slow", f"user{number}")) for number in range(20)]
    await house.performer.started.wait()
    while house.engine.running < 20:  # noqa: ASYNC110  nobody tells us
        await asyncio.sleep(0)
    assert not any(task.done() for task in running)
    shed = await asyncio.gather(*(house.say("hi", f"other{number}") for number in range(100)))
    assert set(shed) == {(503, "busy\n")}
    house.performer.release.set()
    assert {status for status, _ in await asyncio.gather(*running)} == {200}
    assert {status for status, _ in await asyncio.gather(*(house.say("hi", f"u{n}") for n in range(20)))} == {200}
    await house.client.close()
