"""The address that is entered in WeChat's console, before anybody asks there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.findings import Finding, problem, warning

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """An address in its parts."""

    text: str
    scheme: str
    host: str
    port: int
    path: str

    def with_path(self, path: str) -> str:
        """The same address with another path."""
        scheme, rest = self.text.split("://", 1)
        host, query = rest.partition("/")[0].partition("?")[0], self.text.partition("?")[2]
        return f"{scheme}://{host}{path}" + (f"?{query}" if query else "")


def read_address(text: str) -> Address | None:
    """The parts of an address; None of a text that is none."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or any(map(str.isspace, text)):
        return None
    return Address(text, parts.scheme, parts.hostname, port or _PORTS[parts.scheme], parts.path or "/")


def address_findings(address: Address, paths: Sequence[str]) -> list[Finding]:
    """What WeChat would not take about an address; `paths` are those the bots are served at."""
    return [*_port(address), *_host(address), *_path(address, paths), *_extras(address)]


def with_other_slash(address: Address) -> str | None:
    """The same address with a slash more or less at the end of its path, None where there is no choice."""
    if address.path == "/":
        return None
    return address.with_path(address.path[:-1] if address.path.endswith("/") else f"{address.path}/")


def slash_finding(address: Address, other: str) -> Finding:
    """The address does not verify, and does with a slash more or less."""
    return problem(
        "url-slash",
        Wording(
            f"{address.text} does not reach the bot, and {other} does: for the web server a slash makes another path",
            f"{address.text} 无法到达机器人，而 {other} 可以：对网页服务器来说，差一个斜杠就是另一个路径",
        ),
        Wording(f"enter {other} in WeChat's console", f"请在微信后台填写 {other}"),
    )


def resolved_findings(address: Address, found: Sequence[str]) -> list[Finding]:
    """What is wrong with the IP addresses a name leads to."""
    private = [text for text in found if not ip_address(text.partition("%")[0]).is_global]
    if not private or _as_ip(address.host) is not None or address.host == "localhost":
        return []
    return [
        warning(
            "url-private",
            Wording(
                f"from here {address.host} is {private[0]}, an address of a private network",
                f"在本机看来 {address.host} 是 {private[0]}，属于内网地址",
            ),
            Wording(
                "make sure that the name leads to a public address elsewhere, or ask from another network",
                "请确认该域名在外网解析为公网地址，或换一个网络再检查",
            ),
        )
    ]


def _port(address: Address) -> Iterator[Finding]:
    wanted = _PORTS[address.scheme]
    if address.port != wanted:
        yield problem(
            "url-port",
            Wording(
                f"WeChat calls http only on port 80 and https only on port 443, the address says {address.port}",
                f"微信只访问 80 端口（http）和 443 端口（https），此地址的端口是 {address.port}",
            ),
            Wording(
                f"let a web server take port {wanted} and forward to {address.port}, and leave the port out of the "
                "address",
                f"请用网页服务器监听 {wanted} 端口并转发到 {address.port}，地址中不写端口",
            ),
        )
    if address.scheme == "http":
        yield warning(
            "url-http",
            Wording("over http everybody on the way can read and change messages", "http 传输可能被沿途读取和篡改"),
            Wording("get a certificate, and enter the https address", "请配置证书，并填写 https 地址"),
        )


def _host(address: Address) -> Iterator[Finding]:
    ip = _as_ip(address.host)
    if address.host == "localhost" or (ip is not None and not ip.is_global):
        yield problem(
            "url-local",
            Wording(
                f"{address.host} is an address of this computer or network: WeChat cannot reach it",
                f"{address.host} 是本机或内网地址，微信无法访问",
            ),
            Wording(
                "enter a public name; while trying things out, a tunnel gives one to this computer",
                "请填写公网域名；调试时可用内网穿透工具",
            ),
        )


def _as_ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _path(address: Address, paths: Sequence[str]) -> Iterator[Finding]:
    if not paths or address.path.rstrip("/") in {path.rstrip("/") for path in paths}:
        return  # the server takes a slash more or less; what stands in front of it may not
    served = ", ".join(f"`{path}`" for path in paths)
    yield warning(
        "url-path",
        Wording(
            f"the address has the path `{address.path}`, bots are served at {served}",
            f"地址的路径是 `{address.path}`，机器人的路径是 {served}",
        ),
        Wording(
            f"enter {address.with_path(paths[0])}, unless your web server changes paths",
            f"请填写 {address.with_path(paths[0])}，除非网页服务器会改写路径",
        ),
    )


def _extras(address: Address) -> Iterator[Finding]:
    parts = urlsplit(address.text)
    if parts.fragment or parts.username is not None:
        yield problem(
            "url-extras",
            Wording(
                "the address has a `#…` or a user name in it, which WeChat does not send",
                "地址中带有 `#…` 或用户名，微信不会发送这些内容",
            ),
            Wording("take it out", "请去掉"),
        )
