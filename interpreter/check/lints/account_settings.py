"""DL510: settings of an account that cannot be: a type that is not served, wrong characters in a key, a path taken."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.check.accounts import is_wecom
from interpreter.check.lints.account_powers import setting
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.services import Account
from interpreter.source.spans import Span

CODE = "DL510"

_OTHER = r"[^A-Za-z0-9]"
_NOT_IN_PATH = r"[\s{}?#%]"
_KEYS = {
    "token": (32, Wording("a token has 3 to 32 letters and digits", "Token 是 3 到 32 位字母或数字")),
    "aes_key": (
        43,
        Wording("an EncodingAESKey has exactly 43 letters and digits", "EncodingAESKey 是 43 位字母或数字"),
    ),
}


def check(subject: Subject) -> Iterator[Diagnostic]:
    """What is written in the file; what comes from the environment is checked when the bot is served."""
    taken: dict[str, Span] = {}
    for account in subject.bot.accounts:
        if is_wecom(account):
            yield _not_served(account)
        for key, text in account.texts:
            if key in _KEYS:
                yield from _letters(key, text, *_KEYS[key])
        yield from _path(account, taken)


def _not_served(account: Account) -> Diagnostic:
    return Diagnostic(
        CODE,
        account.settings["type"].scalar.span,
        Wording("accounts of WeCom cannot be served yet", "暂不支持企业微信账号"),
        label=Wording("`dialog-run` refuses a bot with such an account", "`dialog-run` 会拒绝带有这种账号的机器人"),
        help=Wording(
            "serve the bot with an official account: leave `type` out; to try it, `dialog-run --console` needs none",
            "请使用公众号：去掉 `type`；若只想试用，`dialog-run --console` 不需要账号",
        ),
    )


def _letters(key: str, text: Text, longest: int, rule: Wording) -> Iterator[Diagnostic]:
    """The constant parts beside what the environment gives."""
    written = "".join(part for part in text.template.parts if isinstance(part, str))
    wrong = re.search(_OTHER, written)
    if wrong is not None:
        message = Wording(f"`{wrong[0]}` cannot be in a {key}", f"{key} 中不能有 `{wrong[0]}`")
    elif len(written) > longest:
        message = Wording(f"this {key} is longer than {longest} characters", f"这个 {key} 超过 {longest} 个字符")
    else:
        return
    yield Diagnostic(CODE, text.scalar.span, message, help=rule)


def _path(account: Account, taken: dict[str, Span]) -> Iterator[Diagnostic]:
    path, text = setting(account, "path"), account.settings.get("path")
    if path is None or text is None:
        return
    span = text.scalar.span
    wrong = re.search(_NOT_IN_PATH, path)
    if not path.startswith("/"):
        yield Diagnostic(
            CODE,
            span,
            Wording("a path begins with `/`", "路径以 `/` 开头"),
            help=Wording(
                f"write `/{path.partition('://')[2].partition('/')[2] or path}`: the host is the server's own",
                f"请写 `/{path.partition('://')[2].partition('/')[2] or path}`：主机由服务器决定",
            ),
        )
    elif wrong is not None:
        yield Diagnostic(CODE, span, Wording(f"`{wrong[0]}` cannot be in a path", f"路径中不能有 `{wrong[0]}`"))
    elif path in taken:
        yield Diagnostic(
            CODE,
            span,
            Wording(
                "another account has this path, so only one of them can be reached",
                "另一个账号已使用这个路径，两者只有一个能收到消息",
            ),
            related=(Label(taken[path], Wording("first used here", "第一次用在这里")),),
        )
    elif near := next((other for other in taken if _is_below(path, other) or _is_below(other, path)), None):
        yield Diagnostic(
            CODE,
            span,
            Wording(
                f"this path and `{near}` are one below the other, which the server refuses",
                f"这个路径与 `{near}` 互相包含，服务器会拒绝",
            ),
            related=(Label(taken[near], Wording("the other one", "另一个路径")),),
        )
    taken.setdefault(path, span)


def _is_below(path: str, other: str) -> bool:
    """Whether a path is below another one, or is it but for a slash at its end."""
    return f"{path.rstrip('/')}/".startswith(f"{other.rstrip('/')}/")
