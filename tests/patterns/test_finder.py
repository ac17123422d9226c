"""The index gives the answer of trying every rule."""

from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from interpreter.patterns.finder import Candidate, PartIndex, PatternFinder
from interpreter.patterns.matching import Matcher, matcher
from interpreter.patterns.notation import parse_pattern
from interpreter.patterns.subject import Subject
from interpreter.types.answers import Lexicon

LEXICON = Lexicon({"cities": {"北京": ("帝都",), "上海": ()}}, ("zh", "en"))
PATTERNS = [
    "好", "你好", "hi", "=hi", "=好", "=?", "=好?", "~help", "a|b好", "=(你|您)好(呀|)", "你(好|)(吗|)", "我叫<n>",
    "=<n:int>",
    "<n:int>好", "<a>和<b>", "去<c:cities>", "=<yes>", "<no>", "<yes>吗|好吗", "=<yes>吗", "/hi|你好/",
    "/HI/i", "/^好/",
    r"/\d/", "/(?:好|吗)+$/", "/K/i", "/./", "/é/i", "=我叫<n>|好", "(a|b)(1|2)", "ß", "ｈｉ", "/ß/i", "/s你/i",
    r"/^说\s*(.+)$/", r"/你(好+)/", r"/^(?:你|您)好(吗*)$/",
    "天气预报", "北京天气", "上海天气预报", "天气预报查询", r"/天气预报\d+/", "/(?:ﬃ|ABCDE)x/i", "HELLO world", "ok天",
]  # fmt: skip
MESSAGES = [
    "你好",
    "hi",
    "Hi!",
    "好",
    "好?",
    "？",
    "helpp",
    "我叫好",
    "12好",
    "我和你",
    "去帝都",
    "不好",
    "不，好吗",
    "k",
    "SS",
    "ſ你",
    "É",
    "请问上海天气预报12",
    "天气预报查询北京天气预报",
    "say  hello\u3000WORLD, ok天气预",
    "ﬃx abcdeX",
]

MANY = [[head + tail] for tail in ("", "安", "安安安") for head in "东南西北春夏秋冬梅兰竹菊"]
"""Enough phrases of each size for an index of it."""


@cache
def compiled(pattern: str) -> Matcher:
    parsed, problems = parse_pattern(pattern, LEXICON.entities)
    assert problems == ()
    return matcher(parsed, LEXICON)


def try_every_rule(rules, text: str, start: int):
    for index, patterns in enumerate(rules):
        for pattern in patterns if index >= start else ():
            if (found := compiled(pattern).match(Subject(text))) is not None:
                return index, found
    return None


@settings(deadline=None)
@given(
    rules=st.lists(st.lists(st.sampled_from(PATTERNS), max_size=3), max_size=8),
    text=st.sampled_from(MESSAGES) | st.text(alphabet="你好吗我叫hiHI１2a ?。é和kKsſß东安", max_size=8),
    start=st.integers(0, 8),
    others=st.sampled_from([[], MANY]),
)
@example(rules=[["/K/i"]], text="\u212a", start=0, others=[])
@example(rules=[["/s你/i"]], text="ſ你", start=0, others=[])
@example(rules=[["/s你/i"], ["梅安 安安"]], text="梅安  安安ſ你", start=1, others=MANY)
@example(rules=[["天气预报"]], text="北京天气预报", start=0, others=MANY)
def test_the_index_gives_the_answer_of_trying_every_rule(
    rules: list[list[str]], text: str, start: int, others: list[list[str]]
) -> None:
    rules = [*rules, *others]
    finder = PatternFinder([tuple(map(compiled, patterns)) for patterns in rules])
    assert finder.find(text, start) == try_every_rule(rules, text, start)
    assert finder.find(text, start) == try_every_rule(rules, text, start)


@pytest.mark.parametrize("pattern", PATTERNS)
@settings(deadline=None)
@given(text=st.sampled_from(MESSAGES) | st.text(alphabet="你好吗我叫hiHI１2a ?。é和kKsſß", max_size=8))
def test_no_clue_promises_too_little(pattern: str, text: str) -> None:
    found = compiled(pattern).match(Subject(text))
    assert PatternFinder([[compiled(pattern)]]).find(text) == (None if found is None else (0, found))


@pytest.mark.parametrize(
    ("patterns", "text", "found"),
    [
        (["=好|好?"], "好?", ("好",)),
        (["=好?|好"], "好?!", ("好?",)),
        (["=你好|您好"], "您好。", ("您好",)),
        (["=订<n:int>张|订1张"], "订1张", {"n": 1}),
        (["=ＯＫ"], "ok!!", ("ok",)),
    ],
)
def test_a_whole_phrase_is_found_as_if_it_had_been_tried(patterns: list[str], text: str, found: object) -> None:
    answer = PatternFinder([tuple(map(compiled, patterns))]).find(text)
    assert answer is not None
    assert answer == try_every_rule([patterns], text, 0)
    assert (answer[1].values if isinstance(found, dict) else answer[1].groups) == found


@settings(deadline=None)
@given(
    parts=st.lists(st.text(alphabet="关键词ab12号", min_size=1, max_size=15), max_size=60),
    message=st.text(alphabet="关键词ab12号", max_size=30),
    whole=st.lists(st.text(alphabet="关键词ab12号", min_size=1, max_size=4), max_size=5),
)
def test_every_part_that_a_message_contains_is_found_by_its_beacon(
    parts: list[str], message: str, whole: list[str]
) -> None:
    index = PartIndex(
        {part: [Candidate(number, number, compiled("好"), part)] for number, part in enumerate(parts)}, whole
    )
    assert {parts[found.number] for found in index.within(message)} == {part for part in parts if part in message}


def test_an_empty_list_finds_nothing() -> None:
    assert PatternFinder([]).find("hi") is None


def test_the_next_rule_is_found_when_one_passes() -> None:
    finder = PatternFinder([(compiled("hi"),), (), (compiled("=hi"), compiled("hi"))])
    assert [finder.find("hi", start)[0] for start in range(3)] == [0, 2, 2]
    assert finder.find("hi", 3) is None


def test_a_phrase_is_found_among_many_that_begin_and_end_alike() -> None:
    finder = PatternFinder([(compiled(f"查询{number}号"),) for number in range(2000)])
    assert finder.find("请查询1234号")[0] == 1234
    assert finder.find("请查询x号") is None


def test_every_phrase_that_begins_a_longer_one_is_found() -> None:
    text = "天气预报查询号码一二三四五六"
    finder = PatternFinder([(compiled(text[: size + 1]),) for size in range(len(text))])
    for message in (text, f"{text[:9]}。{text}{text}"):
        assert [finder.find(message, start)[0] for start in range(len(text))] == [*range(len(text))]
    assert [finder.find(text[:9], start) is None for start in range(len(text))] == [False] * 9 + [True] * 5
