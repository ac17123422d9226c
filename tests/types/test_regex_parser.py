"""What is refused in regular expressions, case by case in tests/data/types/regex_errors.txt."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.diagnostics.diagnostic import Problem
from interpreter.types.regex_parser import PlacedRegex, parse
from interpreter.types.regex_tree import Choice, Group, Node, Repeat, Series
from interpreter.types.regexes import MAX_SOURCE, translate

DATA = Path(__file__).parents[1] / "data/types/regex_errors.txt"
CASES = [line.split("\t") for line in DATA.read_text("utf-8").splitlines() if not line.startswith("# ")]


@pytest.mark.parametrize(("source", "code", "place", "message"), CASES)
def test_a_mistake_is_shown_in_its_place(source: str, code: str, place: str, message: str) -> None:
    translated, (problem,) = translate(source)
    assert translated is None
    assert (problem.code, f"{problem.start}-{problem.end}", problem.message.en) == (code, place, message)
    assert problem.message.zh != problem.message.en


@pytest.mark.parametrize(
    ("source", "mended"),
    [("a*+b", "a*b"), ("a{,3}", "a{0,3}"), ("a{5,2}", "a{2,5}"), ("[[:digit:]]", r"[\d]"), ("[[:nix:]]", None)],
)
def test_a_mend_is_offered_where_there_is_one(source: str, mended: str | None) -> None:
    _, (problem,) = translate(source)
    if mended is None:
        assert problem.replacement is None
    else:
        assert source[: problem.start] + str(problem.replacement) + source[problem.end :] == mended
        assert translate(mended)[1] == ()


@pytest.mark.parametrize("source", ["x(?=y)", "x(?!y)", r"(a)\1", "(?>a)", "a*+", "(?(1)a|b)", "a{2000}", r"\h", "[]"])
def test_what_is_refused_says_what_to_write(source: str) -> None:
    _, (problem,) = translate(source)
    assert problem.help is not None


@pytest.mark.parametrize("flag", ["g", "u", "x", "y", "q"])
def test_an_unknown_flag_is_refused_after_the_closing_slash(flag: str) -> None:
    _, (problem,) = translate("abc", "i" + flag)
    assert (problem.code, problem.start, problem.end) == ("DL401", 5, 6)


def test_an_expression_may_not_be_endless() -> None:
    _, (problem,) = translate("a" * (MAX_SOURCE + 1))
    assert problem.code == "DL404"


def test_groups_may_not_be_nested_without_end() -> None:
    _, (problem,) = translate("(" * 2000 + "a" + ")" * 1999)
    assert (problem.code, problem.start) == ("DL404", 61)


NOTATION = st.text(alphabet=r"ab你(){}[]<>?*+|\^$.-,:=!Pdwsbpn1239 i", max_size=14)


@settings(deadline=None)
@given(NOTATION | st.text(max_size=10))
def test_any_text_ends_in_a_tree_or_in_a_problem_within_it(source: str) -> None:
    parsed = parse(source, "")
    if isinstance(parsed, Problem):
        assert 0 <= parsed.start <= parsed.end <= len(source)


def nodes_of(node: Node) -> list[Node]:
    match node:
        case Group(body=body) | Repeat(body=body):
            return [node, *nodes_of(body)]
        case Series(parts=nodes) | Choice(branches=nodes):
            return [node, *(each for inner in nodes for each in nodes_of(inner))]
        case _:
            return [node]


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("a", ["a"]),
        ("a+?b", ["a+?b", "a+?", "a", "b"]),
        ("^是|否$", ["^是|否$", "^是", "^", "是", "否$", "否", "$"]),
        (r"(?<n>\d{2})x", [r"(?<n>\d{2})x", r"(?<n>\d{2})", r"\d{2}", r"\d", "x"]),
        ("(?i)(?:a|)", ["(?:a|)", "a|", "a", ""]),
        ("a(?#why)b", ["a(?#why)b", "a", "b"]),
        ("[a-z]*", ["[a-z]*", "[a-z]"]),
    ],
)
def test_every_node_knows_its_place(source: str, written: list[str]) -> None:
    placed = parse(source, "")
    assert isinstance(placed, PlacedRegex)
    assert [placed.written(node) for node in nodes_of(placed.node)] == written


def test_flags_at_the_start_count_for_the_whole() -> None:
    placed = parse("(?i)a", "")
    assert isinstance(placed, PlacedRegex)
    assert placed.flags == "i"
