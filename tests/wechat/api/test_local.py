from __future__ import annotations

import json

import pytest
from fakes.api import Api
from fakes.platform import APP_ID

from interpreter.wechat.api.errors import CallRefused
from interpreter.wechat.api.local import LOCAL, card_signature, page_signature, show_qrcode_url

TICKET = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
NONCE, TIME = "Wm3WZYTPz0wzccnW", "1414587457"
APPKEY = (
    "L8LrMqqeGRxST5reouB0K66CaYAWpqhAVsq7ggKkxHCOastWksvuX1uvmvQclxaHoYd3ElNBrNO2DHnnzgfVG9Qs473M3DTOZug5er46FhuGofumV8"
    "H2FVR9qkjSlC5K"
)
PACKAGE = (
    "bank_type=WX&body=%E6%94%AF%E4%BB%98%E6%B5%8B%E8%AF%95&fee_type=1&input_charset=UTF-8&notify_url=http%3A%2F%2Fweixin"
    ".qq.com&out_trade_no=7240b65810859cbf2a8d9f76a638c0a3&partner=1900000109&spbill_create_ip=196.168.1.1&total_fee=1"
    "&sign=7F77B507B755B3262884291517E380F8"
)


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        ("http://mp.weixin.qq.com", "f4d90daf4b3bca3078ab155816175ba34c443a7b"),
        ("http://mp.weixin.qq.com#top", "f4d90daf4b3bca3078ab155816175ba34c443a7b"),
        ("http://mp.weixin.qq.com?params=value", "0f9de62fce790f9a083d5c99e95740ceb90c27ed"),
    ],
)
def test_pages_are_signed_without_their_fragment(url: str, signature: str) -> None:
    assert page_signature(TICKET, NONCE, TIME, url) == signature


def test_cards_are_signed_over_their_sorted_values() -> None:
    assert card_signature(TICKET, NONCE, TIME, "random_card_id") == "22dce6bad4db532d4a2ef82ca2ca7bbe1e10ef28"
    assert card_signature(TICKET, NONCE, TIME, "random_card_id", "random_code", "random_openid", "", None) == (
        "950dc1842852457ea573d4d6af34879c1ec093c8"
    )


def test_the_picture_of_a_code_has_its_ticket_encoded() -> None:
    assert show_qrcode_url("gQ/+=") == "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=gQ%2F%2B%3D"


async def test_a_page_is_configured_with_a_fresh_ticket(api: Api) -> None:
    config = await api.client.call(
        "jssdk.config", {"url": "https://example.com/a?b=1#c", "js_api_list": ["scanQRCode"], "open_tag_list": ["x"]}
    )
    assert isinstance(config, dict)
    expected = page_signature(
        "ticket", str(config["nonceStr"]), int(api.clock.now().timestamp()), "https://example.com/a?b=1"
    )
    assert config["signature"] == expected
    assert config["appId"] == APP_ID
    assert config["jsApiList"] == ["scanQRCode"]
    assert config["openTagList"] == ["x"]
    assert config["debug"] is False


async def test_the_address_of_media_holds_the_token(api: Api) -> None:
    answer = await api.client.call("media.url", {"media_id": "m/1"})
    assert answer == {
        "url": f"https://api.weixin.qq.com/cgi-bin/media/get?access_token={await api.client.token()}&media_id=m%2F1"
    }


async def test_users_are_sent_to_addresses_whose_order_wechat_checks(api: Api) -> None:
    answer = await api.client.call(
        "oauth.authorize_url", {"redirect_uri": "https://a.cn/?b=c", "scope": "snsapi_base", "state": "s1"}
    )
    assert answer == {
        "url": f"https://open.weixin.qq.com/connect/oauth2/authorize?appid={APP_ID}&redirect_uri=https%3A%2F%2Fa.cn%2F"
        "%3Fb%3Dc&response_type=code&scope=snsapi_base&state=s1#wechat_redirect"
    }
    answer = await api.client.call("oauth.qrconnect_url", {"redirect_uri": "https://a.cn", "state": "s1"})
    assert answer == {
        "url": f"https://open.weixin.qq.com/connect/qrconnect?appid={APP_ID}&redirect_uri=https%3A%2F%2Fa.cn"
        "&response_type=code&state=s1&scope=snsapi_login#wechat_redirect"
    }


async def test_users_agree_to_one_message_on_a_page(api: Api) -> None:
    given = {"scene": 1000, "template_id": "t1", "redirect_url": "https://a.cn"}
    answer = await api.client.call("template.once_subscription_url", given)
    assert answer == {
        "url": f"https://mp.weixin.qq.com/mp/subscribemsg?action=get_confirm&appid={APP_ID}&scene=1000&template_id=t1"
        "&redirect_url=https%3A%2F%2Fa.cn#wechat_redirect"
    }


