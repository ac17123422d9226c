"""What an HTTP status other than 200 says about who gave it: the bot, or something in front of it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.answers import Answer
from interpreter.server.diagnosis.findings import Finding, problem

_OURS = {403: b"forbidden\n", 404: b"404: Not Found"}
_BLOCKS = ("webblock", "beian", "备案")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def is_ours(answer: Answer) -> bool:
    """Whether a refusal reads like one of our own server."""
    return answer.body == _OURS.get(answer.status)


def blocked_finding(url: str, answer: Answer) -> Finding | None:
    """A provider that stands in front of a domain that is not filed."""
    shown = answer.headers.get("location", "") + (answer.text if answer.is_page else "")
    if not any(word in shown for word in _BLOCKS):
        return None
    host = urlsplit(url).hostname
    return problem(
        "url-not-filed",
        Wording(
            f"the provider answers in place of the server: {host} seems not to be filed (ICP 备案)",
            f"服务商拦截了请求：{host} 似乎没有完成 ICP 备案",
        ),
        Wording(
            "file the domain with this provider, or use a server outside mainland China",
            "请在该服务商处完成备案（接入），或使用境外服务器",
        ),
    )


def status_finding(url: str, answer: Answer) -> Finding:
    """What to tell of an answer that has no status WeChat takes."""
    if blocked := blocked_finding(url, answer):
        return blocked
    if answer.status in _REDIRECTS:
        return _redirect(url, answer)
    code, said, next_step = _STATUSES.get(answer.status) or _family(answer.status)
    status = str(answer.status)
    return problem(
        code,
        Wording(said.en.format(url=url, status=status), said.zh.format(url=url, status=status)),
        next_step,
    )


def _redirect(url: str, answer: Answer) -> Finding:
    target = urljoin(url, answer.headers.get("location", "")).partition("?")[0]
    said = Wording(
        f"{url} answers {answer.status} and points to {target}: WeChat does not follow",
        f"{url} 返回 {answer.status}，跳转到 {target}：微信不会跟随跳转",
    )
    here, there = urlsplit(url), urlsplit(target)
    if here.scheme == "http" and there.scheme == "https":
        next_step = Wording("enter the https address", "请填写 https 地址")
    elif here.path.rstrip("/") == there.path.rstrip("/") and here.hostname == there.hostname:
        next_step = Wording(
            f"enter {target}, if the bot is served there; else stop the web server from adding or taking slashes",
            f"若机器人的路径如此，请填写 {target}；否则请关闭网页服务器自动增减斜杠的功能",
        )
    else:
        next_step = Wording(
            "let the web server hand this path to the bot, before any redirect or login",
            "请让网页服务器把该路径直接转给机器人，不要跳转或要求登录",
        )
    return problem("url-redirects", said, next_step)


def _family(status: int) -> tuple[str, Wording, Wording]:
    if status >= 500:
        return "url-server-error", Wording("{url} answers {status}", "{url} 返回 {status}"), _READ_LOG
    return (
        "url-status",
        Wording("{url} answers {status}, WeChat wants 200", "{url} 返回 {status}，微信要求 200"),
        _READ_LOG,
    )


_READ_LOG = Wording(
    "read the logs of the web server and of the bot (`journalctl -u dialog-bot`, `docker compose logs`)",
    "请查看网页服务器和机器人的日志（`journalctl -u dialog-bot`、`docker compose logs`）",
)
_NOT_RUNNING = Wording(
    "start the bot, and let the web server forward to the port it listens on (8080, unless PORT says otherwise)",
    "请启动机器人，并让网页服务器转发到它监听的端口（默认 8080，可由 PORT 指定）",
)
_HANDS_ON = Wording(
    "let the web server hand everything below this path to the bot as it is",
    "请让网页服务器把该路径的请求原样转给机器人",
)
_STATUSES: Mapping[int, tuple[str, Wording, Wording]] = {
    401: (
        "url-password",
        Wording("{url} asks for a password (401)", "{url} 要求输入密码（401）"),
        Wording("take the password off this path: signatures protect it", "请取消该路径的密码：它由签名保护"),
    ),
    403: (
        "url-forbidden",
        Wording("something in front of the bot answers 403", "机器人前面的某个程序返回 403"),
        Wording(
            "look for a firewall (WAF), a bot protection or an allow list in front of this path, and except it",
            "请检查该路径前是否有防火墙（WAF）、人机验证或白名单，并放行",
        ),
    ),
    404: (
        "url-not-found",
        Wording("nothing is served at {url} (404)", "{url} 不存在（404）"),
        Wording(
            "compare the path with `dialog-run --show-settings`, to the last slash; let the web server forward it "
            "without changing it",
            "请与 `dialog-run --show-settings` 显示的路径逐字比较（包括末尾的斜杠），并让网页服务器原样转发",
        ),
    ),
    405: (
        "url-method",
        Wording(
            "{url} takes no such request (405): something else than the bot answers",
            "{url} 不接受此类请求（405）：应答的不是机器人",
        ),
        _HANDS_ON,
    ),
    408: (
        "url-body-held",
        Wording("the body of a message does not reach the bot in time (408)", "消息内容没有及时到达机器人（408）"),
        Wording(
            "let the web server read the body before it connects to the bot (nginx: `proxy_request_buffering on`)",
            "请让网页服务器先收完内容再连接机器人（nginx：`proxy_request_buffering on`）",
        ),
    ),
    413: (
        "url-body-limit",
        Wording(
            "a message of a few kilobytes is too large for something on the way (413)",
            "几 KB 的消息超出了中途的大小限制（413）",
        ),
        Wording("allow 64 KB (nginx: `client_max_body_size 64k`)", "请允许 64 KB（nginx：`client_max_body_size 64k`）"),
    ),
    415: (
        "url-body-type",
        Wording(
            "the bot refuses the type of the body (415): something on the way packs it or renames its type",
            "机器人拒绝了内容类型（415）：中途有程序压缩了内容或改动了类型",
        ),
        Wording("forward `Content-Type` and the body as they come", "请原样转发 `Content-Type` 和内容"),
    ),
    429: (
        "url-rate-limit",
        Wording(
            "something in front of the bot limits how often it may be asked (429)", "机器人前面有访问频率限制（429）"
        ),
        Wording(
            "except this path: all messages come from a few addresses of WeChat's",
            "请对该路径取消限制：所有消息都来自微信的少数几个地址",
        ),
    ),
    502: (
        "url-no-bot",
        Wording("the web server does not reach the bot (502)", "网页服务器连接不到机器人（502）"),
        _NOT_RUNNING,
    ),
    503: (
        "url-busy",
        Wording("{url} answers 503: too much to do, or the bot is starting", "{url} 返回 503：过载，或机器人正在启动"),
        _READ_LOG,
    ),
    504: (
        "url-no-bot",
        Wording("the web server waits for the bot in vain (504)", "网页服务器等不到机器人的应答（504）"),
        _NOT_RUNNING,
    ),
}
