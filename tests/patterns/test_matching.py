"""What patterns match and capture, case by case in tests/data/patterns/matches.txt."""

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.patterns.finder import PatternFinder
from interpreter.patterns.matching import Captures, Subject, matcher
from interpreter.patterns.notation import parse_pattern
from interpreter.patterns.subject import MAX_SUBJECT
from interpreter.types.answers import Lexicon

LEXICON = Lexicon({"cities": {"北京": ("北京市", "帝都"), "上海": ()}, "nothing": {}}, ("zh", "en"))
DATA = Path(__file__).parents[1] / "data/patterns/matches.txt"
CASES = [line.split("\t") for line in DATA.read_text("utf-8").split("\n") if line and line[:2] != "# "]
KINDS_OF_TIME = {"date": date, "time": time, "datetime": datetime, "timedelta": timedelta}


def compile_pattern(text: str):
    pattern, problems = parse_pattern(text, LEXICON.entities)
    assert problems == ()
    return matcher(pattern, LEXICON)


def unescape(text: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text).replace("\\n", "\n")


@pytest.mark.parametrize(("pattern", "message", "expected"), CASES)
def test_a_pattern_captures_what_it_should(pattern: str, message: str, expected: str) -> None:
    compiled = compile_pattern(pattern)
    found = compiled.match(Subject(unescape(message)))
    values = "-" if found is None else dict(found.values)
    wanted = "-" if expected == "-" else eval(unescape(expected), KINDS_OF_TIME)  # noqa: S307
    for name, value in wanted.items() if wanted != "-" else ():
        if isinstance(value, datetime):
            wanted[name] = value.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    assert values == wanted
    in_a_list = PatternFinder([(compiled,)]).find(unescape(message))
    assert in_a_list == (None if found is None else (0, found))


@pytest.mark.parametrize(
    ("pattern", "message", "groups"),
    [
        ("/(a)(b)?/", "xA ab", ("ab", "a", "b")),
        ("/(a)(b)?/", "xac", ("a", "a", None)),
        ("你好", "喂，你  好你好", ("你好",)),
        ("good day", "Good  DAY!", ("Good  DAY",)),
        ("=help", "ＨＥＬＰ。", ("ＨＥＬＰ",)),
        ("~help", "Hlep!", ("Hlep",)),
        ("订<n:int>张", "我订 ３ 张票", ("订 ３ 张",)),
    ],
)
def test_the_whole_match_is_as_the_user_wrote_it(pattern: str, message: str, groups: tuple[str | None, ...]) -> None:
    assert compile_pattern(pattern).match(Subject(message)).groups == groups


def test_only_the_beginning_of_an_endless_message_is_seen() -> None:
    message = "a" * (MAX_SUBJECT - 1) + "你好"
    assert compile_pattern("你").match(Subject(message)) is not None
    assert compile_pattern("好").match(Subject(message)) is None


def test_a_message_of_nothing_matches_no_phrase() -> None:
    for pattern in ("你", "=你", "~你好吗", "<a>", "=<n:int>"):
        assert compile_pattern(pattern).match(Subject(" ")) is None


def test_consent_in_many_combinations_is_still_whole() -> None:
    compiled = compile_pattern("=<yes><no><yes>")
    assert compiled.match(Subject("好不行!")) == Captures({}, ("好不行",))
    assert compiled.match(Subject("好不行吗")) is None


def test_the_search_for_a_value_that_fits_has_an_end() -> None:
    compiled = compile_pattern("订<n:int(1..9)>张")
    assert compiled.match(Subject("订12张" * 20 + "订3张")).values == {"n": 3}
    assert compiled.match(Subject("订12张" * 100 + "订3张")) is None


def test_broken_characters_in_a_message_do_no_harm() -> None:
    for pattern in ("好<a>", "/好(.)/", "好", "=好\ud800"):
        assert compile_pattern(pattern).match(Subject("好\ud800")) is not None


def test_an_entity_of_thousands_of_things_is_matched() -> None:
    lexicon = Lexicon({"cities": {f"城市{number * 7919 % 100_003}": () for number in range(5000)}})
    pattern, _ = parse_pattern("从<a:cities>到<b:cities>", lexicon.entities)
    found = matcher(pattern, lexicon).match(Subject("从城市7919到城市15838吧"))
    assert found.values == {"a": "城市7919", "b": "城市15838"}


@settings(deadline=None)
@given(st.text(alphabet="我叫 Tomｍ，。!\n", max_size=15))
def test_a_slot_at_the_end_takes_all_there_is(text: str) -> None:
    found = compile_pattern("我叫<name>").match(Subject("我叫" + text))
    assert (found.values["name"] if found else "") == text.strip()
