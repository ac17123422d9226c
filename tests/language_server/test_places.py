"""What the tables of the language say of the places of a bot."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.checked_bots import ROOT, cursor

from interpreter.language_server.lines import place_at
from interpreter.language_server.places import key_at, keys_for, shape_at


@pytest.mark.parametrize("path", sorted((ROOT / "bots").glob("*/bot.yaml")), ids=lambda path: path.parent.name)
def test_every_value_of_a_good_bot_has_a_shape(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for offset in range(0, len(text), 7):
        place = place_at(text, offset)
        line = text[text.rfind("\n", 0, offset) + 1 : offset]
        if place.part == "value" and "#" not in line:
            assert shape_at(place.path) is not None, line


@pytest.mark.parametrize(
    ("marked", "some", "none"),
    [
        ("‸", {"dialog", "rules", "flows"}, {"reply"}),
        ("rules:\n  hi:\n    ‸", {"pattern", "reply", "wait", "do"}, {"ask", "news"}),
        ("rules:\n  hi:\n    do: a\n    ‸", {"pattern", "wait"}, {"reply", "set", "do"}),
        ("flows:\n  s:\n    do:\n      - ‸", {"ask", "if", "fetch", "reply", "news"}, {"pattern"}),
        ("flows:\n  s:\n    do:\n      - ask: a\n        ‸", {"into", "type", "tries"}, {"ask", "if", "fetch"}),
        ("flows:\n  s:\n    do:\n      - ask: a\n        type: int\n        ‸", {"into"}, {"choices"}),
        ("flows:\n  s:\n    do:\n      - choose:\n          - {‸}", {"if", "else"}, {"ask"}),
        ("states:\n  s:\n    choices:\n      1: {‸}", {"label", "reply"}, {"choices"}),
        ("rules:\n  hi:\n    reply: {news: {‸}}", {"title", "pic"}, {"news"}),
        ("imports: [{‸}]", {"pack", "as"}, set()),
        ("rules:\n  ‸", set(), {"reply"}),
    ],
)
def test_the_keys_of_a_place(marked: str, some: set[str], none: set[str]) -> None:
    place = place_at(*cursor(marked))
    shape = shape_at(place.path[:-1])
    assert shape is not None
    offered = {key.name for key in keys_for(shape, place.path[-1].keys)}
    assert some <= offered
    assert not none & offered


def test_a_key_of_the_language_is_told_from_a_name() -> None:
    tries = key_at(place_at(*cursor("states:\n  s:\n    tries: ‸")).path)
    assert tries is not None
    assert tries.name == "tries"
    assert key_at(place_at(*cursor("states:\n  tries: ‸")).path) is None
    assert key_at(()) is None


def test_where_the_language_has_no_place_there_is_no_shape() -> None:
    assert shape_at(place_at(*cursor("name:\n  a:\n    b: ‸")).path) is None
    assert shape_at(place_at(*cursor("name:\n  - b: ‸")).path) is None
