from __future__ import annotations

import pytest
from fakes.clock import FakeClock
from fakes.machine import call_of

from interpreter.runtime.cache import AnswerCache


def test_an_answer_is_kept_as_long_as_its_request_allows() -> None:
    clock = FakeClock()
    cache = AnswerCache(clock)
    cache.put(call_of("a", cache=10.0), "answer", 6)
    assert cache.get(call_of("a", id="other")) == "answer"
    clock.move(10)
    assert cache.get(call_of("a")) is None


def test_a_request_without_a_cache_keeps_nothing() -> None:
    cache = AnswerCache(FakeClock())
    cache.put(call_of("a"), "answer", 6)
    assert cache.get(call_of("a")) is None


@pytest.mark.parametrize("bounds", [{"max_entries": 2}, {"max_bytes": 25}])
def test_what_was_not_asked_for_the_longest_goes_first(bounds: dict[str, int]) -> None:
    cache = AnswerCache(FakeClock(), **bounds)
    for name in ("a", "b"):
        cache.put(call_of(name, cache=10.0), name, 10)
    cache.get(call_of("a"))
    cache.put(call_of("c", cache=10.0), "c", 10)
    assert [cache.get(call_of(name)) for name in ("a", "b", "c")] == ["a", None, "c"]


def test_a_forgotten_answer_is_kept_no_longer_and_takes_no_room() -> None:
    cache = AnswerCache(FakeClock(), max_bytes=25)
    for name in ("a", "b"):
        cache.put(call_of(name, cache=10.0), name, 10)
    cache.forget(call_of("a", cache=10.0, id="other"))
    cache.forget(call_of("never asked", cache=10.0))
    cache.put(call_of("c", cache=10.0), "c", 10)
    assert [cache.get(call_of(name)) for name in ("a", "b", "c")] == [None, "b", "c"]


def test_an_answer_larger_than_everything_is_not_kept() -> None:
    cache = AnswerCache(FakeClock(), max_bytes=25)
    cache.put(call_of("a", cache=10.0), "a", 10)
    cache.put(call_of("b", cache=10.0), "b", 26)
    assert [cache.get(call_of(name)) for name in ("a", "b")] == ["a", None]


def test_a_newer_answer_takes_the_place_of_the_older() -> None:
    cache = AnswerCache(FakeClock(), max_bytes=25)
    for number in range(9):
        cache.put(call_of("a", cache=10.0), number, 20)
    assert cache.get(call_of("a")) == 8
