from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from fakes.signatures import FakeSignatures

from interpreter.machine.session import Session
from interpreter.server.observed_store import ObservedStore, kind_of
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import (
    AtOnce,
    Commit,
    Committed,
    MessageKey,
    SessionConflict,
    SessionKey,
    StoreError,
    StoreUnavailable,
)
from interpreter.stores.sqlite import SqliteStore

ANN = SessionKey("demo", "ann")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def test_a_store_does_what_it_did_and_its_failures_are_told() -> None:
    told: list[tuple[str, str]] = []
    inner = MemoryStore()
    store = ObservedStore(inner, lambda *failure: told.append(failure))
    turn = Commit(ANN, Session("ann"), 0, NOW)
    await store.commit(turn)  # type: ignore[operator]
    for _ in range(2):
        with pytest.raises(SessionConflict):
            await store.commit(turn)  # type: ignore[operator]
    assert (await inner.load(ANN)).session == Session("ann")
    assert await store.claim(ANN, "m", "me", at=NOW, seconds=1)  # type: ignore[operator]
    assert told == [("commit", "conflict")] * 2


async def test_failures_of_what_is_done_at_once_are_told_like_the_others() -> None:
    told: list[tuple[str, str]] = []
    store = ObservedStore(MemoryStore(), lambda *failure: told.append(failure))
    at_once = cast("AtOnce", store.at_once)
    heard: list[Committed | StoreError] = []
    at_once.commit_soon(Commit(ANN, Session("ann"), 0, NOW), heard.append)
    for _ in range(2):
        with pytest.raises(SessionConflict):
            at_once.commit_soon(Commit(ANN, Session("ann"), 0, NOW), heard.append)
    assert heard == []  # it was said at once
    stored = at_once.load_now(ANN, MessageKey("m"))
    assert stored is not None
    assert stored.session == Session("ann")
    assert told == [("commit", "conflict")] * 2


async def test_failures_of_what_was_begun_are_told_when_they_are_known(tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []
    inner = SqliteStore(tmp_path / "dialog.db")
    at_once = cast("AtOnce", ObservedStore(inner, lambda *failure: told.append(failure)).at_once)
    turn = Commit(ANN, Session("ann"), 0, NOW)
    heard: list[Committed | StoreError] = []
    at_once.commit_soon(turn, heard.append)
    at_once.commit_soon(turn, heard.append)
    await inner.close()
    await asyncio.sleep(0)
    assert [type(each) for each in heard] == [Committed, SessionConflict]
    assert told == [("commit", "conflict")]
    with pytest.raises(StoreUnavailable, match="closed"):
        at_once.commit_soon(turn, heard.append)
    assert told == [("commit", "conflict"), ("commit", "unavailable")]


async def test_a_store_that_cannot_say_whose_a_signature_is_is_told_of() -> None:
    told: list[tuple[str, str]] = []
    gone = StoreUnavailable("gone")
    store = ObservedStore(signatures := FakeSignatures(), lambda *failure: told.append(failure))
    heard: list[bool | StoreError] = []
    for signatures.failure in (None, gone):
        store.admit("s", "one", 1.0, ANN, MessageKey("m"), heard.append)
        await asyncio.sleep(0)
    assert heard == [True, gone]
    assert told == [("lease", "unavailable")]


def test_a_store_that_has_to_be_waited_for_is_waited_for() -> None:
    class Slow:
        at_once = None

    assert ObservedStore(Slow(), lambda *_: None).at_once is None


def test_what_a_store_does_not_have_its_watcher_has_neither() -> None:
    with pytest.raises(AttributeError):
        _ = ObservedStore(MemoryStore(), lambda *_: None).nothing


@pytest.mark.parametrize(
    ("error", "kind"),
    [(SessionConflict(1, 2), "conflict"), (StoreUnavailable("gone"), "unavailable"), (StoreError("hm"), "other")],
)
def test_failures_have_kinds(error: StoreError, kind: str) -> None:
    assert kind_of(error) == kind
