"""The settings of one account, held against what WeChat's console gives and takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interpreter.catalogue.rights import (
    Standing,
    can_have_menu,
    can_make_codes,
    can_send_masses,
    can_send_messages,
    can_send_templates,
)
from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.findings import Finding, fine, problem, warning
from interpreter.server.errors import clashing_names, clashing_paths

_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
_APP_ID = re.compile(r"wx[0-9a-f]{16}")
_APP_SECRET = re.compile(r"[0-9a-f]{32}")
_KEY = re.compile(r"[A-Za-z0-9]{43}")
_ABILITIES = (
    (Wording("customer-service messages", "客服消息"), can_send_messages),
    (Wording("template messages", "模板消息"), can_send_templates),
    (Wording("mass messages", "群发"), can_send_masses),
    (Wording("the custom menu", "自定义菜单"), can_have_menu),
    (Wording("QR codes with a scene", "带参数的二维码"), can_make_codes),
)
"""What matters most to a bot, by the table that lint and calls go by, too."""
_QUOTES = "\"'“”‘’"


_UNSAID = Standing()
"""What an account is of which nothing is said."""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What somebody has set for an account, unchecked; of several tokens or keys the first is the current one."""

    name: str
    path: str
    tokens: tuple[str, ...] = ()
    app_id: str | None = None
    app_secret: str | None = None
    aes_keys: tuple[str, ...] = ()
    encryption: str = "plain"
    token_variable: str | None = None
    """The variable of the environment that gives it a token."""
    pushes: bool = False
    """Whether its author says that late replies are sent as customer-service messages."""
    standing: Standing = _UNSAID
    """What it is, as far as its author says."""


def account_findings(account: AccountFacts) -> list[Finding]:
    """What is wrong with the settings of an account, or that nothing is."""
    checks = (_token, _app_id, _app_secret, _keys, _encryption, _path, _rights)
    found = [finding for check in checks for finding in check(account)]
    return found or [_fine(account)]


def _fine(account: AccountFacts) -> Finding:
    """Nothing is wrong; what the kind of the account allows."""
    may, may_not = (
        [wording for wording, is_allowed in _ABILITIES if is_allowed(account.standing) is wanted]
        for wanted in (True, False)
    )
    it = account.standing.wording
    said, said_zh = f"{account.name}: the settings are complete; as {it.en}", f"{account.name}：设置完整；作为{it.zh}"
    if may:
        said += f" it may use {', '.join(word.en for word in may)}"
        said_zh += f"可以使用{'、'.join(word.zh for word in may)}"
    if may_not:
        said += f"{'; it' if may else ' it'} may not use {', '.join(word.en for word in may_not)}"
        said_zh += f"{'；' if may else ''}不能使用{'、'.join(word.zh for word in may_not)}"
    return fine("account-fine", Wording(said, said_zh))


def _rights(account: AccountFacts) -> Iterator[Finding]:
    if account.pushes and not can_send_messages(account.standing):
        it = account.standing.wording
        yield problem(
            "account-cannot-push",
            Wording(
                f"{account.name}: `slow: push` sends late replies as customer-service messages, which {it.en} cannot",
                f"{account.name}：`slow: push` 用客服消息发送迟到的回复，而{it.zh}不能发客服消息",
            ),
            Wording(
                "write `kind` and `verified` of the account as they are in WeChat's console, or take `later`",
                "请按微信后台的实际情况填写账号的 `kind` 和 `verified`，或改用 `later`",
            ),
        )


def _token(account: AccountFacts) -> Iterator[Finding]:
    name = account.name
    if not account.tokens:
        variable = account.token_variable
        yield problem(
            "account-no-token",
            Wording(
                f"{name} has no token; dialog-run does not start, or makes one up that only this computer can use",
                f"{name} 没有 token：dialog-run 不会启动，或每次临时生成一个，且服务仅本机可访问",
            ),
            Wording(
                f"set {variable} to 3 to 32 letters and digits, and enter the same in WeChat's console",
                f"请把 {variable} 设为 3 到 32 位字母或数字，并在微信后台填写同样的令牌",
            )
            if variable
            else Wording(
                "write `token: $(env.NAME)` in the account and set NAME to 3 to 32 letters and digits",
                "请在账号中写 `token: $(env.NAME)`，并把 NAME 设为 3 到 32 位字母或数字",
            ),
        )
    for token in account.tokens:
        if not _TOKEN.fullmatch(token):
            yield problem(
                "account-token-form",
                Wording(
                    f"{name}: the token {_what_is_wrong(token).en}; WeChat takes 3 to 32 letters and digits",
                    f"{name}：token {_what_is_wrong(token).zh}；微信要求 3 到 32 位字母或数字",
                ),
                _how_to_mend(token),
            )


def _what_is_wrong(text: str) -> Wording:
    """Why a secret is not of its form, without showing it."""
    if text[:1] in _QUOTES or text[-1:] in _QUOTES:
        return Wording("stands in quotation marks", "带着引号")
    if any(map(str.isspace, text)):
        return Wording("has white space in it", "含有空白字符")
    if not text.isascii() or not text.isalnum():
        return Wording("has characters that are neither letters nor digits", "含有字母和数字以外的字符")
    return Wording(f"has {len(text)} characters", f"有 {len(text)} 个字符")


def _how_to_mend(text: str) -> Wording:
    if text[:1] in _QUOTES or text[-1:] in _QUOTES:
        return Wording(
            "take the quotation marks away: `docker run --env-file` and some platforms keep them as part of the value",
            "请去掉引号：`docker run --env-file` 和部分平台会把引号当作值的一部分",
        )
    if any(map(str.isspace, text)):
        return Wording("copy it again without spaces and line breaks around it", "请重新复制，前后不要带空格和换行")
    return Wording("choose another one, and enter the same in WeChat's console", "请换一个，并在微信后台填写同样的值")


