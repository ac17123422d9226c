from __future__ import annotations

from datetime import UTC, datetime

import pytest

from interpreter.machine.session import Session
from interpreter.server.observed_store import ObservedStore, kind_of
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import Commit, SessionConflict, SessionKey, StoreError, StoreUnavailable

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


def test_what_a_store_does_not_have_its_watcher_has_neither() -> None:
    with pytest.raises(AttributeError):
        _ = ObservedStore(MemoryStore(), lambda *_: None).nothing


@pytest.mark.parametrize(
    ("error", "kind"),
    [(SessionConflict(1, 2), "conflict"), (StoreUnavailable("gone"), "unavailable"), (StoreError("hm"), "other")],
)
def test_failures_have_kinds(error: StoreError, kind: str) -> None:
    assert kind_of(error) == kind
