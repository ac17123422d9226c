from __future__ import annotations

import asyncio
import gzip
import io
import logging
from collections.abc import AsyncIterator

import pytest
from fakes.house import TOKEN, House

from interpreter.runtime.arrival import HeldBack, StoreFailed
from interpreter.server.app import ENDPOINTS
from interpreter.server.diagnosis.answers import Answer as ServerAnswer
from interpreter.server.diagnosis.visiting import Visitor
from interpreter.server.endpoint import Answer
from interpreter.server.peers import Peers, read_networks
from interpreter.stores.protocol import SessionKey
from interpreter.wechat.deliveries import Sender
from interpreter.wechat.xml import read_xml


async def turns(house: House, user: str = "oUser1") -> int:
    session = (await house.store.load(SessionKey("demo", user))).session
    return session.turns if session else 0


# ---------------------------------------------------------------------------------------------------- verification


async def test_a_signed_question_is_echoed_as_plain_text(house: House) -> None:
    response = await house.get(house.signed(echostr="<script>5927 & 你好"))
    assert (response.status, await response.text()) == (200, "<script>5927 & 你好")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_question_signed_long_ago_is_echoed_too(house: House) -> None:
    query = house.signed(echostr="5927")
    house.clock.move(3600)
    assert (await house.get(query)).status == 200


async def test_a_wrongly_signed_question_is_not_echoed(house: House) -> None:
    response = await house.get(house.signed("other", echostr="5927"))
    assert (response.status, await response.text()) == (403, "forbidden\n")


async def test_a_question_without_a_word_to_echo_is_refused(house: House) -> None:
    assert (await house.get(house.signed())).status == 400


async def test_a_visitor_is_told_what_this_is(house: House) -> None:
    response = await house.get({})
    assert response.status == 200
    assert "demo" in await response.text()


@pytest.mark.parametrize("missing", ["signature", "timestamp", "nonce"])
async def test_the_log_says_which_part_is_missing(house: House, caplog: pytest.LogCaptureFixture, missing: str) -> None:
    query = house.signed(echostr="5927")
    del query[missing]
    assert (await house.get(query)).status == 403
    assert f"demo: 403 to a GET from 127.0.0.1: the query has no {missing}" in caplog.text


