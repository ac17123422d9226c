"""Whether conditions leave something out, for every kind of condition."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.bots import compile_text

from interpreter.check.analysis import analyse
from interpreter.check.lints.covering import leaves_out
from interpreter.dialog.model.steps import IfStep

_VARS = {
    "n": "int = 0",
    "few": "int(1..9) = 1",
    "ratio": "number(0..1) = 0.5",
    "a": "bool = true",
    "b": "bool = true",
    "c": "bool = true",
    "word": 'text = ""',
    "maybe": "bool?",
    "grade": '好 | 一般 | 差 = "好"',
    "city": 'cities = "北京"',
}


def gap(*conditions: str) -> bool | None:
    """Whether the branches of a `choose` without `else` leave something out."""
    branches = [{"if": condition, "reply": "ok"} for condition in conditions]
    rules = {"go": {"pattern": "go", "do": {"choose": branches}}}
    entities = {"cities": ["北京", "上海"]}
    text = json.dumps({"dialog": 1, "name": "test", "vars": _VARS, "entities": entities, "rules": rules})
    bot = compile_text(text, "bot.json").bot
    assert bot is not None
    step = bot.rules[0].steps[0]
    assert isinstance(step, IfStep)
    return leaves_out([branch.condition for branch in step.branches if branch.condition], analyse(bot)[0])


@pytest.mark.parametrize(
    "conditions",
    [
        ("n < 3", "n >= 3"),
        ("n <= 2", "n >= 3"),
        ("3 > n", "n == 3", "n > 3"),
        ("n in [1, 2]", "n not in [1, 2]"),
        ("n < 3 or n > 5", "n >= 3 and n <= 5"),
        ("few <= 5", "few > 5"),
        ("few <= 9", "few > 100"),
        ("ratio < 0.5", "ratio >= 0.5"),
        ("a", "not a"),
        ("a == true", "a == false"),
        ("maybe == true", "maybe == false", "maybe == null"),
        ('grade == "好"', 'grade == "一般"', 'grade == "差"'),
        ('grade in ["好", "一般"]', 'grade == "差"'),
        ('city == "北京"', 'city == "上海"'),
        ('word == "x"', 'word != "x"'),
        ("a and b", "not a", "not b"),
        ("len(word) > 3", "not (len(word) > 3)"),
    ],
)
def test_nothing_is_left_out(conditions: tuple[str, ...]) -> None:
    assert gap(*conditions) is False


@pytest.mark.parametrize(
    "conditions",
    [
        ("n < 3", "n > 3"),
        ("n < 3", "n < 9"),
        ("ratio <= 0.2", "ratio >= 0.4"),
        ('grade == "好"', 'grade == "差"'),
        ('city == "北京"',),
        ('word == "x"', 'word == "y"'),
        ("maybe == true", "maybe == false"),
        ("a", "b"),
        ("a and b", "c"),
        ("n > 3", 'word == "x"'),
    ],
)
def test_something_is_left_out(conditions: tuple[str, ...]) -> None:
    assert gap(*conditions) is True


@pytest.mark.parametrize(
    "conditions",
    [
        ("n > few", "n <= few"),
        ("len(word) > 3", "len(word) <= 3"),
        ("now.hour < 12", "now.hour < 24"),
        ("a and n > 3", "n < 9"),
        tuple(f"n + {number} > few" for number in range(9)),
    ],
)
def test_what_may_depend_on_each_other_is_not_judged(conditions: tuple[str, ...]) -> None:
    assert gap(*conditions) is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.integers(-4, 4)), min_size=1, max_size=4)
)
def test_numbers_are_judged_as_if_all_were_tried(comparisons: list[tuple[str, int]]) -> None:
    conditions = [f"n {operator} {number}" for operator, number in comparisons]
    tried = any(not any(eval(condition, {"n": n}) for condition in conditions) for n in range(-9, 10))  # noqa: S307
    assert gap(*conditions) is tried
