from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from interpreter.catalogue.codes import explain_code
from interpreter.catalogue.fates import REASONS
from interpreter.catalogue.fields import Field
from interpreter.catalogue.methods import (
    Method,
    every_method,
    families,
    family,
    find_method,
    suggest_method,
)
from interpreter.catalogue.rights import NEEDS

KINDS = {"str", "int", "float", "bool", "flag", "object", "json", "file", "bytes", "list"}
WRONG_PATHS = {
    "/merchant/shelf/setdeliverymod",
    "/customservice/getkflist",
    "/cgi-bin/api_getwxcategory",
    "/card/luckymonkey/updateuserbalance",
}
NAME = re.compile(r"[a-z][a-z0-9_]*")


def _fields(method: Method) -> Iterator[Field]:
    waiting = [*method.query, *method.body]
    while waiting:
        field = waiting.pop()
        yield field
        waiting += field.fields


def test_all_methods_are_there_with_names_of_their_own() -> None:
    names = Counter(
        name for it in every_method() for name in (it.full_name, *(f"{it.family}.{also}" for also in it.also))
    )
    assert len(every_method()) == 678
    assert [name for name, count in names.items() if count > 1] == []
    assert all(NAME.fullmatch(part) for name in names for part in name.split("."))


def test_what_is_called_has_a_path_and_what_is_computed_has_none() -> None:
    for method in every_method():
        if method.verb == "LOCAL":
            assert not method.path
            assert not method.takes_token
        else:
            assert method.path.startswith("/"), method.full_name
            assert not method.path.endswith("/")
            assert re.fullmatch(r"[a-z.]+\.qq\.com", method.host)
            assert method.verb == "POST" or not method.body, method.full_name


def test_bodies_fit_the_way_they_are_sent() -> None:
    for method in every_method():
        kinds = {field.kind for field in method.body}
        if method.verb == "LOCAL":
            continue
        assert (method.sends == "multipart") == ("file" in kinds), method.full_name
        assert (method.sends == "none") <= (not method.body), method.full_name
        assert (method.sends == "raw") == any(field.name == "{raw}" for field in method.body), method.full_name


def test_fields_are_well_formed() -> None:
    for method in every_method():
        for field in _fields(method):
            kind, _, item = field.kind.partition("[")
            assert kind in KINDS, (method.full_name, field.name)
            assert not item or item[:-1] in KINDS
            assert not field.fields or field.kind in ("object", "list[object]", "list"), (method.full_name, field.name)
            assert re.fullmatch(r"\{?[\w-]+\}?", field.name), (method.full_name, field.name)
            limits = field.limits
            assert limits.least is None or limits.most is None or limits.least <= limits.most


def test_marks_lead_somewhere() -> None:
    for method in every_method():
        assert (method.fate == "open") == (not method.reason), method.full_name
        assert method.reason in (*REASONS, "")
        if method.instead is not None:
            found = find_method(method.instead)
            assert found is not None
            assert found.fate == "open", method.full_name
        assert method.needs in (*NEEDS, None)
        names = {field.name for field in (*method.query, *method.body)}
        assert method.guard is None or method.guard in names
        assert method.pages is None or method.pages.parameter in names


def test_every_reason_is_given_and_every_need_needed() -> None:
    assert {method.reason for method in every_method()} - {""} == set(REASONS)
    assert {method.needs for method in every_method()} - {None} == set(NEEDS)


def test_the_wrong_paths_that_are_passed_around_are_not_here() -> None:
    paths = {method.path: method.name for method in every_method()}
    assert not WRONG_PATHS & set(paths)
    assert paths["/merchant/express/del"] == "delete_express_template"
    assert paths["/merchant/shelf/add"] == "create_shelf"
    batch = find_method("user.batch_get_users")
    assert batch is not None
    assert {field.name for field in batch.body[0].fields} == {"openid", "lang"}


def test_what_must_not_happen_twice_is_not_called_idempotent() -> None:
    for method in every_method():
        if method.family in ("customer_message", "mass", "template") and "send" in method.name:
            assert not method.is_idempotent or method.name == "send_typing", method.full_name
        if method.reach == "pays" and method.family != "pay_v3":
            assert not method.is_idempotent, method.full_name


def test_what_destroys_says_so() -> None:
    for method in every_method():
        if method.name.startswith("delete_"):
            assert method.reach == "destroys", method.full_name


def test_the_codes_of_official_methods_are_mostly_explained() -> None:
    codes = Counter(code for method in every_method() if "official" in method.accounts for code in method.errors)
    known = sum(count for code, count in codes.items() if explain_code(code) is not None)
    assert known > 0.85 * sum(codes.values())
    for name in ("customer_service", "menu", "template", "subscribe_notice", "draft", "tag", "user", "qrcode", "media"):
        assert {code for it in family(name).values() for code in it.errors if explain_code(code) is None} == set(), name


def test_a_method_goes_by_several_names() -> None:
    assert find_method("user.info") is find_method("user.get_user") is not None
    assert find_method("user") is None
    assert find_method("nobody.info") is None
    assert family("nobody") == {}
    assert len(families()) == 62


def test_the_name_that_was_meant() -> None:
    assert suggest_method("user.inof") == "user.info"
    assert suggest_method("usr.info") == "user.info"
    assert suggest_method("menu.get_menus") == "menu.get_menu"
    assert suggest_method("userget_user") == "user.get_user"
    assert suggest_method("zzzzzzzzzzzzzzzzzzzzz") is None


def test_what_is_followed_can_be_asked_about() -> None:
    followed = [method for method in every_method() if method.follow is not None]
    assert {method.full_name for method in followed} >= {"mass.mass_send", "mass.mass_send_all"}
    for method in followed:
        work = method.follow
        assert work is not None
        ask = find_method(work.ask)
        assert ask is not None
        assert ask.is_idempotent
        assert work.by in method.gives
        assert work.by in [field.name for field in ask.body]
        assert work.look in ask.gives
        assert not {*work.going, *work.done} & {state for state, _ in work.ends}