async def test_the_log_says_that_the_token_differs_but_not_the_token(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.get(house.signed("other", echostr="5927"))
    assert "differs from the token of this bot" in caplog.text
    assert "token123" not in caplog.text
    assert house.signed("other")["signature"] not in caplog.text


async def test_the_log_can_be_chinese(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    await house.start("zh")
    await house.get(house.signed("other", echostr="5927"))
    assert "拒绝来自 127.0.0.1 的 GET 请求（403）：签名不符" in caplog.text
    await house.client.close()


async def test_a_scanner_does_not_fill_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(50):
        await house.get(house.signed("other"))
    assert len(caplog.records) == 3
    house.clock.move(61)
    await house.get(house.signed("other"))
    assert "(and 47 more like it)" in caplog.text
    await house.get(house.signed("other"))
    assert len(caplog.records) == 5
    assert caplog.text.count("more like it") == 1


async def test_a_question_that_is_wrong_on_purpose_is_refused_and_told_as_such(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    visitor, url = Visitor(Sender(TOKEN)), str(house.client.make_url("/wechat"))
    for _ in range(5):
        answer = await visitor.verify_wrongly(url, "5927", Sender(f"{TOKEN}x"))
        assert isinstance(answer, ServerAnswer)
        assert answer.status == 403
    right = await visitor.verify_wrongly(url, "5927", Sender(TOKEN))
    assert isinstance(right, ServerAnswer)
    assert right.body == b"5927"
    await house.get(house.signed("other"))
    assert [record.levelname for record in caplog.records] == ["INFO", "INFO", "INFO", "WARNING"]
    assert "dialog-doctor has asked with a wrong token, to see that it is refused" in caplog.text
    assert "the signature does not fit" in caplog.records[-1].getMessage()


# ---------------------------------------------------------------------------------------------------- messages


async def test_a_message_is_answered_with_xml(house: House) -> None:
    response = await house.client.post(
        "/wechat", data=house.text("hi"), params=house.signed(), headers={"Content-Type": "text/xml"}
    )
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    content = read_xml(await response.read())
    assert (content["ToUserName"], content["FromUserName"], content["Content"]) == ("oUser1", "gh_bot", "turn 1")
    assert content["CreateTime"] == str(int(house.clock.now().timestamp()))


async def test_silence_is_success(house: House) -> None:
    assert await house.say("silent") == (200, "success")


async def test_a_message_delivered_again_gets_the_same_bytes(house: House) -> None:
    first = await house.say("hi", id="77")
    house.clock.move(5)
    assert await house.say("hi", id="77") == first
    assert await turns(house) == 1


async def test_two_events_of_one_second_are_both_taken(house: House) -> None:
    for event in ("subscribe", "SCAN"):
        body = house.text("").replace(
            "<MsgType><![CDATA[text]]>", "<MsgType>event</MsgType><Event>" + event + "</Event><X>"
        )
        body = body.replace("<X></MsgType>", "").split("<MsgId>")[0] + "</xml>"
        assert (await house.post(body))[0] == 200
    assert await turns(house) == 2


async def test_a_mistake_of_ours_is_success_to_wechat(house: House, caplog: pytest.LogCaptureFixture) -> None:
    assert await house.say("crash") == (200, "success")
    assert len([record for record in caplog.records if record.exc_info]) == 1


async def test_a_mistake_outside_any_turn_is_success_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house.bot.engine, "begin", None)
    assert await house.say("hi") == (200, "success")


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        (b"<xml/>", Answer(200, b"<xml/>", is_xml=True)),
        (None, Answer(200, b"success")),
        (Answer(403, b"no"), Answer(403, b"no")),
        (HeldBack(), Answer(503, b"not ready\n")),
        (StoreFailed(), Answer(503, b"store failed\n")),
        (ZeroDivisionError(), Answer(200, b"success")),
    ],
)
async def test_whatever_was_waited_for_has_an_answer(
    house: House, outcome: bytes | Answer | Exception | None, answer: Answer
) -> None:
    awaited = asyncio.get_running_loop().create_future()
    if isinstance(outcome, Exception):
        awaited.set_exception(outcome)
    else:
        awaited.set_result(outcome)
    assert house.app[ENDPOINTS]["/wechat"].conclude(awaited) == answer


async def test_a_fault_of_the_bot_is_answered(house: House) -> None:
    status, text = await house.say("fault")
    assert (status, read_xml(text.encode())["Content"]) == (200, "failure")


async def test_any_content_type_of_xml_will_do(house: House) -> None:
    for kind in ("text/xml; charset=utf-8", "APPLICATION/XML", "text/plain", "application/octet-stream", ""):
        assert (await house.post(house.text("hi"), Content_Type=kind))[0] == 200


async def test_too_many_turns_are_delivered_again() -> None:
    house = House(max_turns=1)
    await house.start()
    running = asyncio.create_task(house.say("call slow"))
    await house.performer.started.wait()
    assert await house.say("hi", "oUser2") == (503, "busy\n")
    house.performer.release.set()
    assert (await running)[0] == 200
    await house.client.close()


# ---------------------------------------------------------------------------------------------------- refusals


async def test_an_unsigned_body_is_not_even_read(house: House) -> None:
    for query in ({}, house.signed("other"), {"signature": ["a", "b"]}):  # type: ignore[dict-item]
        assert await house.post(b"\xff" * 200_000, query) == (403, "forbidden\n")


async def test_the_first_of_repeated_parameters_counts(house: House) -> None:
    good = house.signed()
    query = [*good.items(), ("signature", "0" * 40)]
    response = await house.client.post(
        "/wechat", data=house.text("hi"), params=query, headers={"Content-Type": "text/xml"}
    )
    assert response.status == 200


