"""Where a cursor stands, told from the lines around it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.checked_bots import CAFE, cursor

from interpreter.language_server.lines import place_at

PLACES = {
    "the root": ("‸", "/", "key", ""),
    "a key of the root": ("dialog: 1\nru‸", "/", "key", "ru"),
    "a value": ("rules:\n  hi:\n    wait: gu‸", "/rules/hi/wait", "value", "gu"),
    "a key before others": ("rules:\n  hi:\n    re‸\n    wait: x\n", "/rules/hi/", "key", "re"),
    "an empty line": ("rules:\n  hi:\n    wait: x\n    ‸\n  ho: a", "/rules/hi/", "key", ""),
    "an item": ("flows:\n  s:\n    do:\n      - as‸", "/flows/s/do/*/", "key", "as"),
    "an item as far left as its list's key": ("flows:\n  s:\n    do:\n    - as‸", "/flows/s/do/*/", "key", "as"),
    "a further key of an item": ("flows:\n  s:\n  - ask: x\n    in‸", "/flows/s/*/", "key", "in"),
    "steps within a step": (
        "flows:\n  s:\n    do:\n      - if: a\n        then:\n          - w‸\n        else: x",
        "/flows/s/do/*/then/*/",
        "key",
        "w",
    ),
    "a list in a list": ("a:\n  - - b: ‸", "/a/*/*/b", "value", ""),
    "a map on a line": ("rules:\n  hi: {reply: a, wa‸}", "/rules/hi/", "key", "wa"),
    "a value of a map on a line": ("rules:\n  hi: {reply: a, wait: g‸}", "/rules/hi/wait", "value", "g"),
    "a map in a list on a line": ("a: [{b: c}, {d: ‸", "/a/*/d", "value", ""),
    "behind a hole": ("rules:\n  hi: [$(f(1, 2)), x‸]", "/rules/hi/*", "value", "x"),
    "within a hole": ('rules:\n  hi: {reply: "a $(x, y‸)", wait: z}', "/rules/hi/reply", "value", "a $(x, y"),
    "a map over several lines": ("a: {b: c,\n    d: {\n e‸", "/a/d/", "key", "e"),
    "a closed map": ("a: {b: c}\n‸", "/", "key", ""),
    "a quoted text": ('a: "b‸"', "/a", "value", "b"),
    "a quoted key": ('a:\n  "b: ‸c": d', "/a/", "key", "b: "),
    "a block of text": ("a:\n  b: |\n    c: d\n    e‸\n", "/a/b", "value", "    c: d\n    e"),
    "json": ('{"rules": {"hi": {"re‸"}}}', "/rules/hi/", "key", "re"),
    "a comment between": ("a:\n  b: c\n# d\n  ‸", "/a/", "key", ""),
}


@pytest.mark.parametrize(("marked", "path", "part", "written"), PLACES.values(), ids=PLACES.keys())
def test_a_place(marked: str, path: str, part: str, written: str) -> None:
    place = place_at(*cursor(marked))
    shown = "".join("/" + ("*" if level.key is None else level.key) for level in place.path)
    assert (shown, place.part, place.written) == (path, part, written)


@pytest.mark.parametrize(
    ("marked", "keys"),
    [
        ("a:\n  b: 1\n  ‸\n  c: 2\nd: 3", {"b", "c"}),
        ("a:\n  - b: 1\n    ‸\n    c: {e: 2}\n  - d: 3", {"b", "c"}),
        ("a: {b: 1, ‸, c: 2}", {"b", "c"}),
        ("a: {b: 1, c‸d: 2}", {"b"}),
        ("a:\n  b: |\n    x: 1\n  ‸", {"b"}),
    ],
)
def test_the_other_keys_of_a_mapping_are_known(marked: str, keys: set[str]) -> None:
    assert set(place_at(*cursor(marked)).path[-1].keys) == keys


@given(st.integers(0, len(CAFE)), st.text(alphabet="{}[]:,-|>\"'$() \na", max_size=8), st.booleans())
@settings(deadline=None, max_examples=150)
def test_every_text_has_a_place_everywhere(offset: int, typed: str, cut: bool) -> None:
    text = CAFE[:offset] + typed + ("" if cut else CAFE[offset:])
    place = place_at(text, offset + len(typed))
    assert text[place.start : offset + len(typed)] == place.written
