"""Guesses at slips; whether they mend is shown by the broken files."""

import pytest

from interpreter.source.lines import open_bracket
from interpreter.source.quoting import quote
from interpreter.source.reader import read_text
from interpreter.source.slips import guesses
from interpreter.source.tree import Mapping, Scalar


def mends(text: str) -> list[tuple[str, str]]:
    """Each slip with its line after the mend."""
    found = []
    for problem in read_text("x.yaml", text)[1]:
        assert problem.mend is not None
        span = problem.mend.span
        mended = text[: span.start] + problem.mend.text + text[span.end :]
        found.append((problem.kind, mended.splitlines()[problem.span.line - 1]))
    return found


@pytest.mark.parametrize(
    ("line", "kind", "mended"),
    [
        ("reply: 价格: 5", "colon-in-text", 'reply: "价格: 5"'),
        ("reply: 价格: 5 # 注释", "colon-in-text", 'reply: "价格: 5" # 注释'),
        ('reply: say "a": b', "colon-in-text", "reply: 'say \"a\": b'"),
        ('reply: it\'s "a\\b": c', "colon-in-text", "reply: 'it''s \"a\\b\": c'"),
        ("  - - a: b: c", "colon-in-text", '  - - a: "b: c"'),
        ("k: @foo # x", "reserved-start", 'k: "@foo" # x'),
        ("k: [a, @b , c]", "reserved-start", 'k: [a, "@b" , c]'),
        ("k: {a: %b, c: d}", "reserved-start", 'k: {a: "%b", c: d}'),
        ("- `x`", "reserved-start", '- "`x`"'),
        ("@k: v", "reserved-start", '"@k": v'),
        ("k: *a b", "reserved-start", 'k: "*a b"'),
        ('if: "a #b" in x # c', "text-after-quote", "if: '\"a #b\" in x' # c"),
        ("k: 'it's'", "text-after-quote", 'k: "it\'s"'),
        ("k: [x] + y", "text-after-bracket", 'k: "[x] + y"'),
        ('k: {"a": 1}.a', "text-after-bracket", "k: '{\"a\": 1}.a'"),
        ("k: {a: b: c}", "colon-in-text", 'k: {a: "b: c"}'),
        ("k: {a: xs[:-1], c: d}", "torn-value", 'k: {a: "xs[:-1]", c: d}'),
        ("k: [f(1, 2), b]", "torn-value", 'k: ["f(1, 2)", b]'),
        ('k: {a: n == "b #c", d: e}', "cut-value", "k: {a: 'n == \"b #c\"', d: e}"),
        ('k: n == "b #c" # d', "cut-value", "k: 'n == \"b #c\"' # d"),
        ("k: #1 首", "swallowed-value", 'k: "#1 首"'),
        ("k: 你好 #1", "numbered-comment", 'k: "你好 #1"'),
        ("k:\u3000v", "wide-space", "k: v"),
        ("k：v", "full-width-colon", "k: v"),
        ("k ： v", "full-width-colon", "k: v"),
        ("k:v", "missing-space", "k: v"),
        ("k: \"\\d 'x'\"", "bad-escape", "k: \"\\\\d 'x'\""),
    ],
)
def test_each_slip_has_its_mend(line: str, kind: str, mended: str) -> None:
    before, after = ("", "\nz: 1\n") if not line.lstrip().startswith("-") else ("", "\n")
    if kind in ("wide-space", "full-width-colon"):
        before = "a: 1\n"
    assert mends(before + line + after) == [(kind, mended)]


def test_quotes_leave_a_text_as_it_is() -> None:
    for text in ("a", 'a"b', "a'b", "a\\b", "'\"\\'"):
        tree, problems = read_text("x.yaml", f"k: {quote(text)}")
        assert not problems
        assert isinstance(tree, Mapping)
        value = tree.get("k")
        assert isinstance(value, Scalar)
        assert value.text == text


def test_long_lines_are_not_guessed_at() -> None:
    assert list(guesses("a: " + "b: " * 1_000, 4, None)) == []


def test_an_open_bracket_is_found_behind_quotes() -> None:
    text = "z: [\na: [b, ']', \"[\", {c: d"
    assert open_bracket(text, len(text)) == text.index("{")
    assert open_bracket("a: [b]", 6) is None
