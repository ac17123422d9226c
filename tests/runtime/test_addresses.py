from __future__ import annotations

import socket

import pytest

from interpreter.runtime.addresses import AddressRefused, HostRefused, check_host, is_public, public_socket, read_url

INSIDE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "2001::1",
    "2001:db8::1",
    "3fff::1",
    "100::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "localhost",
    "127.1",
    "2130706433",
    "0x7f000001",
    "017700000001",
    "example.com",
]


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_that_are_not_the_public_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "223.5.5.5", "2400:3200::1", "2606:4700::1111"]
)
def test_addresses_of_the_public_internet(address: str) -> None:
    assert is_public(address)


def test_a_socket_is_made_for_a_public_address_only() -> None:
    with public_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 80))) as made:
        assert made.family is socket.AF_INET
    with pytest.raises(AddressRefused, match="private, local or reserved"):
        public_socket((socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 80, 0, 0)))


@pytest.mark.parametrize(
    ("url", "declared"),
    [
        ("http://api.example.com/x", "api.example.com"),
        ("http://API.example.com/x", "api.EXAMPLE.com"),
        ("https://api.example.com:443/x", "api.example.com"),
        ("https://api.example.com/x", "api.example.com:443"),
        ("http://api.example.com:8080/x", "api.example.com:8080"),
        ("http://api.example.com./x", "api.example.com"),
        ("http://例子.中国/x", "例子.中国"),
        ("http://[2400:3200::1]:8080/x", "[2400:3200::1]:8080"),
    ],
)
def test_a_declared_host_may_be_reached(url: str, declared: str) -> None:
    check_host(read_url(url), [declared])


@pytest.mark.parametrize(
    ("url", "declared"),
    [
        ("http://api.example.com:8080/", "api.example.com"),
        ("https://api.example.com/", "api.example.com:80"),
        ("http://example.com/", "api.example.com"),
        ("http://api.example.com.evil.example/", "api.example.com"),
        ("http://evil.example/#api.example.com", "api.example.com"),
        ("http://evil.example/?@api.example.com", "api.example.com"),
        ("http://evil.example\uff0fapi.example.com/", "api.example.com"),
        ("http://api.example.com%2eevil.example/", "api.example.com"),
        ("http://api.example.com/", "api.example.com:99999"),
        ("http://api.example.com/", ""),
    ],
)
def test_any_other_host_may_not(url: str, declared: str) -> None:
    with pytest.raises(HostRefused):
        check_host(read_url(url), [declared])


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com",
        "/x",
        "//api.example.com/",
        "file:///etc/hostname",
        "gopher://a/",
        "ftp://a/",
        "http://",
        "http://a:b@c/",
        "http://a\\@b/",
        "http://[::1",
        "http://a:b/",
        "javascript:1",
        "http://a:70000/",
        "http://a:0/",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(HostRefused):
        read_url(url)
