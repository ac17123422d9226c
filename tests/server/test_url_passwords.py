"""Whatever a user may write as an address: its password is hidden, and nothing else is touched."""

from __future__ import annotations

import time
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from interpreter.server.url_passwords import hide_passwords

PASSWORDS = {
    "plain": "secret",
    "a slash": "a/b",
    "slashes": "/a//b/",
    "an at sign": "a@b",
    "at signs": "@a@@b@",
    "a colon": "a:b",
    "a question mark": "a?b",
    "a number sign": "a#b",
    "all of them": "p@s/w:r?d#x",
    "another order": "p/s@w?r:d",
    "encoded": "a%2Fb%40c%3A",
    "digits": "123456",
    "a port and more": "12345678/9",
    "a scheme": "a://b",
    "quotes": "a\"b'c`d",
    "digits and quotes": "1\"2'3`4",
    "brackets": "[a]{b}<c>(d)",
    "commas": "a,b;c",
    "Chinese": "密码，密码",
    "stars": "********",
    "a backslash": "a\\b",
}
SCHEMES = ("http", "HTTPS", "redis", "postgresql+asyncpg")
USERS = ("u", "", "me%40example", "weixin-机器人")
HOSTS = {
    "a name": "host.example.com",
    "a short name": "host",
    "a port": "proxy:3128",
    "a path": "host.example.com/x?y=z#w",
    "a short name and a path": "host/0",
    "IPv4": "10.0.0.5:3128/x",
    "IPv6": "[::1]",
    "IPv6 and a port": "[fe80::1]:6379/0",
}


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS.keys())
@pytest.mark.parametrize("password", PASSWORDS.values(), ids=PASSWORDS.keys())
def test_every_password_is_hidden_and_nothing_else(password: str, host: str) -> None:
    for scheme, user in product(SCHEMES, USERS):
        for before, after in (("cannot reach ", " just now"), ("", "")):
            text = f"{before}{scheme}://{user}:{password}@{host}{after}"
            assert hide_passwords(text, "***") == f"{before}{scheme}://{user}:***@{host}{after}"


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/a:b@c",
        "http://host:8080/users/@me",
        "http://web:8080/users/a@b.com?x=y@z",
        "https://registry.example.com:5000/image@sha256:0123456789abcdef",
        "http://user@host/a:b@c",
        "https://user@host.example.com",
        "https://user:@host.example.com/x",
        "http://[::1]/a@b",
        "http://[::1]:8080/a@b:80",
        "http://[fe80::1%25eth0]:80/a:b@c",
        "redis://host:6379/0 and me@example.com: hello",
        '{"url":"http://host:8080/x","mail":"a@b"}',
        '{"url":"http://host","mail":"a@b","more":"x:y@z"}',
        "http://a,http://b:1, me@example.com",
        "见http://host:8080，或写信给a@b.com",
        "the time is 12:30://@",
        "a://b",
        "://",
        "no address: a:b@c",
        "mailto:me@example.com",
    ],
)
def test_text_without_a_password_stays_as_it_is(text: str) -> None:
    assert hide_passwords(text, "***") == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("redis://:p@a:1,redis://:q/r@b:2", "redis://:***@a:1,redis://:***@b:2"),
        ("http://host:8080,http://u:p@host", "http://host:8080,http://u:***@host"),
        ("http://u:p@a.example/?to=http://v:q@b.example", "http://u:***@a.example/?to=http://v:***@b.example"),
        ("http://u:p@a.example/users/me@example.com", "http://u:***@a.example/users/me@example.com"),
        ("http://u:p@localhost/x@y", "http://u:***@localhost/x@y"),
        ('{"url":"http://u:p@host","mail":"x@y"}', '{"url":"http://u:***@host","mail":"x@y"}'),
        ("'http://u:p@host:1'", "'http://u:***@host:1'"),
        ("['http://u:p@host','a@b']", "['http://u:***@host','a@b']"),
        ('<a href="http://u:p@host/">me@example.com</a>', '<a href="http://u:***@host/">me@example.com</a>'),
        ("(http://u:p/q@host).", "(http://u:***@host)."),
        ("连接http://u:p@host.cn失败，请写信给a@b", "连接http://u:***@host.cn失败，请写信给a@b"),
        ("http://me@corp.example:p/w@host", "http://me@corp.example:***@host"),
        ("http://me@corp.example:pw@host", "http://me@corp.example:***@host"),
        ("http://u:12/34@proxy:3128", "http://u:***@proxy:3128"),
        ("redis://u:12/34@host/0", "redis://u:***@host/0"),
        ("http://u:p@host: refused\nhttp://v:q/r@host", "http://u:***@host: refused\nhttp://v:***@host"),
    ],
)
def test_a_password_ends_where_its_address_goes_on(text: str, expected: str) -> None:
    assert hide_passwords(text, "***") == expected


@given(st.lists(st.sampled_from(["http", "://", "u", ":", "/", "@", "12", "h.x", ",", '"', " ", "?", "[::1]", "，"])))
@example(["http", "://", "u", ":", "u", "@", "u", "/", "@", "12"])
def test_once_is_enough(pieces: list[str]) -> None:
    once = hide_passwords("".join(pieces), "********")
    assert hide_passwords(once, "********") == once


@pytest.mark.parametrize(
    "piece", ["a.", "a://", "http://u:", "http://a,", "http://u:p@h,", "http://u:@", "://", "@", "u:a/b@", "http://h:1"]
)
def test_a_long_line_takes_time_by_its_length_only(piece: str) -> None:
    def seconds(count: int) -> float:
        began = time.process_time()
        hide_passwords(f"http://u:{piece * count}x@host", "***")
        hide_passwords(f"{piece * count}@", "***")
        return time.process_time() - began

    assert min(seconds(40_000) for _ in range(3)) < 1
