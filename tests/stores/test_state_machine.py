"""All stores driven through the same random turns, held against a model that is as plain as can be."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from support.admitting import Admitting
from support.sqlite_files import Asking

from interpreter.machine.session import Session
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
    Stored,
)
from interpreter.stores.redis import RedisStore
from interpreter.stores.sqlite import SqliteStore
from interpreter.stores.sqlite_ahead import Ahead
from interpreter.stores.sqlite_file import open_connection

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
LONG = 1_000_000.0
USERS = [SessionKey("demo", "ann"), SessionKey("demo", "李"), SessionKey("other", "ann")]

users = st.sampled_from(USERS)
slots = st.integers(0, 1)
holders = st.sampled_from(["one", "two"])
names = st.sampled_from(["a", "b"])
moments = st.none() | st.integers(-100, 100)
parcels = st.lists(
    st.tuples(st.integers(0, 12), st.integers(-100, 100), st.booleans()), max_size=3, unique_by=lambda each: each[0]
)


@dataclass
class User:
    """What a store should know of a user."""

    session: Session | None = None
    revision: int = 0
    at: datetime = BEGIN
    wake: datetime | None = None
    replies: dict[str, tuple[datetime, bytes]] = field(default_factory=dict)
    parcels: dict[str, Parcel] = field(default_factory=dict)
    knocks: dict[str, int] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)
    claims: dict[str, str] = field(default_factory=dict)

    def listed(self, *, for_next: bool) -> tuple[Parcel, ...]:
        chosen = [parcel for parcel in self.parcels.values() if parcel.for_next is for_next]
        return tuple(sorted(chosen, key=lambda parcel: (parcel.due, int(parcel.id.partition(":")[2]))))

    @property
    def due(self) -> datetime | None:
        moments = [parcel.due for parcel in self.parcels.values() if not parcel.for_next]
        return min([*moments, *([self.wake] if self.wake else [])], default=None)


def unflushed(path: Path) -> sqlite3.Connection:
    """A connection that waits for no disk; nobody cuts the power here."""
    connection = open_connection(path)
    connection.execute("PRAGMA synchronous = OFF")
    return connection


class Stores(RuleBasedStateMachine):
    redis_url: str | None = None

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.users = {key: User() for key in USERS}
        self.values: dict[str, tuple[str, datetime]] = {}
        self.counters: dict[str, tuple[int, datetime]] = {}
        self.leases: dict[str, str] = {}
        self.now = BEGIN
        self.turn = 0

    @initialize()
    def open(self) -> None:
        folder = Path(self.folder.name)
        self.stores: list[Any] = [MemoryStore(), SqliteStore(folder / "dialog.db", unflushed)]
        self.stores.append(Asking(folder / "asking.db", unflushed))
        self.stores.append(Asking(folder / "ahead.db", unflushed, ahead=Ahead(worth_it=1, most=3)))
        if self.redis_url is not None:
            import redis

            with redis.Redis.from_url(self.redis_url) as client:
                client.flushall()
            self.stores += RedisStore(self.redis_url), Admitting(f"{self.redis_url}&db=1")

    def teardown(self) -> None:
        self.all("close")
        self.loop.close()
        self.folder.cleanup()

    def all(self, method: str, *arguments: object) -> list[object]:
        """What each store answers; a conflict is an answer."""
        return [self.loop.run(self.one(getattr(store, method)(*arguments))) for store in self.stores]

    async def one(self, call: Coroutine[object, object, object]) -> object:
        try:
            return await call
        except SessionConflict as conflict:
            return ("conflict", conflict.expected, conflict.found)

    def agree(self, expected: object, method: str, *arguments: object) -> None:
        for store, answer in zip(self.stores, self.all(method, *arguments), strict=True):
            assert answer == expected, f"{type(store).__name__}.{method}: {answer}"

    def message(self, slot: int) -> MessageKey:
        """A message of today: what is older may have been forgotten, by some sooner than by others."""
        return MessageKey(f"{(self.now - BEGIN).days}-{slot}")

    def made(self, drawn: Iterable[tuple[int, int, bool]]) -> tuple[Parcel, ...]:
        return tuple(
            Parcel(f"m:{number}", f"turn {self.turn} 行\n", self.now + timedelta(seconds=due), for_next)
            for number, due, for_next in drawn
        )

    def after(self, seconds: int | None) -> datetime | None:
        return None if seconds is None else self.now + timedelta(seconds=seconds)

    # -------------------------------------------------------------------------------- turns

    @rule(key=users, slot=st.none() | slots, sent=parcels, late=st.none() | parcels, wake=moments, leaves=st.booleans())
    def commit(
        self,
        key: SessionKey,
        slot: int | None,
        sent: list[tuple[int, int, bool]],
        late: list[tuple[int, int, bool]] | None,
        wake: int | None,
        leaves: bool,
    ) -> None:
        user, self.turn = self.users[key], self.turn + 1
        message = None if slot is None else self.message(slot)
        memory = {"n": self.turn} if self.turn % 2 else {}
        session = None if leaves else Session(user=key.user, started=self.now, turns=self.turn, memory=memory)
        turn = Commit(
            key,
            session,
            user.revision,
            self.now,
            message,
            b"reply %d" % self.turn,
            self.made(sent),
            None if late is None else GivenUp(b"notice", self.made(late)),
            tuple(parcel.id for parcel in user.listed(for_next=True)[:1]),
            None if leaves else self.after(wake),
        )
        was_given_up = message in user.given_up
        reply, added = (b"notice", self.made(late)) if was_given_up and late is not None else (turn.reply, turn.parcels)
        if leaves:
            user = self.users[key] = User()
        else:
            user.session, user.revision, user.at, user.wake = session, turn.next_revision, self.now, turn.wake
        for id in turn.delivered:
            user.parcels.pop(id, None)
        user.parcels.update((parcel.id, parcel) for parcel in added)
        if message is not None:
            user.replies[message] = (self.now, reply)
            user.given_up.discard(message)
            user.knocks.pop(message, None)
        self.agree(Committed(user.revision, was_given_up), "commit", turn)
        if message is not None:
            self.agree(Stored(user.session, user.revision, reply, user.listed(for_next=True)), "load", key, message)

    @rule(key=users, slot=slots, off=st.integers(-2, 2).filter(bool), sent=parcels)
    def commit_too_late(self, key: SessionKey, slot: int, off: int, sent: list[tuple[int, int, bool]]) -> None:
        found = self.users[key].revision
        turn = Commit(key, None, found + off, self.now, self.message(slot), b"late", self.made(sent), wake=self.now)
        self.agree(("conflict", found + off, found), "commit", turn)

    @rule(key=users, slot=slots, limit=st.integers(1, 3))
    def knock(self, key: SessionKey, slot: int, limit: int) -> None:
        user, message = self.users[key], self.message(slot)
        if message in user.replies:
            self.agree(Knock(user.replies[message][1], 0), "knock", key, message, self.now, limit)
            return
        user.knocks[message] = user.knocks.get(message, 0) + 1
        if user.knocks[message] >= limit:
            user.given_up.add(message)
        self.agree(Knock(None, user.knocks[message]), "knock", key, message, self.now, limit)

    @rule(key=users, slot=slots, holder=holders)
    def claim(self, key: SessionKey, slot: int, holder: str) -> None:
        user, message = self.users[key], self.message(slot)
        if message not in user.replies:
            expected = user.claims.setdefault(message, holder) == holder
            self.agree(expected, "claim", key, message, holder, self.now, LONG)

    @rule(key=users, slot=slots, holder=holders)
    def disclaim(self, key: SessionKey, slot: int, holder: str) -> None:
        user, message = self.users[key], self.message(slot)
        if user.claims.get(message) == holder:
            del user.claims[message]
        self.agree(None, "disclaim", key, message, holder)

    # -------------------------------------------------------------------------------- parcels

    @rule(key=users, drawn=parcels)
    def put(self, key: SessionKey, drawn: list[tuple[int, int, bool]]) -> None:
        self.users[key].parcels.update((parcel.id, parcel) for parcel in self.made(drawn))
        self.agree(None, "put", key, self.made(drawn))

    @rule(key=users, number=st.integers(0, 12))
    def take(self, key: SessionKey, number: int) -> None:
        there = self.users[key].parcels.pop(f"m:{number}", None) is not None
        self.agree(there, "take", key, f"m:{number}")

    @rule(bot=st.sampled_from(["demo", "other"]), seconds=st.integers(-200, 200))
    def waking(self, bot: str, seconds: int) -> None:
        before = self.now + timedelta(seconds=seconds)
        due = sorted((user.due, key.user) for key, user in self.users.items() if key.bot == bot and user.due)
        self.agree(tuple(SessionKey(bot, user) for when, user in due if when < before), "waking", bot, before, 10)

    # -------------------------------------------------------------------------------- forgetting

    @rule(seconds=st.sampled_from([1, 60, 3600, 24 * 3600]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(key=users)
    def erase(self, key: SessionKey) -> None:
        self.users[key] = User()
        self.agree(None, "erase", key)

    @rule()
    def sweep_replies(self) -> None:
        before = self.now - DAY
        for user in self.users.values():
            user.replies = {name: reply for name, reply in user.replies.items() if reply[0] >= before}
            for id in [id for id, parcel in user.parcels.items() if parcel.for_next and parcel.due < before]:
                del user.parcels[id]
        self.all("sweep_replies", before)

    @rule(seconds=st.sampled_from([1, 3600]))
    def sweep_conversations(self, seconds: int) -> None:
        before = self.now - timedelta(seconds=seconds)
        swept = 0
        for key, user in self.users.items():
            session = user.session
            if key.bot == "demo" and session and session.started and user.at < before and user.wake is None:
                swept += 1
                user.session = Session(user=key.user, memory=session.memory) if session.memory else None
                user.revision = user.revision + 1 if session.memory else 0
        self.agree(swept, "sweep_conversations", "demo", before)

    # -------------------------------------------------------------------------------- shared values

    @rule(name=names, text=st.none() | st.sampled_from(["x", "行\n1"]), seconds=st.integers(0, 90))
    def write_value(self, name: str, text: str | None, seconds: int) -> None:
        until = self.now + timedelta(seconds=seconds)
        self.values.pop(name, None)
        if text is not None:
            self.values[name] = (text, until)
        self.agree(None, "write_value", name, text, until)

    @rule(name=names)
    def read_value(self, name: str) -> None:
        text, until = self.values.get(name, (None, self.now))
        self.agree(text if until > self.now else None, "read_value", name, self.now)

    @rule(name=names, seconds=st.integers(1, 90))
    def count(self, name: str, seconds: int) -> None:
        count, until = self.counters.get(name, (0, self.now))
        begins = until <= self.now
        self.counters[name] = (1, self.now + timedelta(seconds=seconds)) if begins else (count + 1, until)
        self.agree(self.counters[name][0], "count", name, self.now, self.now + timedelta(seconds=seconds))

    @rule(name=names, holder=holders)
    def lease(self, name: str, holder: str) -> None:
        self.agree(self.leases.setdefault(name, holder) == holder, "lease", name, holder, self.now, LONG)

    @rule(name=names, holder=holders)
    def release(self, name: str, holder: str) -> None:
        if self.leases.get(name) == holder:
            del self.leases[name]
        self.agree(None, "release", name, holder)

    @invariant()
    def every_store_knows_the_same(self) -> None:
        for key, user in self.users.items():
            self.agree(Stored(user.session, user.revision, None, user.listed(for_next=True)), "load", key)
            self.agree(user.listed(for_next=False), "parcels", key)


RUN = settings(
    max_examples=20, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def test_memory_and_sqlite_do_what_the_model_does() -> None:
    run_state_machine_as_test(Stores, settings=RUN)


def test_redis_does_what_the_model_does(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stores, "redis_url", redis_url)
    run_state_machine_as_test(Stores, settings=RUN)
