"""What every store must do; a new store is added to the fixture."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from msgspec.structs import replace
from support.admitting import Admitting
from support.sqlite_files import Asking

from interpreter.machine.session import Level, Session, Wait
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import (
    Commit,
    Committed,
    GivenUp,
    Knock,
    MessageKey,
    Parcel,
    SessionConflict,
    SessionKey,
    SessionStore,
    SharedValues,
    Stored,
)
from interpreter.stores.redis import RedisStore
from interpreter.stores.sqlite import SqliteStore
from interpreter.stores.sqlite_ahead import Ahead

NOW = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
BEGUN = int(NOW.timestamp() * 1000)
"""The first revision of a session that is saved then."""
ANN = SessionKey("demo", "ann")
BOB = SessionKey("demo", "bob")
FIRST = MessageKey("first")


class Store(SessionStore, SharedValues, Protocol):
    """What every store is."""


@pytest.fixture(
    params=["memory", "sqlite", "sqlite, asked before", "sqlite, rows later", "redis", "redis, without waiting"]
)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    opened: Store
    match request.param:
        case "memory":
            opened = MemoryStore()
        case "sqlite":
            opened = SqliteStore(tmp_path / "dialog.db")
        case "sqlite, asked before":
            opened = Asking(tmp_path / "dialog.db")
        case "sqlite, rows later":
            opened = Asking(tmp_path / "dialog.db", ahead=Ahead(worth_it=1, most=3))
        case "redis, without waiting":
            opened = Admitting(request.getfixturevalue("redis_url"))
        case _:
            opened = RedisStore(request.getfixturevalue("redis_url"))
    yield opened
    await opened.close()


def talking(user: str = "ann", **memory: str) -> Session:
    waiting = Level(frames=(), wait=Wait(state="states.guess", tries=1, since=NOW))
    return Session(user=user, started=NOW, seen=NOW, turns=3, vars={"answer": 7}, levels=(waiting,), memory=memory)


async def test_an_unknown_user_has_nothing_stored(store: Store) -> None:
    assert await store.load(ANN, FIRST) == Stored(None, 0, None)


async def test_a_session_comes_back_as_it_was_saved(store: Store) -> None:
    assert (await store.commit(Commit(ANN, talking(name="安"), 0, NOW))).revision == BEGUN
    assert await store.load(ANN) == Stored(talking(name="安"), BEGUN)


async def test_each_commit_raises_the_revision(store: Store) -> None:
    revision = 0
    for number in range(5):
        revision = (await store.commit(Commit(ANN, talking(), revision, NOW))).revision
        assert revision == BEGUN + number


@pytest.mark.parametrize("forgotten", ["erase", "leave", "sweep"])
async def test_a_session_that_begins_again_shares_no_revision_with_the_one_before(store: Store, forgotten: str) -> None:
    first = await store.commit(Commit(ANN, talking(), 0, NOW))
    match forgotten:
        case "erase":
            await store.erase(ANN)
        case "leave":
            await store.commit(Commit(ANN, None, first.revision, NOW))
        case _:
            assert await store.sweep_conversations("demo", NOW + timedelta(seconds=1)) == 1
    assert (await store.load(ANN)).revision == 0
    again, later = Session(user="ann", turns=1), NOW + timedelta(milliseconds=1)
    second = await store.commit(Commit(ANN, again, 0, later))
    assert second.revision > first.revision
    with pytest.raises(SessionConflict):  # whoever slept all the time
        await store.commit(Commit(ANN, talking(), first.revision, NOW))
    assert await store.load(ANN) == Stored(again, second.revision)


@pytest.mark.parametrize("expected", [0, BEGUN, BEGUN + 2])
async def test_a_commit_on_another_revision_is_refused_and_changes_nothing(store: Store, expected: int) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW))
    await store.commit(Commit(ANN, talking(), BEGUN, NOW))
    with pytest.raises(SessionConflict) as conflict:
        await store.commit(Commit(ANN, Session(user="ann"), expected, NOW, FIRST, b"late"))
    assert (conflict.value.expected, conflict.value.found) == (expected, BEGUN + 1)
    assert str(conflict.value) == f"the session is at revision {BEGUN + 1}, not {expected}"
    assert await store.load(ANN, FIRST) == Stored(talking(), BEGUN + 1)


async def test_a_reply_is_remembered_by_user_and_message(store: Store) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW, FIRST, b"<xml/>"))
    assert (await store.load(ANN, FIRST)).reply == b"<xml/>"
    assert (await store.load(ANN, MessageKey("second"))).reply is None
    assert (await store.load(BOB, FIRST)).reply is None
    assert (await store.load(SessionKey("other", "ann"), FIRST)).reply is None


async def test_silence_is_remembered_too(store: Store) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW, FIRST, b""))
    assert (await store.load(ANN, FIRST)).reply == b""


async def test_of_many_commits_on_one_revision_one_succeeds(store: Store) -> None:
    commits = [store.commit(Commit(ANN, talking(), 0, NOW)) for _ in range(20)]
    outcomes = await asyncio.gather(*commits, return_exceptions=True)
    assert sum(outcome == Committed(BEGUN) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, SessionConflict) for outcome in outcomes) == 19


async def test_users_do_not_disturb_one_another(store: Store) -> None:
    keys = [SessionKey("demo", f"user{number}") for number in range(200)]
    await asyncio.gather(*(store.commit(Commit(key, talking(key.user), 0, NOW)) for key in keys))
    assert await asyncio.gather(*(store.load(key) for key in keys)) == [
        Stored(talking(key.user), BEGUN) for key in keys
    ]


async def test_erasing_forgets_session_memory_and_replies(store: Store) -> None:
    await store.commit(Commit(ANN, talking(name="安"), 0, NOW, FIRST, b"a"))
    await store.commit(Commit(BOB, talking("bob"), 0, NOW, FIRST, b"b"))
    await store.erase(ANN)
    assert await store.load(ANN, FIRST) == Stored()
    assert await store.load(BOB, FIRST) == Stored(talking("bob"), BEGUN, b"b")


async def test_a_commit_without_session_forgets_the_user_but_not_this_reply(store: Store) -> None:
    await store.commit(Commit(ANN, talking(name="安"), 0, NOW, FIRST, b"hello"))
    goodbye = MessageKey("unsubscribe")
    assert (await store.commit(Commit(ANN, None, BEGUN, NOW, goodbye, b""))).revision == 0
    assert await store.load(ANN, FIRST) == Stored()
    assert await store.load(ANN, goodbye) == Stored(reply=b"")


async def test_old_replies_are_swept_and_fresh_ones_stay(store: Store) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW, FIRST, b"old"))
    await store.commit(Commit(BOB, talking("bob"), 0, NOW + timedelta(hours=2), FIRST, b"fresh"))
    assert await store.sweep_replies(NOW + timedelta(hours=1)) == 1
    assert (await store.load(ANN, FIRST)).reply is None
    assert (await store.load(BOB, FIRST)).reply == b"fresh"


async def test_a_swept_conversation_leaves_the_memory_of_its_user(store: Store) -> None:
    await store.commit(Commit(ANN, talking(name="安"), 0, NOW))
    await store.commit(Commit(BOB, talking("bob"), 0, NOW))
    assert await store.sweep_conversations("demo", NOW + timedelta(hours=1)) == 2
    assert (await store.load(ANN)).session == Session(user="ann", memory={"name": "安"})
    assert await store.load(BOB) == Stored()


async def test_a_sweep_spares_young_conversations_and_other_bots(store: Store) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW))
    assert await store.sweep_conversations("demo", NOW) == 0
    assert await store.sweep_conversations("other", NOW + timedelta(hours=1)) == 0
    assert await store.load(ANN) == Stored(talking(), BEGUN)


async def test_a_conversation_is_swept_once(store: Store) -> None:
    await store.commit(Commit(ANN, talking(name="安"), 0, NOW))
    assert await store.sweep_conversations("demo", NOW + timedelta(hours=1)) == 1
    assert await store.sweep_conversations("demo", NOW + timedelta(hours=1)) == 0


async def test_a_conversation_that_goes_on_is_swept_when_it_is_over_at_last(store: Store) -> None:
    hours = [NOW + timedelta(hours=number) for number in range(5)]
    await store.commit(Commit(ANN, talking(), 0, hours[0]))
    await store.commit(Commit(ANN, talking(), BEGUN, hours[2]))
    assert await store.sweep_conversations("demo", hours[1]) == 0
    assert await store.sweep_conversations("demo", hours[2]) == 0
    await store.commit(Commit(ANN, talking(), BEGUN + 1, hours[3], wake=hours[4]))
    assert await store.sweep_conversations("demo", hours[4]) == 0
    await store.commit(Commit(ANN, talking(), BEGUN + 2, hours[4]))
    await store.commit(Commit(ANN, talking(), BEGUN + 3, hours[1]))  # by a clock that was set back
    assert await store.sweep_conversations("demo", hours[2]) == 1
    assert await store.load(ANN) == Stored()


async def test_a_turn_begun_before_a_sweep_is_refused_after_it(store: Store) -> None:
    await store.commit(Commit(ANN, talking(name="安"), 0, NOW))
    await store.sweep_conversations("demo", NOW + timedelta(hours=1))
    with pytest.raises(SessionConflict):
        await store.commit(Commit(ANN, talking(), BEGUN, NOW))


async def test_a_sweep_takes_no_more_than_its_size(store: Store) -> None:
    keys = [SessionKey("demo", f"user{number}") for number in range(520)]
    await asyncio.gather(*(store.commit(Commit(key, talking(key.user), 0, NOW, FIRST, b"")) for key in keys))
    later = NOW + timedelta(hours=1)
    assert [await store.sweep_replies(later) for _ in range(3)] == [500, 20, 0]
    assert [await store.sweep_conversations("demo", later) for _ in range(3)] == [500, 20, 0]


# ---------------------------------------------------------------------------------------------------- parcels

LATER = NOW + timedelta(seconds=1)


def parcel(number: int, due: datetime = NOW, *, for_next: bool = False) -> Parcel:
    return Parcel(f"m:{number}", f'{{"text": "第 {number} 条\\n"}}', due, for_next)


async def test_parcels_are_saved_with_the_turn_and_listed_by_the_time_they_are_due(store: Store) -> None:
    parcels = (parcel(10), parcel(9), parcel(1, LATER), parcel(2, NOW - timedelta(microseconds=1)))
    await store.commit(Commit(ANN, talking(), 0, NOW, FIRST, b"", parcels))
    assert await store.parcels(ANN) == (parcels[3], parcels[1], parcels[0], parcels[2])
    assert await store.parcels(BOB) == ()
    assert (await store.load(ANN)).waiting == ()


async def test_a_refused_commit_saves_no_parcels(store: Store) -> None:
    with pytest.raises(SessionConflict):
        await store.commit(
            Commit(ANN, talking(), BEGUN + 2, NOW, FIRST, b"", (parcel(1), parcel(2, for_next=True)), wake=NOW)
        )
    assert await store.parcels(ANN) == ()
    assert await store.load(ANN, FIRST) == Stored()
    assert await store.waking("demo", NOW + timedelta(days=1), 10) == ()


async def test_a_parcel_is_taken_once(store: Store) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW, parcels=(parcel(1), parcel(2))))
    taken = await asyncio.gather(*(store.take(ANN, "m:1") for _ in range(10)))
    assert sorted(taken) == [False] * 9 + [True]
    assert await store.parcels(ANN) == (parcel(2),)
    assert not await store.take(BOB, "m:2")


async def test_what_was_taken_can_be_put_back_for_the_next_message(store: Store) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW, parcels=(parcel(1),)))
    await store.take(ANN, "m:1")
    await store.put(ANN, [parcel(1, for_next=True)])
    await store.put(ANN, [])
    assert await store.parcels(ANN) == ()
    assert (await store.load(ANN)).waiting == (parcel(1, for_next=True),)


async def test_parcels_can_wait_for_somebody_without_a_session(store: Store) -> None:
    await store.put(ANN, [parcel(2, for_next=True), parcel(1, for_next=True)])
    assert await store.load(ANN) == Stored(waiting=(parcel(1, for_next=True), parcel(2, for_next=True)))


async def test_delivered_parcels_leave_with_the_turn_that_delivers_them(store: Store) -> None:
    waiting = [parcel(number, for_next=True) for number in range(3)]
    await store.put(ANN, waiting)
    await store.commit(Commit(ANN, talking(), 0, NOW, FIRST, b"all", delivered=("m:0", "m:2")))
    assert (await store.load(ANN)).waiting == (waiting[1],)


async def test_erasing_forgets_parcels_and_timers(store: Store) -> None:
    parcels = (parcel(1), parcel(2, for_next=True))
    await store.commit(Commit(ANN, talking(), 0, NOW, FIRST, b"a", parcels, wake=NOW))
    await store.erase(ANN)
    assert await store.load(ANN, FIRST) == Stored()
    assert await store.parcels(ANN) == ()
    assert await store.waking("demo", NOW + timedelta(days=1), 10) == ()


async def test_what_a_farewell_sends_outlives_the_user(store: Store) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW, parcels=(parcel(1),)))
    await store.commit(Commit(ANN, None, BEGUN, NOW, FIRST, b"", (parcel(2),)))
    assert await store.parcels(ANN) == (parcel(2),)
    assert await store.waking("demo", LATER, 10) == (ANN,)


async def test_waiting_parcels_are_swept_and_those_to_be_sent_are_not(store: Store) -> None:
    await store.put(ANN, [parcel(1), parcel(2, for_next=True), parcel(3, LATER, for_next=True)])
    assert await store.sweep_replies(LATER) == 1
    assert await store.parcels(ANN) == (parcel(1),)
    assert (await store.load(ANN)).waiting == (parcel(3, LATER, for_next=True),)


async def test_a_goodbye_with_a_parcel_of_an_id_that_was_there_is_still_due(store: SessionStore) -> None:
    first = await store.commit(Commit(ANN, talking(), 0, NOW, parcels=(parcel(0),)))
    await store.commit(Commit(ANN, None, first.revision, NOW, parcels=(parcel(0),)))
    assert await store.waking("demo", LATER, 10) == (ANN,)


# ---------------------------------------------------------------------------------------------------- waking


async def test_users_wake_in_the_order_of_what_is_due(store: Store) -> None:
    keys = [SessionKey("demo", f"user{number}") for number in range(5)]
    for number, key in enumerate(keys):
        await store.commit(Commit(key, talking(key.user), 0, NOW, wake=NOW - timedelta(seconds=number)))
    await store.put(keys[0], [parcel(1, NOW - timedelta(seconds=9))])
    assert await store.waking("demo", NOW, 10) == (keys[0], keys[4], keys[3], keys[2], keys[1])
    assert await store.waking("demo", NOW, 2) == (keys[0], keys[4])
    assert await store.waking("other", LATER, 10) == ()


async def test_nobody_wakes_before_it_is_time(store: Store) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW, parcels=(parcel(1, LATER), parcel(2, for_next=True)), wake=LATER))
    assert await store.waking("demo", LATER, 10) == ()
    assert await store.waking("demo", LATER + timedelta(microseconds=1), 10) == (ANN,)


async def test_the_next_turn_sets_the_timer_anew(store: Store) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW, wake=LATER))
    await store.commit(Commit(ANN, talking(), BEGUN, NOW, wake=LATER + timedelta(hours=1)))
    assert await store.waking("demo", LATER + timedelta(hours=1), 10) == ()
    assert await store.waking("demo", LATER + timedelta(hours=2), 10) == (ANN,)
    await store.commit(Commit(ANN, talking(), BEGUN + 1, NOW))
    assert await store.waking("demo", LATER + timedelta(hours=2), 10) == ()


async def test_who_has_taken_the_last_parcel_sleeps(store: Store) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW, parcels=(parcel(1),)))
    await store.take(ANN, "m:1")
    assert await store.waking("demo", LATER, 10) == ()


async def test_many_users_wake_a_few_at_a_time(store: Store) -> None:
    keys = [SessionKey("demo", f"user{number:03}") for number in range(250)]
    moments = [NOW + timedelta(seconds=number) for number in range(250)]
    commits = [Commit(key, talking(key.user), 0, NOW, wake=at) for key, at in zip(keys, moments, strict=True)]
    await asyncio.gather(*map(store.commit, commits))
    assert await store.waking("demo", moments[-1], 220) == tuple(keys[:220])
    await asyncio.gather(*map(store.erase, keys[:220]))
    assert await store.waking("demo", moments[-1], 220) == tuple(keys[220:-1])


async def test_a_conversation_with_a_timer_is_not_swept(store: Store) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW, wake=LATER))
    assert await store.sweep_conversations("demo", NOW + timedelta(days=9)) == 0
    await store.commit(Commit(ANN, talking(), BEGUN, NOW))
    assert await store.sweep_conversations("demo", NOW + timedelta(days=9)) == 1


# ---------------------------------------------------------------------------------------------------- late turns

LATE = Commit(ANN, talking(), 0, NOW, FIRST, b"reply", (parcel(1),), GivenUp(b"notice", (parcel(2), parcel(3))))


async def test_the_last_knock_gives_a_message_up(store: Store) -> None:
    assert [await store.knock(ANN, FIRST, NOW, 3) for _ in range(3)] == [Knock(None, count) for count in (1, 2, 3)]
    assert await store.commit(LATE) == Committed(BEGUN, was_given_up=True)
    assert (await store.load(ANN, FIRST)).reply == b"notice"
    assert await store.parcels(ANN) == (parcel(2), parcel(3))
    assert (await store.knock(ANN, FIRST, NOW, 3)).reply == b"notice"


async def test_what_is_given_up_stays_so(store: Store) -> None:
    assert [await store.knock(ANN, FIRST, NOW, limit) for limit in (1, 9)] == [Knock(None, 1), Knock(None, 2)]
    assert (await store.commit(LATE)).was_given_up


async def test_a_turn_that_is_done_before_the_last_knock_answers_it(store: Store) -> None:
    assert [await store.knock(ANN, FIRST, NOW, 3) for _ in range(2)] == [Knock(None, 1), Knock(None, 2)]
    assert await store.commit(LATE) == Committed(BEGUN)
    assert (await store.knock(ANN, FIRST, NOW, 3)).reply == b"reply"
    assert await store.parcels(ANN) == (parcel(1),)


async def test_knocks_count_for_one_message_of_one_user(store: Store) -> None:
    await store.knock(BOB, FIRST, NOW, 1)
    await store.knock(ANN, MessageKey("second"), NOW, 1)
    assert await store.commit(LATE) == Committed(BEGUN)


async def test_a_turn_without_another_way_keeps_its_reply_though_given_up(store: Store) -> None:
    await store.knock(ANN, FIRST, NOW, 1)
    assert await store.commit(Commit(ANN, None, 0, NOW, FIRST, b"reply")) == Committed(0, was_given_up=True)
    assert (await store.load(ANN, FIRST)).reply == b"reply"


async def test_what_is_given_up_may_have_nothing_to_send(store: Store) -> None:
    await store.put(ANN, [parcel(7, for_next=True)])
    await store.knock(ANN, FIRST, NOW, 1)
    turn = Commit(ANN, talking(), 0, NOW, FIRST, b"reply", (parcel(1),), GivenUp(b"", ()), ("m:7",))
    assert (await store.commit(turn)).was_given_up
    assert await store.load(ANN, FIRST) == Stored(talking(), BEGUN, b"")
    assert await store.parcels(ANN) == ()


async def test_a_refused_commit_leaves_the_message_given_up(store: Store) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW))
    await store.knock(ANN, FIRST, NOW, 1)
    with pytest.raises(SessionConflict):
        await store.commit(LATE)
    assert (await store.commit(replace(LATE, expected=BEGUN))).was_given_up


async def test_either_the_knock_or_the_commit_comes_first(store: Store) -> None:
    for number in range(20):
        key = SessionKey("demo", f"user{number}")
        turn = Commit(key, talking(key.user), 0, NOW, FIRST, b"reply", (), GivenUp(b"notice", ()))
        knock, done = await asyncio.gather(store.knock(key, FIRST, NOW, 1), store.commit(turn))
        assert (knock.reply == b"reply") is not done.was_given_up
        assert (await store.load(key, FIRST)).reply == (b"notice" if done.was_given_up else b"reply")


async def test_one_holder_has_the_claim_until_the_turn_is_done(store: Store) -> None:
    claims = [await store.claim(ANN, FIRST, holder, NOW, 100) for holder in ("one", "two", "one")]
    assert claims == [True, False, True]
    assert await store.claim(BOB, FIRST, "two", NOW, 100)
    assert await store.claim(ANN, MessageKey("second"), "two", NOW, 100)


async def test_a_claim_that_is_let_go_is_anothers_at_once(store: Store) -> None:
    assert await store.claim(ANN, FIRST, "one", NOW, 100)
    await store.disclaim(ANN, FIRST, "two")
    await store.disclaim(BOB, FIRST, "one")
    assert not await store.claim(ANN, FIRST, "two", NOW, 100)
    await store.disclaim(ANN, FIRST, "one")
    await store.disclaim(ANN, FIRST, "one")
    assert await store.claim(ANN, FIRST, "two", NOW, 100)
    assert not await store.claim(ANN, FIRST, "one", NOW, 100)


async def test_a_claim_ends(store: Store) -> None:
    assert await store.claim(ANN, FIRST, "one", NOW, 0)
    assert await store.claim(ANN, FIRST, "two", NOW, 100)


# ---------------------------------------------------------------------------------------------------- shared values


async def test_a_value_lasts_until_its_end(store: Store) -> None:
    assert await store.read_value("token", NOW) is None
    await store.write_value("token", "第一\n行", LATER)
    assert await store.read_value("token", NOW) == "第一\n行"
    assert await store.read_value("token", LATER) is None
    await store.write_value("token", None, LATER)
    assert await store.read_value("token", NOW) is None


async def test_a_counter_begins_anew_after_its_end(store: Store) -> None:
    assert [await store.count("calls", NOW, LATER) for _ in range(3)] == [1, 2, 3]
    assert await store.count("others", NOW, LATER) == 1
    tomorrow = NOW + timedelta(days=1)
    assert [await store.count("calls", LATER, tomorrow) for _ in range(2)] == [1, 2]
    assert await store.count("calls", tomorrow - timedelta(seconds=1), tomorrow) == 3


async def test_a_counter_counts_everybody(store: Store) -> None:
    counts = await asyncio.gather(*(store.count("calls", NOW, LATER) for _ in range(50)))
    assert sorted(counts) == list(range(1, 51))


async def test_one_holder_has_a_lease(store: Store) -> None:
    assert [await store.lease("token", holder, NOW, 100) for holder in ("one", "two", "one")] == [True, False, True]
    await store.release("token", "two")
    assert not await store.lease("token", "two", NOW, 100)
    await store.release("token", "one")
    assert await store.lease("token", "two", NOW, 100)


async def test_a_store_that_works_answers_a_ping(store: Store) -> None:
    await store.ping()
    assert await store.load(ANN) == Stored()
