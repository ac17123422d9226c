from __future__ import annotations

from interpreter.runtime.about import FIELD, about


def test_only_what_there_is_is_a_field() -> None:
    assert about("demo", turn="0a1b", error="full") == {FIELD: {"bot": "demo", "turn": "0a1b", "error": "full"}}
    assert about("demo") == {FIELD: {"bot": "demo"}}
    assert about() == {FIELD: {}}
