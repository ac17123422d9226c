from __future__ import annotations

import json
from pathlib import Path

import pytest

from interpreter.catalogue.methods import find_method
from interpreter.wechat.api.requests import Account, Payload, Request, Upload, build_request, json_payload, upload

ACCOUNT = Account("wx1", "s3cr3t")


def _request(name: str, **given: object) -> Request:
    method = find_method(name)
    assert method is not None
    return build_request(method, given, ACCOUNT)


def test_json_is_raw_utf8() -> None:
    assert json_payload({"a": "你好\n😀"}).content.decode() == '{"a":"你好\\n😀"}'
    assert json_payload({"a": "\ud800"}).content == b'{"a":"?"}'


def test_constants_and_the_account_are_filled_in() -> None:
    request = _request("token.get_access_token")
    assert request.query == (("grant_type", "client_credential"), ("appid", "wx1"), ("secret", "s3cr3t"))
    assert not request.takes_token


def test_a_constant_inside_of_something_required_is_filled_in() -> None:
    request = _request("pay_v3.create_refund", out_refund_no="1", amount={"refund": 1, "total": 2})
    assert isinstance(request.body, Payload)
    assert json.loads(request.body.content)["amount"] == {"refund": 1, "total": 2, "currency": "CNY"}


def test_parts_of_the_path_are_encoded() -> None:
    request = _request("pay_v3.get_order_by_out_trade_no", out_trade_no="a/b?c", mchid="7")
    assert request.path == "/v3/pay/transactions/out-trade-no/a%2Fb%3Fc"
    assert request.query == (("mchid", "7"),)


def test_further_arguments_of_a_brief_method_go_where_the_others_go() -> None:
    assert _request("wxa.get_category", x=True).query == (("x", "true"),)
    request = _request("wxa.submit_audit", item_list=[1])
    assert isinstance(request.body, Payload)
    assert json.loads(request.body.content) == {"item_list": [1]}


def test_a_post_without_parameters_has_an_empty_body() -> None:
    assert _request("mass.get_mass_speed").body == Payload(b"")
    assert _request("menu.get").body is None


def test_a_form_without_a_file_is_no_form() -> None:
    request = _request("ai.ocr_bankcard", img_url="http://a/1.jpg")
    assert request.body is None
    assert request.query == (("img_url", "http://a/1.jpg"),)


@pytest.mark.parametrize(
    ("name", "sent"),
    [("cat.jpg", "cat.jpg"), ("猫.jpg", "file.jpg"), ('a"b.png', "file.png"), ("a.猫", "file"), ("x" * 200, "file")],
)
def test_file_names_are_plain(name: str, sent: str) -> None:
    assert Upload(b"", name).sent_name == sent


def test_a_file_is_a_path_bytes_or_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"123")
    assert (upload(str(path)).type, upload(path).size, upload(b"12").size) == ("audio/mpeg", 3, 2)
    file = Upload(b"", "a.xyz")
    assert upload(file) is file
    assert file.type == "application/octet-stream"


def test_secrets_are_not_shown() -> None:
    assert "s3cr3t" not in repr(ACCOUNT) + repr(_request("token.get_access_token"))
