from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from interpreter.catalogue.methods import find_method
from interpreter.check.api_paths import field_at, overlapping, unfold


def test_paths_become_maps_and_lists() -> None:
    leaves = [("a", 1), ("tag.name", 2), ("tag.id", 3), ("list[1]", 5), ("list[0]", 4), ("deep[0].x.y", 6)]
    assert unfold(leaves) == {"a": 1, "tag": {"name": 2, "id": 3}, "list": [4, 5], "deep": [{"x": {"y": 6}}]}


def test_of_two_in_one_place_the_later_counts() -> None:
    assert unfold([("a", 1), ("a.b", 2)]) == {"a": {"b": 2}}
    assert unfold([("a.b", 2), ("a", 1)]) == {"a": 1}


def test_a_path_leads_to_a_field() -> None:
    menu, tag, template = find_method("menu.create"), find_method("tag.create"), find_method("template.send")
    assert menu is not None
    assert tag is not None
    assert template is not None
    found = [
        field_at(menu, "button[0].sub_button[2].key"),
        field_at(tag, "tag"),
        field_at(template, "data.thing1.value"),
    ]
    assert [field and (field.name, field.kind) for field in found] == [
        ("key", "str"),
        ("tag", "object"),
        ("value", "str"),
    ]
    assert field_at(tag, "tag.nam") is None
    assert field_at(tag, "tag[0]") is None


def test_paths_overlap_where_one_leads_through_the_other() -> None:
    assert overlapping("tag.name", "tag")
    assert overlapping("button[0]", "button[0].name")
    assert not overlapping("button[0]", "button[1]")
    assert not overlapping("tag", "tagid")


@given(st.lists(st.tuples(st.text(), st.integers())))
def test_nothing_that_can_be_written_is_too_strange(leaves: list[tuple[str, int]]) -> None:
    assert isinstance(unfold(leaves), dict)
