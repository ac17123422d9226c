from __future__ import annotations

import json

from interpreter.catalogue.methods import every_method, find_method
from interpreter.catalogue.samples import play, sample_answer
from interpreter.values import Value


def test_every_method_has_an_answer_that_is_json() -> None:
    for method in every_method():
        answer = json.loads(json.dumps(sample_answer(method)))
        for name in method.gives:
            head = name.split(".")[0]
            assert head in answer, method.full_name


def test_an_answer_has_the_shape_of_the_real_one() -> None:
    users, menu = find_method("user.list"), find_method("menu.delete")
    assert users is not None
    assert menu is not None
    assert sample_answer(users) == {"total": 1, "count": 1, "data": {"openid": ["oUser1"]}, "next_openid": ""}
    assert sample_answer(menu) == {"errcode": 0, "errmsg": "ok"}


def test_what_was_asked_about_comes_back() -> None:
    assert answered("user.info", {"openid": "oBob"})["openid"] == "oBob"
    assert answered("tag.create", {"tag.name": "VIP"}) == {"tag": {"id": 101, "name": "VIP"}}
    records = answered("customer_service.records", {"starttime": 1, "endtime": 2, "msgid": 1, "number": 500})
    assert records["number"] == 1


def test_the_same_call_gets_the_same_answer_and_none_shares_it_with_another() -> None:
    first = answered("tag.list", {})
    first["tags"] = None
    assert answered("tag.list", {})["tags"] == [{"id": 101, "name": "tag", "count": 1}]


def test_what_would_not_be_sent_is_not_answered() -> None:
    assert play("user.infoo", {}) == "user.infoo: there is no such method"
    assert play("user.info", {}) == "user.info: `openid` is missing"
    assert "is closed" in str(play("url.shorten", {"long_url": "x"}))


def test_a_file_is_answered_by_what_it_is() -> None:
    assert answered("qrcode.picture", {"ticket": "T"}) == {"type": "image/jpeg", "name": "file.jpg", "size": 1}


def answered(name: str, arguments: dict[str, Value]) -> dict[str, Value]:
    answer = play(name, arguments)
    assert isinstance(answer, dict), answer
    return answer
