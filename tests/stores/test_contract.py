"""What every store must do; a new store is added to the fixture."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from interpreter.machine.session import Level, Session, Wait
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import Commit, MessageKey, SessionConflict, SessionKey, SessionStore, Stored
from interpreter.stores.redis import RedisStore
from interpreter.stores.sqlite import SqliteStore

NOW = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
ANN = SessionKey("demo", "ann")
BOB = SessionKey("demo", "bob")
FIRST = MessageKey("first")


@pytest.fixture(params=["memory", "sqlite", "redis"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SessionStore]:
    opened: SessionStore
    match request.param:
        case "memory":
            opened = MemoryStore()
        case "sqlite":
            opened = SqliteStore(tmp_path / "dialog.db")
        case _:
            opened = RedisStore(request.getfixturevalue("redis_url"))
    yield opened
    await opened.close()


def talking(user: str = "ann", **memory: str) -> Session:
    waiting = Level(frames=(), wait=Wait(state="states.guess", tries=1, since=NOW))
    return Session(user=user, started=NOW, seen=NOW, turns=3, vars={"answer": 7}, levels=(waiting,), memory=memory)


async def test_an_unknown_user_has_nothing_stored(store: SessionStore) -> None:
    assert await store.load(ANN, FIRST) == Stored(None, 0, None)


async def test_a_session_comes_back_as_it_was_saved(store: SessionStore) -> None:
    assert await store.commit(Commit(ANN, talking(name="安"), 0, NOW)) == 1
    assert await store.load(ANN) == Stored(talking(name="安"), 1)


async def test_each_commit_raises_the_revision(store: SessionStore) -> None:
    for revision in range(5):
        assert await store.commit(Commit(ANN, talking(), revision, NOW)) == revision + 1


@pytest.mark.parametrize("expected", [0, 1, 3])
async def test_a_commit_on_another_revision_is_refused_and_changes_nothing(store: SessionStore, expected: int) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW))
    await store.commit(Commit(ANN, talking(), 1, NOW))
    with pytest.raises(SessionConflict) as conflict:
        await store.commit(Commit(ANN, Session(user="ann"), expected, NOW, FIRST, b"late"))
    assert (conflict.value.expected, conflict.value.found) == (expected, 2)
    assert str(conflict.value) == f"the session is at revision 2, not {expected}"
    assert await store.load(ANN, FIRST) == Stored(talking(), 2)


async def test_a_reply_is_remembered_by_user_and_message(store: SessionStore) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW, FIRST, b"<xml/>"))
    assert (await store.load(ANN, FIRST)).reply == b"<xml/>"
    assert (await store.load(ANN, MessageKey("second"))).reply is None
    assert (await store.load(BOB, FIRST)).reply is None
    assert (await store.load(SessionKey("other", "ann"), FIRST)).reply is None


async def test_silence_is_remembered_too(store: SessionStore) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW, FIRST, b""))
    assert (await store.load(ANN, FIRST)).reply == b""


async def test_of_many_commits_on_one_revision_one_succeeds(store: SessionStore) -> None:
    commits = [store.commit(Commit(ANN, talking(), 0, NOW)) for _ in range(20)]
    outcomes = await asyncio.gather(*commits, return_exceptions=True)
    assert sum(outcome == 1 for outcome in outcomes) == 1
    assert sum(isinstance(outcome, SessionConflict) for outcome in outcomes) == 19


async def test_users_do_not_disturb_one_another(store: SessionStore) -> None:
    keys = [SessionKey("demo", f"user{number}") for number in range(200)]
    await asyncio.gather(*(store.commit(Commit(key, talking(key.user), 0, NOW)) for key in keys))
    assert await asyncio.gather(*(store.load(key) for key in keys)) == [Stored(talking(key.user), 1) for key in keys]


async def test_erasing_forgets_session_memory_and_replies(store: SessionStore) -> None:
    await store.commit(Commit(ANN, talking(name="安"), 0, NOW, FIRST, b"a"))
    await store.commit(Commit(BOB, talking("bob"), 0, NOW, FIRST, b"b"))
    await store.erase(ANN)
    assert await store.load(ANN, FIRST) == Stored()
    assert await store.load(BOB, FIRST) == Stored(talking("bob"), 1, b"b")


async def test_a_commit_without_session_forgets_the_user_but_not_this_reply(store: SessionStore) -> None:
    await store.commit(Commit(ANN, talking(name="安"), 0, NOW, FIRST, b"hello"))
    goodbye = MessageKey("unsubscribe")
    assert await store.commit(Commit(ANN, None, 1, NOW, goodbye, b"")) == 0
    assert await store.load(ANN, FIRST) == Stored()
    assert await store.load(ANN, goodbye) == Stored(reply=b"")


async def test_old_replies_are_swept_and_fresh_ones_stay(store: SessionStore) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW, FIRST, b"old"))
    await store.commit(Commit(BOB, talking("bob"), 0, NOW + timedelta(hours=2), FIRST, b"fresh"))
    assert await store.sweep_replies(NOW + timedelta(hours=1)) == 1
    assert (await store.load(ANN, FIRST)).reply is None
    assert (await store.load(BOB, FIRST)).reply == b"fresh"


async def test_a_swept_conversation_leaves_the_memory_of_its_user(store: SessionStore) -> None:
    await store.commit(Commit(ANN, talking(name="安"), 0, NOW))
    await store.commit(Commit(BOB, talking("bob"), 0, NOW))
    assert await store.sweep_conversations("demo", NOW + timedelta(hours=1)) == 2
    assert (await store.load(ANN)).session == Session(user="ann", memory={"name": "安"})
    assert await store.load(BOB) == Stored()


async def test_a_sweep_spares_young_conversations_and_other_bots(store: SessionStore) -> None:
    await store.commit(Commit(ANN, talking(), 0, NOW))
    assert await store.sweep_conversations("demo", NOW) == 0
    assert await store.sweep_conversations("other", NOW + timedelta(hours=1)) == 0
    assert await store.load(ANN) == Stored(talking(), 1)


async def test_a_conversation_is_swept_once(store: SessionStore) -> None:
    await store.commit(Commit(ANN, talking(name="安"), 0, NOW))
    assert await store.sweep_conversations("demo", NOW + timedelta(hours=1)) == 1
    assert await store.sweep_conversations("demo", NOW + timedelta(hours=1)) == 0


async def test_a_turn_begun_before_a_sweep_is_refused_after_it(store: SessionStore) -> None:
    await store.commit(Commit(ANN, talking(name="安"), 0, NOW))
    await store.sweep_conversations("demo", NOW + timedelta(hours=1))
    with pytest.raises(SessionConflict):
        await store.commit(Commit(ANN, talking(), 1, NOW))


async def test_a_sweep_takes_no_more_than_its_size(store: SessionStore) -> None:
    keys = [SessionKey("demo", f"user{number}") for number in range(520)]
    await asyncio.gather(*(store.commit(Commit(key, talking(key.user), 0, NOW, FIRST, b"")) for key in keys))
    later = NOW + timedelta(hours=1)
    assert [await store.sweep_replies(later) for _ in range(3)] == [500, 20, 0]
    assert [await store.sweep_conversations("demo", later) for _ in range(3)] == [500, 20, 0]
