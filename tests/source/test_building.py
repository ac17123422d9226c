"""What the tree builder refuses, whoever feeds it."""

import pytest

from interpreter.source.building import TreeBuilder
from interpreter.source.faults import MAX_DEPTH, MAX_EXPANDED
from interpreter.source.reader import read_text
from interpreter.source.spans import SourceFile
from interpreter.source.tree import Mapping, Sequence


def kinds(text: str) -> list[str]:
    return [problem.kind for problem in read_text("x.yaml", text)[1]]


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def test_the_deepest_tree_is_read_and_one_deeper_is_not() -> None:
    assert kinds(nested(MAX_DEPTH)) == []
    assert kinds(nested(MAX_DEPTH + 1)) == ["too-deep"]


def test_depth_is_counted_through_aliases() -> None:
    half = MAX_DEPTH // 2
    fits = f"a: &a {nested(half - 1)}\nb: {'[' * half}*a{']' * half}\n"
    assert kinds(fits) == []
    assert kinds(fits.replace("b: [", "b: [[").replace("*a]", "*a]]")) == ["too-deep"]


def test_aliases_have_a_budget() -> None:
    base = "a: &a [" + "x," * 999 + "]\n"
    fits = MAX_EXPANDED // 1_000
    assert kinds(base + "b: [" + "*a," * fits + "]\n") == []
    assert kinds(base + "b: [" + "*a," * (fits + 1) + "]\n") == ["alias-budget"]


def test_the_first_of_two_equal_keys_stays() -> None:
    tree, (problem,) = read_text("x.yaml", "a: 1\n'a': {b: 2}\nc: 3\n")
    assert isinstance(tree, Mapping)
    assert [entry.key.text for entry in tree.entries] == ["a", "c"]
    assert problem.related is not None
    assert (str(problem.span), str(problem.related), problem.detail) == ("x.yaml:2:1", "x.yaml:1:1", "a")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<<: {a: 1}\n", ["merge-key"]),
        ("'<<': a\n", []),
        ("? [a]\n: b\n", ["complex-key"]),
        ("? - a\n: b\n", ["complex-key"]),
        ("a: &x [*x]\n", ["alias-cycle"]),
        ("a: &x {b: 1}\nb: &x 2\nc: *x\n", []),
        ("a: &x 1\n", ["unused-anchor"]),
        ("a: &可爱 你好\n", ["reserved-start"]),
        ("a: && b\n", ["reserved-start"]),
        ("a: &可爱\n  - b\n", ["unused-anchor"]),
        ("a: &x\n  b: 1\nc: &y [1]\nd: [*y]\n", ["unused-anchor"]),
        ("a: !t [1]\nb: !u\n  c: 1\nd: !!int 1\n", ["tag", "tag", "tag"]),
        ("a: !t &x b\nc: *x\n", ["tag"]),
        ("a: &x !t b\nc: *x\n", ["tag"]),
    ],
)
def test_what_yaml_has_and_this_language_has_not(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


def test_a_builder_without_input_has_no_tree() -> None:
    assert TreeBuilder(SourceFile("x", "")).finish() is None


def test_flow_collections_know_that_they_are() -> None:
    tree, _ = read_text("x.yaml", "a: [1]\nb:\n  - {c: 1}\n")
    assert isinstance(tree, Mapping)
    first, second = tree.get("a"), tree.get("b")
    assert isinstance(first, Sequence)
    assert isinstance(second, Sequence)
    assert (tree.flow, first.flow, second.flow, second.items[0].flow) == (False, True, False, True)  # type: ignore[union-attr]
