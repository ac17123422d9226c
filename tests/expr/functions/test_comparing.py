from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.expr.functions.comparing import MAX_DEPTH, identity, in_order
from interpreter.values import Fault, Value, equal

numbers = st.integers(-2, 2) | st.sampled_from((0.0, -0.0, 1.0, 1.5))
scalars = (
    st.none()
    | st.booleans()
    | numbers
    | st.sampled_from(("", "a", "1"))
    | st.dates()
    | st.datetimes(timezones=st.just(UTC))
    | st.times()
    | st.timedeltas()
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
)


@settings(deadline=None, max_examples=300)
@given(values, values)
def test_values_are_identical_exactly_when_they_are_equal(env, left: Value, right: Value) -> None:
    assert (identity(env(), left) == identity(env(), right)) == equal(left, right)
    assert identity(env(), left) == identity(env(), left)


def nested(depth: int) -> Value:
    value: Value = 1
    for _ in range(depth):
        value = [value]
    return value


def test_what_is_nested_too_deeply_is_a_fault(env) -> None:
    identity(env(), nested(MAX_DEPTH))
    with pytest.raises(Fault, match="nested more than 64 levels"):
        identity(env(), nested(MAX_DEPTH + 1))


def test_a_list_that_stands_in_a_list_many_times_costs_as_often(env) -> None:
    row: Value = list(range(200))
    with pytest.raises(Fault, match="too many steps"):
        identity(env(), [row] * 100)


@pytest.mark.parametrize("kinds", [[1, "a"], [True, False], [{}], [[1]], [None]])
def test_values_without_an_order_are_a_fault(kinds: list[Value]) -> None:
    with pytest.raises(Fault, match=r"sort: .*order"):
        in_order(kinds, "sort")
