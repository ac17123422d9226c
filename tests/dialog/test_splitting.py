from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.diagnostics.diagnostic import Problem
from interpreter.dialog.splitting import (
    Part,
    split_assignment,
    split_call,
    split_default,
    split_loop,
    split_target,
    trimmed,
)


def shown(text, *parts):
    return [text[part.start : part.end] for part in parts]


def test_a_part_is_trimmed_of_white_space():
    assert trimmed("  a b ") == Part(2, 5)
    assert trimmed("   ").is_empty


@pytest.mark.parametrize(
    ("text", "name", "operator", "value"),
    [
        ("x = 1", "x", "=", "1"),
        ("  user.n+=1 ", "user.n", "+=", "1"),
        ("名字 -= a == b", "名字", "-=", "a == b"),
        ("x =[y = 1]", "x", "=", "[y = 1]"),
    ],
)
def test_assignments_are_split(text, name, operator, value):
    parts = split_assignment(text)
    assert not isinstance(parts, Problem)
    assert shown(text, parts.name, parts.value) == [name, value]
    assert parts.operator == operator


@pytest.mark.parametrize(
    ("text", "code", "wrong"),
    [
        ("x == 1", "DL200", "=="),
        ("x ＝ 1", "DL212", "＝"),
        ("$(x) = 1", "DL213", "$("),
        ("x[0] = 1", "DL200", "x[0]"),
        ("1 = x", "DL200", "1"),
        ("= x", "DL200", ""),
        ("x", "DL200", "x"),
        ("x =", "DL200", "="),
        ("f(x) + 1 == 2", "DL200", "f(x) + 1"),
    ],
)
def test_what_is_no_assignment_is_a_problem(text, code, wrong):
    problem = split_assignment(text)
    assert isinstance(problem, Problem)
    assert (problem.code, text[problem.start : problem.end]) == (code, wrong)


def test_loops_are_split():
    assert shown("a in b", *split_loop("a in b")) == ["a", "b"]
    assert shown(" 项 in[1, 2] ", *split_loop(" 项 in[1, 2] ")) == ["项", "[1, 2]"]


@pytest.mark.parametrize("text", ["", "a", "a in", "a inb", "in b", "a.b in c", "a, b in c"])
def test_what_is_no_loop_is_a_problem(text):
    assert isinstance(split_loop(text), Problem)


def test_a_default_stands_behind_the_first_equals_sign():
    text = 'text = "a = b"'
    assert shown(text, *split_default(text)) == ["text", '"a = b"']
    assert split_default("int(1..9)?") == (Part(0, 10), None)


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("s.o()", []),
        ("s.o( )", []),
        ("s.o(a, b)", ["a", "b"]),
        ("s.o(f(a, b), [c, d], {'e': 1})", ["f(a, b)", "[c, d]", "{'e': 1}"]),
        (r"s.o('a\',)', b)", [r"'a\',)'", "b"]),
        ("s . o (a == b)", ["a == b"]),
    ],
)
def test_calls_are_split_at_their_own_commas(text, arguments):
    parts = split_call(text)
    assert not isinstance(parts, Problem)
    assert shown(text, parts.service, parts.operation) == ["s", "o"]
    assert [shown(text, argument.value)[0] for argument in parts.arguments] == arguments


def test_arguments_may_have_names():
    text = "s.o(a = 1, b==2)"
    first, second = split_call(text).arguments
    assert shown(text, first.name, first.value) == ["a", "1"]
    assert second.name is None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", ""),
        ("s", "s"),
        ("s.o", "s.o"),
        ("s.o a", "a"),
        ("s.o(", "("),
        ("s.o(a]", "("),
        ("s.o('a)", "("),
        ("s.o(a)b", "b"),
        ("s.o(a,)", ""),
        ("s.o（a）", "（"),
    ],
)
def test_what_is_no_call_is_a_problem(text, wrong):
    problem = split_call(text)
    assert isinstance(problem, Problem)
    assert text[problem.start : problem.end] == wrong


def test_targets_have_a_kind_and_a_name():
    text = "rules.opening hours"
    kind, name = split_target(text)
    assert (kind, *shown(text, name)) == ("rules", "opening hours")
    assert split_target("opening hours") is None
    assert split_target("rules. ") is None


@given(st.text(alphabet="ab1.,()[]{}\"'\\=+- $＝（in\n", max_size=20))
def test_every_text_is_split_or_a_problem_within_it(text):
    for split in (split_assignment, split_loop, split_call):
        found = split(text)
        if isinstance(found, Problem):
            assert 0 <= found.start <= found.end <= len(text)
    split_default(text)
    split_target(text)
