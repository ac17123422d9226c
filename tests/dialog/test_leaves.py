from __future__ import annotations

import pytest

from interpreter.dialog.leaves import (
    EMPTY,
    as_items,
    as_mapping,
    name_of,
    read_duration_leaf,
    read_flag,
    read_integer,
    read_name,
    read_names,
)


def test_a_leaf_of_the_wrong_shape_is_none_without_a_word(leaves, tree):
    node = tree("[a]")
    assert leaves.expression(node) is None
    assert leaves.text(node) is None
    assert leaves.pattern(node) is None
    assert leaves.diagnostics == []


@pytest.mark.parametrize(
    ("read", "source", "code", "place"),
    [
        ("expression", "'x +  '", "DL200", "1:4"),
        ("expression", "|\n  a and\n  b +)\n", "DL200", "3:6"),
        ("text", "好 $(a b)", "DL200", "1:7"),
        ("pattern", "/(a/", "DL401", "1:2"),
    ],
)
def test_problems_stand_where_the_author_made_them(leaves, tree, read, source, code, place):
    getattr(leaves, read)(tree(source))
    (said,) = leaves.diagnostics
    assert (said.code, f"{said.span.line}:{said.span.column}") == (code, place)


def test_an_expression_begins_behind_white_space(leaves, tree):
    assert leaves.expression(tree("' a + b'")).offset == 1


def test_patterns_know_the_entities_of_the_bot(leaves, tree):
    assert leaves.pattern(tree("去<city:cities>")) is not None
    assert leaves.diagnostics == []
    leaves.pattern(tree("去<city:citis>"))
    assert [said.code for said in leaves.diagnostics] == ["DL107"]


def test_names(tree):
    assert read_name(tree("own name")).text == "own name"
    assert read_name(tree("''")) is None
    assert read_name(tree("[a]")) is None
    assert [name.text for name in read_names(tree("[a, [b], '', c]"))] == ["a", "", "c"]
    assert [name.text for name in read_names(tree("a"))] == ["a"]
    assert read_names(None) == ()
    assert str(name_of(tree("a")).span) == "bot.yaml:1:1"


@pytest.mark.parametrize(
    ("source", "value"), [("3", 3), ("007", 7), ("-1", None), ("三", None), ("9" * 16, None), ("[3]", None)]
)
def test_whole_numbers(tree, source, value):
    assert read_integer(tree(source)) == value


def test_flags_and_durations(tree):
    assert read_flag(tree("true"))
    assert not read_flag(tree("yes"))
    assert not read_flag(None)
    assert read_duration_leaf(tree("5m")).value.seconds == 300
    assert read_duration_leaf(tree("soon")) is None
    assert read_duration_leaf(None) is None


def test_mappings_and_items(tree):
    assert as_mapping(tree("[a]")) is EMPTY
    assert as_mapping(tree("{a: b}")).get("a").text == "b"
    assert [item.text for item in as_items(tree("[a, b]"))] == ["a", "b"]
    assert as_items(None) == ()