@pytest.mark.parametrize("seconds", [301, -301, 86400])
async def test_an_old_or_future_message_is_refused(
    house: House, seconds: int, caplog: pytest.LogCaptureFixture
) -> None:
    query = house.signed()
    house.clock.move(seconds)
    assert await house.post(house.text("hi"), query) == (403, "forbidden\n")
    when = "ago" if seconds > 0 else "in the future"
    assert f"it was signed {abs(seconds)} s {when}, 300 s are allowed" in caplog.text
    assert f"this computer's clock ({house.clock.now():%Y-%m-%d %H:%M:%S} UTC) is wrong; let NTP set it" in caplog.text


async def test_the_window_can_be_switched_off() -> None:
    house = House(window=None)
    await house.start()
    query = house.signed()
    house.clock.move(86400)
    assert (await house.post(house.text("hi"), query))[0] == 200
    await house.client.close()


async def test_a_signature_is_good_for_one_message_which_may_come_again(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    query = house.signed()
    first = house.text("hi", id="1")
    assert await house.post(first, query) == await house.post(first, query)
    assert await house.post(house.text("bye", id="2"), query) == (403, "forbidden\n")
    assert await house.post(house.text("changed", id="1"), query) == (403, "forbidden\n")
    assert "its signature came before with another message" in caplog.text
    assert await turns(house) == 1


async def test_a_message_delivered_again_is_signed_afresh_and_answered(house: House) -> None:
    body = house.text("hi", id="1")
    assert await house.post(body) == await house.post(body)
    assert await turns(house) == 1


async def test_messages_can_be_taken_from_some_addresses_only(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    await house.start(peers=Peers(allowed=read_networks("198.51.100.0/24")))
    assert await house.say("hi") == (403, "forbidden\n")
    assert "demo: 403 to a POST from 127.0.0.1: its address is not one of those" in caplog.text
    await house.client.close()


@pytest.mark.parametrize("size", [64 * 1024 + 1, 10 * 1024 * 1024])
async def test_a_body_that_is_too_large_is_refused(house: House, size: int) -> None:
    body = io.BytesIO(b"<xml><A>" + b"x" * size)
    response = await house.client.post(
        "/wechat", data=body, params=house.signed(), headers={"Content-Type": "text/xml"}
    )
    assert response.status == 413


async def test_a_body_without_length_is_refused_once_it_is_too_large(house: House) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b"x" * 10_000

    response = await house.client.post(
        "/wechat", data=endless(), params=house.signed(), headers={"Content-Type": "text/xml"}
    )
    assert response.status == 413


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "x"])
async def test_compressed_bodies_are_refused(house: House, encoding: str) -> None:
    body = gzip.compress(house.text("hi").encode())
    assert (await house.post(body, Content_Encoding=encoding))[0] in {400, 415}
    assert await turns(house) == 0


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/html"]
)
async def test_other_content_types_are_refused(house: House, kind: str) -> None:
    assert (await house.post(house.text("hi"), Content_Type=kind))[0] == 415


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "<xml></xml>",
        "<xml><MsgType>text</MsgType></xml>",
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><xml><A>&e;</A></xml>',
        "<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><CreateTime>x</CreateTime></xml>",
    ],
)
async def test_what_is_no_message_is_refused(house: House, body: str, caplog: pytest.LogCaptureFixture) -> None:
    assert await house.post(body) == (400, "the body is not a message of WeChat's\n")
    assert "a signed request is no message" in caplog.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_refused(house: House, method: str) -> None:
    assert (await house.client.request(method, "/wechat", params=house.signed())).status == 405


async def test_other_paths_are_not_there(house: House) -> None:
    for path in ("/", "/wechat//", "/wechat/x", "/admin", "/.env"):
        assert (await house.client.get(path)).status == 404


