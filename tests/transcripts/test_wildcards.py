from __future__ import annotations

import pytest

from interpreter.transcripts.wildcards import finds, matches, regex_of


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("", ""),
        ("a", "a"),
        ("*", ""),
        ("*", "line\nbreak"),
        ("a*", "a"),
        ("*b", "ab"),
        ("a*c", "abbc"),
        ("a*b*c", "a1b2c"),
        ("**", "x"),
        (r"2\*3", "2*3"),
        (r"\\*", "\\x"),
        ("\\", "\\"),
        (r"C:\dir", r"C:\dir"),
    ],
)
def test_a_reply_as_expected(expected: str, said: str) -> None:
    assert matches(expected, said)


@pytest.mark.parametrize(
    ("expected", "said"),
    [("a", "b"), ("a", "ab"), ("a*a", "a"), ("ab*bc", "abc"), ("a*x*c", "abc"), (r"\*", "x"), ("*a*b*", "b a")],
)
def test_a_reply_that_is_another(expected: str, said: str) -> None:
    assert not matches(expected, said)


def test_many_stars_stay_linear() -> None:
    assert not matches("*a" * 2_000 + "b", "a" * 20_000)


def test_a_line_between_slashes_is_a_regular_expression() -> None:
    assert regex_of("/^a$/i") == ("^a$", "i")
    assert regex_of("/path/to/x") is None
    assert regex_of("a/b/") is None


def test_a_regular_expression_finds_or_is_unreadable() -> None:
    assert finds(("A+", "i"), "xaax")
    assert not finds(("b", ""), "a")
    assert not finds(("(", ""), "(")
