from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from interpreter.server.peers import Peers, read_networks


class Connection:
    """One end of a connection."""

    def __init__(self, peer: str) -> None:
        self._peer = peer

    def get_extra_info(self, name: str, default: object = None) -> object:
        return (self._peer, 1234) if name == "peername" else default


def client(peers: Peers, peer: str, *headers: tuple[str, str]) -> str:
    request = make_mocked_request("GET", "/", CIMultiDict(headers), transport=Connection(peer))
    return peers.client(request)


PROXIES = Peers(read_networks("10.0.0.0/8, ::1"))


def test_nobody_is_believed_unless_told_so() -> None:
    assert client(Peers(), "203.0.113.5", ("X-Forwarded-For", "1.2.3.4"), ("Forwarded", "for=1.2.3.4")) == "203.0.113.5"
    assert client(PROXIES, "203.0.113.5", ("X-Forwarded-For", "1.2.3.4")) == "203.0.113.5"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("X-Forwarded-For", "203.0.113.5", "203.0.113.5"),
        ("X-Forwarded-For", "1.2.3.4, 203.0.113.5, 10.1.1.1", "203.0.113.5"),
        ("X-Forwarded-For", "10.2.2.2", "10.2.2.2"),
        ("X-Forwarded-For", "1.2.3.4, nonsense", "unknown"),
        ("X-Forwarded-For", "203.0.113.5:443", "203.0.113.5"),
        ("X-Forwarded-For", "::ffff:203.0.113.5", "203.0.113.5"),
        ("Forwarded", 'for=1.2.3.4;proto=https, For="[2001:db8::1]:443";by=10.0.0.1', "2001:db8::1"),
        ("Forwarded", "proto=https;for=203.0.113.5", "203.0.113.5"),
        ("Forwarded", "for=_hidden", "unknown"),
        ("Forwarded", "by=10.0.0.1", "10.0.0.1"),
        ("X-Real-IP", "1.2.3.4", "10.0.0.1"),
    ],
)
def test_what_a_trusted_proxy_says_is_read_from_the_right(name: str, value: str, expected: str) -> None:
    assert client(PROXIES, "10.0.0.1", (name, value)) == expected


def test_several_headers_are_one_list() -> None:
    both = (("X-Forwarded-For", "1.2.3.4"), ("X-Forwarded-For", "203.0.113.5"))
    assert client(PROXIES, "::1", *both) == "203.0.113.5"


def test_a_peer_without_an_address_is_unknown() -> None:
    assert client(Peers(), "") == "unknown"
    assert client(PROXIES, "/run/proxy.sock", ("X-Forwarded-For", "1.2.3.4")) == "unknown"


def test_who_may_send_is_asked_of_the_client_not_of_the_proxy() -> None:
    peers = Peers(read_networks("10.0.0.0/8"), read_networks("203.0.113.0/24"))
    for forwarded, expected in (("203.0.113.5", True), ("198.51.100.1", False), ("x", False)):
        headers = CIMultiDict({"X-Forwarded-For": forwarded})
        request = make_mocked_request("POST", "/", headers, transport=Connection("10.0.0.1"))
        assert peers.may_send(request) is expected
        assert PROXIES.may_send(request)


def test_a_network_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        read_networks("10.0.0.0/8,nonsense")