def _app_id(account: AccountFacts) -> Iterator[Finding]:
    if account.app_id and not _APP_ID.fullmatch(account.app_id):
        yield problem(
            "account-app-id-form",
            Wording(
                f"{account.name}: an AppID is `wx` and 16 characters 0-9 a-f, found `{account.app_id[:24]}`",
                f"{account.name}：AppID 应为 `wx` 加 16 位 0-9 a-f，实为 `{account.app_id[:24]}`",
            ),
            Wording(
                "copy 开发者ID(AppID) from 设置与开发 → 基本配置; it is neither the account's name nor its gh_ id",
                "请从“设置与开发 → 基本配置”复制开发者ID(AppID)；它不是公众号名称，也不是 gh_ 开头的原始 ID",
            ),
        )


def _app_secret(account: AccountFacts) -> Iterator[Finding]:
    if account.app_secret and not _APP_SECRET.fullmatch(account.app_secret):
        wrong = _what_is_wrong(account.app_secret)
        yield problem(
            "account-app-secret-form",
            Wording(
                f"{account.name}: an AppSecret has 32 characters 0-9 a-f, this one {wrong.en}",
                f"{account.name}：AppSecret 应为 32 位 0-9 a-f，现在的{wrong.zh}",
            ),
            Wording(
                "WeChat shows the AppSecret only once: reset it under 基本配置 and copy it whole",
                "AppSecret 只显示一次：请在“基本配置”中重置并完整复制",
            ),
        )
    if account.app_secret and not account.app_id:
        yield problem(
            "account-secret-without-app-id",
            Wording(
                f"{account.name} has an AppSecret and no AppID, so WeChat's API cannot be called",
                f"{account.name} 有 AppSecret 却没有 AppID，无法调用微信接口",
            ),
            Wording("set `app_id`", "请设置 `app_id`"),
        )


def _keys(account: AccountFacts) -> Iterator[Finding]:
    for key in account.aes_keys:
        if not _KEY.fullmatch(key):
            wrong = _what_is_wrong(key)
            yield problem(
                "account-aes-key-form",
                Wording(
                    f"{account.name}: an EncodingAESKey has 43 letters and digits, this one {wrong.en}",
                    f"{account.name}：EncodingAESKey 应为 43 位字母和数字，现在的{wrong.zh}",
                ),
                Wording(
                    "copy it again from 基本配置; without the `=` that base64 tools add",
                    "请从“基本配置”重新复制；不要带 base64 工具补上的 `=`",
                ),
            )


def _encryption(account: AccountFacts) -> Iterator[Finding]:
    name = account.name
    missing = [key for key, value in (("aes_key", account.aes_keys), ("app_id", account.app_id)) if not value]
    if account.encryption == "plain":
        yield warning(
            "account-plain",
            Wording(
                f"{name}: messages come in clear, and their signature does not cover what they say",
                f"{name}：消息为明文，签名不涵盖消息内容",
            ),
            Wording(
                "choose 安全模式 in WeChat's console and set `encryption: safe`, `aes_key` and `app_id`; "
                "at least use an https address",
                "建议在微信后台选择安全模式，并设置 `encryption: safe`、`aes_key`、`app_id`；至少请使用 https 地址",
            ),
        )
    elif missing:
        names = " and ".join(f"`{key}`" for key in missing)
        yield problem(
            "account-encryption-without-key",
            Wording(
                f"{name}: encryption is `{account.encryption}`, but {names} {'is' if len(missing) == 1 else 'are'} "
                "not set",
                f"{name}：encryption 为 `{account.encryption}`，但没有设置 {'、'.join(missing)}",
            ),
            Wording(
                "copy EncodingAESKey and AppID from 基本配置; or set `encryption: plain` and choose 明文模式 there",
                "请从“基本配置”复制 EncodingAESKey 和 AppID；或设置 `encryption: plain` 并在后台选择明文模式",
            ),
        )


def _path(account: AccountFacts) -> Iterator[Finding]:
    path = account.path
    if not path.startswith("/") or set("{}?#%") & set(path) or any(map(str.isspace, path)):
        yield problem(
            "account-path-form",
            Wording(
                f"{account.name}: `{path}` is not a path such as /wechat",
                f"{account.name}：`{path}` 不是 /wechat 这样的路径",
            ),
            Wording(
                "write it with a slash first, and without `?`, `%` and spaces", "请以斜杠开头，不含 `?`、`%` 和空格"
            ),
        )
    elif path == "/":
        yield warning(
            "account-path-root",
            Wording(
                f"{account.name} is served at `/`, where every scanner looks first",
                f"{account.name} 的路径是 `/`，扫描器最先访问这里",
            ),
            Wording("give it a path of its own, such as /wechat", "请换成单独的路径，例如 /wechat"),
        )


def clashes(accounts: Sequence[AccountFacts]) -> list[Finding]:
    """Accounts that would share their sessions or their path."""
    found = []
    for number, account in enumerate(accounts):
        for other in accounts[:number]:
            if account.name == other.name:
                said = clashing_names(account.name)
            elif _is_below(account.path, other.path) or _is_below(other.path, account.path):
                said = clashing_paths(other.name, other.path, account.name, account.path)
            else:
                continue
            found.append(problem("account-clash", said, _APART))
    return found


def _is_below(path: str, other: str) -> bool:
    return f"{path.rstrip('/')}/".startswith(f"{other.rstrip('/')}/")


_APART = Wording("each account needs a name and a path of its own", "每个账号都要有自己的名称和路径")
