"""JSON is read with places, limits and named slips."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.source.faults import MAX_BYTES, MAX_PROBLEMS
from interpreter.source.reader import read_text
from interpreter.source.tree import Mapping, Node, Scalar, Sequence

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)


def value(node: Node) -> object:
    match node:
        case Scalar():
            return node.text if node.style == "json" else json.loads(node.text)
        case Sequence():
            return [value(item) for item in node.items]
        case Mapping():
            return {entry.key.text: value(entry.value) for entry in node.entries}


def problems(text: str) -> list[tuple[str, str]]:
    return [(problem.kind, str(problem.span)[7:]) for problem in read_text("x.json", text)[1]]


@settings(max_examples=200, deadline=None)
@given(JSON, st.sampled_from([None, 1]), st.booleans())
def test_what_a_writer_writes_is_read(tree: object, indent: int | None, ascii_only: bool) -> None:
    node, found = read_text("x.json", json.dumps(tree, indent=indent, ensure_ascii=ascii_only))
    assert not found
    assert node is not None
    assert value(node) == tree


@settings(max_examples=400, deadline=None)
@given(st.text(st.sampled_from("{}[],:\"'\\/ \n\tu0a1.-etrufalsn#*你\0\ud800"), max_size=40))
def test_no_text_raises_and_what_is_not_json_is_a_problem(text: str) -> None:
    node, found = read_text("x.json", text)
    try:
        json.loads(text)
        valid = True
    except ValueError:
        valid = False
    assert node is not None or found
    if not valid:
        assert found
    elif "\ud800" not in text:
        assert {problem.kind for problem in found} <= {"duplicate-key"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("empty", "1:1")]),
        (" \n", [("empty", "1:1")]),
        ('{"a": 1, "a": 2}', [("duplicate-key", "1:10")]),
        ('{"a": 1,}', [("json-trailing-comma", "1:8")]),
        ("[1, 2,\n]", [("json-trailing-comma", "1:6")]),
        ('{"a": 1 // b\n}', [("json-comment", "1:9")]),
        ('{"a": /* b */ 1} # c', [("json-comment", "1:7")]),
        ("{'a': 'b\"c'}", [("json-single-quote", "1:2"), ("json-single-quote", "1:7")]),
        ("{a: b}", [("json-bare-word", "1:2"), ("json-bare-word", "1:5")]),
        ("[01, +1, 1., .5, NaN]", [("json-bare-word", place) for place in ("1:2", "1:6", "1:10", "1:14", "1:18")]),
        ("[True]", [("json-bare-word", "1:2")]),
        ('{"a" 1}', [("missing-colon", "1:6")]),
        ('{"a": 1 "b": 2}', [("missing-comma", "1:9")]),
        ("[1 2]", [("missing-comma", "1:4")]),
        ('{"a": [1}', [("extra-bracket", "1:9")]),
        ('{"a": [1, 2', [("unclosed-bracket", "1:7")]),
        ('{"a": ', [("unclosed-bracket", "1:1")]),
        ('{"a": }', [("not-json", "1:7")]),
        ("[,]", [("not-json", "1:2")]),
        ("{1: 2}", [("json-bare-word", "1:2")]),
        ("[1] 2", [("not-json", "1:5")]),
        ("]", [("not-json", "1:1")]),
        ('{"a": "b\n}', [("unclosed-quote", "1:7")]),
        ('["a', [("unclosed-quote", "1:2")]),
        ('["a\\', [("unclosed-quote", "1:2")]),
        ('["a\tb"]', [("control-character", "1:4")]),
        ('["\\d", "\\u12"]', [("bad-escape", "1:3"), ("bad-escape", "1:9")]),
        ("dialog: 1\nname: x\n", [("not-json", "1:1")]),
    ],
)
def test_slips_have_names_and_places(text: str, expected: list[tuple[str, str]]) -> None:
    assert problems(text) == expected


def test_a_slip_does_not_hide_what_follows() -> None:
    node, found = read_text("x.json", '{\'a\': b, // c\n "d": [1,],\n "d": 2}')
    assert node is not None
    assert len(found) == 5
    assert isinstance(node, Mapping)
    assert [entry.key.text for entry in node.entries] == ["a", "d"]


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, '["a", ' * 100_000])
def test_depth_is_bounded(text: str) -> None:
    assert [kind for kind, _ in problems(text)] == ["too-deep"]


def test_size_is_bounded() -> None:
    assert [kind for kind, _ in problems(f'["{"x" * MAX_BYTES}"]')] == ["too-big"]


def test_a_file_full_of_slips_is_left_before_its_end() -> None:
    assert len(problems("[" + "a, " * 10_000 + "]")) == MAX_PROBLEMS


def test_surrogate_pairs_are_one_character() -> None:
    node, found = read_text("x.json", '["a\\ud83d\\ude00b", "\\ud83d"]')
    assert not found
    assert isinstance(node, Sequence)
    assert [item.text for item in node.items if isinstance(item, Scalar)] == ["a😀b", "\ufffd"]
    first = node.items[0]
    assert isinstance(first, Scalar)
    assert [first.place(at, at + 1).column for at in range(3)] == [3, 4, 16]


def test_numbers_and_words_are_plain_json_literals() -> None:
    node, _ = read_text("x.json", '[1, -1.5e+3, true, null, "1"]')
    assert isinstance(node, Sequence)
    assert [item.is_json_literal for item in node.items if isinstance(item, Scalar)] == [True] * 4 + [False]
