"""What keys are called elsewhere."""

import pytest

from interpreter.dialog.foreign_words import other_name, other_way
from interpreter.dialog.structure import check_structure
from interpreter.source.reader import read_text

RULE = ("pattern", "if", "reply", "do", "wait", "call", "description", "examples")


@pytest.mark.parametrize(
    ("name", "candidates", "ours"),
    [
        ("handler", RULE, "reply"),
        ("waitRule", RULE, "wait"),
        ("wait-rule", RULE, "wait"),
        ("关键词", RULE, "pattern"),
        ("desc", RULE, "description"),
        ("desc", ("title", "text", "pic", "url"), "text"),
        ("link", ("title", "text", "pic", "url"), "url"),
        ("picUrl", ("title", "text", "pic", "url"), "pic"),
        ("next", RULE, "wait"),
        ("handler", ("title",), None),
        ("unrelated", RULE, None),
    ],
)
def test_a_key_is_known_by_its_other_names(name: str, candidates: tuple[str, ...], ours: str | None) -> None:
    assert other_name(name, candidates) == ours


@pytest.mark.parametrize(
    ("name", "candidates", "words"),
    [
        ("no_reply", RULE, "`reply: none`"),
        ("random", RULE, "a random pick"),
        ("parser", RULE, "captured by its pattern"),
        ("text", ("news", "sequence"), "stands there itself"),
        ("random", ("news", "sequence"), "a random pick"),
    ],
)
def test_a_word_without_a_key_has_its_way(name: str, candidates: tuple[str, ...], words: str) -> None:
    way = other_way(name, candidates)
    assert way is not None
    assert words in way.en
    assert other_way(name, ("title",)) is None


def said(rule: str) -> list[str]:
    tree, _ = read_text("bot.yaml", f"dialog: 1\nname: demo\nrules: {{a: {rule}}}\n")
    assert tree is not None
    return [
        f"{each.help.en if each.help else ''}|{each.fix.shown if each.fix else ''}" for each in check_structure(tree)
    ]


@pytest.mark.parametrize(
    ("rule", "way"),
    [
        ("{handler: b}", "|reply"),
        ("{pattern: b, no_reply: true}", "silence is written `reply: none`|reply: none"),
        ("{reply: {text: b}}", "a text stands there itself: `reply: hello`|"),
        ("{reply: {random: [b, c]}}", "a list is a random pick: `reply: [one, two]`|"),
        ("{reply: {news: {title: b, desc: c}}}", "|text"),
        ("{reply: b, unrelated: c}", "keys that can stand here: `pattern` `if` `set` `do` `wait` `call`|"),
        ("{reply: b, patern: c}", "|pattern"),
        ("{reply: b, －wait: c}", "|- wait: …"),
    ],
)
def test_only_what_is_near_is_named(rule: str, way: str) -> None:
    assert said(rule) == [way]
