from __future__ import annotations

from interpreter.catalogue.fates import describe_fate
from interpreter.catalogue.methods import every_method, find_method


def test_what_is_not_open_says_why_and_what_to_use() -> None:
    for method in every_method():
        said = describe_fate(method)
        assert (said is None) == (method.fate == "open")
        if said is not None:
            assert method.full_name in said.en
            assert method.full_name in said.zh
            assert (method.instead or "") in said.en


def test_a_method_is_called_what_its_caller_calls_it() -> None:
    method = find_method("group.list")
    assert method is not None
    said = describe_fate(method, "group.list")
    assert said is not None
    assert said.en.startswith("group.list is out of date: ")
    assert said.zh.startswith("group.list 已过时")


def test_groups_still_work_and_short_links_do_not() -> None:
    groups, links = find_method("group.create"), find_method("url.shorten")
    assert groups is not None
    assert links is not None
    assert (groups.fate, groups.instead) == ("marked", "tag.create_tag")
    assert (links.fate, links.instead) == ("closed", "url.gen_shorten")
