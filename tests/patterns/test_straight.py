"""The way that is tried first leads to the match that RE2 finds, or leaves the answer to it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from interpreter.patterns.straight import END, LOOSE, UNTOLD, CharRun, StraightWay, straight_way
from interpreter.types.folding import is_usual
from interpreter.types.regexes import compile_translated, translate

STRAIGHT = [
    r"^查询12\s+(?<q>.+)$", r"^(\d+)元$", r"^(\d+)加(\d+)", r"订(\d{1,3})张", r"^[a-c]+b*c$", r"^(?:查|查询)\s*(.*)$",
    "^a(b|c)d", "^(a|ab)b", "^(a|ab)(c|bcd)$", r"\A\w+\z", r"^\S+\s\S+$", "ab", "查好+$", "你(好?)(吗*)$",
    "^[^a]{2,}a$", "^.?b", "查.询", r"号(\p{Han}+)", "a[ab]*b", "^(.+)号(.+)$", "ab{0,2}b", "^a{2}a*(b)", r"!\s?!",
    "^$",
]  # fmt: skip
WINDING = [
    r"\d+", "[ab]c", "a|b", "(a)?b", "a*?b", "(ab)+", r"\bfoo\b", "a^b", "a$b", "((a)b)", "é", "(?i:a)b", "^(a|b*)c",
    "a(b|)c", "(a|b)c", "(查)询", "",
]  # fmt: skip
TEXTS = st.text(alphabet="ab cd12好查询元号加!\n\u3000１Ａ", max_size=9)


def way_of(source: str, flags: str = "") -> StraightWay | None:
    translated, problems = translate(source, flags)
    assert translated is not None, problems
    return straight_way(translated.placed)


@pytest.mark.parametrize("source", STRAIGHT)
@settings(deadline=None, max_examples=150)
@given(text=TEXTS, flags=st.sampled_from(["", "s"]))
@example(text="查询12 ", flags="")
@example(text="查询12 a\nb", flags="")
@example(text="查询123 a", flags="")
@example(text="ab abb", flags="")
@example(text="a1加2加", flags="")
def test_a_straight_way_finds_what_re2_finds(source: str, text: str, flags: str) -> None:
    translated, _ = translate(source, flags)
    assert translated is not None
    way = straight_way(translated.placed)
    assert way is not None
    found = way.search(text)
    assert found in (UNTOLD, compile_translated(translated.re2).search_groups(text))


PIECES = [
    "a", "b", "查", "好", "a*", "b+", "查?", "[ab]", "[ab]{1,2}", r"\d+", r"\w*", r"\s", ".", ".*", ".{2}", "(?:a|b)",
    "(ab|a)", "(查|好)", "(.+)", r"(\w*)", "(a+b*)", "[^a]+", "()",
]  # fmt: skip


@settings(deadline=None, max_examples=2000)
@given(
    begin=st.sampled_from(["^", "a", "查", ""]),
    pieces=st.lists(st.sampled_from(PIECES), max_size=4),
    end=st.sampled_from(["", "$"]),
    text=st.text(alphabet="ab查好 1\n", max_size=8),
    flags=st.sampled_from(["", "s"]),
)
def test_whatever_it_is_put_together_of(begin: str, pieces: list[str], end: str, text: str, flags: str) -> None:
    translated, _ = translate(begin + "".join(pieces) + end, flags)
    way = translated and straight_way(translated.placed)
    if translated is not None and way is not None:
        assert way.search(text) in (UNTOLD, compile_translated(translated.re2).search_groups(text))


@pytest.mark.parametrize("source", WINDING)
def test_most_of_the_language_has_no_straight_way(source: str) -> None:
    assert way_of(source) is None


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        (r"^查询12\s+(?<q>.+)$", "查询12  天气", ("查询12  天气", "天气")),
        (r"^查询12\s+(?<q>.+)$", "查询123 天气", None),
        (r"^查询12\s+(?<q>.+)$", "查询12  ", UNTOLD),
        (r"订(\d+)张", "我要订座位，订3张票", ("订3张", "3")),
        (r"订(\d+)张", "我要订座位", None),
        ("a(好|好吗)!", "a好吗!", UNTOLD),
        ("a.*b", "ab", UNTOLD),
    ],
)
def test_what_is_told_without_re2(source: str, text: str, found: tuple[str, ...] | None) -> None:
    way = way_of(source)
    assert way is not None
    assert way.search(text) == found


def test_a_text_begins_the_way_or_the_message_does() -> None:
    anchored, other = way_of("^(a|b)c$"), way_of("ab+$")
    assert anchored is not None
    assert other is not None
    assert anchored.is_anchored
    assert not other.is_anchored
    assert anchored.steps[-1] == other.steps[-1] == END
    assert LOOSE not in anchored.steps


@pytest.mark.parametrize(("source", "flags"), [("ab", "i"), ("K", "i"), ("^a$", "m"), ("查ſ", "")])
def test_letters_that_have_another_case_and_lines_are_left_to_re2(source: str, flags: str) -> None:
    assert way_of(source, flags) is None


def test_a_set_takes_letter_case_as_re2_does() -> None:
    way = way_of("查([a-c]+)$", "i")
    assert way is not None
    assert way.search("查aBc") == ("查aBc", "aBc")
    assert way.search("查aBd") is None


@pytest.mark.parametrize(
    "notation",
    [
        ".",
        r"\d",
        r"\w",
        r"\s",
        r"\D",
        r"\W",
        r"\S",
        r"\p{Han}",
        "[^a-z]",
        r"[\w-]",
        "[，。！？]",
        "[一-乙龥丁]",
        "[^三-龥]",
    ],
)
def test_a_set_holds_the_usual_characters_that_re2_puts_in_it(notation: str) -> None:
    translated, _ = translate(notation, "")
    way = way_of(f"^{notation}$")
    assert translated is not None
    assert way is not None
    regex = compile_translated(f"^(?:{translated.re2})$")
    for char in filter(is_usual, map(chr, (*range(0x4E80), *range(0x9F80, 0x10000)))):
        assert (way.search(char) is not None) == (regex.search_groups(char) is not None), char


def test_a_long_message_of_many_beginnings_is_left_to_re2() -> None:
    way = way_of("a[^b]*b!")
    assert way is not None
    assert way.search("a" * 20_000) == UNTOLD


def test_rules_of_one_form_share_their_sets() -> None:
    ways = [way_of(rf"^查{number}\s+(.+)$") for number in range(2)]
    runs = [[step for step in way.steps if isinstance(step, CharRun)] for way in ways if way is not None]
    assert runs[0] == runs[1]
    assert runs[0][0].match(" \u3000x", 0) is not None
    made, what = runs[0][0].__reduce__()
    assert made(*what).match(" x", 0) is not None
