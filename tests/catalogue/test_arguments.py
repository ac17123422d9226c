from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.api_values import arguments_for

from interpreter.catalogue.arguments import UNKNOWN, arrange, check_arguments, parameters
from interpreter.catalogue.methods import Method, every_method, find_method


def _method(name: str) -> Method:
    method = find_method(name)
    assert method is not None
    return method


def _problems(name: str, arguments: Mapping[str, object]) -> list[str]:
    method = _method(name)
    return [problem.wording.en for problem in check_arguments(method, arrange(method, arguments))]


def test_whatever_is_made_from_the_fields_is_right(tmp_path: Path) -> None:
    for method in every_method():
        for only_required in (False, True):
            arguments = arguments_for(method, tmp_path, only_required=only_required)
            assert check_arguments(method, arrange(method, arguments)) == (), method.full_name


def test_leaving_out_what_is_required_is_a_problem(tmp_path: Path) -> None:
    for method in every_method():
        arguments = arguments_for(method, tmp_path, only_required=True)
        for field in parameters(method):
            if field.required and field.limits.constant is None and field.name in arguments:
                rest = {name: value for name, value in arguments.items() if name != field.name}
                found = [problem.kind for problem in check_arguments(method, rest)]
                filled = field.name in ("appid", "app_id", "secret", "appsecret", "corpid", "corpsecret")
                assert found == ([] if filled else ["missing"]), (method.full_name, field.name)


CASES = [
    ("user.info", {"openid": "x", "lang": "zh-CN"}, "`lang` must be one of zh_CN, zh_TW, en; did you mean zh_CN?"),
    ("user.info", {}, "`openid` is missing"),
    ("user.info", {"openid": None}, "`openid` is missing"),
    ("user.info", {"openid": "x", "opneid": "x"}, "there is no `opneid`; did you mean `openid`?"),
    ("user.info", {"openid": "x", "zzz": "x"}, "there is no `zzz`; known are openid, lang"),
    ("user.info", {"openid": {}}, "`openid` must be a text, not a map"),
    ("user.info", {"openid": ["x"]}, "`openid` must be a text, not a list"),
    ("user.info", {"openid": True}, "`openid` must be a text, not true or false"),
    ("tag.create", {"tag": {"nmae": "x", "name": "y"}}, "there is no `tag.nmae`; did you mean `name`?"),
    ("tag.delete", {"tag": {"id": "x"}}, "`tag.id` must be a whole number, not a text"),
    ("tag.delete", {"tag": {"id": 1.5}}, "`tag.id` must be a whole number, not a number"),
    ("tag.create", {"tag": {"name": "字" * 31}}, "`tag.name` has 31 characters, at most 30 are allowed"),
    ("tag.add", {"tagid": 1, "openid_list": ["x"] * 51}, "`openid_list` has 51 items, the most is 50"),
    ("tag.add", {"tagid": 1, "openid_list": {"a": 1}}, "`openid_list[0]` must be a text, not a map"),
    ("tag.create", {"tag": {"name": "x"}, "name": "x"}, "there is no `name`; did you mean `tag.name`?"),
    (
        "qrcode.temporary",
        {"action_name": "QR_STR_SCENE", "scene_str": "x"},
        "there is no `scene_str`; did you mean `action_info.scene.scene_str`?",
    ),
    ("mass.send", {"touser": ["a"], "msgtype": "text", "text.content": "x"}, "`touser` has 1 items, the least is 2"),
    ("mass.send", {"touser": ["a", "b"], "msgtype": "text"}, "`text.content` is missing"),
    ("mass.send", {"touser": ["a", "b"], "msgtype": "voice", "voice": {}}, "`voice.media_id` is missing"),
    ("mass.send_all", {"msgtype": "text", "text.content": "x"}, "`filter` is missing"),
    ("menu.create", {"button": [{"name": "今日歌曲推荐"}]}, "`button[0].name` has 18 bytes, at most 16 are allowed"),
    ("menu.create", {"button": []}, "`button` has 0 items, the least is 1"),
    (
        "menu.create",
        {"button": [{"name": "a", "sub_button": [{"typ": "view", "name": "b"}]}]},
        "there is no `button[0].sub_button[0].typ`; did you mean `type`?",
    ),
    ("qrcode.temporary", {"action_name": "QR_SCENE", "expire_seconds": 0}, "`expire_seconds` is 0, the least is 1"),
    ("customer_message.text", {"touser": "x", "text": {"content": "a"}, "msgtype": "txt"}, "`msgtype` must be text"),
    ("datacube.article_summary", {"begin_date": "1.2.2026", "end_date": "2026-01-02"}, "a day such as 2026-01-31"),
    ("media.upload", {"type": "image", "media": 7}, "`media` must be a file, not a number"),
    ("template.send", {"touser": "x", "template_id": "t"}, "`data` is missing"),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), CASES)
