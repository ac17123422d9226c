from __future__ import annotations

from interpreter.dialog.tests_section import read_tests


def test_tests_have_conditions_and_lines(leaves, tree, outline):
    found = read_tests(leaves, tree("wins: {given: {random: 7, now: 2026-01-01, user.n: $(1)}, talk: '> hi'}"))
    assert outline(found) == (
        "Test(name=wins, given=[[random, DataLeaf(value=7)], [now, DataLeaf(value='2026-01-01')], "
        "[user.n, DataLeaf(value={1})]], lines=[TalkLine(kind='send', text='hi')])"
    )


def test_tests_of_the_wrong_shape_have_no_lines(leaves, tree):
    assert [test.lines for test in read_tests(leaves, tree("{a: x, b: {talk: [x], given: x}}"))] == [(), ()]
    assert read_tests(leaves, None) == ()
