from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from fakes.services import serving

from interpreter.wechat.api.errors import CallRefused, NoAnswer
from interpreter.wechat.api.requests import Part, Payload, Request, Upload
from interpreter.wechat.api.transport import Download, Sink, Transport

REQUEST = Request("x", "GET", "api.weixin.qq.com", "/p", takes_token=False)


class Odd:
    """Answers with whatever a test puts there."""

    def __init__(self) -> None:
        self.body, self.type, self.status = b"{}", "text/plain", 200
        self.headers: dict[str, str] = {}

    async def answer(self, _: web.Request) -> web.Response:
        return web.Response(body=self.body, status=self.status, headers={"Content-Type": self.type, **self.headers})


@pytest.fixture
async def odd() -> AsyncIterator[tuple[Odd, Transport]]:
    it = Odd()
    async with serving(it.answer) as host:
        transport = Transport(f"http://{host}")
        yield it, transport
        await transport.close()


@pytest.mark.parametrize("origin", ["http://api.weixin.qq.com", "http://10.0.0.1", "ftp://x", "", "http://{host}"])
def test_addresses_without_encryption_are_for_this_computer_only(origin: str) -> None:
    with pytest.raises(ValueError, match="https://"):
        Transport(origin)


@pytest.mark.parametrize(
    "origin", ["https://{host}", "https://relay.example.com/{host}", "http://localhost:1", "http://[::1]:2"]
)
def test_addresses_that_can_be(origin: str) -> None:
    Transport(origin)


@pytest.mark.parametrize("type", ["text/plain", "image/jpeg", "application/json", "text/html"])
async def test_json_is_known_by_its_bytes(odd: tuple[Odd, Transport], type: str) -> None:
    it, transport = odd
    it.body, it.type = '\ufeff {"a": "控\x01制"}'.encode(), type
    assert await transport.exchange(REQUEST) == {"a": "控\x01制"}


async def test_what_only_begins_like_json_is_a_file(odd: tuple[Odd, Transport], tmp_path: Path) -> None:
    it, transport = odd
    it.body = b"{not json"
    answer = await transport.exchange(REQUEST)
    assert isinstance(answer, Download)
    assert answer.content == b"{not json"
    answer = await transport.exchange(REQUEST, sink=Sink(tmp_path / "f"))
    assert isinstance(answer, Download)
    assert (answer.content, answer.size) == (tmp_path / "f", 9)


async def test_a_files_name_cannot_lead_elsewhere(odd: tuple[Odd, Transport]) -> None:
    it, transport = odd
    it.body, it.headers = b"\xff", {"Content-Disposition": 'attachment; filename="../../etc/passwd"'}
    answer = await transport.exchange(REQUEST)
    assert isinstance(answer, Download)
    assert answer.name == "passwd"


@pytest.mark.parametrize(
    ("status", "type", "body", "kind"),
    [
        (200, "text/html", b"<html>", "garbled"),
        (200, "text/plain", b"", "garbled"),
        (500, "text/plain", b"{}", "status"),
        (302, "text/plain", b"", "status"),
        (404, "text/html", b"", "status"),
    ],
)
async def test_what_is_no_answer(odd: tuple[Odd, Transport], status: int, type: str, body: bytes, kind: str) -> None:
    it, transport = odd
    it.status, it.type, it.body = status, type, body
    with pytest.raises(NoAnswer) as caught:
        await transport.exchange(REQUEST)
    assert caught.value.kind == kind
    assert caught.value.may_have_arrived


async def test_an_endless_answer_is_cut_off(odd: tuple[Odd, Transport]) -> None:
    it, transport = odd
    it.body = b'{"a": "' + b"x" * (16 * 1024 * 1024)
    with pytest.raises(NoAnswer, match="too large"):
        await transport.exchange(REQUEST)


