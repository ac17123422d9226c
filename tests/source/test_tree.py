"""The nodes of a tree."""

from interpreter.source.reader import read_text
from interpreter.source.tree import Mapping, Scalar


def test_a_mapping_finds_its_entries() -> None:
    tree, _ = read_text("x.yaml", "a: 1\nb: 2\n")
    assert isinstance(tree, Mapping)
    entry = tree.entry("b")
    assert entry is not None
    assert entry.value is tree.get("b")
    assert tree.get("c") is None


def test_a_scalar_knows_how_it_was_written() -> None:
    tree, _ = read_text("x.yaml", "a: 1\nb: '1'\nc: yes\nd:\n")
    assert isinstance(tree, Mapping)
    scalars = [entry.value for entry in tree.entries if isinstance(entry.value, Scalar)]
    assert [scalar.is_plain for scalar in scalars] == [True, False, True, True]
    assert [scalar.is_json_literal for scalar in scalars] == [True, False, False, False]
    assert [scalar.is_empty for scalar in scalars] == [False, False, False, True]
