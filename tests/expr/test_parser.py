from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta

import pytest
from expr.texts import kinds, well_typed, wild
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.expr.inference import infer, infer_template
from interpreter.expr.parser import MAX_LENGTH, parse_expression
from interpreter.expr.printer import print_expression
from interpreter.expr.scope import Scope
from interpreter.expr.templates import parse_template
from interpreter.expr.tree import Literal, Node
from interpreter.expr.walk import moved, walk

quick = settings(max_examples=200, deadline=None)
LITERALS = (
    st.text() | st.integers(0, 2**53 - 1) | st.floats(0, 2**53 - 1) | st.timedeltas(timedelta(-9_999), timedelta(9_999))
)
WORDS = (
    "a 你好 1 2.5 5m \"s\" 's' ( ) [ ] { } , : . + - * / // % ?? == != < <= > >= = && || ! ? $( ${ "
    "if else for in not and or true null is AND （ ） ， “ ” ＝ 。 \\ \" ' @ #"
)
SOUP = st.lists(st.sampled_from(WORDS.split()), max_size=12)


def parsed(text: str) -> Node:
    node, problems = parse_expression(text)
    assert node is not None, problems
    assert not problems
    return node


def shape(node: Node) -> str:
    """A tree without its offsets; literals keep their kinds."""
    return re.sub(r"(, )?\b(start|end|operator_start|name_start)=-?\d+", "", repr(node))


@quick
@given(kinds().flatmap(well_typed) | wild())
def test_what_is_printed_reads_as_the_same_tree(text: str) -> None:
    node = parsed(text)
    printed = print_expression(node)
    assert shape(parsed(printed)) == shape(node)
    assert print_expression(parsed(printed)) == printed


@quick
@given(
    st.text() | st.integers(0, 2**53 - 1) | st.floats(0, 2**53 - 1) | st.timedeltas(timedelta(-9_999), timedelta(9_999))
)
def test_a_literal_is_printed_as_it_is_read(value: object) -> None:
    text = print_expression(Literal(value, 0, 0))  # type: ignore[arg-type]
    node = parsed(text.removeprefix("-"))
    assert isinstance(node, Literal)
    assert print_expression(node) == text.removeprefix("-")
    if not text.startswith("-"):
        assert node.value == value


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("(a + b) + c", "a + b + c"),
        ("a + (b + c)", "a + (b + c)"),
        ("(a + b) * c", "(a + b) * c"),
        ("(a * b) + c", "a * b + c"),
        ("not (a and b)", "not (a and b)"),
        ("(not a) and b", "not a and b"),
        ("(a == b) == c", "(a == b) == c"),
        ("-(-a)", "--a"),
        ("-(a.b)", "-a.b"),
        ("(-a).b", "(-a).b"),
        ("(a ?? b) ?? c", "a ?? b ?? c"),
        ("a ?? (b == c)", "a ?? (b == c)"),
        ("(a if b else c) if d else e", "(a if b else c) if d else e"),
        ("a if b else (c if d else e)", "a if b else c if d else e"),
        ("[x for x in (a if b else c) if d]", "[x for x in (a if b else c) if d]"),
        ("f(a,b=c,)", "f(a, b=c)"),
        ("{'k':v,}", '{"k": v}'),
        ("x [ 1 : ] [:2][:]", "x[1:][:2][:]"),
        ("a not  in b", "a not in b"),
        ("(5).x", "5.x"),
        ("2.50", "2.5"),
        ("60s", "1m"),
        ("message.raw.if", "message.raw.if"),
    ],
)
def test_printing_uses_no_more_brackets_than_it_needs(text: str, printed: str) -> None:
    assert print_expression(parsed(text)) == printed


@quick
@given(st.text(max_size=40) | SOUP.map(" ".join) | SOUP.map("".join))
def test_any_text_at_all_gives_a_tree_or_a_problem_within_it(text: str) -> None:
    node, problems = parse_expression(text)
    assert node is not None or problems
    for problem in problems:
        assert 0 <= problem.start <= problem.end <= len(text)
    if node is not None:
        infer(node, Scope({}))


@quick
@given(st.text(max_size=40) | SOUP.map(lambda words: "x $(" + " ".join(words)))
def test_any_text_at_all_is_a_template(text: str) -> None:
    template, problems = parse_template(text)
    infer_template(template, Scope({}))
    for problem in problems:
        assert 0 <= problem.start <= problem.end <= len(text)
    for hole in template.holes:
        assert text[hole.start : hole.start + 2] == "$("
        assert hole.start < hole.node.start <= hole.node.end < hole.end


@quick
@given(kinds().flatmap(well_typed), st.integers(0, 50))
def test_a_moved_tree_is_the_tree_of_the_moved_text(text: str, by: int) -> None:
    assert moved(parsed(text), by) == parsed(" " * by + text)


def test_a_node_knows_where_it_was_written() -> None:
    text = "len(名字.a[0]) + (b if not c else [d for d in e if f])"
    at = {text[node.start : node.end] for node in walk(parsed(text))}
    assert {"len(名字.a[0])", "名字.a[0]", "b if not c else [d for d in e if f]", "not c", "f", text} <= at


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "(" * 1_900 + "1" + ")" * 1_900,
        "[" * 65 + "]" * 65,
        "1" + "+1" * 1_500,
        "not " * 900 + "a",
        "-" * 3_000 + "1",
        "a" + ".b" * 1_500,
        "a" + "[0]" * 1_200,
        "a if b else " * 300 + "c",
        "a" + " or a" * 700,
        "f(" * 100 + ")" * 100,
        "1" * 4_001,
    ],
)
def test_an_expression_beyond_the_limits_is_refused_in_no_time(text: str) -> None:
    node, problems = parse_expression(text)
    assert node is None
    assert [problem.code for problem in problems] == ["DL217"]


@pytest.mark.parametrize(
    "text",
    ["(" * 64 + "1" + ")" * 64, "1" + "+1" * 140, '"' + "a" * (MAX_LENGTH - 2) + '"'],
)
def test_an_expression_within_the_limits_is_read(text: str) -> None:
    assert parse_expression(text)[0] is not None


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert parse_expression("+".join(["(a)"] * 100))[0] is not None


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_expression_is_a_problem(text: str) -> None:
    node, problems = parse_expression(text)
    assert node is None
    assert [problem.message.en for problem in problems] == ["the expression is empty"]


def test_white_space_may_be_anything_that_is_white() -> None:
    assert shape(parsed("a\n +\t b\u3000* c")) == shape(parsed("a + b * c"))


def test_a_field_may_have_the_name_of_a_keyword() -> None:
    assert print_expression(parsed("a.in.not + b.for")) == "a.in.not + b.for"


def test_paths_need_no_grammar() -> None:
    code = (
        "import sys; from interpreter.expr.parser import *; parse_expression('a.b'); assert 'lark' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_texts_without_expressions_that_close_are_read_in_no_time() -> None:
    template, problems = parse_template("$(" * 30_000)
    assert len(problems) == 1
    assert template.holes == ()


def test_a_closing_bracket_is_not_looked_for_forever() -> None:
    template, problems = parse_template("$(" + "x" * 100_000 + " + 1)")
    assert [problem.code for problem in problems] == ["DL200"]
    assert template.parts == ()


def test_a_hole_that_is_too_long_is_refused_like_an_expression() -> None:
    template, problems = parse_template("$(1" + " " * MAX_LENGTH + ")!")
    assert [problem.code for problem in problems] == ["DL217"]
    assert template.parts == ("!",)
