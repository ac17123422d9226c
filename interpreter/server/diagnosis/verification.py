"""The question WeChat asks when an owner enters an address: what a good and a bad answer look like."""

from __future__ import annotations

from collections.abc import Mapping

from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.answers import Answer, Unanswered, unanswered_finding
from interpreter.server.diagnosis.findings import Finding, fine, problem, warning
from interpreter.server.diagnosis.statuses import blocked_finding, is_ours, status_finding
from interpreter.wechat.deliveries import PATIENCE

SLOW = 2.0
"""Seconds after which an answer to the mere question is worth a warning."""
_BOM = b"\xef\xbb\xbf"
_ABOUT = "This address receives messages from WeChat"


def verification_findings(host: str, url: str, echo: str, answer: Answer | Unanswered) -> list[Finding]:
    """Whether the answer to a question with the right token is what WeChat wants: the echo, and nothing else."""
    if isinstance(answer, Unanswered):
        return [unanswered_finding(host, answer)]
    if answer.status == 403 and is_ours(answer):
        return [_refused()]
    if answer.status == 400 and answer.body == b"echostr is missing\n":
        return [_query_lost()]
    if answer.status != 200:
        return [status_finding(url, answer)]
    return _echo(url, echo, answer)


def _echo(url: str, echo: str, answer: Answer) -> list[Finding]:
    if answer.headers.get("content-encoding", "identity") != "identity":
        return [compressed_finding(answer)]
    if answer.body != echo.encode():
        return [_another_echo(url, echo, answer)]
    found = [*_pace(answer), *_type(answer)]
    return found or [
        fine(
            "url-verifies",
            Wording(
                f"{url} answers as WeChat wants ({answer.seconds:.1f} s)",
                f"{url} 的验证应答正确（{answer.seconds:.1f} 秒）",
            ),
        )
    ]


def _pace(answer: Answer) -> list[Finding]:
    if answer.seconds >= PATIENCE:
        return [slow_finding(answer)]
    if answer.seconds >= SLOW:
        return [
            warning(
                "url-sluggish",
                Wording(
                    f"the answer takes {answer.seconds:.1f} s; WeChat gives up after {PATIENCE:g}",
                    f"应答用了 {answer.seconds:.1f} 秒；微信 {PATIENCE:g} 秒后放弃",
                ),
                _NEARER,
            )
        ]
    return []


def _type(answer: Answer) -> list[Finding]:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in {"text/plain", ""}:
        return []
    return [
        warning(
            "url-content-type",
            Wording(f"the echo comes as {kind}, not as text/plain", f"echostr 的类型是 {kind}，不是 text/plain"),
            Wording(
                "let the web server leave the Content-Type of the bot alone",
                "请让网页服务器保留机器人给出的 Content-Type",
            ),
        )
    ]


def _another_echo(url: str, echo: str, answer: Answer) -> Finding:
    body, wanted = answer.body, echo.encode()
    if blocked := blocked_finding(url, answer):
        return blocked
    if answer.text.startswith(_ABOUT):
        return _query_lost()
    if body == _BOM + wanted:
        code = "bom"
    elif body.strip() == wanted:
        code = "space"
    elif body.strip() in {b'"%s"' % wanted, b"'%s'" % wanted}:
        code = "quoted"
    elif wanted in body:
        code = "wrapped"
    elif answer.is_page:
        code = "page"
    elif not body:
        code = "empty"
    else:
        code = "other-text"
    said, next_step = ECHOES[code]
    return problem(f"url-{code}", Wording(said.en.format(url=url), said.zh.format(url=url)), next_step)


def refusal_findings(url: str, answer: Answer | Unanswered) -> list[Finding]:
    """Whether a question with a wrong token is refused."""
    if isinstance(answer, Answer) and answer.status == 200:
        return [
            problem(
                "url-unsigned",
                Wording(
                    f"{url} answers a wrong signature with 200, as if it were right",
                    f"{url} 对错误的签名也返回 200",
                ),
                Wording(
                    "something else answers, or keeps old answers: let the web server hand this path to the bot and "
                    "cache nothing of it",
                    "应答的可能是其他程序或缓存：请让网页服务器把该路径转给机器人，且不要缓存",
                ),
            )
        ]
    if isinstance(answer, Answer) and answer.status in {401, 403}:
        return [fine("url-refuses", Wording("a wrong token is refused", "错误的 token 会被拒绝"))]
    seen = str(answer.status) if isinstance(answer, Answer) else answer.obstacle.value
    return [
        warning(
            "url-refusal",
            Wording(f"a wrong signature gets {seen} in place of 403", f"对错误的签名返回的是 {seen}，而不是 403"),
            Wording("look whether the web server changes answers", "请检查网页服务器是否改写了应答"),
        )
    ]


