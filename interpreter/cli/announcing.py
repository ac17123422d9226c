"""What a server says when it is ready: where each bot is, what to enter in WeChat's console, and how to try it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from interpreter.cli.telling import json_line, text_line
from interpreter.diagnostics.wording import Wording
from interpreter.program.tables import Program
from interpreter.server.settings import AccountSettings, is_loopback
from interpreter.wechat.signature import sign

_NONCE = "trial"
_TRIAL = (
    "<xml><ToUserName>bot</ToUserName><FromUserName>me</FromUserName><CreateTime>{time}</CreateTime>"
    "<MsgType>text</MsgType><Content>{text}</Content></xml>"
)


def announcement(
    bots: Sequence[tuple[Program, AccountSettings]],
    host: str,
    port: int,
    now: datetime,
    language: str,
    *,
    in_json: bool = False,
) -> str:
    """The whole text, with a line break at its end; `in_json` for a log that programs read.

    Of a bot whose token was given it is a line as those of the log.
    """
    if in_json:
        return "".join(
            json_line(line.say(language))
            for program, account in bots
            for line in _log_lines(program, account, host, port)
        )
    told = ""
    for program, account in bots:
        if account.has_generated_token:  # somebody tries it out, and is told what to do
            told += "".join(f"{line.say(language)}\n" for line in _bot_lines(program, account, host, port, now))
        else:
            told += text_line(_readiness(program, account, host, port).say(language))
    return told


def _log_lines(program: Program, account: AccountSettings, host: str, port: int) -> Iterator[Wording]:
    """What may stand in a log, which is no place for a token."""
    yield _readiness(program, account, host, port)
    if account.has_generated_token:
        yield Wording(
            f"{account.name}: no token was given, so one was made up for this run; a log of text shows it",
            f"{account.name}：未提供 token，已为本次运行生成一个；使用文本格式的日志时会显示",
        )


def _readiness(program: Program, account: AccountSettings, host: str, port: int) -> Wording:
    name = account.name if program.version == "0" else f"{account.name} {program.version}"
    local = f"http://{reachable(host)}:{port}{account.path.value}"
    return Wording(f"{name} is ready at {local}", f"{name} 已就绪：{local}")


def _bot_lines(program: Program, account: AccountSettings, host: str, port: int, now: datetime) -> Iterator[Wording]:
    yield _readiness(program, account, host, port)
    path, token = account.path.value, account.token.value
    yield _same("")
    yield Wording(
        "No token was given, so one was made up for this run"
        + (" and only this computer can reach the server." if is_loopback(host) else "."),
        "未提供 token，已为本次运行生成一个" + ("，且服务仅本机可访问。" if is_loopback(host) else "。"),
    )
    yield Wording(
        "To connect WeChat, enter at mp.weixin.qq.com → 设置与开发 → 基本配置 → 服务器配置:",
        "接入微信：在 mp.weixin.qq.com → 设置与开发 → 基本配置 → 服务器配置 中填写：",
    )
    yield Wording(
        f"  URL                http://YOUR-DOMAIN{path}  (port 80 or 443, forwarded to port {port} here)",
        f"  服务器地址(URL)    http://您的域名{path}  （80 或 443 端口，转发到本机 {port} 端口）",
    )
    yield Wording(f"  Token              {token}", f"  令牌(Token)        {token}")
    yield Wording("  消息加解密方式     明文模式 (plain mode)", "  消息加解密方式     明文模式")
    yield _how_to_keep(account)
    yield _same("")
    yield Wording(
        "To try it now (signed for this one message and 5 minutes; dialog-send sends more):",
        "现在就试一试（签名只对这条消息有效，5 分钟内；更多消息请用 dialog-send）：",
    )
    yield _same(f"  {_curl(f'http://{reachable(host)}:{port}{path}', token, now)}")
    yield _same("")


def _how_to_keep(account: AccountSettings) -> Wording:
    name, token = account.token_variable, account.token.value
    if name is not None:
        return Wording(
            f"To keep this token, start with {name}={token} in the environment.",
            f"如需固定此 token，请在环境变量中设置 {name}={token} 后启动。",
        )
    name = re.sub(r"[^A-Z0-9]+", "_", account.name.upper()).strip("_0123456789") or "BOT"
    return Wording(
        f"To keep this token, give the account `token: $(env.{name}_TOKEN)` in its file, and start with "
        f"{name}_TOKEN={token} in the environment.",
        f"如需固定此 token，请在文件中给该账号写 `token: $(env.{name}_TOKEN)`，"
        f"并在环境变量中设置 {name}_TOKEN={token} 后启动。",
    )


def _curl(url: str, token: str, now: datetime) -> str:
    time = str(int(now.timestamp()))
    query = f"signature={sign(token, time, _NONCE)}&timestamp={time}&nonce={_NONCE}"
    body = _TRIAL.format(time=time, text="hi")
    return f"curl -H 'Content-Type: text/xml' -d '{body}' '{url}?{query}'"


def reachable(host: str) -> str:
    """An address at which this computer reaches a server that listens on `host`."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _same(text: str) -> Wording:
    return Wording(text, text)
