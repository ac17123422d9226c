"""Who a request comes from: the other end of the connection, or, behind proxies that are trusted, whom they name.

Anybody can write `X-Forwarded-For` or `Forwarded` (RFC 7239) into a request. They count only as far as they were
written by trusted proxies: read from the right, the first address that is none of theirs is the client's. The host and
the scheme a proxy names are used for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Protocol

from multidict import CIMultiDictProxy

Network = IPv4Network | IPv6Network

_FORWARDED_FOR = re.compile(r'(?:^|[;,])\s*for=("[^"]*"|[^;,\s]*)', re.IGNORECASE)
_PORT = re.compile(r"(?P<v4>[0-9.]+):\d+|\[(?P<v6>[^\]]+)\](?::\d+)?")
_UNKNOWN = "unknown"


class Asked(Protocol):
    """As much of a request as matters here."""

    @property
    def method(self) -> str:
        """The method."""
        ...

    @property
    def remote(self) -> str | None:
        """The other end of the connection."""
        ...

    @property
    def headers(self) -> CIMultiDictProxy[str]:
        """The headers."""
        ...


@dataclass(frozen=True, slots=True)
class Peers:
    """The proxies that are trusted, and the clients that may send messages (none given: any)."""

    trusted: tuple[Network, ...] = ()
    allowed: tuple[Network, ...] = ()

    def client(self, request: Asked) -> str:
        """The address a request comes from, in its usual form."""
        hops = [request.remote or _UNKNOWN]
        if self.trusted:
            hops = [*_forwarded(request), *hops]
        for hop in reversed(hops):
            address = _address(hop)
            if address is None:
                return _UNKNOWN
            if not _is_in(address, self.trusted):
                return str(address)
        return str(_address(hops[0]) or _UNKNOWN)

    def may_send(self, request: Asked) -> bool:
        """Whether messages are taken from where a request comes from."""
        if not self.allowed:
            return True
        address = _address(self.client(request))
        return address is not None and _is_in(address, self.allowed)


def read_networks(text: str) -> tuple[Network, ...]:
    """The networks of a comma-separated list such as `10.0.0.0/8, ::1`.

    Raises:
        ValueError: one of them is none.
    """
    return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def _forwarded(request: Asked) -> Sequence[str]:
    """The addresses that were written into a request, the last one by the proxy nearest to us."""
    listed = ",".join(request.headers.getall("X-Forwarded-For", ()))
    if listed:
        return [part.strip() for part in listed.split(",")]
    return [found.strip('"') for found in _FORWARDED_FOR.findall(",".join(request.headers.getall("Forwarded", ())))]


def _address(text: str) -> IPv4Address | IPv6Address | None:
    with_port = _PORT.fullmatch(text)
    if with_port:
        text = with_port["v4"] or with_port["v6"]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_in(address: IPv4Address | IPv6Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)
