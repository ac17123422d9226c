"""Which addresses a bot may reach: declared hosts only, and nothing inside our own network unless the author said so.

A host name proves nothing: it may resolve to the loopback, or to another address at every question. So the decision is
made where the socket is created, for the very address it will be connected to, redirects and literal addresses
included.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable

from aiohttp import AddrInfoType
from yarl import URL

_WRITTEN_OUT = re.compile(r"[!#-;=?-\[\]_a-z~]+")
"""What an address consists of when nothing in it needs quoting any more."""

_REFUSED = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
            "::/96",
            "::ffff:0:0/96",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "100::/64",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20",
            "5f00::/16",
            "fc00::/7",
            "fe80::/9",
            "ff00::/8",
        ),
    )
)
"""Private, local, shared, reserved and multicast networks, and the IPv6 forms that carry an IPv4 address."""


class AddressRefused(OSError):  # noqa: N818  named for what happened
    """The address is inside our own network, or another one that is not the public internet."""

    def __init__(self) -> None:
        super().__init__("the host resolves to a private, local or reserved address")


class HostRefused(Exception):  # noqa: N818  named for what happened
    """A request to a place that the bot has not declared, or that is no web address; `str()` says which."""


def read_url(text: str) -> URL:
    """An http or https address, without a user in it; what needs quoting is quoted, what is quoted stays as it is.

    Raises:
        HostRefused: it is something else.
    """
    try:
        url = URL(text, encoded=_WRITTEN_OUT.fullmatch(text) is not None)
        scheme, host, port, has_user = url.scheme, url.raw_host, url.port, url.user or url.password
    except ValueError as error:
        raise HostRefused("the address cannot be read") from error
    if scheme not in {"http", "https"} or not host or not port:
        raise HostRefused("the address is neither http nor https")
    if has_user:
        raise HostRefused("the address contains a user or a password")
    return url


def check_host(url: URL, declared: Iterable[str]) -> None:
    """Check that a bot may reach the host of an address at its port.

    Raises:
        HostRefused: it is none of the declared ones.
    """
    default = 443 if url.scheme == "https" else 80
    if (_host(url), url.port) not in {_place(host, default) for host in declared}:
        raise HostRefused(f"{_host(url)} is not a declared host")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return not any(ip in network for network in _REFUSED)


def public_socket(address: AddrInfoType) -> socket.socket:
    """A socket for a connection to this very address.

    Raises:
        AddressRefused: it is not public.
    """
    family, kind, protocol, _, place = address
    if not is_public(place[0]):
        raise AddressRefused
    return socket.socket(family, kind, protocol)


def _host(url: URL) -> str:
    return (url.raw_host or "").lower().rstrip(".")


def _place(declared: str, default: int) -> tuple[str, int | None] | None:
    """A declared `host` or `host:port` as host and port; one without a port stands for the usual one."""
    try:
        url = URL(f"//{declared}")
    except ValueError:
        return None
    return _host(url), url.explicit_port or default
