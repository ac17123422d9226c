"""Spaces that are none to YAML, and what cannot be seen."""

import re

import pytest

from interpreter.dialog.plain import to_plain
from interpreter.source.reader import read_text
from interpreter.source.spaces import INVISIBLE, SPACES, entry_indents, indents, is_usual

NBSP, ZWSP, BOM, WIDE = "\u00a0", "\u200b", "\ufeff", "\u3000"


def read(text: str) -> tuple[object, list[str]]:
    tree, problems = read_text("bot.yaml", text)
    return (None if tree is None else to_plain(tree)), [problem.kind for problem in problems]


def mended(text: str) -> str:
    """The text with the mends of all its problems."""
    for problem in reversed(read_text("bot.yaml", text)[1]):
        assert problem.mend is not None
        span = problem.mend.span
        text = text[: span.start] + problem.mend.text + text[span.end :]
    return text


def test_a_text_without_such_characters_is_usual() -> None:
    assert is_usual("a:\n  你好：世界。 # 😀\n")


def test_a_text_with_a_character_that_is_looked_for_is_not_usual() -> None:
    looked_for = [char for char in map(chr, range(0x110000)) if re.match(f"[{SPACES}]", char) or INVISIBLE.match(char)]
    assert len(looked_for) > 30
    assert not [char for char in [*looked_for, "\0", "\x7f", "\x85", "\u2028", "\ud800", BOM] if is_usual(f"a{char}b")]


@pytest.mark.parametrize("space", [NBSP, "\u2002", "\u2009", "\u202f", "\u205f"])
def test_lines_that_are_indented_with_such_a_space_are_read_as_they_look(space: str) -> None:
    text = f"a:\n{space * 2}b: 1\n{space * 2}c: [2]\n"
    assert read(text) == ({"a": {"b": 1, "c": [2]}}, ["strange-indent"])
    assert mended(text) == "a:\n  b: 1\n  c: [2]\n"


@pytest.mark.parametrize("indent", [f" {NBSP}", f"{NBSP} ", f"  {NBSP}{NBSP}", f"{NBSP} {NBSP} "])
def test_such_a_space_may_stand_among_others(indent: str) -> None:
    text = f"a:\n  b:\n{indent}  c: 1\n{indent}  d: 2\n"
    assert read(text) == ({"a": {"b": {"c": 1, "d": 2}}}, ["strange-indent"])
    assert mended(text).isascii()
    assert read(mended(text))[1] == []


def test_items_are_indented_so_too() -> None:
    text = f"a:\n{NBSP}- 1\n{NBSP}- 2\n"
    assert read(text) == ({"a": [1, 2]}, ["strange-indent"])


def test_a_full_width_space_is_still_called_by_its_name() -> None:
    assert read(f"a:\n{WIDE}b: 1\n") == ({"a": {"b": 1}}, ["wide-indent"])


def test_such_spaces_in_a_text_are_its_own() -> None:
    text = f"a: |\n  {NBSP}b: 1\n  {WIDE}{WIDE}c\nd: x{NBSP}y\n"
    assert read(text)[1] == []


def test_a_key_that_begins_so_in_a_text_with_a_real_one_elsewhere_is_left() -> None:
    text = f"a: |\n  {NBSP}b: 1\nc:\n  {NBSP}d: 1\n"
    assert mended(text) == f"a: |\n  {NBSP}b: 1\nc:\n   d: 1\n"


@pytest.mark.parametrize("char", [ZWSP, "\u00ad", "\u200e", "\u2060"])
def test_what_nobody_sees_is_not_part_of_a_key(char: str) -> None:
    text = f"re{char}ply{char}: 1\n"
    assert read(text) == ({"reply": 1}, ["invisible-in-key"])
    assert mended(text) == "reply: 1\n"


@pytest.mark.parametrize("key", [ZWSP, f"{ZWSP}\u2060", f'"{ZWSP}"', f"{ZWSP} {ZWSP}"])
def test_a_key_of_which_nothing_would_be_left_is_only_named(key: str) -> None:
    tree, (problem,) = read_text("bot.yaml", f"{key}: b\na: 1\n")
    assert tree is not None
    assert (problem.kind, problem.detail, problem.mend) == ("invisible-key", ZWSP, None)


@pytest.mark.parametrize("others", [1, 3])
def test_such_a_space_is_named_in_an_indentation_and_behind_a_colon_at_once(others: int) -> None:
    lines = "".join(f"  c{number}:{NBSP}d\n" for number in range(others))
    text = f"r:\n  a:\n{NBSP * 4}reply: b\n{lines}e: 1\n"
    meant = {"r": {"a": {"reply": "b"}, **{f"c{number}": "d" for number in range(others)}}, "e": 1}
    assert read(text) == (meant, ["strange-indent", *["strange-space"] * others])
    assert mended(text) == text.replace(NBSP, " ")


def test_a_key_that_is_another_one_but_for_what_nobody_sees_stands_twice() -> None:
    assert read(f"a: 1\na{ZWSP}: 2\n") == ({"a": 1}, ["duplicate-key", "invisible-in-key"])


def test_a_mark_in_the_middle_of_a_file_is_said_once() -> None:
    assert read(f"a: 1\n{BOM}b: 2\n") == ({"a": 1, "b": 2}, ["byte-order-mark"])
    assert mended(f"a: 1\n{BOM}b: 2\n") == "a: 1\nb: 2\n"


def test_joiners_belong_to_their_emoji() -> None:
    assert read("\U0001f468\u200d\U0001f469: 1\n")[1] == []


def test_after_a_colon_such_a_space_is_none() -> None:
    assert read(f"a:{NBSP}1\nb: 2\n") == ({"a": 1, "b": 2}, ["strange-space"])


def test_too_many_lines_are_not_looked_at() -> None:
    assert indents(f"{NBSP}a\n" * 5_001) == []
    assert len(indents(f"{NBSP}a\n" * 5_000)) == 5_000
    assert entry_indents("a" * 10) == []
