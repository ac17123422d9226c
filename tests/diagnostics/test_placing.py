"""Problems inside a scalar become findings in its file."""

import pytest

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Problem
from interpreter.diagnostics.placing import place
from interpreter.diagnostics.wording import Wording
from interpreter.source.reader import read_text
from interpreter.source.tree import Mapping, Scalar

MESSAGE = Wording("wrong", "错了")


def scalar(text: str) -> Scalar:
    tree, _ = read_text("bot.yaml", text)
    assert isinstance(tree, Mapping)
    node = tree.get("k")
    assert isinstance(node, Scalar)
    return node


def problem(leaf: Scalar, word: str, replacement: str | None = None) -> Problem:
    start = leaf.text.index(word)
    return Problem("DL211", start, start + len(word), MESSAGE, label=MESSAGE, help=MESSAGE, replacement=replacement)


def mended(finding: Diagnostic) -> str:
    assert finding.fix is not None
    text = finding.span.file.text
    for edit in finding.fix.edits:
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@pytest.mark.parametrize(
    ("text", "place_"),
    [
        ("k: a && b\n", "bot.yaml:1:6"),
        ('k: "a && b"\n', "bot.yaml:1:7"),
        ("k: |\n  x\n  a && b\n", "bot.yaml:3:5"),
        ("k: a\n  && b\n", "bot.yaml:2:3"),
    ],
)
def test_a_problem_stands_at_its_own_characters(text: str, place_: str) -> None:
    leaf = scalar(text)
    finding = place(problem(leaf, "&&"), leaf)
    assert str(finding.span) == place_
    assert text[finding.span.start : finding.span.end] == "&&"
    assert (finding.code, finding.message, finding.label, finding.help) == ("DL211", MESSAGE, MESSAGE, MESSAGE)
    assert finding.fix is None


def test_an_offset_shifts_a_problem_of_a_part() -> None:
    leaf = scalar("k: 你好 $(a && b)\n")
    finding = place(Problem("DL211", 2, 4, MESSAGE), leaf, offset=leaf.text.index("a &&"))
    assert (finding.span.column, finding.span.end - finding.span.start) == (11, 2)


def test_a_replacement_in_a_plain_line_may_be_applied() -> None:
    leaf = scalar("k: a && b # c\n")
    finding = place(problem(leaf, "&&", "and"), leaf)
    assert finding.fix is not None
    assert (finding.fix.shown, finding.fix.applicability) == ("a and b", Applicability.SAFE)
    assert mended(finding) == "k: a and b # c\n"


@pytest.mark.parametrize(
    ("text", "replacement"),
    [
        ("k: 'a && b'\n", "and"),
        ("k: 'it''s && b'\n", "isn't"),
        ('k: "a\\tx && b"\n', '"\\'),
        ("k: |\n  x\n  a && b\n", "[and]"),
        ("k: >\n  a &&\n  b\n", "and"),
        ("k: $(a[0] && b)\n", '[0] ?? ""'),
    ],
)
def test_a_replacement_changes_its_words_alone_however_they_are_quoted(text: str, replacement: str) -> None:
    leaf = scalar(text)
    changed = mended(place(problem(leaf, "&&", replacement), leaf))
    assert scalar(changed).text == leaf.text.replace("&&", replacement)


def test_a_replacement_that_is_a_guess_is_not_safe() -> None:
    leaf = scalar("k: a && b\n")
    fix = place(Problem("DL205", 2, 4, MESSAGE, replacement="and", is_sure=False), leaf).fix
    assert fix is not None
    assert fix.applicability is Applicability.UNSAFE


@pytest.mark.parametrize(
    ("text", "replacement"),
    [
        ("k: |\n  && b\n", " and"),
        ("k: 'a\n  && b'\n", "\n"),
        ("k: $(a[0] && b)\n", "{"),
        ("k: $(a[0] && b)\n", " #"),
        ("k: a\n  && b\n", "and"),
        ("k: a && b\n", ": "),
        ("k: a && b\n", "#"),
        ("k: a && b\n", "]"),
        ("k: ab && b\n", "\n"),
        ("k: b &&\n", " "),
    ],
)
def test_elsewhere_a_replacement_is_only_shown(text: str, replacement: str) -> None:
    leaf = scalar(text)
    finding = place(problem(leaf, "&&", replacement), leaf)
    assert finding.fix is not None
    assert finding.fix.edits == ()
    assert finding.fix.applicability is Applicability.MANUAL


def test_the_shown_fix_is_one_short_line() -> None:
    leaf = scalar("k: |\n  first\n    a && b\n  last\n")
    fix = place(problem(leaf, "&&", "and"), leaf).fix
    assert fix is not None
    assert fix.shown == "a and b"
    leaf = scalar("k: a && " + "b" * 500)
    fix = place(problem(leaf, "&&", "and"), leaf).fix
    assert fix is not None
    assert len(fix.shown) == 120
    assert fix.shown.endswith("…")
