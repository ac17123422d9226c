"""A connection answers one request after the other, however its bytes come, and waits for nobody for ever."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest
from fakes.doors import (
    Doors,
    Watched,
    Written,
    ask,
    ask_slowly,
    doors_of,
    parted,
    posted,
    read_answer,
    request,
    told,
    what_is_due,
)
from fakes.house import House
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.runtime.timing import ANSWER_WITHIN
from interpreter.server.app import READINESS
from interpreter.server.endpoint import Answer, Endpoint
from interpreter.server.peers import Peers, read_networks
from interpreter.server.usual_requests import read_line
from interpreter.stores.protocol import SessionKey

# ---------------------------------------------------------------------------------------------------- a kept connection


async def test_messages_are_answered_on_a_connection_that_is_kept(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    for count in (1, 2, 3):
        writer.write(request(doors.house, "count"))
        status, body, headers = told(await read_answer(reader))
        assert (status, b"connection: close" in headers) == (b"200", False)
        assert f"<![CDATA[turn {count}]]>".encode() in body
    writer.close()
    assert not doors.handed


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
    (connection,) = doors.port.connections
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
    doors.port.endpoints[b"/broken"] = cast("Endpoint", Broken(at_once=at_once))
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    for _ in range(2):
        writer.write(request(doors.house, path="/broken"))
        assert told(await read_answer(reader))[0] == b"500"
    writer.close()
    assert caplog.text.count("a request failed by a mistake of this program") == 2


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
    return line is not None and doors.port.headers.body_of(sent, line.end()) is not None


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


async def test_slow_bodies_are_no_business_of_the_library(doors: Doors) -> None:
    head, body = parted(request(doors.house))
    stranger = head.replace(b"signature=", b"signature=0")
    for sent, status in ((head, b"408"), (head + body[:5], b"408"), (stranger, b"403")):
        answer, rest = await ask_slowly(doors.fast, sent)
        assert (told(answer)[0], rest) == (status, b"")
    assert not doors.handed
    assert not doors.port.connections


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
        doors.port.endpoints[b"/broken"] = cast("Endpoint", Mistaken(at_once=True))
        answer, rest = await ask_slowly(doors.fast, parted(request(doors.house, path="/broken"))[0])
    assert (told(answer)[0], rest) == (b"500", b"")
    assert "a request failed by a mistake of this program" in caplog.text


async def test_a_slow_body_has_its_own_patience() -> None:
    async with doors_of(House(), ask_seconds=0.1, idle_seconds=0.1, prompt_seconds=0.0) as doors:
        answer, _ = await ask_slowly(doors.fast, parted(request(doors.house))[0])
        assert told(answer)[0] == b"408"


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
    assert not doors.port.connections


async def test_a_silent_connection_is_kept_for_a_while_only(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    writer.write(request(doors.house))
    await read_answer(reader)
    assert len(doors.port.connections) == 1
    assert await reader.read() == b""
    writer.close()
    assert not doors.port.connections


async def test_who_does_not_end_a_head_is_shown_out(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.fast)
    writer.write(b"POST /wec")
    assert await reader.read() == b""
    writer.close()
    assert not doors.handed
    assert not doors.port.connections


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
