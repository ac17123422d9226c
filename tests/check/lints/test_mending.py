"""Fixes inside one scalar."""

import pytest

from interpreter.check.lints.mending import mend
from interpreter.diagnostics.diagnostic import Applicability, Fix
from interpreter.source.reader import read_text
from interpreter.source.tree import Mapping, Scalar


def scalar_of(text: str) -> Scalar:
    tree, problems = read_text("bot.yaml", text)
    assert not problems
    assert isinstance(tree, Mapping)
    node = tree.entries[0].value
    assert isinstance(node, Scalar)
    return node


def edited(text: str, fix: Fix) -> str | None:
    if not fix.edits:
        return None
    (edit,) = fix.edits
    return text[: edit.span.start] + edit.text + text[edit.span.end :]


@pytest.mark.parametrize(
    ("text", "old", "new", "wanted"),
    [
        ("k: hi|hi\n", "|hi", "", "k: hi\n"),
        ("k: 'hi|hi'\n", "|hi", "", "k: 'hi'\n"),
        ('k: "hi|hi"\n', "|hi", "", 'k: "hi"\n'),
        ("k: /你好?/ # why\n", "?", r"\?", "k: /你好\\?/ # why\n"),
        ("k: '/a|b/'\n", "a|b", "(?:a|b)", "k: '/(?:a|b)/'\n"),
    ],
)
def test_a_range_is_replaced_where_it_stands(text: str, old: str, new: str, wanted: str) -> None:
    scalar = scalar_of(text)
    start = scalar.text.index(old)
    fix = mend(scalar, start, start + len(old), new, Applicability.SAFE)
    assert edited(text, fix) == wanted
    assert scalar_of(wanted).text == fix.shown


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("k: hi\n", "hi", "a: b"),
        ("k: hi\n", "hi", "a #b"),
        ("k: hi\n", "hi", "[a]"),
        ("k: hi\n", "hi", "a, b"),
        ("k: hi\n", "hi", ""),
        ("k: 'hi'\n", "hi", "it's"),
        ('k: "hi"\n', "hi", r"\?"),
        ("k: |\n  hi\n  you\n", "you", "me"),
    ],
)
def test_what_would_read_otherwise_is_only_shown(text: str, old: str, new: str) -> None:
    scalar = scalar_of(text)
    start = scalar.text.index(old)
    fix = mend(scalar, start, start + len(old), new, Applicability.SAFE)
    assert fix.edits == ()
    assert fix.shown == (scalar.text[:start] + new).rpartition("\n")[2]


def test_an_escape_is_not_cut_in_two() -> None:
    scalar = scalar_of('k: "a\\u4f60b"\n')
    assert mend(scalar, 1, 2, "", Applicability.SAFE).edits == ()


def test_a_long_line_is_cut_where_it_is_shown() -> None:
    scalar = scalar_of(f"k: {'a' * 200}\n")
    assert mend(scalar, 0, 1, "b", Applicability.SAFE).shown == "b" + "a" * 118 + "…"