async def test_names_of_users_and_what_they_say_are_not_logged(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "interpreter")
    for text in ("hi canary", "fault canary", "crash canary", "many canary", "send canary"):
        await house.say(text, "oCanary")
    await house.post("<xml><canary>")
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("interpreter"))
    assert "anary" not in said.replace("a signed request is no message", "")


# ---------------------------------------------------------------------------------------------------- rough handling


async def raw(house: House, data: bytes) -> bytes:
    """What the server answers to some bytes, until it closes or has said enough."""
    server = house.client.server
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(data)
    await writer.drain()
    answer = await reader.read(4096)
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n\r\n",
        b"GET /wechat HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"POST /wechat HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST /wechat HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /wechat HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        b"POST /wechat HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"GET /wechat HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=range(10),
)
async def test_what_is_no_http_is_refused(house: House, data: bytes, caplog: pytest.LogCaptureFixture) -> None:
    status = (await raw(house, data))[:12]
    assert status[:10] == b"HTTP/1.1 4" or status[:10] == b"HTTP/1.0 4"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("path", [b"/nope", b"/wechat", b"/healthz"])
@pytest.mark.parametrize("encoding", [b"gzip", b"deflate", b"br", b"zstd"])
async def test_packed_bodies_of_strangers_are_not_unpacked(
    house: House, path: bytes, encoding: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    head = b"POST %b HTTP/1.1\r\nHost: a\r\nContent-Encoding: %b\r\nContent-Length: 3\r\n\r\n" % (path, encoding)
    assert (await raw(house, head + b"zzz"))[:10] == b"HTTP/1.1 4"
    await house.client.close()  # by then what is left of the body was read
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("path", [b"/nope", b"/wechat"])
@pytest.mark.parametrize("chunks", [b"zz\r\nfoo", b"-1\r\n", b"f" * 20 + b"\r\n", b"5\r\nabcdefghijkl\r\n0\r\n\r\n"])
async def test_chunks_that_are_none_leave_no_traceback(
    house: House, path: bytes, chunks: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    head = b"POST %b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" % path
    assert (await raw(house, head + chunks))[:8] == b"HTTP/1.0"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    "query",
    [
        "signature=%zz&timestamp=%&nonce=%ff",
        "signature[]=a&timestamp[]=1&nonce[]=2",
        "signature&timestamp&nonce",
        "%00=1",
        "signature=" + "a" * 7000,
    ],
)
async def test_odd_queries_are_refused(house: House, query: str) -> None:
    answer = await raw(house, b"POST /wechat?" + query.encode() + b" HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 403", b"HTTP/1.1 400"))


async def test_a_message_in_single_bytes_is_read(house: House) -> None:
    body = house.text("hi").encode()
    query = "&".join(f"{name}={value}" for name, value in house.signed().items())
    head = f"POST /wechat?{query} HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    server = house.client.server
    reader, writer = await asyncio.open_connection(server.host, server.port)
    for byte in head.encode() + body:
        writer.write(bytes([byte]))
        await asyncio.sleep(0)
    assert (await reader.read(4096)).startswith(b"HTTP/1.1 200")
    writer.close()
    await writer.wait_closed()


async def test_a_client_that_hangs_up_early_harms_nobody(house: House, caplog: pytest.LogCaptureFixture) -> None:
    query = "&".join(f"{name}={value}" for name, value in house.signed().items())
    head = f"POST /wechat?{query} HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: 500\r\n\r\n<xml>"
    server = house.client.server
    _, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(head.encode())
    await writer.drain()
    writer.transport.abort()
    assert (await house.say("hi"))[0] == 200
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_body_that_does_not_arrive_is_given_up() -> None:
    house = House()
    await house.start(body_seconds=0.05)
    query = "&".join(f"{name}={value}" for name, value in house.signed().items())
    head = f"POST /wechat?{query} HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: 500\r\n\r\n<xml>"
    assert (await raw(house, head.encode())).startswith(b"HTTP/1.1 408")
    await house.client.close()