async def test_answers_of_the_old_payment_are_xml(odd: tuple[Odd, Transport]) -> None:
    it, transport = odd
    request = Request("x", "POST", "api.mch.weixin.qq.com", "/p", body=Payload(b"<xml/>", "text/xml"))
    it.body = b"<xml><return_code><![CDATA[FAIL]]></return_code></xml>"
    assert await transport.exchange(request) == {"return_code": "FAIL"}
    it.body = b"<xml><broken"
    with pytest.raises(NoAnswer, match="not WeChat's"):
        await transport.exchange(request)


async def test_a_proxy_is_asked_to_pass_it_on(odd: tuple[Odd, Transport]) -> None:
    it, _ = odd
    seen: list[str] = []

    async def pass_on(request: web.Request) -> web.Response:
        seen.append(str(request.url))
        return await it.answer(request)

    async with serving(pass_on) as host:
        transport = Transport("http://127.0.0.1:9", proxy=f"http://{host}")
        assert await transport.exchange(REQUEST) == {}
        await transport.close()
    assert seen == ["http://127.0.0.1:9/p"]


async def test_no_content_is_an_empty_answer(odd: tuple[Odd, Transport]) -> None:
    it, transport = odd
    it.status, it.body = 204, b""
    assert await transport.exchange(REQUEST) == {}


async def test_a_file_that_cannot_be_read_is_said_to_be_so_before_anything_is_sent(
    odd: tuple[Odd, Transport], tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    for name, cause in (("pipe.jpg", "it is a pipe, not a file"), ("none.jpg", "No such file")):
        for body in (Upload(tmp_path / name, name), (Part("media", Upload(tmp_path / name, name)),)):
            with pytest.raises(CallRefused, match=f"{name} cannot be read .{cause}"):
                await odd[1].exchange(replace(REQUEST, verb="POST", body=body))


async def test_a_file_is_sent_from_disk_but_a_link_only_where_one_may_be(
    odd: tuple[Odd, Transport], tmp_path: Path
) -> None:
    (tmp_path / "cat.jpg").write_bytes(b"a cat")
    (tmp_path / "link.jpg").symlink_to("cat.jpg")
    link = Upload(tmp_path / "link.jpg", "link.jpg")
    for file in (Upload(tmp_path / "cat.jpg", "cat.jpg"), link):
        for body in (file, (Part("media", file),)):
            assert await odd[1].exchange(replace(REQUEST, verb="POST", body=body)) == {}
    with pytest.raises(CallRefused, match="symbolic links"):
        await odd[1].exchange(replace(REQUEST, verb="POST", body=replace(link, follows_links=False)))


@pytest.mark.parametrize(
    ("transport", "whose"),
    [
        (Transport("http://127.0.0.1:9/{host}", said_by="WX_API_URL"), "WX_API_URL 127.0.0.1:9"),
        (Transport("http://bot:canary@127.0.0.1:9"), "relay 127.0.0.1:9"),
        (Transport(proxy="http://bot:canary@127.0.0.1:9"), "proxy 127.0.0.1:9"),
    ],
)
async def test_a_failure_names_whoever_was_asked_in_wechats_place(transport: Transport, whose: str) -> None:
    with pytest.raises(NoAnswer, match=f"^{whose}: cannot be reached$") as caught:
        await transport.exchange(REQUEST)
    assert caught.value.is_certain
    await transport.close()


async def test_a_relay_that_answers_with_a_page_is_named(odd: tuple[Odd, Transport]) -> None:
    it, transport = odd
    it.body, it.type = b"<html>", "text/html"
    with pytest.raises(NoAnswer, match=r"^relay 127\.0\.0\.1:\d+: the answer is not WeChat's$"):
        await transport.exchange(REQUEST)


async def test_a_relay_for_tokens_is_named_without_its_secrets() -> None:
    transport = Transport()
    with pytest.raises(NoAnswer, match=r"^token relay 127\.0\.0\.1:9: cannot be reached$"):
        await transport.fetch_json("http://127.0.0.1:9/canary?key=canary")
    await transport.close()
