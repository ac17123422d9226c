"""The meaning of regular expressions, case by case in tests/data/types/regex_matches.txt."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.types.regex_classes import SPACE
from interpreter.types.regexes import (
    _MOST_INSTRUCTIONS,
    _SURELY_SMALL,
    compile_regex,
    compile_translated,
    compile_words,
    translate,
)

DATA = Path(__file__).parents[1] / "data/types"


def unescape(text: str) -> str:
    """`\\n`, `\\t` and `\\uXXXX` of a data file."""
    return re.sub(
        r"\\(?:([nrt])|u([0-9a-f]{4}))",
        lambda m: {"n": "\n", "t": "\t", "r": "\r"}[m[1]] if m[1] else chr(int(m[2], 16)),
        text,
    )


def read_cases(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (DATA / name).read_text("utf-8").split("\n") if line and line[:2] != "# "]


@pytest.mark.parametrize(("source", "flags", "text", "expected"), read_cases("regex_matches.txt"))
def test_an_expression_finds_what_it_means(source: str, flags: str, text: str, expected: str) -> None:
    translated, problems = translate(source, flags)
    assert problems == ()
    match = compile_translated(translated.re2).search(unescape(text))
    assert (match.group() if match else "-") == unescape(expected)


@pytest.mark.parametrize("source", [case[0] for case in read_cases("redos.txt")])
@pytest.mark.parametrize("text", ["a" * 10_000 + "!", "ab x1," * 1700, "你好" * 5000, '"\\<' * 3300])
def test_no_expression_runs_away(source: str, text: str) -> None:
    regex = compile_regex(source)
    if regex is None:
        assert translate(source)[1][0].code in ("DL402", "DL404")
    else:
        regex.search(text)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("(?<a>x)(?P<b>y)", [("a", 1, False), ("b", 2, False)]),
        ("(?<a>x)|y", [("a", 1, True)]),
        ("(x)(?:(?<a>y))?", [("a", 2, True)]),
        ("(?:(?<a>y)){0,2}", [("a", 1, True)]),
        ("(?:(?<a>y))+(?<b>z(?<c>d)*)", [("a", 1, False), ("b", 2, False), ("c", 3, True)]),
    ],
)
def test_it_is_known_which_groups_may_stay_out(source: str, names: list[tuple[str, int, bool]]) -> None:
    translated, _ = translate(source)
    assert [(group.name, group.index, group.optional) for group in translated.names] == names
    assert {group.index for group in translated.names if group.optional} <= translated.optional_groups


def test_a_group_that_stayed_out_is_none() -> None:
    match = compile_regex("(a)|(b)(?<n>c)?").search("xb")
    assert match.groups() == (None, "b", None)
    assert (match.span(), match.span(1), match.start(), match.end()) == ((1, 2), (-1, -1), 1, 2)


def test_a_compiled_expression_searches_from_a_place_and_finds_all() -> None:
    regex = compile_regex(r"(?<d>\d)")
    assert regex.search("1你2", 1).span() == (2, 3)
    assert [match.group() for match in regex.finditer("1你2")] == ["1", "2"]
    assert regex.fullmatch("12") is None
    assert regex.fullmatch("1").group(1) == "1"
    assert (regex.groups, regex.names) == (1, {"d": 1})


@pytest.mark.parametrize("text", ["x1", "你1", "\ud8001"])
def test_the_places_of_a_match_count_in_characters(text: str) -> None:
    regex = compile_regex(r"(\d)(z)?")
    assert list(regex.search_spans(text)) == [(1, 2), (1, 2), (-1, -1)]
    assert regex.search_spans(text, 2) is None


def test_halves_of_surrogate_pairs_do_no_harm() -> None:
    assert compile_regex("b").search("\ud800b").span() == (1, 2)


def test_an_expression_with_a_problem_does_not_compile() -> None:
    assert compile_regex("(") is None


def test_long_lists_of_words_take_the_memory_they_need() -> None:
    words = "|".join(f"{number * 7919 % 10**8:08}城" for number in range(60_000))
    assert compile_words(f"(?:{words}){{3}}$|x{words[-9:]}", 1 << 28).search("x" + words[-9:]) is not None
    with pytest.raises(Exception, match="too large"):
        compile_words(f"(?:{words})$", 1 << 20)


@pytest.mark.parametrize("flags", ["", "i"])
@pytest.mark.parametrize("piece", [r"\w", r"\W", r"\p{L}", r"\P{L}", r"\pL", r"[^\w\s]", r"(\w)", r"\w|"])
def test_a_short_expression_is_never_too_large(piece: str, flags: str) -> None:
    source = piece * (_SURELY_SMALL // len(piece))
    translated, problems = translate(source, flags)
    assert problems == ()
    assert translated is not None
    assert compile_translated(translated.re2).size <= _MOST_INSTRUCTIONS


@pytest.mark.parametrize(
    ("source", "required"),
    [
        ("game|游戏", ("game", "游戏")),
        (r"^(?:HELP|帮助我)\s*me$", ("help", "帮助我")),
        (r"a+(?:xyz)\d", ("xyz",)),
        ("(?:ab)*c", ("c",)),
        ("(?:ab){2}", ("ab",)),
        (r"\d+", ()),
        ("a|.", ()),
        ("é", ()),
        ("ab.cde", ("cde",)),
        ("", ()),
    ],
)
def test_a_required_text_is_known(source: str, required: tuple[str, ...]) -> None:
    assert translate(source)[0].required == required


PIECES = st.sampled_from(
    ["a", "B", "你", "k", r"\d", r"\w", ".", "(?:ab|C)", "[a-c]", "(x)?", "s+", "^", "$", r"\b", "é"]
)


@settings(deadline=None)
@given(
    st.lists(PIECES, max_size=6),
    st.text(alphabet="aAbBcCkKsSſK你好x1é \n", max_size=12),
    st.sampled_from(["", "i", "ims"]),
)
def test_what_matches_holds_a_required_text(pieces: list[str], text: str, flags: str) -> None:
    translated, _ = translate("".join(pieces), flags)
    if translated.required and compile_translated(translated.re2).search(text):
        assert any(literal in text.casefold() for literal in translated.required)


PYTHON_PIECES = st.sampled_from(
    ["a", "b", "[ab]", "[^a]", "(a|b)", "(?:ab)?", "a*", "b+?", "a{1,2}", "^", "$", ".", r"\.", "|", "(b*)", r"\n"]
)


@settings(deadline=None)
@given(st.lists(PYTHON_PIECES, max_size=7), st.text(alphabet="ab.\nc", max_size=10), st.sampled_from(["", "m", "s"]))
def test_what_engines_have_in_common_means_what_it_means_to_python(pieces: list[str], text: str, flags: str) -> None:
    source = "".join(pieces)
    translated, problems = translate(source, flags)
    if problems:
        return
    python = re.compile(
        source.replace("$", "$" if "m" in flags else r"\Z"), sum(getattr(re, flag.upper()) for flag in flags)
    )
    expected, found = python.search(text), compile_translated(translated.re2).search(text)
    assert (found and found.span()) == (expected and expected.span())


def test_white_space_is_the_white_space_of_unicode() -> None:
    spaces = compile_translated(f"[{SPACE}]")
    wanted = [char for char in map(chr, range(0x3100)) if char.isspace() and not "\x1c" <= char <= "\x1f"]
    assert [char for char in map(chr, range(0x3100)) if spaces.search(char)] == wanted


def test_the_six_shorthands_divide_all_characters() -> None:
    sample = "".join(map(chr, [*range(0x3200), *range(0xFF00, 0xFFFF), 0x1F600, 0x10FFFF]))
    for letter in "dws":
        inside = {match.group() for match in compile_regex(rf"\{letter}").finditer(sample)}
        outside = {match.group() for match in compile_regex(rf"\{letter.upper()}").finditer(sample)}
        assert inside | outside == {*sample}
        assert not inside & outside
