"""What came back from an address, or why nothing did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.findings import Finding, problem


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; the names of headers are in lower case."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """The body as text, as far as it is some."""
        return self.body.decode("utf-8", "replace")

    @property
    def is_page(self) -> bool:
        """Whether the body is a web page."""
        start = self.body[:400].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
        return start.startswith((b"<!doctype", b"<html", b"<head", b"<body", b"<script"))


class Obstacle(StrEnum):
    """Why there is no answer."""

    DNS = "dns"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    RESET = "reset"
    EXPIRED = "tls-expired"
    NOT_YET = "tls-not-yet"
    OTHER_NAME = "tls-name"
    SELF_SIGNED = "tls-self-signed"
    CHAIN = "tls-chain"
    TLS = "tls"
    NOT_HTTP = "not-http"
    OTHER = "unreachable"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """There is no answer."""

    obstacle: Obstacle
    detail: str = ""
    """What the library said of it."""
    whose: str = ""
    """Who was asked in place of whom one would think."""


def unanswered_finding(host: str, unanswered: Unanswered) -> Finding:
    """What to tell of an address that does not answer."""
    said, next_step = _OBSTACLES[unanswered.obstacle]
    filled = {"host": host, "detail": unanswered.detail}
    return problem(
        f"url-{unanswered.obstacle.value}",
        Wording(said.en.format(**filled), said.zh.format(**filled)),
        Wording(next_step.en.format(**filled), next_step.zh.format(**filled)),
    )


_OBSTACLES: Mapping[Obstacle, tuple[Wording, Wording]] = {
    Obstacle.DNS: (
        Wording("no DNS server knows the name {host}", "域名 {host} 无法解析"),
        Wording(
            "add an A record with this server's public address where the domain is managed; look for typing mistakes",
            "请在域名服务商处添加指向本服务器公网地址的 A 记录，并检查拼写",
        ),
    ),
    Obstacle.REFUSED: (
        Wording("{host} refuses the connection: nobody listens there", "{host} 拒绝连接：该端口没有程序监听"),
        Wording(
            "start the web server on port 80 or 443, and open the port in the firewall",
            "请启动监听 80 或 443 端口的网页服务器，并在防火墙中放行",
        ),
    ),
    Obstacle.TIMEOUT: (
        Wording("{host} does not answer in time; WeChat gives up after 5 s", "{host} 没有及时应答；微信 5 秒后放弃"),
        Wording(
            "open the port in the firewall and in the cloud's security group; look whether the server is overloaded",
            "请在防火墙和云服务商的安全组中放行端口，并检查服务器是否过载",
        ),
    ),
    Obstacle.RESET: (
        Wording("{host} closes the connection without an answer", "{host} 没有应答就断开了连接"),
        Wording(
            "read the web server's error log; in China the domain must be filed (ICP 备案) before it may answer",
            "请查看网页服务器的错误日志；境内服务器的域名须先完成 ICP 备案",
        ),
    ),
    Obstacle.EXPIRED: (
        Wording("the certificate of {host} has expired", "{host} 的证书已过期"),
        Wording(
            "renew it and reload the web server; Caddy and certbot do so by themselves when port 80 or 443 is open",
            "请更新证书并重新加载网页服务器；Caddy 和 certbot 可自动续期（须开放 80 或 443 端口）",
        ),
    ),
    Obstacle.NOT_YET: (
        Wording("the certificate of {host} is not valid yet", "{host} 的证书尚未生效"),
        Wording("look at the clock of this computer and of the server", "请检查本机和服务器的时钟"),
    ),
    Obstacle.OTHER_NAME: (
        Wording("the certificate that {host} shows is for another name", "{host} 出示的证书属于其他域名"),
        Wording(
            "get a certificate for {host}, or enter the name the certificate is for",
            "请为 {host} 申请证书，或填写证书所属的域名",
        ),
    ),
    Obstacle.SELF_SIGNED: (
        Wording("the certificate of {host} is signed by nobody WeChat trusts", "{host} 使用自签名证书，微信不信任"),
        Wording(
            "get one from a public authority, such as Let's Encrypt", "请使用公共机构签发的证书，例如 Let's Encrypt"
        ),
    ),
    Obstacle.CHAIN: (
        Wording(
            "{host} shows its certificate without the intermediate one, or an authority nobody knows signed it",
            "{host} 缺少中间证书，或证书由不受信任的机构签发",
        ),
        Wording(
            "give the web server the whole chain (`fullchain.pem`); browsers fetch what is missing, WeChat does not",
            "请给网页服务器配置完整证书链（`fullchain.pem`）；浏览器会自动补全，微信不会",
        ),
    ),
    Obstacle.TLS: (
        Wording("no secure connection with {host} comes about: {detail}", "无法与 {host} 建立安全连接：{detail}"),
        Wording("let the web server speak TLS 1.2 and 1.3 on port 443", "请让网页服务器在 443 端口支持 TLS 1.2 和 1.3"),
    ),
    Obstacle.NOT_HTTP: (
        Wording("what {host} answers is not HTTP: {detail}", "{host} 的应答不是 HTTP：{detail}"),
        Wording("look at what listens on this port", "请检查该端口上运行的程序"),
    ),
    Obstacle.OTHER: (
        Wording("{host} cannot be reached: {detail}", "无法连接 {host}：{detail}"),
        Wording("look at the network of this computer and of the server", "请检查本机和服务器的网络"),
    ),
}
