"""What an account may call, by its type, its kind and whether WeChat has verified it.

One table for lint, for sending, for calls and for whoever explains them: what a method `needs` is a word, and the
table says which accounts have it.
https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Explanation_of_interface_privileges.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from interpreter.catalogue.methods import Method, find_method
from interpreter.diagnostics.wording import Wording


class Standing(Struct, frozen=True):
    """What an account is."""

    type: Literal["official", "wecom"] = "official"
    kind: Literal["subscription", "service"] = "subscription"
    verified: bool = False

    @property
    def wording(self) -> Wording:
        """The account in words."""
        if self.type == "wecom":
            return Wording("a WeCom application", "企业微信应用")
        verified, verified_zh = ("a verified", "已认证的") if self.verified else ("an unverified", "未认证的")
        kind_zh = "服务号" if self.kind == "service" else "订阅号"
        return Wording(f"{verified} {self.kind} account", f"{verified_zh}{kind_zh}")


class Need(Struct, frozen=True):
    """A right: who has it, and in words what an account must be for it."""

    wording: Wording
    is_met: Callable[[Standing], bool]


NEEDS = {
    "verified": Need(Wording("a verified account", "已认证的账号"), lambda it: it.verified),
    "verified-service": Need(
        Wording("a verified service account", "已认证的服务号"), lambda it: it.verified and it.kind == "service"
    ),
    "menu": Need(
        Wording("a service account or a verified account", "服务号或已认证的账号"),
        lambda it: it.verified or it.kind == "service",
    ),
    "mini-program": Need(Wording("a mini program", "小程序"), lambda _: True),
    "website": Need(Wording("a web site of the open platform", "开放平台的网站应用"), lambda _: True),
    "merchant": Need(Wording("a merchant of WeChat Pay", "微信支付商户"), lambda _: True),
    "component": Need(Wording("a third-party platform", "第三方平台"), lambda _: True),
    "merchant-key": Need(Wording("a signature with a merchant's key", "商户私钥的签名"), lambda _: False),
}
"""The four before the last are not for an account to have: it may be bound to one, so they are left to WeChat.

The last is for nobody to have, whatever the account is: nothing here holds a merchant's key.
"""


def may_call(standing: Standing, method: Method) -> bool:
    """Whether an account may call a method, as far as its kind decides it."""
    if standing.type not in method.accounts:
        return False
    return standing.type == "wecom" or method.needs is None or NEEDS[method.needs].is_met(standing)


def is_beyond(method: Method) -> bool:
    """Whether a method cannot be called from here, whatever the account is."""
    return method.needs == "merchant-key"


def refusal(standing: Standing, method: Method, called: str = "") -> Wording | None:
    """Why an account may not call a method; None when it may. `called` is the name somebody has called it by."""
    if may_call(standing, method):
        return None
    name = called or method.full_name
    if standing.type not in method.accounts:
        other = Wording("WeCom", "企业微信") if standing.type == "official" else Wording("official accounts", "公众号")
        return Wording(f"{name} is a method of {other.en}", f"{name} 是{other.zh}的接口")
    assert method.needs is not None
    if is_beyond(method):
        return Wording(
            f"{name} is signed with a merchant's key, which nothing here holds",
            f"{name} 要用商户私钥签名，这里没有商户私钥",
        )
    need, found = NEEDS[method.needs].wording, standing.wording
    return Wording(
        f"{name} needs {need.en}; this is {found.en} as far as its `account` says: "
        "write its `kind` and `verified` there as they are in WeChat's console",
        f"{name} 需要{need.zh}；按 `account` 的设置，这是{found.zh}：请按微信后台的实际情况填写 `kind` 和 `verified`",
    )


def can_send_messages(standing: Standing) -> bool:
    """Whether it can send customer messages."""
    return standing.type == "wecom" or _may(standing, "customer_message.send_text")


def can_send_templates(standing: Standing) -> bool:
    """Whether it can send template messages."""
    return _may(standing, "template.send_template")


def can_send_masses(standing: Standing) -> bool:
    """Whether it can send mass messages."""
    return _may(standing, "mass.mass_send_all")


def can_have_menu(standing: Standing) -> bool:
    """Whether its menu can be set through the API."""
    return standing.type == "wecom" or _may(standing, "menu.create_menu")


def can_make_codes(standing: Standing) -> bool:
    """Whether it can make QR codes with a scene."""
    return _may(standing, "qrcode.create_temp_qrcode")


def _may(standing: Standing, name: str) -> bool:
    method = find_method(name)
    assert method is not None
    return may_call(standing, method)
