from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.expr.functions.json_text import parse_json, to_json
from interpreter.values import Fault, Value, equal

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
plain = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


@settings(deadline=None, max_examples=150)
@given(plain, st.booleans())
def test_what_was_written_is_read_back(env, value: Value, pretty: bool) -> None:
    assert equal(parse_json(env(), to_json(env(), value, pretty)), value)


def test_what_is_nested_too_deeply_is_a_fault(env) -> None:
    value: Value = 1
    for _ in range(70):
        value = {"a": value}
    with pytest.raises(Fault, match="nested more than 64 levels"):
        to_json(env(), value, False)


def test_half_of_a_character_is_replaced(env) -> None:
    assert parse_json(env(), r'["\ud800a", {"\udc00": "\ud83d\ude00"}, "\u4f60"]') == ["?a", {"?": "😀"}, "你"]
