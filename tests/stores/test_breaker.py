from __future__ import annotations

import pytest

from interpreter.stores.breaker import Breaker, CircuitOpen


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def failing(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        breaker.begin()
        breaker.end(OSError())


def test_three_failures_in_a_row_open_the_circuit() -> None:
    breaker = Breaker((OSError,), Clock())
    failing(breaker, 2)
    assert not breaker.is_open
    failing(breaker, 1)
    with pytest.raises(CircuitOpen):
        breaker.begin()


@pytest.mark.parametrize("answer", [None, ValueError()])
def test_an_answer_between_failures_keeps_it_closed(answer: Exception | None) -> None:
    breaker = Breaker((OSError,), Clock())
    for _ in range(5):
        failing(breaker, 2)
        breaker.begin()
        breaker.end(answer)
    assert not breaker.is_open


def test_who_gave_up_waiting_says_nothing_of_the_server() -> None:
    breaker = Breaker((OSError,), Clock())
    failing(breaker, 2)
    breaker.begin()
    breaker.end(KeyboardInterrupt())
    failing(breaker, 1)
    assert breaker.is_open


def test_after_a_rest_one_call_goes_to_see() -> None:
    clock = Clock()
    breaker = Breaker((OSError,), clock)
    failing(breaker, 3)
    clock.seconds = 0.5
    breaker.begin()
    with pytest.raises(CircuitOpen):
        breaker.begin()
    breaker.end(None)
    assert not breaker.is_open


def test_the_rest_begins_anew_when_that_call_fails() -> None:
    clock = Clock()
    breaker = Breaker((OSError,), clock)
    failing(breaker, 3)
    clock.seconds = 0.5
    failing(breaker, 1)
    clock.seconds = 0.9
    with pytest.raises(CircuitOpen):
        breaker.begin()
    clock.seconds = 1.0
    breaker.begin()
