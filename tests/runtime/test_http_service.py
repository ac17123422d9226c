from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from fakes.clock import FakeClock
from fakes.machine import call_of
from fakes.services import LocalService, local_service

from interpreter.machine.effects import CallService
from interpreter.runtime.http_service import HttpService
from interpreter.runtime.performer import Completed, Failed
from interpreter.values import Value


@pytest.fixture
async def service() -> AsyncIterator[LocalService]:
    async with local_service() as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def http(clock: FakeClock) -> AsyncIterator[HttpService]:
    opened = HttpService(clock)
    yield opened
    await opened.close()


def to(service: LocalService, path: str, **changes: object) -> CallService:
    hosts = frozenset({service.host})
    return replace(call_of("op"), url=service.url + path, private=True, hosts=hosts, **changes)  # type: ignore[arg-type]


async def body(http: HttpService, effect: CallService) -> Value:
    outcome = await http.call(effect)
    assert isinstance(outcome, Completed), outcome
    assert isinstance(outcome.value, dict)
    return outcome.value["body"]  # type: ignore[no-any-return]


async def failure(http: HttpService, effect: CallService) -> Failed:
    outcome = await http.call(effect)
    assert isinstance(outcome, Failed), outcome
    return outcome


async def test_an_answer_has_status_headers_and_body(http: HttpService, service: LocalService) -> None:
    outcome = await http.call(to(service, "/json?q=%20a%2Bb"))
    assert isinstance(outcome, Completed)
    assert isinstance(outcome.value, dict)
    assert outcome.value["status"] == 200
    assert outcome.value["headers"]["content-type"] == "application/json; charset=utf-8"
    assert outcome.value["body"] == {"city": "杭州", "n": 3}
    assert service.seen == ["GET /json?q=%20a%2Bb"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/text", "你好"),
        ("/gbk", "你好"),
        ("/empty", None),
        ("/gzip", {"packed": True}),
        ("/deflate", {"packed": True}),
        ("/raw", {"packed": True}),
        ("/largest", "x" * 65536),
    ],
)
async def test_bodies_of_all_kinds(http: HttpService, service: LocalService, path: str, expected: Value) -> None:
    assert await body(http, to(service, path)) == expected


async def test_method_headers_and_body_go_out_as_they_are(http: HttpService, service: LocalService) -> None:
    effect = to(
        service,
        "/json",
        method="POST",
        body=b'{"a":1}',
        content_type="application/json",
        headers=(("Authorization", "Bearer k"), ("user-agent", "mine")),
    )
    await body(http, effect)
    assert (service.seen, service.bodies) == (["POST /json"], [b'{"a":1}'])
    sent = service.headers[0]
    assert (sent["Authorization"], sent["Content-Type"]) == ("Bearer k", "application/json")
    assert [value for name, value in sent.items() if name.lower() == "user-agent"] == ["mine"]


async def test_what_needs_quoting_is_quoted(http: HttpService, service: LocalService) -> None:
    await body(http, to(service, "/json/天气?q=%41 b"))
    assert service.seen == ["GET /json/%E5%A4%A9%E6%B0%94?q=A+b"]


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_a_bad_status_is_a_failure(http: HttpService, service: LocalService, status: int) -> None:
    failed = await failure(http, to(service, f"/status/{status}"))
    assert failed == Failed("status", f"svc.op answered with status {status}", status)


# ---------------------------------------------------------------------------------------------------- bounds


@pytest.mark.parametrize("path", ["/never", "/drip"])
async def test_an_answer_that_does_not_come_in_time_is_cut(http: HttpService, service: LocalService, path: str) -> None:
    failed = await failure(http, to(service, path, timeout=0.5, retry=3))
    assert failed == Failed("timeout", "svc.op did not answer within 0.5 s")
    assert len(service.seen) == 1


@pytest.mark.parametrize("path", ["/huge", "/declared", "/bomb"])
async def test_an_answer_that_is_too_large_is_cut(http: HttpService, service: LocalService, path: str) -> None:
    assert (await failure(http, to(service, path, timeout=20))).kind == "too-large"


