from __future__ import annotations

import pytest

from interpreter.dialog.data import read_data


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("42", "DataLeaf(value=42)"),
        ("-1.5e3", "DataLeaf(value=-1500.0)"),
        ("true", "DataLeaf(value=True)"),
        ("null", "DataLeaf()"),
        ("'42'", "DataLeaf(value='42')"),
        ("0571", "DataLeaf(value='0571')"),
        ("no", "DataLeaf(value='no')"),
        ("$(n + 1)", "DataLeaf(value={n + 1})"),
        ("n $(n)", "DataLeaf(value='n $(n)')"),
        ("''", "DataLeaf(value='')"),
        (
            "{a: [1, {b: }]}",
            "DataMap(entries=[[a, DataList(items=[DataLeaf(value=1), DataMap(entries=[[b, DataLeaf()]])])]])",
        ),
    ],
)
def test_data_keeps_the_types_that_were_written(leaves, tree, outline, source, expected):
    assert outline(read_data(leaves, tree(source)), leaves.diagnostics) == expected


@pytest.mark.parametrize("number", ["9007199254740992", "-9007199254740992", "1e999", "1" * 5000])
def test_a_number_that_is_too_large_is_reported(leaves, tree, number):
    assert read_data(leaves, tree(number)).value is None
    assert [said.code for said in leaves.diagnostics] == ["DL217"]


def test_the_largest_numbers_are_fine(leaves, tree):
    assert read_data(leaves, tree("9007199254740991")).value == 2**53 - 1
    assert read_data(leaves, tree("1e300")).value == 1e300
    assert leaves.diagnostics == []
