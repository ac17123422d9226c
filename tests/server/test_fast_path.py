"""The short way answers as the long way does, and takes nothing that it does not understand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from fakes.doors import Doors, Watched, ask, ask_slowly, doors_of, parted, posted, read_answer, request, told
from fakes.house import House

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


@pytest.mark.parametrize(
    "begun",
    [b"POST /wechat HTTP/9.9\r\n", b"POST /wechat HTTP/1.1\r\nHost\r\n", b"\x16\x03\x01", b"POST /?" + b"a" * 9000],
    ids=["version", "header", "no HTTP", "too long"],
)
async def test_half_a_head_is_refused_at_once_if_it_is_wrong(doors: Doors, begun: bytes) -> None:
    fast, usual = await doors.both(begun)
    assert told(fast)[0] == told(usual)[0] == b"400"
    assert len(doors.handed) == 1


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


# ---------------------------------------------------------------------------------------------------- the end


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
