from __future__ import annotations

import pytest
from expr.world import SCOPE

from interpreter.expr.narrowing import narrow
from interpreter.expr.parser import parse_expression
from interpreter.types.kinds import show


@pytest.mark.parametrize(
    ("text", "when_true", "when_false"),
    [
        ("t != null", "t: text", "t: null"),
        ("null == t", "t: null", "t: text"),
        ("s != null", "", ""),
        ("five != null", "", ""),
        ("not (t == null)", "t: text", "t: null"),
        ("t != null and k != null", "t: text, k: int", ""),
        ("t == null or k == null", "", "t: text, k: int"),
        ("user.nick != null", "user.nick: text", "user.nick: null"),
        ("user.place != null and user.place.label != null", "user.place: location, user.place.label: text", ""),
        ("match[1] != null", "match.1: text", "match.1: null"),
        ('m["a"] == 1', "m.a: int", ""),
        ("match[n] != null", "", ""),
        ("n[0] != null and xs[0] != null", "", ""),
        ("t == s", "t: text", ""),
        ("s == t", "t: text", ""),
        ("t != s", "", "t: text"),
        ("t == five", "", ""),
        ("len(s) == k", "", ""),
        ("maybe ?? false", "maybe: bool", ""),
        ("maybe ?? true", "", "maybe: bool"),
        ('(t ?? "") != ""', "t: text", ""),
        ('"" == (t ?? "")', "", "t: text"),
        ("(k ?? 0) > 1", "k: int", ""),
        ("1 <= (k ?? 0)", "k: int", ""),
        ("(k ?? 5) > 1", "", "k: int"),
        ('(k ?? "a") > 1', "", ""),
        ("later != null", "later: int", ""),
        ("later == 3", "later: int", ""),
        ("flag", "", ""),
        ("nowhere != null", "", ""),
        ("nowhere.x != null and len(nowhere) != null", "", ""),
    ],
)
def test_what_a_condition_shows(text: str, when_true: str, when_false: str) -> None:
    node, _ = parse_expression(text)
    assert node is not None
    for truth, shown in ((True, when_true), (False, when_false)):
        narrowed = narrow(node, SCOPE, truth).narrowed
        assert ", ".join(f"{path}: {show(kind)}" for path, kind in narrowed.items()) == shown
