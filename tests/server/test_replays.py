"""A signature is good for one message: in one process, and in all that share a store."""

from __future__ import annotations

import asyncio
import hashlib
import tracemalloc
from dataclasses import replace

import redis
from aiohttp.test_utils import make_mocked_request
from fakes.clock import FakeClock
from fakes.house import House
from fakes.signatures import FakeSignatures
from faults.figures import figures
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.server.app import ENDPOINTS
from interpreter.server.replays import _MOVED, Replays, _Table
from interpreter.stores.protocol import SessionKey, StoreUnavailable
from interpreter.stores.redis import RedisStore


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


# ---------------------------------------------------------------------------------------------------- shared signatures


async def turns(house: House) -> int:
    session = (await house.store.load(SessionKey("demo", "oUser1"))).session
    return session.turns if session else 0


async def test_processes_that_share_a_store_share_the_signatures_they_have_seen() -> None:
    first, second = House(), House()
    signatures = FakeSignatures()
    first.bot = replace(first.bot, shared=signatures)
    second.bot = replace(second.bot, shared=signatures)
    await first.start()
    await second.start()
    query, body = first.signed(), first.text("hi")
    assert (await first.post(body, query))[0] == 200
    assert (await second.post(body, query))[0] == 200
    assert (await second.post(second.text("bye"), query))[0] == 403
    await first.client.close()
    await second.client.close()


async def test_a_store_that_does_not_answer_does_not_make_a_message_a_replay() -> None:
    other = House()
    other.bot = replace(other.bot, shared=FakeSignatures(StoreUnavailable("gone")))
    await other.start()
    assert (await other.say("hi"))[0] == 200
    await other.client.close()


async def test_a_message_whose_sender_has_gone_before_the_store_knows_its_signature_is_not_taken() -> None:
    house = House()
    house.bot = replace(house.bot, shared=FakeSignatures())
    await house.start()
    begun = house.app[ENDPOINTS]["/wechat"].begin(
        make_mocked_request("POST", "/wechat"), house.signed(), house.text("hi").encode()
    )
    assert isinstance(begun, asyncio.Future)
    begun.cancel()
    assert (await house.say("hi", user="oUser2"))[0] == 200
    assert await turns(house) == 0
    await house.client.close()


async def test_with_redis_a_message_costs_two_round_trips(redis_url: str) -> None:
    store = RedisStore(redis_url)
    house = House(store=store)
    house.bot = replace(house.bot, shared=store)
    await house.start()
    with redis.Redis.from_url(redis_url) as client:
        assert (await house.say("hi"))[0] == 200  # the scripts are there now
        client.config_resetstat()
        assert (await house.say("hi"))[0] == 200
        asked = {name: row["calls"] for name, row in client.info("commandstats").items()}
        assert (asked["cmdstat_set"], asked["cmdstat_evalsha"]) == (1, 2)
    assert await turns(house) == 2
    await house.client.close()
    await store.close()


async def test_messages_of_one_user_that_come_together_are_all_answered_with_redis(redis_url: str) -> None:
    store = RedisStore(redis_url)
    house = House(store=store)
    house.bot = replace(house.bot, shared=store)
    await house.start()
    repeated = house.text("hi", id="again")
    said = await asyncio.gather(*(house.say("hi") for _ in range(10)), *(house.post(repeated) for _ in range(5)))
    assert {status for status, _ in said} == {200}
    assert len(set(said[10:])) == 1
    assert await turns(house) == 11
    await house.client.close()
    await store.close()
