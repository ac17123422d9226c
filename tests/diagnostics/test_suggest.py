"""Did you mean …"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.diagnostics.suggest import near_names, nearest

WORDS = st.text("abcde你好_ ", max_size=8)


@pytest.mark.parametrize(
    ("word", "candidates", "expected"),
    [
        ("gues", ["guess", "guest"], "guess"),
        ("chekout", ["checkin", "checkout"], "checkout"),
        ("nmae", ["user", "name"], "name"),
        ("replly", ["reply", "replies"], "reply"),
        ("GUESS", ["guess"], "guess"),
        ("ｇｕｅｓｓ", ["guess"], "guess"),
        ("give-up", ["give_up"], "give_up"),
        ("查天汽", ["查天气", "查快递"], "查天气"),
        ("survey", ["guess", "main"], None),
        ("a", ["b", "c"], None),
        ("北京", ["上海"], None),
        ("x", [], None),
        ("", ["ab"], None),
    ],
)
def test_the_nearest_name(word: str, candidates: list[str], expected: str | None) -> None:
    assert nearest(word, candidates) == expected


def test_the_earlier_of_equally_near_names_wins() -> None:
    assert nearest("gues", ["guest", "guess"]) == "guest"


def test_the_limit_grows_with_the_word() -> None:
    assert nearest("abcdefgh", ["abcdexyz"]) == "abcdexyz"
    assert nearest("abcdefg", ["abcdxyz"]) is None


def test_near_names_are_few_and_sorted_by_nearness() -> None:
    names = ["zebra", "guess", "main", "guest", "survey", "login", "guess"]
    assert near_names("gues", names, 3)[:2] == ("guess", "guest")
    assert len(near_names("gues", names)) == 5
    assert len(set(near_names("gues", names, 9))) == 6


def test_a_name_within_another_is_near() -> None:
    assert near_names("name", ["abcdefghi", "user.name", "games"], 2) == ("user.name", "games")


@given(WORDS, st.lists(WORDS))
def test_any_names_do(word: str, candidates: list[str]) -> None:
    found = nearest(word, candidates)
    assert found is None or found in candidates
    assert set(near_names(word, candidates)) <= set(candidates)


@given(WORDS.filter(lambda word: len(word) > 2), st.data())
def test_one_slip_is_always_near(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    assert nearest(word[:at] + "z" + word[at:], [word]) == word
    assert nearest(word[:at] + word[at + 1 :], [word]) == word
