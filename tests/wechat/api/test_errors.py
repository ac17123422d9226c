from __future__ import annotations

from interpreter.wechat.api.errors import ApiError, api_error


def test_an_error_has_a_meaning_a_remedy_and_what_support_asks_for() -> None:
    error = api_error("user.info", {"errcode": 40003, "errmsg": "invalid openid hint: [ab_12] rid: 5f-6a-7b"})
    assert isinstance(error, ApiError)
    assert (error.code, error.rid, error.message) == (40003, "ab_12", "invalid openid")
    assert str(error).startswith(
        "user.info: error 40003: the openid is not one of this account's (invalid openid); take"
    )
    assert error.wording.zh.startswith("错误 40003：openid 不属于本账号")
    assert error.remedy is not None


def test_an_unknown_code_is_said_in_wechats_words() -> None:
    error = api_error("x", {"errcode": 123456, "errmsg": "strange, rid: 1-2-3"})
    assert error is not None
    assert str(error) == "x: error 123456: strange [rid 1-2-3]"
    assert (error.remedy, error.is_passing, error.is_token) == (None, False, False)


def test_success_is_no_error() -> None:
    for answer in ({}, {"errcode": 0}, {"errcode": "0"}, {"openid": "x"}, [], None, {"return_code": "SUCCESS"}):
        assert api_error("x", answer) is None


def test_codes_may_be_texts_and_the_payment_api_has_words() -> None:
    error = api_error("x", {"errcode": "40001", "errmsg": ""})
    assert error is not None
    assert error.is_token
    error = api_error(
        "x", {"return_code": "SUCCESS", "result_code": "FAIL", "err_code": "ORDERPAID", "err_code_des": "paid"}
    )
    assert error is not None
    assert "ORDERPAID paid" in str(error)
    assert api_error("x", {"return_code": "FAIL"}) is not None


def test_a_busy_system_may_have_done_it() -> None:
    assert not ApiError("x", -1, "").is_certain
    assert ApiError("x", 45015, "").is_certain
