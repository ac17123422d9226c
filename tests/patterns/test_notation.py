"""Pattern notation, its mistakes case by case in tests/data/patterns/errors.txt."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.patterns.notation import MAX_PATTERN, parse_pattern
from interpreter.patterns.tree import Alternatives, Capture, Consent, Letters, Phrase, Regex, Slot
from interpreter.patterns.variants import variants
from interpreter.types.kinds import EntityType, EnumType, IntType, TextType

ENTITIES = ("cities",)
DATA = Path(__file__).parents[1] / "data/patterns/errors.txt"
CASES = [line.split("\t") for line in DATA.read_text("utf-8").splitlines() if not line.startswith("# ")]


@pytest.mark.parametrize(("pattern", "code", "place", "message", "replacement"), CASES)
def test_a_mistake_is_shown_in_its_place(pattern: str, code: str, place: str, message: str, replacement: str) -> None:
    pattern = pattern.replace("\\u3000", "\u3000")
    parsed, problems = parse_pattern(pattern, ENTITIES)
    problem = problems[0]
    assert parsed is None
    assert (problem.code, f"{problem.start}-{problem.end}", problem.message.en) == (code, place, message)
    assert problem.message.zh != problem.message.en
    assert problem.replacement == (None if replacement == "-" else replacement)


def test_several_mistakes_are_all_shown() -> None:
    _, problems = parse_pattern("<1a>和<b:intt>)", ENTITIES)
    assert [problem.code for problem in problems] == ["DL113", "DL107", "DL401"]


def test_a_phrase_is_read() -> None:
    parsed, problems = parse_pattern(r"=(早|早上)好\<<name:text+><yes>", ENTITIES)
    assert problems == ()
    assert parsed == Phrase(
        "exact",
        (
            Alternatives(((Letters("早"),), (Letters("早上"),))),
            Letters("好<"),
            Slot("name", TextType(), greedy=True, start=10, end=22),
            Consent(yes=True),
        ),
        (Capture("name", TextType(), optional=False),),
        variants(parsed.parts),
    )
    assert parsed.groups == 0


@pytest.mark.parametrize(
    ("pattern", "captures"),
    [
        ("去<c:cities>", [("c", EntityType("cities"), False)]),
        ("<x:a|b>", [("x", EnumType(("a", "b")), False)]),
        ("我叫<n>|我是<n>", [("n", TextType(), False)]),
        ("(从<a>|)到<b>", [("a", TextType(), True), ("b", TextType(), False)]),
        ("<a : int >个", [("a", IntType(), False)]),
        ("/(?<a>x)(?<b>y)?/", [("a", TextType(), False), ("b", TextType(), True)]),
        ("<yes:int>", [("yes", IntType(), False)]),
    ],
)
def test_captures_are_known_with_their_types(pattern: str, captures: list) -> None:
    parsed, problems = parse_pattern(pattern, ENTITIES)
    assert problems == ()
    assert [(capture.name, capture.type, capture.optional) for capture in parsed.captures] == captures


def test_a_regex_is_read() -> None:
    parsed, _ = parse_pattern(r"/^(s)\s(?<q>.+)?$/im", ENTITIES)
    assert isinstance(parsed, Regex)
    assert parsed.groups == 2
    assert parsed.optional_groups == {2}
    assert parsed.translated.startswith("(?im)")


def test_a_pattern_may_not_be_endless() -> None:
    _, (problem,) = parse_pattern("好" * (MAX_PATTERN + 1), ENTITIES)
    assert problem.code == "DL404"


def test_full_width_punctuation_may_be_meant() -> None:
    assert parse_pattern(r"价格（元）\｜", ENTITIES)[1] == ()


NOTATION = st.text(alphabet=r"=~/ab你好()|<>:\ int+?（）｜＜：", max_size=14)


@settings(deadline=None)
@given(NOTATION | st.text(max_size=12))
def test_any_text_ends_in_a_pattern_or_in_problems_within_it(pattern: str) -> None:
    parsed, problems = parse_pattern(pattern, ENTITIES)
    assert (parsed is None) == bool(problems)
    assert all(0 <= problem.start <= problem.end <= len(pattern) for problem in problems)
