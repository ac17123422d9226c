from __future__ import annotations

import pytest

from interpreter.dialog.talk import SENDS, parse_talk


def test_talk_is_read(chunk, leaves, tree, outline):
    lines = parse_talk(leaves, tree(chunk.source))
    assert outline(lines, leaves.diagnostics) == chunk.expected


def test_a_line_keeps_its_place(leaves, tree):
    first, second = parse_talk(leaves, tree("|\n  > hi  \n  ? n == 1\n"))
    text = first.span.file.text
    assert text[first.span.start : first.span.end] == "> hi"
    assert str(second.span) == "bot.yaml:3:3"


def test_an_expression_keeps_its_place(leaves, tree):
    (line,) = parse_talk(leaves, tree("|\n  ?   n == 1\n"))
    value = line.expression
    assert str(value.scalar.place(value.offset, value.offset + 1)) == "bot.yaml:2:7"


def test_a_problem_in_an_expression_is_placed_on_its_line(leaves, tree):
    parse_talk(leaves, tree("|\n  > hi\n  ? n == 1 +\n"))
    (said,) = leaves.diagnostics
    assert said.span.line == 3


@pytest.mark.parametrize(("written", "meant"), [("> @clik x", "@click"), ("< @newss", "@news"), ("! sned", "send")])
def test_an_unknown_word_suggests_the_nearest(leaves, tree, written, meant):
    parse_talk(leaves, tree(f"|\n  {written}\n"))
    (said,) = leaves.diagnostics
    assert said.label.en == f"did you mean `{meant}`?"
    assert meant in said.fix.shown


@pytest.mark.parametrize("word", SENDS)
def test_every_word_is_known_to_the_help(leaves, tree, word):
    parse_talk(leaves, tree("|\n  > @whatever x\n"))
    assert f"`@{word}`" in leaves.diagnostics[0].help.en


def test_lines_may_end_the_windows_way(leaves, tree):
    lines = parse_talk(leaves, tree("|\r\n  > hi\r\n  < ho\r\n"))
    assert [line.text for line in lines] == ["hi", "ho"]