def slow_finding(answer: Answer) -> Finding:
    """An answer that comes when WeChat has hung up."""
    return problem(
        "url-slow",
        Wording(
            f"the answer takes {answer.seconds:.1f} s, WeChat hangs up after {PATIENCE:g}",
            f"应答用了 {answer.seconds:.1f} 秒，微信 {PATIENCE:g} 秒后断开",
        ),
        _NEARER,
    )


def compressed_finding(answer: Answer) -> Finding:
    """An answer that was packed although nobody asked for it."""
    kind = answer.headers.get("content-encoding", "")
    return problem(
        "url-compressed",
        Wording(
            f"the answer is compressed ({kind}) though that was not asked for: WeChat cannot read it",
            f"应答被压缩（{kind}），而请求并未要求：微信无法读取",
        ),
        Wording("switch compression off for this path (nginx: `gzip off`)", "请对该路径关闭压缩（nginx：`gzip off`）"),
    )


def _refused() -> Finding:
    return problem(
        "url-token",
        Wording(
            "the bot answers, and refuses the signature (403): the running bot has another token than these settings",
            "机器人有应答但拒绝了签名（403）：运行中的机器人与这里的 token 不同",
        ),
        Wording(
            "give the doctor the environment the bot runs in (`--env-file`), restart the bot after changing its token, "
            "and enter the same token in WeChat's console",
            "请用 `--env-file` 提供机器人运行时的环境变量；修改 token 后须重启机器人，并在微信后台填写相同的令牌",
        ),
    )


def _query_lost() -> Finding:
    return problem(
        "url-query-lost",
        Wording(
            "the bot is asked without the query: something on the way drops what stands behind the `?`",
            "机器人收到的请求没有参数：中途有程序丢弃了 `?` 之后的内容",
        ),
        Wording(
            "forward the whole address (nginx: no path behind the port in `proxy_pass`, or `$request_uri`)",
            "请转发完整地址（nginx：`proxy_pass` 的端口后不写路径，或使用 `$request_uri`）",
        ),
    )


_NEARER = Wording(
    "look at the load of the server and the distance to it; WeChat asks from mainland China and from Hong Kong",
    "请检查服务器负载和网络距离；微信从中国大陆和香港发起请求",
)
_AS_IT_IS = Wording(
    "switch off whatever changes answers on the way: page injection, minification, a framework in between",
    "请关闭中途改写应答的功能：页面注入、压缩精简，或中间的框架",
)
ECHOES: Mapping[str, tuple[Wording, Wording]] = {
    "bom": (
        Wording(
            "the answer begins with a byte-order mark, so it is not the echo", "应答开头多了 BOM，与 echostr 不一致"
        ),
        Wording(
            "something else than the bot answers, from a file saved with a BOM (often PHP): save it without",
            "应答的不是本机器人，而是带 BOM 保存的文件（常见于 PHP）：请另存为无 BOM 格式",
        ),
    ),
    "space": (
        Wording("there is white space around the echo", "echostr 前后多了空白字符"),
        _AS_IT_IS,
    ),
    "quoted": (
        Wording("the echo comes in quotation marks, as JSON", "echostr 带着引号（JSON）"),
        _AS_IT_IS,
    ),
    "wrapped": (
        Wording("the echo comes with more around it", "echostr 前后多了其他内容"),
        _AS_IT_IS,
    ),
    "page": (
        Wording("{url} answers with a web page", "{url} 返回的是网页"),
        Wording(
            "let the web server hand this path to the bot; a start page, a login or a tunnel's warning answers now",
            "请让网页服务器把该路径转给机器人；现在应答的是首页、登录页或内网穿透的提示页",
        ),
    ),
    "empty": (
        Wording("{url} answers with nothing", "{url} 返回空内容"),
        Wording("look at what answers there: the bot never does so", "请检查应答的程序：机器人不会这样应答"),
    ),
    "other-text": (
        Wording("{url} answers with another text than the echo", "{url} 返回的不是 echostr"),
        Wording(
            "look at what answers there; a cache may give old answers: cache nothing of this path",
            "请检查应答的程序；也可能是缓存的旧应答：请不要缓存该路径",
        ),
    ),
}
"""What is told of an answer that is not the echo, by what it is instead."""
