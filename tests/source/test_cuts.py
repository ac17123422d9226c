"""Where a value ends for its author."""

import time

import pytest

from interpreter.source.cuts import cut_at_comment, extent, numbered, spoken, swallowed_by_comment, torn_at_comma
from interpreter.source.reader import read_text
from interpreter.source.tree import Mapping


@pytest.mark.parametrize(
    ("text", "in_flow", "whole", "is_closed"),
    [
        ('n == "a #b"   # c', False, 'n == "a #b"', True),
        ("你好 $(f(1, 2)) # x", False, "你好 $(f(1, 2))", True),
        ("xs[:-1]}", True, "xs[:-1]", True),
        ("$(f(1, 2)), b]", True, "$(f(1, 2))", True),
        ("a, b]", True, "a", True),
        ("it's, b]", True, "it's", True),
        (':( , :) "', True, ":(", True),
        ("(a", True, "(a", False),
        (r"/\(a/, b]", True, r"/\(a/", True),
        ('"a\\" #" in b', False, '"a\\" #" in b', True),
        ("a\nb", False, "a", True),
        ("a\\", False, "a\\", True),
    ],
)
def test_a_value_goes_on_as_long_as_something_is_open(text: str, in_flow: bool, whole: str, is_closed: bool) -> None:
    found = extent(text, 0, in_flow=in_flow)
    assert (text[: found.end], found.is_closed) == (whole, is_closed)


def test_a_cut_needs_something_open_that_the_comment_closes() -> None:
    assert cut_at_comment('a == "b #c"', 0, 7) == 11
    for text in ("a # b", "it's # it's", ":( # :)", "(a # b", "a#b"):
        assert cut_at_comment(text, 0, (text + " #").index(" #")) is None


def test_a_tear_needs_something_open_that_is_closed_behind_the_comma() -> None:
    assert torn_at_comma("f(1, 2)]", 0, 3) == 7
    assert torn_at_comma("f(1, 2]", 0, 3) is None
    assert torn_at_comma("a, b]", 0, 1) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [(" #1 首", "#1 首"), ("#话题#", "#话题#"), (" # 注释", None), (" #!x", None), (" ## x", None), ("", None)],
)
def test_a_comment_in_place_of_a_value(text: str, found: str | None) -> None:
    place = swallowed_by_comment(text, 0)
    assert (None if place is None else text[slice(*place)]) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("a #1 b", "#1 b"), ("a #话题# 吧", "#话题# 吧"), ("a #话题", None), ("a # 1", None), ("a#1", None)],
)
def test_a_comment_that_is_hardly_one(text: str, found: str | None) -> None:
    place = numbered(text, 1)
    assert (None if place is None else text[slice(*place)]) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("请按 # 键确认", "# 键确认"),
        ("按 # 确认", "# 确认"),
        ("完成 # 号键", "# 号键"),
        ("Press # to confirm\nb", "# to confirm"),
        ("the # key", "# key"),
        ("分机 # 8001", "# 8001"),
        ("请拨 # 8001", "# 8001"),
        ("Dial ext. # 12 now", "# 12 now"),
        ("以 # 结束", "# 结束"),
        ("录音之后 # 结束。", None),
        ("请打 # 店里电话。", None),
        ("三楼 # 301", None),
        ("会员价 # 88", None),
        ("salt and # pepper", None),
        ("a, # b", None),
        ("编者按 # 说明", None),
        ("周转 # 3", None),
        ("git push # sends it", None),
        ("hello # key phrase", None),
        ("再见 # 结束语", None),
        ("好的 # 确认订单", None),
        ("好的 # 键：order", None),
        ("拨 # 备注", None),
        ("你好。 # 结束。", None),
        ("你好 # done.", None),
        ("请按  # 键", None),
        ("请按\t# 键", None),
        ("请按 #  键", None),
        ("键 # 键盘", None),
        ("好的 # 号码", None),
        ("你好 # 问候语", None),
        ("5 # 6", None),
        ("请按 #", None),
        ("请按 ## 键", None),
    ],
)
def test_a_comment_in_which_the_sentence_goes_on(text: str, found: str | None) -> None:
    end = text.index("#")
    place = spoken(text, 0, len(text[:end].rstrip()))
    assert (None if place is None else text[slice(*place)]) == found


def test_many_comments_are_judged_each_by_its_neighbours_alone() -> None:
    """With a look at the whole file for each comment this would take minutes."""
    lines = 15_000
    text = "".join(f"词{line}: 好的呀 # 第{line}条说明。\n" for line in range(lines))
    began = time.process_time()
    tree, problems = read_text("bot.yaml", text)
    assert time.process_time() - began < 15
    assert isinstance(tree, Mapping)
    assert (len(tree.entries), problems) == (lines, ())
