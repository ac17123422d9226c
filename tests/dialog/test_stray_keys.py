"""Keys that slipped out of the rule they belong to: the fix puts them back."""

import pytest

from interpreter.diagnostics.diagnostic import Applicability
from interpreter.diagnostics.fixing import apply_edits
from interpreter.dialog.plain import to_plain
from interpreter.dialog.structure import check_structure
from interpreter.source.reader import read_text

HEAD = "dialog: 1\nname: demo\n"


def found(text: str):
    tree, problems = read_text("bot.yaml", HEAD + text)
    assert tree is not None
    assert not problems
    return check_structure(tree)


def mended(text: str) -> object:
    (finding,) = found(text)
    tree, problems = read_text("bot.yaml", apply_edits(HEAD + text, finding.fix.edits))
    assert not problems
    assert check_structure(tree) == ()
    return to_plain(tree)["rules"]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("rules:\n  a:\n    pattern: b\n  reply: c\n  d: e\n", {"a": {"pattern": "b", "reply": "c"}, "d": "e"}),
        (
            "rules:\n  a:\n      pattern: b\n  reply: |\n    c\n\n    d\n  end: true\n",
            {"a": {"pattern": "b", "reply": "c\n\nd\n", "end": True}},
        ),
        (
            "rules:\n  a:\n    pattern: b\n  do:\n    - ask: c\n      into: d\n",
            {"a": {"pattern": "b", "do": [{"ask": "c", "into": "d"}]}},
        ),
        ("rules:\n  a:\n    reply: b\n  set: x = 1\n", {"a": {"reply": "b", "set": "x = 1"}}),
        ("rules:\n  a:\n    reply: b\n  replies:\n    c: d\n", {"a": {"reply": "b", "replies": {"c": "d"}}}),
    ],
)
def test_the_fix_puts_a_key_back(text: str, rules: object) -> None:
    assert mended(text) == rules


CANCEL = "  cancel:\n    pattern: 取消\n    reply: 已取消\n"
CANCELLED = {"cancel": {"pattern": "取消", "reply": "已取消"}}


@pytest.mark.parametrize(
    ("between", "rules"),
    [
        (CANCEL, CANCELLED),
        ("  description: 小店\n" + CANCEL, {"description": "小店", **CANCELLED}),
        ("  description: 小店\n", {"description": "小店"}),
        ("  label: 名称\n", {"label": "名称"}),
        ("  pass: 通行证\n", {"pass": "通行证"}),
        ("  end: bye\n", {"end": "bye"}),
        ("  set: 套餐\n", {"set": "套餐"}),
        ("  if: 如果\n", {"if": "如果"}),
        ("  do: {pattern: 做, reply: 好}\n", {"do": {"pattern": "做", "reply": "好"}}),
        ("  do:\n    - reply: 好\n", {"do": [{"reply": "好"}]}),
    ],
)
def test_the_fix_leaves_the_rules_behind_the_key_as_they_are(between: str, rules: dict[str, object]) -> None:
    text = f"{HEAD}rules:\n  order:\n    pattern: 订单\n  reply: 好的\n{between}"
    finding = found(text.removeprefix(HEAD))[0]
    tree, problems = read_text("bot.yaml", apply_edits(text, finding.fix.edits))
    assert finding.fix.applicability is Applicability.SAFE
    assert not problems
    assert to_plain(tree)["rules"] == {"order": {"pattern": "订单", "reply": "好的"}, **rules}


def test_a_rule_called_like_the_key_that_is_missing_above_is_left() -> None:
    assert found("rules:\n  order:\n    pattern: 订单\n  reply:\n    pattern: 回复\n    reply: 好\n") == ()


def test_a_rule_that_lacks_the_key_is_an_error_and_one_that_may_be_called_so_a_warning() -> None:
    (sure,) = found("rules:\n  a:\n    pattern: b\n  reply: c\n")
    (likely,) = found("rules:\n  a:\n    set: x = 1\n  reply: c\n")
    assert sure.is_error
    assert sure.fix.applicability is Applicability.SAFE
    assert not likely.is_error
    assert likely.fix.applicability is Applicability.UNSAFE


@pytest.mark.parametrize(
    "rules",
    [
        "  a:\n    reply: b\n  reply: c\n",
        "  a: b\n  reply: c\n",
        "  a: {set: x = 1}\n  reply: c\n",
        "  a:\n    cancel: true\n  end: bye\n",
        "  a:\n    pattern: b\n    domain: c\n  end: bye\n",
        "  a:\n    reply: b\n  wait: a moment\n  call: 12345\n  set: done\n",
    ],
)
def test_a_rule_may_be_called_like_a_key(rules: str) -> None:
    assert found(f"rules:\n{rules}") == ()
