from __future__ import annotations

import pytest

from interpreter.catalogue.methods import every_method, family, find_method
from interpreter.catalogue.rights import (
    Standing,
    can_have_menu,
    can_make_codes,
    can_send_masses,
    can_send_messages,
    can_send_templates,
    is_beyond,
    may_call,
    refusal,
)

UNVERIFIED, SERVICE = Standing(), Standing(kind="service")
VERIFIED, VERIFIED_SERVICE = Standing(verified=True), Standing(kind="service", verified=True)
WECOM = Standing(type="wecom")


@pytest.mark.parametrize(
    ("standing", "messages", "templates", "masses", "menu", "codes"),
    [
        (UNVERIFIED, False, False, False, False, False),
        (SERVICE, False, False, False, True, False),
        (VERIFIED, True, False, True, True, False),
        (VERIFIED_SERVICE, True, True, True, True, True),
        (WECOM, True, False, False, True, False),
    ],
)
def test_the_table(standing: Standing, messages: bool, templates: bool, masses: bool, menu: bool, codes: bool) -> None:
    assert can_send_messages(standing) == messages
    assert can_send_templates(standing) == templates
    assert can_send_masses(standing) == masses
    assert can_have_menu(standing) == menu
    assert can_make_codes(standing) == codes


def test_a_refusal_says_what_is_needed_and_what_was_found() -> None:
    method = find_method("template.send")
    assert method is not None
    said = refusal(VERIFIED, method)
    assert said is not None
    assert said.en.startswith(
        "template.send_template needs a verified service account; this is a verified subscription"
    )
    assert said.zh.startswith("template.send_template 需要已认证的服务号；按 `account` 的设置，这是已认证的订阅号")
    assert "`kind` and `verified`" in said.en
    assert "`kind` 和 `verified`" in said.zh
    assert refusal(VERIFIED_SERVICE, method) is None
    alias = refusal(VERIFIED, method, "template.send")
    assert alias is not None
    assert alias.en.startswith("template.send needs ")
    assert alias.zh.startswith("template.send 需要")


def test_accounts_of_one_type_do_not_call_methods_of_the_other() -> None:
    wecom, official = find_method("wecom_user.get_user"), find_method("user.info")
    assert wecom is not None
    assert official is not None
    assert not may_call(VERIFIED_SERVICE, wecom)
    said = refusal(WECOM, official)
    assert said is not None
    assert said.en == "user.get_user is a method of official accounts"
    assert WECOM.wording.zh == "企业微信应用"


def test_what_depends_on_something_else_is_left_to_wechat() -> None:
    mini = find_method("wxa.getwxacode")
    assert mini is not None
    assert may_call(UNVERIFIED, mini)
    token = find_method("token.get_callback_ip")
    assert token is not None
    assert may_call(UNVERIFIED, token)


def test_what_a_merchant_signs_is_beyond_every_account() -> None:
    for method in family("pay_v3").values():
        assert is_beyond(method)
        said = refusal(VERIFIED_SERVICE, method)
        assert said is not None
        assert said.en == f"{method.full_name} is signed with a merchant's key, which nothing here holds"
    assert not any(is_beyond(method) for method in every_method() if method.family != "pay_v3")
