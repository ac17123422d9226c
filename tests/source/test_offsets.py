"""Every character of a scalar knows its place in the file, however the scalar was written."""

import json
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO

from interpreter.source.offsets import value_offsets
from interpreter.source.reader import read_text
from interpreter.source.tree import Mapping, Scalar

CHARS = st.sampled_from("ab 12，。你好世界😀𠮷é  \t'\"\\#:-,[]{}$()\n\n")
TEXTS = st.text(CHARS, max_size=40)
PRINTABLE = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=40)


def only_scalar(name: str, text: str) -> Scalar:
    tree, problems = read_text(name, text)
    assert not problems
    assert isinstance(tree, Mapping)
    value = tree.get("k")
    assert isinstance(value, Scalar)
    return value


def check(scalar: Scalar, value: str) -> None:
    """Texts agree, offsets rise inside the scalar, and each unescaped character stands where it is said to stand."""
    file_text = scalar.span.file.text
    assert scalar.text == value
    offsets = value_offsets(file_text, scalar.span.start, scalar.span.end, scalar.style, value)
    assert len(offsets) == len(value) + 1
    assert list(offsets) == sorted(offsets)
    assert len(set(offsets[:-1])) == len(value)
    for index, char in enumerate(value):
        place = offsets[index]
        assert scalar.span.start <= place < scalar.span.end
        raw = file_text[place]
        if raw == char:
            continue
        assert (
            (raw == "\\" and scalar.style in ("double", "json"))
            or (char == "\n" and raw == "\r")
            or (char == " " and raw in "\r\n\t")
        ), (index, char, raw)


def write_literal(value: str, indicator: str = "") -> str:
    lines = value.split("\n")
    return f"k: |2{indicator}\n" + "".join(f"  {line}\n" if line else "\n" for line in lines)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_single_quoted_texts(value: str) -> None:
    written = re.sub(r"\n+", lambda breaks: f"{breaks[0]}\n  ", value.replace("'", "''"))
    if re.search(r"[ \t]\n|\n[ \t]", value):
        return  # white space around a line break folds away
    check(only_scalar("x.yaml", f"k: '{written}'\nl: 1\n"), value)


@settings(max_examples=150, deadline=None)
@given(PRINTABLE, st.booleans())
def test_double_quoted_texts(value: str, escape_all: bool) -> None:
    written = yaml.dump(value, default_style='"', allow_unicode=not escape_all, width=20)
    check(only_scalar("x.yaml", "k: " + written.replace("\n", "\n  ") + "\nl: 1\n"), value)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(["-", "+"]))
def test_literal_blocks(value: str, chomping: str) -> None:
    scalar = only_scalar("x.yaml", write_literal(value, chomping) + "l: 1\n")
    expected = value.rstrip("\n") if chomping == "-" else value + "\n"
    if chomping == "-" and not value.strip("\n"):
        expected = ""
    check(scalar, expected)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sampled_from(["'", '"', "|", ">", None]), st.booleans())
def test_what_dumpers_write(value: str, style: str | None, crlf: bool) -> None:
    written = yaml.dump({"k": value, "l": 1}, default_style=style, allow_unicode=True, width=12)
    written = written.replace("!!int ", "")
    if crlf:
        written = written.replace("\n", "\r\n")
    check(only_scalar("x.yaml", written), value)


@settings(max_examples=100, deadline=None)
@given(PRINTABLE)
def test_what_the_other_dumper_writes(value: str) -> None:
    stream = StringIO()
    dumper = YAML(typ="safe", pure=True)
    dumper.width = 15
    dumper.default_flow_style = False
    dumper.dump({"k": value, "l": [value]}, stream)
    written = stream.getvalue()
    # asked what it reads itself, since it does not always write what it was given: it loses `\\` before a line break
    check(only_scalar("x.yaml", written), YAML(typ="safe", pure=True).load(written)["k"])


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=30), st.booleans())
def test_json_strings(value: str, escape_all: bool) -> None:
    value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    check(only_scalar("x.json", json.dumps({"k": value}, ensure_ascii=escape_all)), value)


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=30), st.sampled_from(["plain", "single", "double", "literal", "folded", "json", "?"]), st.data()
)
def test_nonsense_still_points_into_the_file(text: str, style: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    value = data.draw(st.text(max_size=10))
    offsets = value_offsets(text, start, end, style, value)
    assert len(offsets) == len(value) + 1
    assert list(offsets) == sorted(offsets)


@pytest.mark.parametrize(
    ("written", "word", "line", "column"),
    [
        ("k: plain text $(x)\n", "$(x)", 1, 15),
        ("k: plain\n  text\n\n  $(x) # c\n", "$(x)", 4, 3),
        ("k: 'it''s $(x)'\n", "$(x)", 1, 11),
        ("k: 'a\n\n\n  $(x)'\n", "$(x)", 4, 3),
        ('k: "\\u4f60\\n\\x41$(x)"\n', "$(x)", 1, 17),
        ('k: "a\\\n    b \\\n   \\ $(x)"\n', "$(x)", 3, 6),
        ('k: "\\ud83d\\ude00$(x)"\n', "$(x)", 1, 17),
        ("k: |\n\n  一\n    $(x)\n", "$(x)", 4, 5),
        ("k: |2-\n    $(x)\n", "$(x)", 2, 5),
        ("k: >+ # comment\n  a\n  b\n\n   c\n  $(x)\n\n", "$(x)", 6, 3),
        ("k: >\n\n  a\n  $(x)", "$(x)", 4, 3),
        ("k: |\r\n  a\r\n  $(x)\r\n", "$(x)", 3, 3),
        ('k: "a\r\n  b\r\n\r\n  $(x)"\r\n', "$(x)", 4, 3),
        ("k:\n  - - |\n      你$(x)\n", "$(x)", 3, 8),
        ("k: [&a !!str '$(x)']\n", "$(x)", 1, 15),
    ],
)
def test_places_in_each_style(written: str, word: str, line: int, column: int) -> None:
    tree, _ = read_text("x.yaml", written)
    assert isinstance(tree, Mapping)
    node = tree.get("k")
    while not isinstance(node, Scalar):
        assert node is not None
        assert not isinstance(node, Mapping)
        node = node.items[0]
    start = node.text.index(word)
    span = node.place(start, start + len(word))
    assert (span.line, span.column) == (line, column)
    assert written[span.start : span.end] == word


def test_an_empty_range_is_one_place() -> None:
    scalar = only_scalar("x.yaml", "k: 'a''b'\n")
    assert (scalar.place(3, 3).start, scalar.place(3, 3).end) == (8, 8)
    assert (scalar.place(0, 0).start, scalar.place(99, 99).start) == (4, 8)


def test_a_range_holds_whole_escapes_but_no_indentation() -> None:
    scalar = only_scalar("x.yaml", 'k: "a\\u4f60b\n   c"\n')
    assert scalar.text == "a你b c"
    span = scalar.place(1, 2)
    assert span.file.text[span.start : span.end] == "\\u4f60"
    span = scalar.place(2, 3)
    assert span.file.text[span.start : span.end] == "b"