@pytest.mark.parametrize("path", ["/cut", "/broken", "/brotli", "/hangup", "/garbage"])
async def test_an_answer_that_is_none_is_a_failure_of_the_network(
    http: HttpService, service: LocalService, path: str
) -> None:
    assert (await failure(http, to(service, path))).kind == "network"


async def test_nobody_there_is_a_failure_of_the_network(http: HttpService, service: LocalService) -> None:
    gone = replace(to(service, "/"), url="http://127.0.0.1:1/", hosts=frozenset({"127.0.0.1:1"}))
    assert await failure(http, gone) == Failed("network", "svc.op: no connection, or it broke off")


async def test_no_secure_connection_is_a_failure_of_the_network(http: HttpService, service: LocalService) -> None:
    secure = replace(to(service, "/json"), url=f"https://{service.host}/json")
    assert (await failure(http, secure)).kind == "network"


# ---------------------------------------------------------------------------------------------------- retries


async def test_a_server_in_trouble_is_asked_again_as_often_as_allowed(http: HttpService, service: LocalService) -> None:
    assert await body(http, to(service, "/flaky/2", retry=2)) == "fine"
    assert len(service.seen) == 3


async def test_no_more_attempts_than_allowed(http: HttpService, service: LocalService) -> None:
    assert (await failure(http, to(service, "/flaky/2", retry=1))).status == 503
    assert len(service.seen) == 2


@pytest.mark.parametrize("path", ["/status/404", "/status/429", "/declared"])
async def test_what_will_not_pass_is_not_asked_again(http: HttpService, service: LocalService, path: str) -> None:
    await failure(http, to(service, path, retry=3))
    assert len(service.seen) == 1


# ---------------------------------------------------------------------------------------------------- cache


async def test_an_answer_is_used_again_while_it_is_fresh(
    http: HttpService, service: LocalService, clock: FakeClock
) -> None:
    effect = to(service, "/count", cache=60.0)
    assert await body(http, effect) == {"count": 1}
    clock.move(59)
    assert await body(http, replace(effect, id="other")) == {"count": 1}
    clock.move(2)
    assert await body(http, effect) == {"count": 2}


async def test_a_different_request_is_not_answered_from_the_cache(http: HttpService, service: LocalService) -> None:
    await body(http, to(service, "/count", cache=60.0))
    for changes in ({"method": "POST"}, {"headers": (("A", "b"),)}, {"body": b"x"}, {"cache": None}):
        await body(http, to(service, "/count", **{"cache": 60.0, **changes}))
    assert len(service.seen) == 5


async def test_a_forgotten_answer_is_asked_for_again(http: HttpService, service: LocalService) -> None:
    effect = to(service, "/count", cache=60.0)
    assert await body(http, effect) == {"count": 1}
    http.forget(effect)
    assert await body(http, effect) == {"count": 2}
    assert await body(http, effect) == {"count": 2}


async def test_a_failure_is_not_kept(http: HttpService, service: LocalService) -> None:
    effect = to(service, "/flaky/1", cache=60.0)
    await failure(http, effect)
    assert await body(http, effect) == "fine"


# ---------------------------------------------------------------------------------------------------- redirects


async def test_three_redirects_are_followed(http: HttpService, service: LocalService) -> None:
    assert await body(http, to(service, "/hops/3")) == {"city": "杭州", "n": 3}


@pytest.mark.parametrize("path", ["/hops/4", "/loop"])
async def test_more_redirects_are_not(http: HttpService, service: LocalService, path: str) -> None:
    failed = await failure(http, to(service, path))
    assert failed == Failed("redirects", "svc.op: more than 3 redirects")
    assert len(service.seen) == 4


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:1/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data",
        "http://user@127.0.0.1/",
        "//evil.example/",
        "file:///etc/hostname",
        "gopher://127.0.0.1:70/",
        "http://[::1",
    ],
)
async def test_a_redirect_elsewhere_is_refused(http: HttpService, service: LocalService, target: str) -> None:
    assert (await failure(http, to(service, f"/to?url={target}"))).kind == "refused"
    assert len(service.seen) == 1


