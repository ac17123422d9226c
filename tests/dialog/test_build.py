from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.dialog.build import build_bot
from interpreter.dialog.structure import check_structure
from interpreter.source.reader import read_text
from interpreter.source.tree import Entry, Mapping, Node, Scalar, Sequence

FILE = Path(__file__).parents[1] / "data" / "dialog" / "bot.yaml"
TREE, _ = read_text("bot.yaml", FILE.read_text("utf-8"))
assert isinstance(TREE, Mapping)


def test_a_bot_with_every_key_is_built_without_a_word():
    bot, said = build_bot(TREE)
    assert said == ()
    assert check_structure(TREE) == ()
    assert (bot.name, bot.version, bot.locales) == ("demo", "1.10.0", ("zh", "en"))
    assert (bot.session, bot.timeout) == (timedelta(minutes=30), timedelta(minutes=10))
    assert [rule.name.text for rule in bot.rules] == ["hi|你好", "hello", "game", "sex", "pic", "scan", "book"]
    assert [rule.path for rule in bot.menu_rules] == ["menu.订", "menu.更多/赞", "menu.更多/扫"]
    assert list(bot.states) == ["guess"]
    assert list(bot.flows) == ["login", "booking"]
    assert list(bot.services["geo"].operations) == ["regeo", "save"]
    assert list(bot.fallback.by_message) == ["text", "image"]
    assert (len(bot.before), len(bot.failure), len(bot.after)) == (1, 1, 1)
    assert bot.renamed == {"old": "guess"}
    assert (bot.media["logo"].text, list(bot.texts)) == ("logo.png", ["hello"])
    assert bot.sources == ("bot.yaml",)


def test_the_smallest_bot_has_the_defaults(build):
    bot, said = build("rules: {hi: 你好}")
    assert said == ()
    assert (bot.before, bot.after, bot.failure, bot.fallback, bot.choice) == ((), (), None, None, None)


def test_what_is_no_map_is_no_bot(tree):
    assert build_bot(tree("[a]")) == (None, ())


def test_entities_of_imported_files_are_known_everywhere(tree):
    bot, said = build_bot(tree("rules: {去<c:cities>: 好}"), imported=[tree("entities: {cities: {北京: []}}")])
    assert said == ()
    assert list(bot.entities) == ["cities"]


def test_each_problem_is_reported_once(build):
    _, said = build("rules:\n  a: $(x +)\n  b: {if: 1 +, reply: x}\nvars: {n: intt}\n")
    assert [(item.code, item.span.line) for item in said] == [("DL107", 6), ("DL200", 4), ("DL200", 5)]


# ---------------------------------------------------------------------------------------------------- robustness


def places(node: Node, way: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """The ways to every node of a tree."""
    yield way
    children = node.items if isinstance(node, Sequence) else ()
    if isinstance(node, Mapping):
        children = tuple(entry.value for entry in node.entries)
    for index, child in enumerate(children):
        yield from places(child, (*way, index))


def changed(node: Node, way: tuple[int, ...], into: Node | None, key: str | None) -> Node | None:
    """A tree with one node replaced, gone, or under another key."""
    if not way:
        return into
    index, rest = way[0], way[1:]
    if isinstance(node, Sequence):
        item = changed(node.items[index], rest, into, key)
        return Sequence((*node.items[:index], *((item,) if item else ()), *node.items[index + 1 :]), node.span)
    assert isinstance(node, Mapping)
    entry = node.entries[index]
    value = changed(entry.value, rest, into, key)
    name = Scalar(key, entry.key.span, "double") if key is not None and not rest else entry.key
    entries = (Entry(name, value),) if value else ()
    return Mapping((*node.entries[:index], *entries, *node.entries[index + 1 :]), node.span)


def at(node: Node, way: tuple[int, ...]) -> Node:
    for index in way:
        node = node.items[index] if isinstance(node, Sequence) else node.entries[index].value
    return node


PLACES = list(places(TREE))
WORDS = [
    "",
    "x",
    "true",
    "none",
    "$(",
    "1 +",
    "a = b",
    "x in y",
    "/(/",
    "a.b(",
    "@",
    "> @x",
    "5m",
    "zh",
    "\\",
    "（",
    "<a:b>",
]
KEYS = [
    "reply",
    "if",
    "do",
    "zh",
    "news",
    "each",
    "ask",
    "items",
    "for",
    "text",
    "rules",
    "",
    "choose",
    "set",
    "sequence",
]


@st.composite
def changes(draw: st.DrawFn) -> tuple[tuple[int, ...], Node | None, str | None]:
    way = draw(st.sampled_from(PLACES[1:]))
    old = at(TREE, way)
    other = at(TREE, draw(st.sampled_from(PLACES)))
    scalar = Scalar(draw(st.sampled_from(WORDS)), old.span, draw(st.sampled_from(["plain", "double"])))
    return draw(
        st.sampled_from(
            [
                (way, None, None),
                (way, scalar, None),
                (way, other, None),
                (way, Sequence((old,), old.span), None),
                (way, Sequence((scalar, other), old.span), None),
                (way, Mapping((), old.span), None),
                (way, Mapping((Entry(scalar, old),), old.span), None),
                (way, old, draw(st.sampled_from(KEYS))),
            ]
        )
    )


@settings(deadline=None, max_examples=400)
@given(changes())
def test_no_change_of_a_tree_stops_the_builder(change):
    tree = changed(TREE, *change)
    assert tree is not None
    bot, said = build_bot(tree)
    assert bot is not None
    for item in said:
        assert 0 <= item.span.start <= item.span.end <= len(item.span.file.text)


@pytest.mark.parametrize("way", PLACES[1:])
def test_no_missing_node_stops_the_builder(way):
    tree = changed(TREE, way, None, None)
    assert build_bot(tree)[0] is not None
