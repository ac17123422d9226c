"""WeChat's API, asked for an access token: what its codes say about the account."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from interpreter.catalogue.codes import explain_code
from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.answers import Unanswered
from interpreter.server.diagnosis.findings import Finding, fine, problem, warning

HOST = "api.weixin.qq.com"
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:]+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What WeChat said: its code, 0 for success, and its text."""

    code: int = 0
    text: str = ""


class Platform(Protocol):
    """Asks WeChat for an access token, in the way that leaves other processes' tokens alone."""

    async def ask(self, app_id: str, app_secret: str, *, pushes: bool) -> Verdict | Unanswered:
        """Its verdict about an account; if that one `pushes`, also whether it may send messages by itself."""
        ...


def platform_findings(account: str, verdict: Verdict | Unanswered) -> list[Finding]:
    """What a verdict means for an account."""
    if isinstance(verdict, Unanswered) and verdict.whose:
        return [_no_relay(verdict)]
    if isinstance(verdict, Unanswered):
        return [
            problem(
                "api-unreachable",
                Wording(
                    f"{HOST} cannot be reached ({verdict.obstacle.value})",
                    f"无法连接 {HOST}（{verdict.obstacle.value}）",
                ),
                Wording(
                    "let this computer make https connections to it: look at the firewall, a proxy and DNS",
                    "请允许本机访问该地址（https）：检查防火墙、代理和 DNS",
                ),
            )
        ]
    if verdict.code == 0:
        said = Wording(
            f"{account}: WeChat's API takes the AppID and AppSecret", f"{account}：微信接口接受该 AppID 和 AppSecret"
        )
        return [fine("api-fine", said)]
    if verdict.code == 40164:
        return [_not_on_list(verdict.text)]
    code, said, next_step = _VERDICTS.get(verdict.code) or _other(verdict.code)
    make = warning if code in {"api-busy", "api-quota"} else problem
    filled = {"account": account, "code": str(verdict.code), "text": verdict.text}
    return [make(code, Wording(said.en.format(**filled), said.zh.format(**filled)), next_step)]


def _no_relay(verdict: Unanswered) -> Finding:
    """Requests do not go to WeChat itself, and whoever has them gives nothing of WeChat's back."""
    whose, detail, kind = verdict.whose, verdict.detail, verdict.obstacle.value
    return problem(
        "api-unreachable",
        Wording(
            f"WeChat's API is asked by way of {whose}: {detail} ({kind})",
            f"微信接口经由 {whose} 访问，但没有得到微信的回答（{kind}）",
        ),
        Wording(
            "see that it runs, and that it hands requests and answers on as they are; without WX_API_URL, WX_API_PROXY "
            "and WX_TOKEN_URL WeChat itself is asked",
            "请确认它在运行，并原样转发请求和回答；去掉 WX_API_URL、WX_API_PROXY、WX_TOKEN_URL 则直接访问微信",
        ),
    )


def _other(code: int) -> tuple[str, Wording, Wording]:
    """What the catalogue of codes knows."""
    known = explain_code(code)
    if known is None:
        return (
            "api-error",
            Wording("{account}: WeChat answers {code}: {text}", "{account}：微信返回 {code}：{text}"),
            _LOOK_UP,
        )
    said = Wording(f"{{account}}: {known.wording.en} ({code})", f"{{account}}：{known.wording.zh}（{code}）")
    return "api-error", said, known.remedy


def _not_on_list(text: str) -> Finding:
    """The message names the address it saw: `invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist`."""
    found = _ADDRESS.search(text)
    address = found[0] if found else ""
    which, which_zh = (
        (f"this server's address {address}", f"本服务器的地址 {address}") if address else ("this server", "本服务器")
    )
    return problem(
        "api-allow-list",
        Wording(f"{which} is not on the account's allow list (40164)", f"{which_zh}不在 IP 白名单中（40164）"),
        Wording(
            f"add {address or 'it'} under 设置与开发 → 基本配置 → IP白名单; it takes a few minutes",
            f"请在“设置与开发 → 基本配置 → IP白名单”中添加 {address or '它'}；几分钟后生效",
        ),
    )


_RESET = Wording(
    "copy AppID and AppSecret of the same account from 基本配置; WeChat shows an AppSecret only when it is reset",
    "请从“基本配置”复制同一账号的 AppID 和 AppSecret；AppSecret 仅在重置时显示",
)
_SECRET = Wording("{account}: the AppSecret is wrong ({code})", "{account}：AppSecret 错误（{code}）")
_LOOK_UP = Wording("look the code up in WeChat's documents (全局返回码)", "请在微信文档的“全局返回码”中查询该代码")
_WAITS = Wording(
    "{account}: this server's address waits for the administrator's approval ({code})",
    "{account}：本服务器的地址等待管理员确认（{code}）",
)
_DENIED = Wording(
    "{account}: the administrator refused this server's address ({code})",
    "{account}：管理员拒绝了本服务器的地址（{code}）",
)
_APPROVE = Wording(
    "have the administrator of the account confirm the request that WeChat sent, or put the address on the allow list",
    "请让管理员在微信中确认请求，或把地址加入 IP 白名单",
)
_LATER = Wording("ask again in a minute", "请一分钟后重试")
_VERDICTS: Mapping[int, tuple[str, Wording, Wording]] = {
    -1: ("api-busy", Wording("WeChat is busy ({code})", "微信系统繁忙（{code}）"), _LATER),
    40001: ("api-secret", _SECRET, _RESET),
    40125: ("api-secret", _SECRET, _RESET),
    40013: (
        "api-app-id",
        Wording("{account}: WeChat knows no such AppID ({code})", "{account}：AppID 不存在（{code}）"),
        _RESET,
    ),
    41002: (
        "api-app-id",
        Wording("{account}: the AppID is missing ({code})", "{account}：缺少 AppID（{code}）"),
        _RESET,
    ),
    41004: (
        "api-secret",
        Wording("{account}: the AppSecret is missing ({code})", "{account}：缺少 AppSecret（{code}）"),
        _RESET,
    ),
    40243: (
        "api-secret-frozen",
        Wording("{account}: the AppSecret is frozen ({code})", "{account}：AppSecret 已被冻结（{code}）"),
        Wording("unfreeze it under 基本配置", "请在“基本配置”中解冻"),
    ),
    45009: (
        "api-quota",
        Wording("{account}: the day's calls are used up ({code})", "{account}：今日调用次数已用完（{code}）"),
        Wording(
            "wait until midnight (Beijing time), and look for what calls so often",
            "次日零点恢复；请检查是什么在频繁调用",
        ),
    ),
    45011: ("api-busy", Wording("asked too often within a minute ({code})", "一分钟内请求过多（{code}）"), _LATER),
    48001: (
        "api-permission",
        Wording("{account} may not use this interface ({code})", "{account} 没有此接口的权限（{code}）"),
        Wording(
            "customer-service messages need a verified account (微信认证); without it let `account.slow` be "
            "`[hold, later]`",
            "客服消息需要认证账号（微信认证）；未认证时请把 `account.slow` 设为 `[hold, later]`",
        ),
    ),
    50002: (
        "api-account-closed",
        Wording("{account} is restricted or closed ({code})", "{account} 受限或已被封禁（{code}）"),
        Wording("read the messages for the account in WeChat's console", "请查看微信后台的站内通知"),
    ),
    89501: ("api-allow-list", _WAITS, _APPROVE),
    89503: ("api-allow-list", _WAITS, _APPROVE),
    89506: ("api-allow-list", _DENIED, _APPROVE),
    89507: ("api-allow-list", _DENIED, _APPROVE),
}