async def test_a_redirect_without_a_place_is_a_bad_status(http: HttpService, service: LocalService) -> None:
    assert (await failure(http, to(service, "/nowhere"))).status == 302


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "PUT", "GET"),
        (307, "POST", "POST"),
        (308, "PUT", "PUT"),
        (302, "GET", "GET"),
    ],
)
async def test_what_a_redirect_does_to_the_method(
    http: HttpService, service: LocalService, status: int, method: str, then: str
) -> None:
    await body(http, to(service, f"/to?status={status}&url=/json", method=method, body=b"x", content_type="text/plain"))
    assert service.seen[1] == f"{then} /json"
    assert service.bodies[1] == (b"x" if then == method else b"")


async def test_another_host_gets_none_of_the_authors_headers(http: HttpService, service: LocalService) -> None:
    async with local_service() as other:
        effect = to(service, f"/to?url={other.url}/json", headers=(("Authorization", "Bearer k"),))
        await body(http, replace(effect, hosts=frozenset({service.host, other.host})))
        assert service.headers[0]["Authorization"] == "Bearer k"
        assert "Authorization" not in other.headers[0]


# ---------------------------------------------------------------------------------------------------- forbidden places


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "127.1",
        "0x7f.0.0.1",
        "2130706433",
        "0177.0.0.1",
        "017700000001",
        "①②⑦.0.0.1",
        "127。0。0。1",
    ],
)
async def test_the_loopback_cannot_be_reached_under_any_name(
    http: HttpService, service: LocalService, host: str
) -> None:
    port = service.host.rpartition(":")[2]
    effect = replace(
        to(service, "/"), url=f"http://{host}:{port}/json", hosts=frozenset({f"{host}:{port}"}), private=False
    )
    assert (await failure(http, effect)).kind in {"refused", "network"}
    assert service.seen == []


async def test_a_refused_address_is_not_named_with_its_path(http: HttpService, service: LocalService) -> None:
    effect = replace(to(service, "/json?key=canary"), private=False)
    assert await failure(http, effect) == Failed(
        "refused", "svc.op: the host resolves to a private, local or reserved address"
    )


async def test_an_open_connection_of_a_private_service_is_not_shared(http: HttpService, service: LocalService) -> None:
    await body(http, to(service, "/json"))
    assert (await failure(http, replace(to(service, "/json"), private=False))).kind == "refused"
    assert len(service.seen) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://other.example/",
        "https://{host}.evil.example/",
        "http://{host}@evil.example/",
        "ftp://{host}/",
        "http:///x",
        "http://{host}:99999/",
    ],
)
async def test_undeclared_places_are_refused(http: HttpService, service: LocalService, url: str) -> None:
    failed = await failure(http, replace(to(service, ""), url=url.format(host=service.host)))
    assert failed.kind == "refused"
    assert service.seen == []


@pytest.mark.parametrize("headers", [(("X", "a\r\nEvil: 1"),), (("X\r\nEvil", "1"),), (("X", "a\x00b"),)], ids=repr)
async def test_headers_cannot_be_smuggled(
    http: HttpService, service: LocalService, headers: tuple[tuple[str, str], ...]
) -> None:
    assert (await failure(http, to(service, "/json", headers=headers))).kind == "refused"
    assert service.seen == []


@pytest.mark.parametrize("path", ["/json\r\nEvil: 1", "/json HTTP/1.1\r\n\r\nGET /text", "/json\x00"])
async def test_requests_cannot_be_smuggled(http: HttpService, service: LocalService, path: str) -> None:
    await http.call(to(service, path))
    assert all(seen.startswith("GET /json") and " " not in seen[4:] for seen in service.seen)
    assert len(service.seen) <= 1


async def test_secrets_of_the_address_do_not_reach_the_message(http: HttpService, service: LocalService) -> None:
    paths = ["/status/500", "/hangup", "/garbage", "/broken", "/loop", "/declared", "/to?url=http://a.example/"]
    for path in paths:
        url = f"{path}{'&' if '?' in path else '?'}key=canary"
        assert "canary" not in (await failure(http, to(service, url))).message