def test_what_is_wrong_is_said(name: str, arguments: dict[str, object], expected: str) -> None:
    (found,) = _problems(name, arguments)
    assert expected in found


def test_every_problem_is_said_in_chinese_too() -> None:
    for name, arguments, _ in CASES:
        method = _method(name)
        (problem,) = check_arguments(method, arrange(method, arguments))
        assert problem.wording.zh != problem.wording.en
        assert problem.path.split(".")[0].split("[")[0] in problem.wording.zh


def test_a_mass_message_holds_what_it_says() -> None:
    for content in ({"image.media_id": "m"}, {"images.media_ids": ["m"]}, {"image": UNKNOWN}):
        assert _problems("mass.send_all", {"filter.is_to_all": True, "msgtype": "image", **content}) == []
    assert _problems("mass.send_all", {"filter": {"tag_id": 2}, "msgtype": UNKNOWN}) == []


def test_flat_names_are_nested_and_nulls_left_out() -> None:
    given = {"touser": "o", "text.content": "hi", "customservice": {"kf_account": "a@b"}, "text.x": None}
    assert arrange(_method("customer_message.text"), given) == {
        "touser": "o",
        "text": {"content": "hi"},
        "customservice": {"kf_account": "a@b"},
    }


def test_values_become_what_the_method_wants() -> None:
    assert arrange(_method("tag.add"), {"openid_list": "o", "tagid": "7"}) == {"openid_list": ["o"], "tagid": 7}
    assert arrange(_method("menu.delete_conditional"), {"menuid": 7}) == {"menuid": "7"}
    assert arrange(_method("token.get_stable_access_token"), {"force_refresh": "true"}) == {"force_refresh": True}
    assert arrange(_method("tag.delete"), {"tag": {"id": "x"}}) == {"tag": {"id": "x"}}


def test_a_value_of_a_template_may_be_written_short() -> None:
    given = {"data": {"thing1": "a", "time2": {"value": "b"}, "n3": 7}}
    assert arrange(_method("template.send"), given) == {
        "data": {"thing1": {"value": "a"}, "time2": {"value": "b"}, "n3": {"value": "7"}}
    }
    assert arrange(_method("template.send"), {"data.thing1": "a"}) == {"data": {"thing1": {"value": "a"}}}


def test_of_a_method_known_in_brief_everything_goes_through() -> None:
    method = _method("wxa.submit_audit")
    assert method.is_brief
    assert check_arguments(method, {"item_list": [{"x": 1}]}) == ()


def test_what_is_not_known_yet_fits_everywhere() -> None:
    assert _problems("user.info", {"openid": UNKNOWN, "lang": UNKNOWN}) == []
    assert _problems("tag.add", {"openid_list": UNKNOWN, "tagid": UNKNOWN}) == []
    assert _problems("tag.create", {"tag.name": UNKNOWN}) == []
    assert _problems("tag.create", {"tag": UNKNOWN}) == []
    assert _problems("tag.create", {"tag": {"nam": UNKNOWN}}) == [
        "there is no `tag.nam`; did you mean `name`?",
        "`tag.name` is missing",
    ]


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
NAMES = st.sampled_from(
    ["button", "button.name", "touser", "data", "data.a.b", "tag.id", "text", "openid_list", "type"]
)


@given(st.sampled_from(every_method()), st.dictionaries(NAMES | st.text(), json, max_size=4))
def test_nothing_that_can_be_written_is_too_strange(method: Method, arguments: dict[str, object]) -> None:
    arranged = arrange(method, arguments)
    for problem in check_arguments(method, arranged):
        assert problem.wording.en
    assert arrange(method, arranged) is not None
