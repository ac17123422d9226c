from __future__ import annotations

import hashlib
import tracemalloc

from fakes.clock import FakeClock
from faults.figures import figures
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.server.replays import _MOVED, Replays, _Table


def signature(number: int) -> str:
    return hashlib.sha1(str(number).encode(), usedforsecurity=False).hexdigest()


def tables(seen: Replays) -> int:
    """Bytes of memory that come from the operating system."""
    return sum(table._cells.nbytes + table._before.nbytes for table in (seen._new, seen._old))


def test_a_signature_is_good_for_one_message() -> None:
    seen = Replays(FakeClock(), 600)
    assert [seen.admits(signature(1), message) for message in (b"a", b"a", b"b", b"a")] == [True, True, False, True]
    assert seen.admits(signature(2), b"b")


def test_a_signature_is_remembered_for_as_long_as_it_is_valid_and_then_forgotten() -> None:
    clock = FakeClock()
    seen = Replays(clock, 600)
    for begin in range(0, 2400, 400):
        seen.admits(signature(begin), b"a")
        clock.move(400)
        assert not seen.admits(signature(begin), b"b")
    clock.move(1200)
    assert seen.admits(signature(0), b"b")


def test_a_quiet_hour_forgets_everything() -> None:
    clock = FakeClock()
    seen = Replays(clock, 600)
    seen.admits(signature(1), b"a")
    clock.move(3600)
    assert seen.admits(signature(1), b"b")


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([b"a", b"b"])), max_size=200))
def test_it_says_what_a_dictionary_would(asked: list[tuple[int, bytes]]) -> None:
    seen, known = Replays(FakeClock(), 600), dict[int, bytes]()
    for number, message in asked:
        assert seen.admits(signature(number), message) == (known.setdefault(number, message) == message)


def test_it_takes_at_most_10_mb_for_100_000_signatures_and_never_much_more() -> None:
    signatures = [signature(number) for number in range(100_000)]
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    seen = Replays(FakeClock(), 600)
    assert all(seen.admits(each, b"message") for each in signatures)
    assert not any(seen.admits(each, b"another") for each in signatures)
    taken = tracemalloc.get_traced_memory()[0] - before + tables(seen)
    figures("input 6", "signatures that are remembered", signatures=len(signatures), megabytes=taken / 1e6)
    assert taken <= 10_000_000
    for number in range(100_000, 200_000):
        seen.admits(signature(number), b"message")
    assert tracemalloc.get_traced_memory()[0] - before + tables(seen) <= 10_000_000
    tracemalloc.stop()
    assert not seen.admits(signature(199_999), b"another")


def test_a_table_that_grows_moves_a_few_keys_at_a_time_and_loses_none() -> None:
    table, cells, known = _Table(), 0, 0
    for number in range(1, 1_500):
        assert table.put(number * 7_919, number) == number
        before, known = known, sum(map(bool, table._cells[1::2]))
        has_grown, cells = len(table._cells) != cells, len(table._cells)
        assert known - (0 if has_grown else before) <= _MOVED + 1
    assert [table.get(number * 7_919) for number in range(1, 1_500)] == list(range(1, 1_500))
    assert table.count == 1_499