async def test_addresses_of_wecom(api: Api) -> None:
    answer = await api.client.call(
        "wecom_oauth.corp_authorize_url", {"redirect_uri": "https://a.cn", "scope": "snsapi_base", "agentid": 7}
    )
    assert str(answer).count(f"appid={APP_ID}&redirect_uri=") == 1
    assert "agentid=7#wechat_redirect" in str(answer)
    answer = await api.client.call("wecom_oauth.sso_qrconnect_url", {"agentid": 7, "redirect_uri": "https://a.cn"})
    assert "login_type=CorpApp" in str(answer)


async def test_the_payment_of_2014_is_still_signed_as_it_was(api: Api) -> None:
    order = {
        "body": "支付测试",
        "input_charset": "UTF-8",
        "notify_url": "http://weixin.qq.com",
        "out_trade_no": "7240b65810859cbf2a8d9f76a638c0a3",
        "partner": "1900000109",
        "spbill_create_ip": "196.168.1.1",
        "total_fee": 1,
        "attach": "",
        "partner_key": "8934e7d15453e97507ef794cf7b0519d",
    }
    assert await api.client.call("jssdk.build_pay_package", order) == {"package": PACKAGE}
    signed = {
        "appid": "wxd930ea5d5a258f4f",
        "appkey": APPKEY,
        "noncestr": "e7d161ac8d8a76529d39d9f5b4249ccb",
        "package": PACKAGE,
        "timestamp": "1399514976",
    }
    answer = await api.client.call("jssdk.sign_legacy_pay", signed)
    assert answer == {"paySign": "8d794be018f6a2c99e617f74c8d4aca5c6ce25a0"}


async def test_the_address_signature(api: Api) -> None:
    given = {
        "accesstoken": "OezXcEiiBSKSxW0eoylIeBFk1b8VbNtfWALJ5g6aMgZHaqZwK4euEskSn78Qd5pLs-fQtuMdgmhajVM5QDm24W8X3"
        "tJ18kz5mhmkUcI3RoLm7qGgh1cEnCHejWQo8s5L3VvsFAdawhFxUuLmgh5FRA",
        "appid": "wx17ef1eaef46752cb",
        "noncestr": "123456",
        "timestamp": "1384841012",
        "url": "http://open.weixin.qq.com/",
    }
    answer = await api.client.call("jssdk.sign_address", given)
    assert answer == {"addrSign": "ca604c740945587544a9cc25e58dd090f200e6fb"}


async def test_card_extensions_hold_what_they_sign(api: Api) -> None:
    given = {
        "api_ticket": TICKET,
        "nonce_str": NONCE,
        "timestamp": TIME,
        "card_id": "random_card_id",
        "code": "random_code",
    }
    answer = await api.client.call("jssdk.build_card_ext", given)
    assert isinstance(answer, dict)
    ext = json.loads(str(answer["cardExt"]))
    assert ext == {
        "code": "random_code",
        "timestamp": TIME,
        "nonce_str": NONCE,
        "signature": "2e9c6d12952246e071717d7baeab20c30420b5cd",
    }
    chosen = {
        "api_ticket": TICKET,
        "app_id": "wxd930ea5d5a258f4f",
        "location_id": "5678",
        "times_tamp": TIME,
        "nonce_str": NONCE,
        "card_id": "random_card_id",
        "card_type": "GROUPON",
    }
    answer = await api.client.call("jssdk.sign_choose_card", chosen)
    assert answer == {"cardSign": "bf187a519b0e73700b8ab2601a93c18cace721e4"}


async def test_notices_of_users_rights_are_verified(api: Api) -> None:
    given = {"appid": "wx1", "appkey": "k", "timestamp": "1", "openid": "o"}
    answer = await api.client.call("pay_legacy.verify_feedback_notice", {**given, "app_signature": "x"}, closed=True)
    assert isinstance(answer, dict)
    assert answer["is_valid"] is False
    again = {**given, "app_signature": str(answer["signature"]).upper()}
    answer = await api.client.call("pay_legacy.verify_feedback_notice", again, closed=True)
    assert isinstance(answer, dict)
    assert answer["is_valid"] is True


async def test_what_a_merchant_signs_is_refused(api: Api) -> None:
    with pytest.raises(CallRefused, match="merchant's key"):
        await api.client.call(
            "pay_v3.build_jsapi_params", {"appId": "a", "timeStamp": "1", "nonceStr": "n", "package": "p"}
        )


def test_every_local_function_is_one_of_the_catalogues() -> None:
    from interpreter.catalogue.methods import every_method

    local = {method.full_name for method in every_method() if method.verb == "LOCAL"}
    assert set(LOCAL) == local - {"pay_v3.build_jsapi_params", "pay_v3.parse_notification"}
