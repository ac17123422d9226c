"""The outline of a file."""

from __future__ import annotations

from support.checked_bots import CAFE

from interpreter.language_server.outline import outline
from interpreter.language_server.positions import to_range
from interpreter.source.reader import read_text


def test_the_named_things_of_a_bot_are_listed_with_what_is_in_them() -> None:
    found = outline(read_text("bot.yaml", CAFE)[0], lambda span: to_range(span, "utf-16"))
    shown = {each.name: [child.name for child in each.children or ()] for each in found}
    assert shown["rules"] == ["start", "where"]
    assert shown["states"] == ["guess"]
    assert shown["flows"] == ["survey"]
    assert shown["tests"] == ["plays"]
    guess = next(each for each in found if each.name == "states").children[0]
    assert [child.name for child in guess.children] == ["right"]


def test_a_thing_reaches_to_its_last_line_and_holds_its_name() -> None:
    found = outline(read_text("bot.yaml", CAFE)[0], lambda span: to_range(span, "utf-16"))
    lines = CAFE.split("\n")
    survey = next(each for each in found if each.name == "flows").children[0]
    assert lines[survey.range.start.line].strip() == "survey:"
    assert "for t in" in lines[survey.range.end.line]
    assert survey.selection_range.start == survey.range.start


def test_what_is_no_bot_has_no_outline() -> None:
    assert outline(None, lambda span: to_range(span, "utf-16")) == []
    assert outline(read_text("bot.yaml", "rules: []")[0], lambda span: to_range(span, "utf-16")) == []
