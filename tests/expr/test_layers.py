"""Maps in layers say what plain maps say, and what two of them share is not gone through."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from interpreter.expr.layers import Layers, grown, parted, without

NAMES = st.sampled_from([f"x{number}" for number in range(12)])
CHANGES = st.lists(st.one_of(st.dictionaries(NAMES, st.integers(0, 3), max_size=4), NAMES), max_size=20)


def changed(known: Mapping[str, int], change: dict[str, int] | str) -> Mapping[str, int]:
    return without(known, change) if isinstance(change, str) else grown(known, change)


def plainly(known: dict[str, int], change: dict[str, int] | str) -> dict[str, int]:
    if isinstance(change, str):
        return {name: value for name, value in known.items() if name != change}
    return {**known, **change}


@given(CHANGES)
def test_layers_are_the_map_that_was_made_without_them(changes: list[dict[str, int] | str]) -> None:
    layered: Mapping[str, int] = Layers(())
    plain: dict[str, int] = {}
    for change in changes:
        layered, plain = changed(layered, change), plainly(plain, change)
        assert layered == plain
        assert len(layered) == len(plain)
        assert all(layered[name] == plain[name] for name in plain)
        assert "y" not in layered
        assert layered.get("y") is None


@given(CHANGES, CHANGES, CHANGES)
def test_two_maps_differ_in_nothing_but_the_names_that_are_told(
    before: list[dict[str, int] | str], here: list[dict[str, int] | str], there: list[dict[str, int] | str]
) -> None:
    start: Mapping[str, int] = Layers(())
    for change in before:
        start = changed(start, change)
    one = other = start
    for change in here:
        one = changed(one, change)
    for change in there:
        other = changed(other, change)
    common, names = parted(one, other)
    for name in {*one, *other} - set(names):
        assert one[name] == other[name] == common[name]


def test_names_stand_in_the_order_in_which_they_came() -> None:
    layered = Layers(()).adding({"b": 1}).adding({"a": 2, "c": 3}).adding({"b": 4})
    assert list(layered.items()) == [("b", 4), ("a", 2), ("c", 3)]


def test_a_thousand_branches_look_at_a_few_names_each() -> None:
    scope: Mapping[str, int] = {}
    looked_at = 0
    for number in range(1000):
        one, other = grown(scope, {f"x{number}": 1}), grown(grown(scope, {"error": 0}), {f"x{number}": 2})
        common, names = parted(one, without(other, "error"))
        looked_at += len(names)
        scope = grown(common, dict.fromkeys(names, 3))
    assert len(scope) == 1000
    assert looked_at < 1000 * 30
